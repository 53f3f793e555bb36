"""Export to Excel: asked for, done beside the window over a frozen copy of the study, told when it is there."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from esk_engine.errors import Fault
from esk_gui.app import EXPORT_TOPIC, Session, study_folder
from esk_gui.folders import documents_folder
from esk_gui.jobs import Cancelled, Job, Progress
from esk_gui.widgets.notice import Notice

if TYPE_CHECKING:
    from esk_engine.study import StudySnapshot
    from esk_engine.wording import Wording

_FIGURE_SIZE = (640, 520)
_FIGURES_SHARE = 0.2


class ExcelExport(QObject):
    """One export at a time, each in a notice of its own."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._job: Job | None = None
        self._notice: Notice | None = None

    def ask(self) -> None:
        """Ask where the workbook is to go, and write it there."""
        session, words = self._session, self._session.wording
        folder = study_folder(session.preferences, documents_folder())
        target = folder / f"{session.open_study.name}.xlsx"
        dialog = QFileDialog(self._window, words("shell.export.title"), str(target), words("shell.export.filter"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(self.export)
        dialog.open()

    def export(self, path: str) -> None:
        """Write the study as it is now to ``path``."""
        target, words = Path(path), self._session.wording
        self.cancel()
        snapshot = self._session.open_study.snapshot()
        self._show(words("shell.export.running", file=target.name), has_progress=True)
        work = partial(export_study, snapshot, target, words)
        done, failed = partial(self._on_done, target), self._on_failed
        self._job = self._session.jobs.run(work, done, failed, topic=EXPORT_TOPIC)
        if self._notice is not None:
            self._job.progressed.connect(self._notice.show_progress)

    def cancel(self) -> None:
        """Stop the export under way, if any; nothing of it stays behind."""
        if self._job is not None:
            self._job.cancel()
        self._job = None
        self._drop()

    def _on_done(self, target: Path, result: object) -> None:
        self._job = None
        words = self._session.wording
        open_it = (words("shell.export.open"), partial(_open, target))
        self._show(words("shell.export.done", file=target.name), open_it)

    def _on_failed(self, error: BaseException) -> None:
        self._job = None
        self._drop()
        if not (isinstance(error, Fault) and error.code == "cancelled"):
            self._session.show_error(error)

    def _show(self, text: str, *choices: tuple[str, partial[bool]], has_progress: bool = False) -> None:
        self._drop()
        words = self._session.wording
        cancel = (words("shell.cancel"), self.cancel)
        self._notice = Notice(
            self._window,
            self._session.theme,
            text,
            (cancel,) if has_progress else choices,
            icon_name="export" if has_progress else "check",
            has_progress=has_progress,
            close_text="" if has_progress else words("shell.close"),
        )
        self._notice.gone.connect(self._forget_notice)
        self._notice.place()
        self._notice.setVisible(not self._session.is_locked)

    def _drop(self) -> None:
        if self._notice is not None:
            self._notice.close()

    def _forget_notice(self, notice: Notice) -> None:
        if notice is self._notice:
            self._notice = None


def draw_figures(snapshot: StudySnapshot, wording: Wording, cancelled: Cancelled | None = None) -> dict[str, bytes]:
    """PNG of the figures "1a", "1b" and "1c"; needs no window and no thread of its own."""
    from esk_engine.report import analyse, figure_series
    from esk_gui.figures import render_png

    method = snapshot.settings.p_method
    undetermined = sum(group == "undetermined" for group in snapshot.cohort.groups)
    pictures: dict[str, bytes] = {}
    for figure in figure_series(analyse(snapshot.cohort)):
        if cancelled is not None and cancelled():
            raise Fault("cancelled")
        pictures[figure.key] = render_png(figure, wording, *_FIGURE_SIZE, p_method=method, undetermined=undetermined)
    return pictures


def export_study(
    snapshot: StudySnapshot, target: Path, wording: Wording, progress: Progress, cancelled: Cancelled
) -> None:
    """Draw the figures, then write the workbook with them; runs beside the window."""
    from esk_engine.exchange.workbook_out import export_workbook

    pictures = draw_figures(snapshot, wording, cancelled)
    progress(_FIGURES_SHARE)
    export_workbook(
        snapshot,
        target,
        wording,
        pictures=pictures,
        progress=lambda share: progress(_FIGURES_SHARE + (1 - _FIGURES_SHARE) * share),
        cancelled=cancelled,
    )


def _open(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
