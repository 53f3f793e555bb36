"""The first step: which file, how its text is read, which row names the columns, and what stands in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from esk_gui.app import Session
from esk_gui.importing.raw_model import RawModel
from esk_gui.importing.step import Step, fill_tables
from esk_gui.importing.work import ImportWork
from esk_gui.widgets.buttons import button
from esk_gui.widgets.empty import EmptyPage
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import bare, scrolling
from esk_gui.widgets.labels import ElidedLabel, MessageLabel, icon_label, text_label
from esk_gui.widgets.tables import quiet_table

if TYPE_CHECKING:
    from esk_engine.exchange.intake import TextForm

_FIELDS = ("encoding", "delimiter", "decimal", "date_order")
_CHOICES = {
    "encoding": ("utf-8", "utf-8-sig", "cp1252", "utf-16"),
    "delimiter": (";", ",", "\t", "|"),
    "decimal": ("", ",", "."),
    "date_order": ("", "dmy", "mdy", "ymd"),
}
_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", ".": "point", "": "open"}


class FileStep(Step):
    """Shows the file as it is read; ``file_wanted`` and ``folder_wanted`` ask for another one."""

    file_wanted = Signal()
    folder_wanted = Signal()
    form_changed = Signal(object)
    head_changed = Signal(str, int)

    def __init__(self, session: Session, work: ImportWork) -> None:
        super().__init__(session, work, "file")
        words = self.wording
        self._name = ElidedLabel("", "strong", Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("import_file_name")
        self._model = RawModel(self.theme)
        self._boxes: dict[str, ChoiceBox] = {}
        self._notes: dict[str, ElidedLabel] = {}
        content = QWidget()
        column = bare(QVBoxLayout(content), 12)
        column.addLayout(self._file_row())
        self._message = MessageLabel(self.theme, "message_import_file")
        column.addWidget(self._message)
        self._form = self._form_fields()
        column.addWidget(self._form)
        self._head_row = self._head_fields()
        column.addWidget(self._head_row)
        self._hint = EmptyPage(self.theme, "import", words("importing.drop"))
        self._hint.label.setObjectName("import_drop")
        column.addWidget(self._hint, 1)
        self.table = quiet_table("import_raw", self._model, row_height=26)
        self.table.verticalHeader().show()
        self.table.horizontalHeader().setDefaultSectionSize(150)
        self.table.setMinimumHeight(150)
        column.addWidget(self.table, 1)
        bare(QVBoxLayout(self)).addWidget(scrolling(content, "import_file_area"))

    def _file_row(self) -> QHBoxLayout:
        words, row = self.wording, bare(QHBoxLayout(), 8)
        row.addWidget(icon_label("study", self.theme))
        row.addWidget(self._name, 1)
        self._choose = button(
            words("importing.choose_file"), self.theme, self.file_wanted.emit, name="import_choose_file"
        )
        row.addWidget(self._choose)
        row.addWidget(
            button(words("importing.choose_folder"), self.theme, self.folder_wanted.emit, name="import_choose_folder")
        )
        return row

    def _form_fields(self) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for at, name in enumerate(_FIELDS):
            choices = tuple((code, self._choice_text(name, code)) for code in _CHOICES[name])
            box = ChoiceBox(f"import_{name}", choices)
            box.setAccessibleName(self.wording(f"importing.form.{name}"))
            box.chosen.connect(self._on_form)
            label, note = text_label(self.wording(f"importing.form.{name}"), "label"), ElidedLabel("", "third")
            note.setObjectName(f"import_{name}_note")
            label.setBuddy(box)
            self._boxes[name], self._notes[name] = box, note
            for row, part in enumerate((label, box, note)):
                grid.addWidget(part, row, at)
            grid.setColumnStretch(at, 1)
        return holder

    def _choice_text(self, name: str, code: str) -> str:
        if name == "encoding":
            return self.wording(f"importing.encoding.{code.replace('-', '_')}")
        return self.wording(f"importing.{name}.{_NAMES.get(code, code)}")

    def _head_fields(self) -> QWidget:
        words, holder = self.wording, QWidget()
        row = bare(QHBoxLayout(holder), 8)
        self.tables = ChoiceBox("import_table")
        self.tables.setAccessibleName(words("importing.table"))
        self.tables.setMaximumWidth(220)
        self.tables.chosen.connect(self._on_table)
        row.addWidget(self.tables)
        label = text_label(words("importing.header_row"), "label")
        self.head = EntryLine("import_header_row", self.theme, number=True)
        self.head.setFixedWidth(64)
        label.setBuddy(self.head)
        self.head.committed.connect(self._on_head)
        row.addWidget(label)
        row.addWidget(self.head)
        row.addWidget(
            button(words("importing.header_here"), self.theme, self._head_here, kind="link", name="import_header_here")
        )
        row.addStretch(1)
        return holder

    # Showing

    def show_work(self) -> None:
        source, path = self.work.source, self.work.path
        self._name.setText(str(path) if path is not None else self.wording("importing.no_file"))
        has_source = source is not None
        self._form.setVisible(source is not None and source.kind == "csv")
        for part in (self._head_row, self.table):
            part.setVisible(has_source)
        self._hint.setVisible(not has_source)
        label = self._hint.label
        label.setMinimumHeight(label.heightForWidth(label.width()))
        if source is None:
            self._message.clear()
            self._model.show_table(None)
            return
        for name in _FIELDS:
            self._boxes[name].show_code(getattr(source.form, name))
            self._notes[name].setText(self._certainty(name, source.form, source.guessed))
        fill_tables(self.tables, [table.name for table in source.tables])
        texts = [self.wording.issue(issue) for issue in source.issues]
        self._message.show_message("\n".join(texts[:3]), "warning")
        self._show_table()

    def refuse(self, text: str) -> None:
        """Say why a file cannot be read."""
        self.show_work()
        self._message.show_message(text)

    def begin(self) -> None:
        self._choose.setFocus()

    @property
    def is_waiting(self) -> bool:
        """Whether the keyboard is still where the first file was asked for."""
        return self._choose.hasFocus()

    def _certainty(self, name: str, form: TextForm, guessed: TextForm) -> str:
        source = self.work.source
        if getattr(form, name) != getattr(guessed, name):
            return self.wording("importing.form.chosen")
        is_certain = source is not None and name in source.certain
        if not getattr(form, name):
            return self.wording("importing.form.asked")
        return self.wording("importing.form.certain" if is_certain else "importing.form.proposed")

    def _show_table(self) -> None:
        if self.work.source is None or not self.tables.code():
            return
        table = self.work.source.table(self.tables.code())
        self.head.show_text(str(table.header_row))
        self.head.set_state("")
        self._model.show_table(table)

    # What a person changes

    def _on_form(self, code: str) -> None:
        source = self.work.source
        if source is not None:
            self.form_changed.emit(replace(source.form, **{name: self._boxes[name].code() for name in _FIELDS}))

    def _on_table(self, name: str) -> None:
        self._show_table()

    def _on_head(self, text: str) -> None:
        last = self._model.number_at(self._model.rowCount() - 1)
        if not text.strip().isdecimal() or not self._model.number_at(0) <= int(text) <= last:
            self.head.set_state("error")
            return
        self.head_changed.emit(self.tables.code(), int(text))

    def _head_here(self) -> None:
        row = self.table.currentIndex().row()
        if row >= 0:
            self.head_changed.emit(self.tables.code(), self._model.number_at(row))
