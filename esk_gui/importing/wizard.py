"""The wizard: five steps in one frame, gone through back and forth; the engine's work runs beside it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from esk_engine.errors import Fault
from esk_gui.app import Session, study_folder
from esk_gui.dialogs.base import EskDialog
from esk_gui.dialogs.new_study import free_path
from esk_gui.folders import documents_folder
from esk_gui.importing.column_step import ColumnStep
from esk_gui.importing.difference_step import FAULTS_TOPIC, DifferenceStep
from esk_gui.importing.ending import as_workbook, essence, take, tell_done
from esk_gui.importing.file_step import FileStep
from esk_gui.importing.preview_step import PreviewStep
from esk_gui.importing.question_step import QuestionStep
from esk_gui.importing.step import Step
from esk_gui.importing.work import Asked, ImportWork, Opened, ask_list, fitting, open_list, read_list
from esk_gui.jobs import Job, Work
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Comparison, Intake, TextForm
    from esk_gui.studies import Studies

STEPS: Final = ("file", "columns", "questions", "preview", "differences")
TOPIC: Final = "import"
_ASK_TOPIC = "import_ask"
_WIDTH, _SPARE = 1240, 40
_TITLE_FROM = 860
_PATIENCE_MS = 1000
_CHIP_PADDING = 22
_MANY = 500  # patients that take longer than a blink to come in


class ImportWizard(EskDialog):
    """Takes a list of others into the open study, or makes a new one of it.

    Parameters
    ----------
    path
        The file or folder to begin with; without one the first step waits for it.
    """

    def __init__(self, session: Session, studies: Studies, parent: QWidget, path: Path | None = None) -> None:
        words = session.wording
        super().__init__(session, parent, "import", words("importing.title"), _WIDTH)
        self._studies = studies
        self.work = ImportWork(session.preferences.folder / "recipes")
        self._recipes: dict[str, Path] = {}
        self._job: Job | None = None
        self._then = ""
        self._is_taking = False
        self.heading.hide()
        self.column.setContentsMargins(24, 12, 24, 12)
        self._chips: dict[str, QPushButton] = {}
        self.column.addLayout(self._head())
        self._stack = QStackedWidget()
        self.file_step = FileStep(session, self.work)
        self.columns_step = ColumnStep(session, self.work)
        self.questions_step = QuestionStep(session, self.work)
        self.preview_step = PreviewStep(session, self.work)
        self.differences_step = DifferenceStep(session, self.work)
        self._steps: dict[str, Step] = {
            "file": self.file_step,
            "columns": self.columns_step,
            "questions": self.questions_step,
            "preview": self.preview_step,
            "differences": self.differences_step,
        }
        for step in self._steps.values():
            self._stack.addWidget(step)
            step.changed.connect(self._on_changed)
            step.moved.connect(self.go_to)
        self.column.addWidget(self._stack, 1)
        self._foot_parts()
        self._listen()
        self.setAcceptDrops(True)
        window = parent.window()
        self.resize(min(_WIDTH, window.width() - _SPARE), min(window.height() - _SPARE, 760))
        self._show_step("file")
        if path is not None:
            self.open_path(path)

    # Making

    def _head(self) -> QHBoxLayout:
        row = bare(QHBoxLayout(), 4)
        self._title = text_label(self.wording("importing.title"), "title")
        row.addWidget(self._title)
        row.addStretch(1)
        for name in STEPS:
            chip = button(
                self.wording(f"importing.step.{name}"),
                self.theme,
                partial(self.go_to, name),
                kind="chip",
                name=f"import_go_{name}",
                in_header=True,
            )
            self._chips[name] = chip
            row.addWidget(chip)
        return row

    def _foot_parts(self) -> None:
        words = self.wording
        self._bar = QProgressBar()
        self._bar.setObjectName("import_progress")
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._status = text_label("", "second", "import_status")
        self._stop = button(words("importing.stop"), self.theme, self._stop_job, kind="link", name="import_stop")
        for at, part in enumerate((self._bar, self._status, self._stop)):
            self._foot.row.insertWidget(at, part)
            part.hide()
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self._back = self.add_button(words("importing.back"), self._go_back, name="import_back")
        self._next = self.add_button(words("importing.next"), self._go_next, kind="primary", name="import_next")
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_progress)

    def _listen(self) -> None:
        self.file_step.file_wanted.connect(self.ask_file)
        self.file_step.folder_wanted.connect(self.ask_folder)
        self.file_step.form_changed.connect(self._on_form)
        self.file_step.head_changed.connect(self._on_head)
        self.columns_step.recipe_wanted.connect(self._apply_recipe)
        self.differences_step.readiness_changed.connect(self._show_readiness)
        self.finished.connect(self._cancel_jobs)
        self.session.study_changed.connect(self._on_study_changed)
        for keys, slot in (("Alt+Right", self._go_next), ("Alt+Left", self._go_back)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    # The file

    def ask_file(self) -> None:
        """Ask for a file."""
        words = self.wording
        folder = study_folder(self.session.preferences, documents_folder())
        dialog = QFileDialog(self, words("importing.choose"), str(folder), words("importing.filter"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    def ask_folder(self) -> None:
        """Ask for a folder of CSV files."""
        folder = study_folder(self.session.preferences, documents_folder())
        dialog = QFileDialog(self, self.wording("importing.choose_folder"), str(folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    def open_path(self, path: str | Path) -> None:
        """Begin with a file; an import workbook goes its short way."""
        from esk_engine.exchange.intake import is_import_workbook

        self.work.forget_file()
        self.work.path = Path(path)
        chosen = self.work.path
        self.file_step.show_work()
        self._show_step("file")
        self._run("reading", lambda progress, cancelled: is_import_workbook(chosen), self._on_kind)

    def open_as_list(self, path: Path) -> None:
        """Begin with a workbook of any form, column by column."""
        self.work.forget_file()
        self.work.path = path
        self._on_kind(False)

    def _on_kind(self, is_strict: bool) -> None:
        path = self.work.path
        if path is None:
            return
        if not is_strict:
            self._open()
            return
        from esk_gui.dialogs.import_dialog import ImportDialog

        parent = self.parentWidget()
        self.reject()
        if parent is not None:
            ImportDialog(self.session, self._studies, parent, path).open()

    def _open(self) -> None:
        work = self.work
        if work.path is not None:
            job = partial(open_list, work.path, work.form, dict(work.heads), work.folder)
            self._run("reading", job, self._on_opened)

    def _on_opened(self, opened: Opened) -> None:
        work = self.work
        work.source, work.mapping = opened.source, opened.mapping
        work.intake = work.read_with = work.comparison = None
        work.asked = ()
        self._recipes = dict(opened.recipes)
        self.columns_step.show_recipes(tuple(self._recipes))
        self.file_step.show_work()
        self._on_changed()
        if self.file_step.is_waiting:
            self._next.setFocus()

    def _on_form(self, form: TextForm) -> None:
        self.work.form = form
        self._open()

    def _on_head(self, table: str, row: int) -> None:
        self.work.heads[table] = row
        self._open()

    def _apply_recipe(self, name: str) -> None:
        from esk_engine.exchange.intake import applied, propose, read_recipe

        work = self.work
        if work.source is None:
            return
        proposed = propose(work.source)
        if name:
            try:
                proposed = applied(read_recipe(self._recipes[name]), work.source, proposed)
            except Fault as fault:
                self.columns_step.tell_recipe(self.wording.fault(fault), "error")
                return
            self.columns_step.tell_recipe(self.wording("importing.recipe.applied", name=name))
        work.mapping = proposed
        self.columns_step.show_work()
        self._on_changed()

    # The steps

    def go_to(self, name: str, *_: object) -> None:
        """Go to a step, as soon as what it shows is there."""
        work = self.work
        if work.source is None or work.mapping is None:
            self._show_step("file")
        elif name in ("preview", "differences") and not work.is_read:
            self._then = name
            self._check(self._step_name())
            job = partial(read_list, work.source, work.mapping, self.session.study, self.session.today())
            self._run("reading", job, partial(self._on_read, work.mapping))
        else:
            self._show_step(name)

    def _go_next(self) -> None:
        name = self._step_name()
        if not self._next.isEnabled():
            return
        if name == "differences":
            self._import()
        else:
            self.go_to(STEPS[STEPS.index(name) + 1])

    def _go_back(self) -> None:
        at = STEPS.index(self._step_name())
        if at:
            self.go_to(STEPS[at - 1])

    def _step_name(self) -> str:
        return STEPS[self._stack.currentIndex()]

    def _show_step(self, name: str) -> None:
        if name == "columns":  # a recipe that was just kept is offered too
            self._refresh_recipes()
        step = self._steps[name]
        step.show_work()
        self._stack.setCurrentWidget(step)
        self._check(name)
        step.begin()
        self._show_readiness()

    def _check(self, name: str) -> None:
        for key, chip in self._chips.items():
            chip.setChecked(key == name)

    def _refresh_recipes(self) -> None:
        if self.work.source is not None:
            found = dict(fitting(self.work.folder, self.work.source))
            if found != self._recipes:
                self._recipes = found
                self.columns_step.show_recipes(tuple(found), self.columns_step.recipe.code())

    def _on_changed(self) -> None:
        """The mapping is another one: what is open is asked about anew, what was read is stale."""
        work = self.work
        if work.source is not None and work.mapping is not None:
            job = partial(ask_list, work.source, work.mapping)
            self.session.jobs.run(job, self._on_asked, topic=_ASK_TOPIC)
        self._show_readiness()

    def _on_asked(self, asked: Asked) -> None:
        self.work.asked = asked
        if self._step_name() == "questions":
            self.questions_step.show_work()
        self._show_readiness()

    def _on_read(self, mapping: object, result: tuple[Intake, Comparison]) -> None:
        work = self.work
        if work.mapping is not mapping:
            return
        work.intake, work.comparison = result
        work.asked = work.intake.asked
        work.read_with = work.mapping
        kept = {essence(each) for each in work.chosen}  # one whose value changed meanwhile is chosen anew
        work.chosen = {each for each in work.comparison.differing if essence(each) in kept}
        self._show_step(self._then)

    def _on_study_changed(self) -> None:
        """Somebody else wrote: the study is held against the file anew before anything comes in."""
        if self._is_taking or self.work.comparison is None:
            return
        self.work.read_with = None
        if self.isVisible() and self._step_name() == "differences":
            self.go_to("differences")

    def _show_readiness(self) -> None:
        words, name = self.wording, self._step_name()
        has_source, is_busy = self.work.source is not None, self._job is not None
        for key, chip in self._chips.items():
            chip.setEnabled((has_source or key == "file") and not is_busy)
        needed = self.work.open_needed
        text = words("importing.step.questions")
        self._chips["questions"].setText(f"{text} ({needed})" if needed else text)
        self._fit_chips()
        self._back.setEnabled(name != "file" and not is_busy)
        if name != "differences":
            self._next.setText(words("importing.next"))
            self._next.setEnabled(has_source and not is_busy)
            return
        ready = self.differences_step.is_ready
        touched = words.plural("start.patients", self.differences_step.touched())
        self._next.setText(words("import_dialog.write_n", patients=touched) if ready else words("import_dialog.write"))
        self._next.setEnabled(ready and not is_busy)

    def _fit_chips(self) -> None:
        """Room for the words in the weight of the chosen one."""
        for chip in self._chips.values():
            font = QFont(chip.font())
            font.setWeight(QFont.Weight.DemiBold)
            chip.setMinimumWidth(QFontMetrics(font).horizontalAdvance(chip.text()) + _CHIP_PADDING)

    # Work beside the window

    def _run(self, status: str, work: Work, done: object) -> None:
        def finished(result: object) -> None:
            self._end_job()
            done(result)  # type: ignore[operator]

        self._status.setText(self.wording(f"importing.status.{status}"))
        self._bar.setRange(0, 0)
        self._patience.start()
        self._job = self.session.jobs.run(work, finished, self._on_failed, topic=TOPIC)
        self._job.progressed.connect(self._on_progress)
        self._show_readiness()

    def _on_progress(self, share: float) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(share * 1000))

    def _show_progress(self) -> None:
        for part in (self._bar, self._status, self._stop):
            part.setVisible(self._job is not None)

    def _end_job(self) -> None:
        self._job = None
        self._patience.stop()
        self._show_progress()
        self._show_readiness()

    def _stop_job(self) -> None:
        """Give up what is under way; the step stays where it was."""
        self.session.jobs.cancel(TOPIC)
        self._end_job()

    def _on_failed(self, error: BaseException) -> None:
        self._end_job()
        if not isinstance(error, Fault):
            self.reject()
            self.session.show_error(error)
        elif error.code != "cancelled":
            self._show_step("file")
            self.file_step.refuse(self.wording.fault(error))

    def _cancel_jobs(self) -> None:
        for topic in (TOPIC, _ASK_TOPIC, FAULTS_TOPIC):
            self.session.jobs.cancel(topic)

    # Taking it in

    def _import(self) -> None:
        work, study = self.work, self.session.study
        if work.intake is None or work.comparison is None:
            return
        if not work.is_read:
            self.go_to("differences")
        elif study is None:
            self._ask_target()
        elif self.differences_step.touched() > _MANY:  # first show that it is under way
            self._status.setText(self.wording("importing.status.writing"))
            self._status.show()
            self._next.setEnabled(False)
            QTimer.singleShot(0, self, self._take_in)
        else:
            self._take_in()

    def _take_in(self) -> None:
        work, study = self.work, self.session.study
        if study is None:
            return
        self._is_taking = True
        try:
            take(study, work, self.differences_step.reason.text())
        except Fault as fault:
            self._status.hide()
            self.differences_step.refuse(fault)
            self._show_readiness()
            return
        finally:
            self._is_taking = False
        touched = self.wording.plural("start.patients", self.differences_step.touched())
        self.accept()
        tell_done(self.session, self.parentWidget(), self.wording("import_dialog.done", patients=touched))

    def _ask_target(self) -> None:
        """Ask for the file of a new study, and make it of what was read."""
        words, path = self.wording, self.work.path
        stem = path.stem if path is not None else words("importing.new_study_name")
        target = free_path(study_folder(self.session.preferences, documents_folder()), stem)
        dialog = QFileDialog(self, words("import_dialog.new_file"), str(target), words("shell.open.filter"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix("esk")
        dialog.fileSelected.connect(self._create)
        dialog.open()

    def _create(self, target: str) -> None:
        intake = self.work.intake
        if intake is not None:
            self.accept()
            self._studies.create_from(Path(target), as_workbook(intake))

    # Qt

    @override
    def grow(self) -> None:
        """The frame keeps its size: its steps scroll."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes a step back: what was worked out is not lost by one key."""
        if event.key() == Qt.Key.Key_Escape and self._stack.currentIndex() > 0:
            self._go_back()
            return
        super().keyPressEvent(event)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        path = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if path:
            event.acceptProposedAction()
            self.open_path(path)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._title.setVisible(event.size().width() >= _TITLE_FROM)
