"""The settings: those of the study, made from their declarations, and what is this computer's own."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.exchange.layout import setting_column
from esk_engine.settings import SETTINGS, SettingDeclaration, setting
from esk_engine.study import StudyChanged
from esk_engine.validation import check_value, parse
from esk_engine.wording import LANGUAGES, Language
from esk_gui.app import Session
from esk_gui.dialogs.refusals import refusal
from esk_gui.settings.people import PeopleBlock
from esk_gui.settings.security import PassphraseRow
from esk_gui.theme import THEME_CHOICES, ThemeChoice
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import PAGE_PADDING, Hairline, HeaderBar, bare, scrolling
from esk_gui.widgets.labels import ElidedLabel, MessageLabel, text_label
from esk_gui.widgets.page import Page

_SECURITY = ("pin_required", "auto_lock_minutes")
_BACKUPS = ("backup_folder",)
_CONTENT_WIDTH = 760
_FIELD_WIDTH = 300
_NUMBER_WIDTH = 112


class SettingsPage(Page):
    """Every setting on a line of its own: what it is, what it does, and its field."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "settings")
        self._fields: dict[str, EntryLine | ChoiceBox] = {}
        self._messages: dict[str, MessageLabel] = {}
        words = self.wording
        outer = bare(QVBoxLayout(self))
        header = HeaderBar()
        header.row.addWidget(text_label(words("settings_page.title"), "title"))
        header.row.addStretch(1)
        outer.addWidget(header)
        content = QWidget()
        content.setMaximumWidth(_CONTENT_WIDTH + 2 * PAGE_PADDING)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(PAGE_PADDING, 16, PAGE_PADDING, PAGE_PADDING)
        self._column.setSpacing(0)
        self._add_heading(words("settings_page.study"))
        for declared in SETTINGS:
            if declared.name not in (*_SECURITY, *_BACKUPS):
                self._add_setting(declared)
        self._start_block("settings_page.security")
        self._passphrase = PassphraseRow(session)
        self._column.addWidget(self._passphrase)
        for name in _SECURITY:
            self._add_setting(setting(name))
        self._start_block("settings_page.people")
        self._people = PeopleBlock(session)
        self._column.addWidget(self._people)
        self._start_block("settings_page.file_block")
        self._add_file_rows()
        for name in _BACKUPS:
            self._add_setting(setting(name), self._folder_buttons())
        self._start_block("settings_page.program")
        self._add_program_rows()
        self._column.addStretch(1)
        holder = QWidget()
        row = bare(QHBoxLayout(holder))
        row.addWidget(content, 1)
        row.addStretch(0)
        outer.addWidget(scrolling(holder, "settings_scroll"), 1)
        self._scroll = outer
        session.person_changed.connect(self._show_person)

    @override
    def refresh(self) -> None:
        """Show what the study holds; a text that it did not take stays."""
        study = self.session.open_study
        for declared in SETTINGS:
            stored, field = study.settings.stored(declared.name), self._fields[declared.name]
            field.setEnabled(not study.read_only)
            if isinstance(field, ChoiceBox):
                field.show_code(str(stored))
            elif not (field.is_uncommitted and (field.hasFocus() or self._messages[declared.name].text())):
                field.show_text(self.wording.typed(setting_column(declared), stored))
        self._path.setText(str(study.path))
        self._show_network()
        self._passphrase.refresh()
        self._show_person()

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        if change.settings:
            self.refresh()
        else:
            self._people.refresh()

    @override
    def state(self) -> dict[str, Any]:
        return {"drafts": {name: field.text() for name, field in self._lines() if field.is_uncommitted}}

    @override
    def restore(self, state: dict[str, Any]) -> None:
        for name, text in state["drafts"].items():
            field = self._fields[name]
            if isinstance(field, EntryLine):
                field.setText(text)
                self._take_text(name, text)

    @override
    def drafts(self) -> list[str]:
        title = self.wording("settings_page.title")
        return [f"{title}: {self.wording.label(name)}" for name, field in self._lines() if field.is_uncommitted]

    # Making

    def _add_heading(self, text: str) -> None:
        self._column.addWidget(text_label(text, "heading"))
        self._column.addSpacing(4)

    def _start_block(self, key: str) -> None:
        self._column.addSpacing(24)
        self._add_heading(self.wording(key))

    def _add_setting(self, declared: SettingDeclaration, beside: QWidget | None = None) -> None:
        name, words = declared.name, self.wording
        message = MessageLabel(self.theme, f"message_{name}")
        if declared.codes:
            choices = tuple((str(code), words.code(code, name)) for code in declared.codes)
            choice = ChoiceBox(name, choices)
            choice.setFixedWidth(_FIELD_WIDTH)
            choice.chosen.connect(partial(self._take, name))
            field: EntryLine | ChoiceBox = choice
        else:
            field = EntryLine(name, self.theme, unit=words.unit(name), number=declared.hard is not None)
            field.setFixedWidth(_FIELD_WIDTH if declared.hard is None else _NUMBER_WIDTH)
            if declared.hard is None:  # a name may be longer than its field
                field.textChanged.connect(field.setToolTip)
            field.committed.connect(partial(self._take_text, name))
        self._fields[name], self._messages[name] = field, message
        help_text = words(f"setting.{name}.help")
        if declared.hard is not None:
            help_text = f"{help_text} ({words.limits(declared.hard, words.unit(name))})"
        self._add_row(words.label(name), help_text, field, message, beside)

    def _add_row(
        self,
        label: str,
        help_text: str,
        field: QWidget,
        message: MessageLabel | None = None,
        beside: QWidget | None = None,
    ) -> None:
        row = bare(QHBoxLayout(), 24)
        row.setContentsMargins(0, 8, 0, 8)
        texts = bare(QVBoxLayout(), 2)
        name = text_label(label)
        name.setBuddy(field)
        field.setAccessibleName(label)
        field.setAccessibleDescription(help_text)
        texts.addWidget(name)
        texts.addWidget(text_label(help_text, "third", wrap=True))
        if message is not None:
            texts.addWidget(message)
        texts.addStretch(1)
        row.addLayout(texts, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        fields = bare(QVBoxLayout(), 8)
        fields.addWidget(field, 0, right)
        if beside is not None:
            fields.addWidget(beside, 0, right)
        row.addLayout(fields)
        self._column.addLayout(row)
        self._column.addWidget(Hairline(in_table=True))

    def _add_file_rows(self) -> None:
        self._path = ElidedLabel("", "second", Qt.TextElideMode.ElideMiddle)
        row = bare(QHBoxLayout(), 24)
        row.setContentsMargins(0, 12, 0, 12)
        row.addWidget(text_label(self.wording("settings_page.file")))
        self._path.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._path, 1)
        self._column.addLayout(row)
        self._network = text_label(self.wording("settings_page.network"), "third", "network_note", wrap=True)
        self._network.hide()
        self._column.addWidget(self._network)
        self._column.addWidget(Hairline(in_table=True))

    def _folder_buttons(self) -> QWidget:
        holder = QWidget()
        row = bare(QHBoxLayout(holder), 8)
        row.addWidget(button(self.wording("shell.backups.link"), self.theme, self._show_backups, kind="link"))
        row.addWidget(
            button(self.wording("settings_page.folder"), self.theme, self._choose_folder, name="choose_folder")
        )
        return holder

    def _show_backups(self) -> None:
        self.session.show_page("backups")

    def _show_network(self) -> None:
        self._network.setVisible(self.session.open_study.on_network)

    def _add_program_rows(self) -> None:
        words, choices = self.wording, self.session.preferences.choices
        language = ChoiceBox("language", tuple((code, words(f"settings_page.language.{code}")) for code in LANGUAGES))
        language.setFixedWidth(_FIELD_WIDTH)
        language.show_code(words.language)
        language.chosen.connect(self._choose_language)
        self._add_row(words("settings_page.language"), words("settings_page.language.help"), language)
        theme = ChoiceBox("theme", tuple((name, words(f"settings_page.theme.{name}")) for name in THEME_CHOICES))
        theme.setFixedWidth(_FIELD_WIDTH)
        theme.show_code(choices.theme)
        theme.chosen.connect(self._choose_theme)
        self._add_row(words("settings_page.theme"), words("settings_page.theme.help"), theme)
        self._person = button("", self.theme, self._ask_person, icon_name="person", name="person")
        self._add_row(words("settings_page.person"), words("settings_page.person.help"), self._person)

    # Doing

    def _lines(self) -> list[tuple[str, EntryLine]]:
        return [(name, field) for name, field in self._fields.items() if isinstance(field, EntryLine)]

    def _take_text(self, name: str, text: str) -> None:
        """Read what was typed; what is no value of the setting stays in its field with its message."""
        declared = setting_column(setting(name))
        parsed = parse(declared, text, today=self.session.today())
        issues = parsed.issues or check_value(declared, parsed.value, today=self.session.today())
        if declared.is_numeric and parsed.value is None and not issues:
            self._refuse(name, self.wording("settings_page.needed", label=self.wording.label(name)))
        elif any(issue.is_error for issue in issues):
            self._refuse(name, self.wording.issue(issues[0]))
        else:
            self._take(name, parsed.value if parsed.value is not None else "")

    def _take(self, name: str, value: Any) -> None:
        self._messages[name].clear()
        self._fields[name].set_state("")
        try:
            self.session.open_study.set_setting(name, value)
        except Fault as fault:
            self._refuse(name, refusal(fault, self.wording))
            return
        field = self._fields[name]
        if isinstance(field, EntryLine):
            field.show_text(self.wording.typed(setting_column(setting(name)), value))
        self.session.drafts_changed.emit()

    def _refuse(self, name: str, text: str) -> None:
        field = self._fields[name]
        if isinstance(field, ChoiceBox):  # a choice is no draft: what holds is what shows
            field.show_code(str(self.session.open_study.settings.stored(name)))
        self._messages[name].show_message(text)
        self._fields[name].set_state("error")
        self.session.drafts_changed.emit()

    def _choose_folder(self) -> None:
        study = self.session.open_study
        start = study.settings.backup_folder or str(study.path.parent)
        dialog = QFileDialog(self, self.wording("settings_page.folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(partial(self._take, "backup_folder"))
        dialog.open()

    def _choose_language(self, code: str) -> None:
        self.session.set_language(cast(Language, code))

    def _choose_theme(self, code: str) -> None:
        self.session.set_theme(cast(ThemeChoice, code))

    def _show_person(self) -> None:
        self._people.refresh()
        person = self.session.person
        if person is None:
            self._person.setText(self.wording("shell.person.nobody"))
            return
        role = self.wording(f"shell.role.{person.role}") if person.role else ""
        self._person.setText(f"{person.initials}, {role}" if role else person.initials)

    def _ask_person(self) -> None:
        from esk_gui.dialogs.person import PersonDialog

        PersonDialog(self.session, self.window()).open()
