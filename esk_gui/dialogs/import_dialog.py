"""Import of a workbook: every fault in a list with its cell, written only when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from esk_engine.errors import Fault, Issue
from esk_gui.app import Session, study_folder
from esk_gui.dialogs.base import EskDialog
from esk_gui.dialogs.issue_model import Column, IssueModel
from esk_gui.folders import documents_folder
from esk_gui.widgets.frames import TintBlock
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.tables import quiet_table

if TYPE_CHECKING:
    from esk_engine.exchange.workbook_in import WorkbookRead
    from esk_engine.records import Patient
    from esk_gui.studies import Studies


@dataclass(frozen=True)
class _Checked:
    """A workbook that was read, and what the open study says to it."""

    read: WorkbookRead
    new: Sequence[Patient]
    issues: tuple[Issue, ...]

    @property
    def errors(self) -> int:
        return sum(issue.is_error for issue in self.issues)


class ImportDialog(EskDialog):
    """Shows what a workbook holds and what is wrong with it; writes it into the open study, or into a new one."""

    def __init__(self, session: Session, studies: Studies, parent: QWidget, path: Path) -> None:
        words = session.wording
        super().__init__(session, parent, "import", words("import_dialog.title", file=path.name), 760)
        self._studies, self._path = studies, path
        self._checked: _Checked | None = None
        self._model = IssueModel(words, self.theme)
        self._block = TintBlock()
        self._head = text_label(words("import_dialog.reading"), "figure_title", "import_head", wrap=True)
        self._text = text_label("", "body_second", "import_text", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        for part in (self._head, self._text, self._bar):
            self._block.column.addWidget(part)
        self.column.addWidget(self._block)
        self._message = MessageLabel(self.theme, "message_import")
        self.column.addWidget(self._message)
        self.table = quiet_table("import_issues", self._model)
        self.table.setColumnWidth(Column.CELL, 160)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setMinimumHeight(min(320, max(120, parent.height() - 360)))
        self.table.hide()
        self.column.addWidget(self.table, 1)
        self._copy = self.add_button(words("import_dialog.copy"), self._copy_list, kind="quiet", name="import_copy")
        self._copy.hide()
        self._as_list = self.add_link(words("importing.as_list"), self._open_as_list, "import_as_list")
        self._as_list.hide()
        self.add_button(words("import_dialog.other"), self._other, name="import_other")
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self._write = self.add_button(words("import_dialog.write"), self._import, kind="primary", name="import_write")
        self._write.setEnabled(False)
        self.finished.connect(self._stop)
        self._read()

    def _read(self) -> None:
        path, today, study = self._path, self.session.today(), self.session.study

        def work(progress: object, cancelled: object) -> _Checked:
            from esk_engine.exchange.import_study import compare_with
            from esk_engine.exchange.workbook_in import read_workbook

            read = read_workbook(path, today)
            if study is None:
                return _Checked(read, read.patients, read.issues)
            return _Checked(read, *compare_with(read, study))

        self.session.jobs.run(work, self._on_read, self._on_unreadable, topic="import")

    def _stop(self) -> None:
        self.session.jobs.cancel("import")

    # What was read

    def _on_read(self, checked: _Checked) -> None:
        words, read = self.wording, checked.read
        self._checked = checked
        errors, warnings = checked.errors, len(checked.issues) - checked.errors
        self._bar.hide()
        patients = words.plural("start.patients", len(checked.new))
        if errors:
            self._block.set_tint("error")
            self._head.setText(words.plural("import_dialog.errors", errors))
            self._text.setText(words("import_dialog.nothing_written"))
        elif not checked.new:
            self._block.set_tint("warning")
            key = "import_dialog.all_known" if read.patients else "import_dialog.no_patients"
            self._head.setText(words(key))
            self._text.setText(words(f"{key}.text"))
        else:
            self._head.setText(words("import_dialog.clean", patients=patients))
            self._text.setText(self._destination())
            self._write.setText(words("import_dialog.write_n", patients=patients))
            self._write.setEnabled(True)
            self._write.setDefault(True)
            self._write.setFocus()
        if warnings:
            self._message.show_message(words.plural("import_dialog.warnings", warnings), "warning")
        self._model.show_issues(checked.issues)
        self.table.setVisible(bool(checked.issues))
        self._copy.setVisible(bool(checked.issues))
        self._as_list.setVisible(bool(checked.issues))

    def _on_unreadable(self, error: BaseException) -> None:
        if not isinstance(error, Fault):
            self.reject()
            self.session.show_error(error)
            return
        self._bar.hide()
        self._block.set_tint("error")
        self._head.setText(self.wording.fault(error))
        self._text.setText(self.wording("import_dialog.nothing_written"))
        self._model.show_issues(error.issues)
        self.table.setVisible(bool(error.issues))

    def _destination(self) -> str:
        """How many rows there are, and where they will go."""
        if self._checked is None:
            return ""
        words, patients = self.wording, self._checked.new
        rows = words(
            "import_dialog.rows",
            readings=sum(len(patient.readings) for patient in patients),
            samples=sum(len(patient.samples) for patient in patients),
            adverse_events=sum(len(patient.adverse_events) for patient in patients),
        )
        study = self.session.study
        where = words("import_dialog.into", study=study.path.name) if study else words("import_dialog.into_new")
        return f"{rows} {where}"

    # Doing

    def _import(self) -> None:
        """Write into the open study; without one, ask for the file of a new one."""
        if self._checked is None:
            return
        study = self.session.study
        if study is None:
            self._ask_target()
            return
        try:
            study.import_patients(self._checked.new)
        except Fault as refused:
            self._on_unreadable(refused)
            return
        self.accept()
        patients = self.wording.plural("start.patients", len(self._checked.new))
        self.session.tell(self.wording("import_dialog.done", patients=patients))

    def _ask_target(self) -> None:
        from esk_gui.dialogs.new_study import free_path

        target = free_path(study_folder(self.session.preferences, documents_folder()), self._path.stem)
        words = self.wording
        dialog = QFileDialog(self, words("import_dialog.new_file"), str(target), words("shell.open.filter"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix("esk")
        dialog.fileSelected.connect(self._create)
        dialog.open()

    def _create(self, target: str) -> None:
        if self._checked is None:
            return
        self.accept()
        self._studies.create_from(Path(target), self._checked.read)

    def _copy_list(self) -> None:
        QGuiApplication.clipboard().setText(self._model.as_text())

    def _open_as_list(self) -> None:
        """Go through the same workbook column by column, and choose among the values that differ."""
        from esk_gui.importing.wizard import ImportWizard

        parent = self.parentWidget()
        self.reject()
        if parent is not None:
            wizard = ImportWizard(self.session, self._studies, parent)
            wizard.open()
            wizard.open_as_list(self._path)

    def _other(self) -> None:
        self.reject()
        parent = self.parentWidget()
        if parent is not None:
            ask_import(self.session, self._studies, parent)


def ask_import(session: Session, studies: Studies, window: QWidget) -> None:
    """Open the wizard, and ask for a file over it; whatever is chosen finds its own way from there."""
    from esk_gui.importing.wizard import ImportWizard

    wizard = ImportWizard(session, studies, window)
    wizard.open()
    wizard.ask_file()


def show_import(session: Session, studies: Studies, window: QWidget, path: str) -> None:
    """Read a file and show what it holds: an import workbook at once, any other list step by step."""
    from esk_engine.exchange.intake import is_import_workbook
    from esk_gui.importing.wizard import ImportWizard

    def opened(is_strict: bool) -> None:
        if is_strict:
            ImportDialog(session, studies, window, Path(path)).open()
        else:
            ImportWizard(session, studies, window, Path(path)).open()

    session.jobs.run(lambda progress, cancelled: is_import_workbook(path), opened)
