"""What is copied reaches Excel as cells, Word as a table, and anything else as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from defusedxml import ElementTree
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from esk_engine.report import title
from esk_engine.wording import Wording
from esk_gui.figures_page import FiguresPage
from esk_gui.log_page import LogPage
from esk_gui.patients.course_plot import CoursePlot
from esk_gui.patients.page import PatientsPage
from esk_gui.results_page import ResultsPage
from tests.gui.desk import Desk, desk_for

DOTS_A_METRE = round(300 / 0.0254)
CONTROL = Qt.KeyboardModifier.ControlModifier


class _Cells(HTMLParser):
    """The rows of a table in HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._is_cell = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._is_cell = True

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_cell = False

    @override
    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.rows[-1][-1] += data


def html_rows(mime: QMimeData) -> list[list[str]]:
    cells = _Cells()
    cells.feed(mime.html())
    return cells.rows


def text_rows(mime: QMimeData) -> list[list[str]]:
    return [line.split("\t") for line in mime.text().splitlines()]


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    QGuiApplication.clipboard().clear()
    with desk_for(qapp, qtbot, tmp_path, "nl") as made:
        made.open_demo()
        yield made


def copied(widget: QWidget) -> QMimeData:
    """What Ctrl+C puts on the clipboard."""
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_C, CONTROL)
    return QGuiApplication.clipboard().mimeData()


def is_picture(mime: QMimeData, word: str) -> bool:
    """A picture of 300 dots an inch, and strokes that say a word."""
    image = mime.imageData()
    assert isinstance(image, QImage)
    svg = ElementTree.fromstring(bytes(mime.data("image/svg+xml").data()))
    assert word in "".join(svg.itertext())
    return abs(image.dotsPerMeterX() - DOTS_A_METRE) <= 1


def test_that_every_table_of_the_results_copies_as_cells_table_and_picture(desk: Desk) -> None:
    page = desk.page("results")
    assert isinstance(page, ResultsPage)
    for chip in ("p", "7"):
        desk.click(f"results_chip_{chip}")
    desk.qtbot.waitUntil(lambda: len(page.shown_tables()) == 7, timeout=20_000)
    for table in page.shown_tables():
        page.view(table.number).copy_table()
        mime = QGuiApplication.clipboard().mimeData()
        by_text = [row for row in text_rows(mime) if len(row) > 1]
        assert [[text.strip() for text in row] for row in html_rows(mime)] == [
            [text.strip() for text in row] for row in by_text
        ]
        assert len(by_text) == len(table.rows) + 1
        assert is_picture(mime, title(table, Wording("nl"))[0])


def test_that_figures_copy_as_picture_and_strokes(desk: Desk) -> None:
    page = desk.page("figures")
    assert isinstance(page, FiguresPage)
    desk.qtbot.waitUntil(lambda: _is_drawn(page), timeout=20_000)
    page.copy()
    assert is_picture(QGuiApplication.clipboard().mimeData(), "Norketamine")


def _is_drawn(page: FiguresPage) -> bool:
    try:
        page.view("1a")
    except KeyError:
        return False
    return True


def test_that_the_course_of_a_patient_copies_as_picture_and_strokes(desk: Desk) -> None:
    page = desk.page("patients")
    assert isinstance(page, PatientsPage)
    desk.session.show_patient(desk.study.patients[6].id)
    page.show_tab("infusion")
    plot = page.findChild(CoursePlot, "course_plot")
    assert isinstance(plot, CoursePlot)
    plot.copy()
    assert is_picture(QGuiApplication.clipboard().mimeData(), "bovendruk")


def test_that_chosen_lines_of_the_log_copy_with_their_heads(desk: Desk) -> None:
    desk.study.set_setting("naranjo_cutoff", 4)
    page = desk.page("log")
    assert isinstance(page, LogPage)
    desk.qtbot.waitUntil(lambda: page.table.model().rowCount() > 5)
    page.table.selectRow(0)
    QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    mime = copied(page.table)
    rows = text_rows(mime)
    assert len(rows) == 3
    assert rows == html_rows(mime)
    assert rows[0][0] == page.table.model().headerData(0, Qt.Orientation.Horizontal)
    assert "4" in rows[1]


def test_that_side_effects_copy_as_a_table(desk: Desk) -> None:
    page = desk.page("patients")
    assert isinstance(page, PatientsPage)
    desk.session.show_patient(desk.study.patients[6].id)
    table = page.findChild(QTableView, "adverse_events")
    assert isinstance(table, QTableView)
    page.show_tab("side_effects")
    rows = text_rows(copied(table))
    assert [row[0] for row in rows[1:]] == ["duizeligheid", "slaperigheid/sufheid"]
    assert rows == html_rows(QGuiApplication.clipboard().mimeData())


def test_that_samples_copy_without_the_row_that_waits_for_one(desk: Desk) -> None:
    page = desk.page("patients")
    assert isinstance(page, PatientsPage)
    desk.session.show_patient(desk.study.patients[6].id)
    page.show_tab("infusion")
    table = page.findChild(QTableView, "samples")
    assert isinstance(table, QTableView)
    rows = text_rows(copied(table))
    assert len(rows) == 3
    assert {"88", "67"} <= {text for row in rows for text in row}
