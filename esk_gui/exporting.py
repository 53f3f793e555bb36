"""Every form that a study goes out in: asked for, written beside the window over a frozen copy, and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from esk_engine.errors import Fault
from esk_gui.app import EXPORT_TOPIC, Session, study_folder
from esk_gui.folders import documents_folder
from esk_gui.jobs import Cancelled, Job, Progress
from esk_gui.widgets.notice import Notice

if TYPE_CHECKING:
    from esk_engine.exchange.flat import Dialect
    from esk_engine.study import StudySnapshot
    from esk_engine.wording import Wording

_FIGURE_SIZE = (640, 520)
_FIGURES_SHARE = 0.2


@dataclass(frozen=True)
class Form:
    """One form that a study goes out in; ``suffix`` "" makes a folder of files.

    ``write(snapshot, target, wording, progress, cancelled)`` runs beside the window; the template needs no study.
    """

    name: str
    suffix: str
    write: Callable[[Any, Path, Wording, Progress, Cancelled], object]
    title: str
    filter: str
    needs_study: bool = True


class Exports(QObject):
    """One export at a time, each in a notice of its own."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._job: Job | None = None
        self._notice: Notice | None = None

    def ask(self, name: str = "excel") -> None:
        """Ask where it is to go, and write it there."""
        session, words, form = self._session, self._session.wording, FORMS[name]
        folder = study_folder(session.preferences, documents_folder())
        stem = session.open_study.name if form.needs_study else words("shell.export.template_name")
        ending = f".{form.suffix}" if form.suffix else f" {name.partition('_')[0]}"
        target = folder / f"{stem}{ending}"
        dialog = QFileDialog(self._window, words(form.title), str(target), words(form.filter))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if form.suffix:
            dialog.setDefaultSuffix(form.suffix)
        dialog.fileSelected.connect(partial(self.export, name=name))
        dialog.open()

    def export(self, path: str, name: str = "excel") -> None:
        """Write the study as it is now to ``path``."""
        target, words, form = Path(path), self._session.wording, FORMS[name]
        self.cancel()
        snapshot = self._session.open_study.snapshot() if form.needs_study else None
        self._show(words("shell.export.running", file=target.name), has_progress=True)
        work = partial(form.write, snapshot, target, words)
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


def _spss(snapshot: StudySnapshot, target: Path, wording: Wording, progress: Progress, cancelled: Cancelled) -> None:
    from esk_engine.exchange.spss import export_spss

    export_spss(snapshot, target, wording, progress=progress, cancelled=cancelled)


def _redcap(snapshot: StudySnapshot, target: Path, wording: Wording, progress: Progress, cancelled: Cancelled) -> None:
    from esk_engine.exchange.redcap import export_redcap

    export_redcap(snapshot, target, wording, progress=progress, cancelled=cancelled)


def _csv(
    dialect: Dialect,
    snapshot: StudySnapshot,
    target: Path,
    wording: Wording,
    progress: Progress,
    cancelled: Cancelled,
) -> None:
    from esk_engine.exchange.csv_out import export_csv

    export_csv(snapshot, target, wording, dialect, progress=progress, cancelled=cancelled)


def _template(snapshot: None, target: Path, wording: Wording, progress: Progress, cancelled: Cancelled) -> None:
    from esk_engine.exchange.template import write_template

    write_template(target, wording)


_EXCEL, _FOLDER = "shell.export.filter", "shell.export.filter.folder"
_CSV_TITLE = "shell.export.title.csv"
FORMS: Final = {
    form.name: form
    for form in (
        Form("excel", "xlsx", export_study, "shell.export.title", _EXCEL),
        Form("spss", "sav", _spss, "shell.export.title.spss", "shell.export.filter.spss"),
        Form("csv", "", partial(_csv, "dutch"), _CSV_TITLE, _FOLDER),
        Form("csv_international", "", partial(_csv, "international"), _CSV_TITLE, _FOLDER),
        Form("redcap", "", _redcap, "shell.export.title.redcap", _FOLDER),
        Form("template", "xlsx", _template, "shell.export.title.template", _EXCEL, needs_study=False),
    )
}
