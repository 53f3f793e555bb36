"""The preview of a report: what it shows first, what it saves, what reaches a printer."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from esk_gui.report.dialog import ReportDialog
from esk_gui.report.preview import PagesView
from tests.gui.desk import Desk, desk_for

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler) is not installed")


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path, "nl") as made:
        made.open_demo()
        yield made


def opened(desk: Desk, action: str) -> ReportDialog:
    """The preview, its pages laid out."""
    desk.act(action)
    dialog = desk.dialog("dialog_report")
    assert isinstance(dialog, ReportDialog)
    desk.qtbot.waitUntil(lambda: dialog.pages is not None, timeout=20_000)
    return dialog


def title(dialog: ReportDialog) -> str:
    assert dialog.pages is not None
    return dialog.pages.document.title


def text_of(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, encoding="utf-8", timeout=60
    ).stdout


def test_that_printing_on_the_patients_page_shows_the_page_of_the_chosen_patient(desk: Desk) -> None:
    desk.page("patients")
    desk.session.show_patient(desk.study.patients[6].id)
    dialog = opened(desk, "print")
    assert title(dialog).startswith("Patiënt P07")
    assert dialog.subject.currentText() == "Patiënt P07"
    dialog.reject()


def test_that_the_report_is_that_of_the_study_whatever_page_shows(desk: Desk) -> None:
    desk.page("patients")
    dialog = opened(desk, "report")
    assert title(dialog).startswith("Rapport")
    assert dialog.pages is not None
    assert desk.find(QLabel, "report_count", dialog).text() == f"{dialog.pages.count} pagina's"
    dialog.reject()


def test_that_printing_elsewhere_starts_with_the_study(desk: Desk) -> None:
    desk.page("results")
    dialog = opened(desk, "print")
    assert title(dialog).startswith("Rapport")
    dialog.reject()


def test_that_another_patient_and_another_language_can_be_chosen(desk: Desk) -> None:
    dialog = opened(desk, "report")
    desk.choose("report_subject", desk.study.patients[1].id, dialog)
    desk.qtbot.waitUntil(lambda: dialog.pages is not None and title(dialog).startswith("Patiënt P02"))
    desk.choose("report_language", "en", dialog)
    desk.qtbot.waitUntil(lambda: dialog.pages is not None and title(dialog).startswith("Patient P02"))
    dialog.reject()


def test_that_the_preview_draws_the_pages(desk: Desk) -> None:
    dialog = opened(desk, "report")
    view = desk.find(PagesView, "report_pages", dialog)
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 3) for y in range(picture.height())}
    assert "#ffffff" in colours  # paper
    assert "#1b1b1b" in colours or min(colours) < "#404040"  # ink
    first = view.verticalScrollBar().maximum()
    desk.choose("report_zoom", "150", dialog)
    assert view.verticalScrollBar().maximum() > first
    dialog.reject()


def test_that_the_preview_fits_a_small_window(desk: Desk) -> None:
    desk.window.resize(683, 384)
    dialog = opened(desk, "report")
    desk.app.processEvents()
    assert dialog.height() <= desk.window.height()
    assert dialog.width() <= desk.window.width()
    dialog.reject()


@needs_pdftotext
def test_that_a_pdf_is_saved_where_the_file_dialog_says(desk: Desk) -> None:
    dialog = opened(desk, "report")
    target = desk.folder / "report.pdf"
    desk.click("report_save_pdf", dialog)
    desk.choose_file(target)
    desk.qtbot.waitUntil(target.is_file, timeout=10_000)
    desk.qtbot.waitUntil(lambda: "report.pdf" in desk.texts(dialog))
    assert "Tabel 4" in text_of(target)
    dialog.reject()


def test_that_html_is_saved_with_its_figures(desk: Desk) -> None:
    dialog = opened(desk, "report")
    target = desk.folder / "report.html"
    desk.click("report_save_html", dialog)
    desk.choose_file(target)
    desk.qtbot.waitUntil(target.is_file, timeout=10_000)
    desk.qtbot.waitUntil(lambda: "report.html" in desk.texts(dialog))
    text = target.read_text(encoding="utf-8")
    assert "Norketamine" in text
    assert "<figure>" in text
    dialog.reject()


@needs_pdftotext
@pytest.mark.parametrize("size", [QPageSize.PageSizeId.A4, QPageSize.PageSizeId.Letter])
def test_that_a_printer_gets_every_page_whole(desk: Desk, size: QPageSize.PageSizeId) -> None:
    dialog = opened(desk, "report")
    assert dialog.pages is not None
    target = desk.folder / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFileName(str(target))
    printer.setPageSize(QPageSize(size))
    dialog.print_on(printer)
    sheets = text_of(target).split("\f")[:-1]
    assert len(sheets) == dialog.pages.count
    for number, text in enumerate(sheets, 1):
        assert f"Pagina {number} van {dialog.pages.count}" in text  # the foot, so nothing fell off the paper
    dialog.reject()


@needs_pdftotext
def test_that_the_printer_is_chosen_in_the_systems_dialog(desk: Desk) -> None:
    dialog = opened(desk, "report")
    assert dialog.pages is not None
    desk.click("report_print", dialog)
    asked = desk.dialog("dialog_printer")
    assert isinstance(asked, QPrintDialog)
    assert (asked.minPage(), asked.maxPage()) == (1, dialog.pages.count)
    target = desk.folder / "printed.pdf"
    asked.printer().setOutputFileName(str(target))
    asked.accepted.emit(asked.printer())  # what its button does; a machine without printers cannot press it
    assert len(text_of(target).split("\f")) == dialog.pages.count + 1
    assert "printer" in desk.texts(dialog)
    asked.reject()
    dialog.reject()


@needs_pdftotext
def test_that_only_the_pages_that_were_asked_for_are_printed(desk: Desk) -> None:
    dialog = opened(desk, "report")
    target = desk.folder / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFileName(str(target))
    printer.setFromTo(2, 3)
    dialog.print_on(printer)
    sheets = text_of(target).split("\f")[:-1]
    assert [("Pagina 2 " in text, "Pagina 3 " in text) for text in sheets] == [(True, False), (False, True)]
    dialog.reject()


def test_that_a_locked_folder_is_told_calmly_and_leaves_nothing(desk: Desk) -> None:
    dialog = opened(desk, "report")
    target = desk.folder / "absent" / "report.pdf"
    dialog.save_pdf(str(target))
    told = desk.dialog("dialog_error")
    assert "absent" in desk.texts(told)
    told.accept()
    assert not target.parent.exists()
    dialog.reject()
