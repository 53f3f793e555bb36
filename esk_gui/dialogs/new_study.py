"""A new study: its name, the clinic, and the file that holds it from then on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.settings import Settings, setting
from esk_gui.app import Session, study_folder
from esk_gui.dialogs.base import EskDialog, labelled
from esk_gui.dialogs.passphrase import NewPassphrase
from esk_gui.folders import documents_folder
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, MessageLabel, Qt, icon_label, text_label

_NOT_IN_FILES = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


class NewStudyDialog(EskDialog):
    """Asks for what a study starts with, then goes on with ``create(path, settings, passphrase)`` ("" for none)."""

    def __init__(
        self, session: Session, parent: QWidget | None, create: Callable[[Path, Settings, str], object]
    ) -> None:
        words = session.wording
        super().__init__(session, parent, "new_study", words("shell.new_study.title"), 520)
        self._create = create
        self._folder = study_folder(session.preferences, documents_folder())
        self._chosen: Path | None = None
        body = QWidget()
        column = bare(QVBoxLayout(body), 8)
        column.addWidget(text_label(words("shell.new_study.text"), "body_second", wrap=True))
        column.addSpacing(8)
        self.name = EntryLine("study_name", self.theme)
        self.name.setMaxLength(setting("study_name").max_length or 200)
        self.name.textChanged.connect(self._show_path)
        self.message = MessageLabel(self.theme, "message_study_name")
        self.clinic = EntryLine("clinic_name", self.theme)
        self.clinic.setMaxLength(setting("clinic_name").max_length or 200)
        column.addLayout(labelled(words.label("study_name"), self.name, self.message))
        column.addSpacing(8)
        column.addLayout(labelled(words.label("clinic_name"), self.clinic))
        column.addSpacing(8)
        column.addLayout(self._path_row())
        self.protect = QCheckBox(words("shell.new_study.protect"))
        self.protect.setObjectName("protect")
        self.passphrase = NewPassphrase(session)
        self.passphrase.hide()
        self.protect.toggled.connect(self._on_protect)
        column.addWidget(self.protect)
        column.addWidget(self.passphrase)
        column.addStretch(1)
        self.add_scrolling(body)
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self.add_button(
            words("shell.new_study.create"), self._confirm, kind="primary", name="button_create", is_default=True
        )
        self._show_path()
        self.name.setFocus()

    @property
    def path(self) -> Path:
        """The file that the study would get now."""
        if self._chosen is not None:
            return self._chosen
        words = _NOT_IN_FILES.sub(" ", self.name.text()).split()
        name = " ".join(words).strip(". ") or self.wording("shell.new_study.file_name")
        return free_path(self._folder, name)

    def _path_row(self) -> QHBoxLayout:
        row = bare(QHBoxLayout(), 8)
        self._path = ElidedLabel("", "second", Qt.TextElideMode.ElideMiddle)
        self._path.setObjectName("study_path")
        row.addWidget(icon_label("folder", self.theme))
        row.addWidget(self._path, 1)
        row.addWidget(button(self.wording("shell.new_study.place"), self.theme, self._choose_place, kind="link"))
        return row

    def _on_protect(self, wanted: bool) -> None:
        self.passphrase.setVisible(wanted)
        self.grow()
        if wanted:
            self.passphrase.first.setFocus()

    def _show_path(self) -> None:
        self._path.setText(str(self.path))

    def _choose_place(self) -> None:
        dialog = QFileDialog(self, self.wording("shell.new_study.place"), str(self.path), "Esk (*.esk)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("esk")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.fileSelected.connect(self._take_place)
        dialog.open()

    def _take_place(self, path: str) -> None:
        self._chosen = Path(path)
        self._show_path()

    def _confirm(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.message.show_message(self.wording("shell.new_study.name_needed"))
            self.name.set_state("error")
            self.name.setFocus()
            return
        passphrase = ""
        if self.protect.isChecked():
            typed = self.passphrase.read()
            if typed is None:
                return
            passphrase = typed
        path = self.path
        self.accept()
        self._create(path, Settings(study_name=name, clinic_name=self.clinic.text().strip()), passphrase)


def free_path(folder: Path, name: str) -> Path:
    """``NAME.esk`` in a folder, or ``NAME-2.esk`` and so on where that is taken."""
    path, number = folder / f"{name}.esk", 2
    while path.exists():
        path, number = folder / f"{name}-{number}.esk", number + 1
    return path
