"""The report on its pages before it is printed: of the study or of one patient; printed, or saved as PDF or HTML."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.exchange.html_report import write_html
from esk_engine.exchange.patient_page import patient_page
from esk_engine.exchange.study_report import Maker, Signatures, signatures_of, study_report
from esk_engine.records import natural_key
from esk_engine.study import Person, StudySnapshot
from esk_engine.wording import LANGUAGES, Language, Wording
from esk_gui.app import Session, study_folder
from esk_gui.dialogs.base import EskDialog
from esk_gui.folders import documents_folder
from esk_gui.jobs import Cancelled, Progress, Work
from esk_gui.report.drawings import Drawings, drawings_of
from esk_gui.report.pages import Pages
from esk_gui.report.paper import page_numbers, print_pages
from esk_gui.report.pdf import write_pdf
from esk_gui.report.preview import PagesView
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label

TOPIC = "report"
_STUDY = ""
_MOST_LISTED = 500
_ZOOMS = (("fit", 0.0), ("100", 1.0), ("150", 1.5))
_SIZE = 900, 640
_LEAST = 520, 300


class ReportDialog(EskDialog):
    """Preview, print, save; what is shown is the study as it was when the dialog opened.

    Parameters
    ----------
    patient_id
        Whose page is shown first; None for the report of the study.
    """

    def __init__(self, session: Session, parent: QWidget, patient_id: str | None = None) -> None:
        words = session.wording
        super().__init__(session, parent, "report", words("report.title"), _LEAST[0])
        study = session.open_study
        self._snapshot, self._signatures = study.snapshot(), signatures_of(study)
        self._folder, self._window = study_folder(session.preferences, documents_folder()), parent
        self._present = patient_id
        self._pages: Pages | None = None
        self._drawings: Drawings = {}
        self._words = words
        self._written: Path | None = None
        self._printer: QPrinter | None = None
        self.column.insertLayout(1, self._build_choices())
        self._message = MessageLabel(session.theme, "message_report")
        self.column.addWidget(self._message)
        self.view = PagesView(session.theme, "report_pages")
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view.setMinimumHeight(_LEAST[1] - self.frame_height)
        self.column.addWidget(self.view, 1)
        self._buttons = (
            self.add_button(words("report.save_html"), self.ask_html, name="report_save_html"),
            self.add_button(words("report.save_pdf"), self.ask_pdf, name="report_save_pdf"),
            self.add_button(
                words("report.print"), self.ask_printer, kind="primary", name="report_print", is_default=True
            ),
        )
        self.add_link(words("shell.close"), self.reject, "report_close")
        room = parent.window().size()
        self.resize(min(_SIZE[0], room.width() - 48), min(max(_SIZE[1], room.height() - 64), room.height() - 16))
        self.make()

    def _build_choices(self) -> QHBoxLayout:
        words, row = self.wording, bare(QHBoxLayout(), 8)
        self.subject = ChoiceBox("report_subject", ((_STUDY, words("report.study")), *self._patients()))
        self.subject.setAccessibleName(words("report.subject"))
        self.subject.show_code(self._present or _STUDY)
        self.language = ChoiceBox(
            "report_language", tuple((code, words(f"action.language_{code}").replace("&", "")) for code in LANGUAGES)
        )
        self.language.setAccessibleName(words("report.language"))
        self.language.show_code(words.language)
        self.zoom = ChoiceBox("report_zoom", tuple((code, words(f"report.zoom.{code}")) for code, _ in _ZOOMS))
        self.zoom.setAccessibleName(words("report.zoom"))
        self.subject.chosen.connect(self.make)
        self.language.chosen.connect(self.make)
        self.zoom.chosen.connect(self._on_zoom)
        self.count: QLabel = text_label("", "second", "report_count")
        row.addWidget(self.subject, 1)
        row.addWidget(self.language)
        row.addWidget(self.zoom)
        row.addStretch(1)
        row.addWidget(self.count)
        return row

    def _patients(self) -> tuple[tuple[str, str], ...]:
        """Every patient, of very many only the present one."""
        words, patients = self.wording, self._snapshot.patients
        is_short = len(patients) <= _MOST_LISTED
        shown = (patient for patient in patients if is_short or patient.id == self._present)
        ordered = sorted(shown, key=lambda patient: natural_key(patient.study_no))
        return tuple((patient.id, words("document.patient", study_no=patient.study_no)) for patient in ordered)

    # What is shown

    def make(self, *_: object) -> None:
        """Lay the chosen document out, beside the window."""
        self._show(None, {})
        self._message.show_message(self.wording("report.making"), "info")
        language: Language = "nl" if self.language.code() == "nl" else "en"
        self._words = Wording(language)
        maker = Maker(self.session.person or Person(""), datetime.now())
        work = partial(_made, self._snapshot, self._signatures, self.subject.code() or None, maker, self._words)
        self.session.jobs.run(work, self._on_made, self._on_failed, topic=TOPIC)

    def _on_made(self, result: tuple[Pages, Drawings]) -> None:
        self._message.clear()
        self._show(*result)

    def _on_failed(self, error: BaseException) -> None:
        self._message.show_message(self.wording("report.failed"), "error")
        self.session.show_error(error)

    def _show(self, pages: Pages | None, drawings: Drawings) -> None:
        self._pages, self._drawings = pages, drawings
        self.view.show_pages(pages)
        self.count.setText("" if pages is None else self.wording.plural("report.pages", pages.count))
        for each in self._buttons:
            each.setEnabled(pages is not None)

    def _on_zoom(self, code: str) -> None:
        self.view.set_zoom(dict(_ZOOMS)[code])

    @property
    def pages(self) -> Pages | None:
        """What is shown; None while it is being made."""
        return self._pages

    # What becomes of it

    def ask_pdf(self) -> None:
        self._ask_where("pdf", "PDF (*.pdf)", self.save_pdf)

    def ask_html(self) -> None:
        self._ask_where("html", "HTML (*.html)", self.save_html)

    def _ask_where(self, ending: str, kinds: str, save: Callable[[str], None]) -> None:
        if self._pages is None:
            return
        name = _file_name(self._pages.document.title)
        dialog = QFileDialog(self, self.wording("report.save_title"), str(self._folder / f"{name}.{ending}"), kinds)
        dialog.setObjectName(f"dialog_save_{ending}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(save)
        dialog.open()

    def save_pdf(self, path: str) -> None:
        """Write the pages to a PDF."""
        if self._pages is not None:
            self._write(partial(_write_pdf, self._pages, Path(path)), Path(path))

    def save_html(self, path: str) -> None:
        """Write the document to an HTML file."""
        if self._pages is not None:
            work = partial(_write_html, self._pages, Path(path), self._drawings, self._words)
            self._write(work, Path(path))

    def _write(self, work: Work, path: Path) -> None:
        self._written = path
        self.session.jobs.run(work, self._on_written, self._on_not_written)

    def _on_written(self, _: object) -> None:
        if self._written is not None:
            self._message.show_message(self.wording("shell.export.done", file=self._written.name), "info")

    def _on_not_written(self, error: BaseException) -> None:
        self.session.show_error(error)

    def ask_printer(self) -> None:
        """Ask which printer, and print there."""
        pages = self._pages
        if pages is None:
            return
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)  # the dialog does not keep it
        self._printer.setDocName(pages.document.title)
        dialog = QPrintDialog(self._printer, self)
        dialog.setObjectName("dialog_printer")
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, pages.count)
        dialog.accepted.connect(self._print)
        QDialog.open(dialog)  # its own takes a slot's name

    def _print(self, *_: object) -> None:
        if self._printer is not None:
            self.print_on(self._printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print the pages that were asked for."""
        pages = self._pages
        if pages is None:
            return
        if print_pages(pages, printer, page_numbers(printer, pages.count)):
            self._message.show_message(self.wording("report.printed"), "info")
        else:
            self._message.show_message(self.wording("report.not_printed"), "error")

    @override
    def done(self, result: int) -> None:
        self.session.jobs.cancel(TOPIC)
        super().done(result)


def _made(
    snapshot: StudySnapshot,
    signatures: Signatures,
    patient_id: str | None,
    maker: Maker,
    wording: Wording,
    progress: Progress,
    cancelled: Cancelled,
) -> tuple[Pages, Drawings]:
    del progress
    if patient_id is None:
        document = study_report(snapshot, signatures, maker, wording, cancelled)
    else:
        document = patient_page(snapshot, patient_id, signatures.get(patient_id, ()), maker, wording)
    drawings = drawings_of(document, snapshot, wording, patient_id)
    return Pages(document, drawings, wording), drawings


def _write_pdf(pages: Pages, path: Path, progress: Progress, cancelled: Cancelled) -> None:
    del progress
    write_pdf(pages, path, cancelled)


def _write_html(
    pages: Pages, path: Path, drawings: Drawings, wording: Wording, progress: Progress, cancelled: Cancelled
) -> None:
    del progress, cancelled
    write_html(pages.document, path, {key: drawing.svg() for key, drawing in drawings.items()}, wording)


def _file_name(title: str) -> str:
    """A title as a file may be called on any system."""
    kept = "".join(sign if sign.isalnum() or sign in " ,()-" else " " for sign in title)
    return " ".join(kept.split())[:80].strip()
