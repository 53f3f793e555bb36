"""The figures page as a person uses it: pointing, opening, hiding, saving, copying."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QWidget

from esk_engine.dictionary import Kind
from esk_engine.settings import Settings
from esk_gui.app import Session
from esk_gui.figures.view import FigureView
from esk_gui.figures_page import FiguresPage
from tests.gui.report_pages import course, page_opener

KEYS = ("1a", "1b", "1c")
Opener = Callable[..., tuple[Session, FiguresPage]]


@pytest.fixture
def open_page(qtbot: Any, tmp_path: Path) -> Iterator[Opener]:
    yield from page_opener(qtbot, tmp_path, FiguresPage)


def place_of(view: FigureView, study_no: str) -> QPoint:
    return next(mark.centre for mark in view.geometry_now().marks if mark.point.study_no == study_no).toPoint()


def id_of(session: Session, study_no: str) -> str:
    patient = session.open_study.patient_by_study_no(study_no)
    assert patient is not None
    return patient.id


def point(qtbot: Any, view: FigureView, place: QPoint) -> None:
    qtbot.mouseMove(view, place + QPoint(2, 1))
    qtbot.mouseMove(view, place)


def test_that_pointing_at_a_patient_rings_it_in_all_three(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    point(qtbot, page.view("1b"), place_of(page.view("1b"), "P03"))
    wanted = id_of(session, "P03")
    qtbot.waitUntil(lambda: [page.view(key).pointed_patient for key in KEYS] == [wanted] * 3)
    assert page.view("1b").accessibleDescription() == "P03, Non-responder, 104 µg/L"
    point(qtbot, page.view("1b"), QPoint(60, 12))
    qtbot.waitUntil(lambda: page.view("1a").pointed_patient == "")


def test_that_a_click_on_a_mark_opens_the_patients_form(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    view = page.view("1a")
    with qtbot.waitSignal(session.patient_requested) as asked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place_of(view, "P07"))
    assert asked.args == [id_of(session, "P07")]


def test_that_a_click_beside_the_marks_opens_nothing(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    with qtbot.assertNotEmitted(session.patient_requested):
        qtbot.mouseClick(page.view("1a"), Qt.MouseButton.LeftButton, pos=QPoint(60, 12))


def test_that_the_arrow_keys_walk_by_value_and_enter_opens(open_page: Opener, qtbot: Any) -> None:
    patients = [
        course("N1", responds=False, esketamine=30),
        course("N2", responds=False, esketamine=70),
        course("R1", esketamine=40),
        course("R2", esketamine=75),
    ]
    session, page = open_page(patients, settings=Settings())
    view = page.view("1a")
    view.setFocus()
    walked: list[str] = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
        walked.append(session.open_study.patient(view.pointed_patient).study_no)
    assert walked == ["N1", "N2", "N2", "R2", "R1", "N1"]
    with qtbot.waitSignal(session.patient_requested) as asked:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert asked.args == [id_of(session, "N1")]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.pointed_patient == ""


def test_that_a_chip_hides_its_figure(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    width = page.view("1a").width()
    qtbot.mouseClick(page.findChild(QAbstractButton, "figures_chip_1b"), Qt.MouseButton.LeftButton)
    assert not page.view("1b").isVisible()
    qtbot.waitUntil(lambda: page.view("1a").width() > width)
    assert page.view("1a").width() == pytest.approx(page.view("1c").width(), abs=1)


def test_that_figures_are_equally_large_and_go_under_each_other_where_it_is_narrow(open_page: Opener) -> None:
    _, page = open_page(width=1290)
    assert {page.view(key).y() for key in KEYS} == {page.view("1a").y()}
    assert max(page.view(key).width() for key in KEYS) - min(page.view(key).width() for key in KEYS) <= 1
    _, narrow = open_page(width=627, height=336)
    assert narrow.view("1b").y() == narrow.view("1a").y()
    assert narrow.view("1c").y() > narrow.view("1a").y()
    assert narrow.view("1b").geometry().right() <= narrow.width()


def test_that_the_notes_stand_under_the_figures(open_page: Opener) -> None:
    _, page = open_page(language="en")
    notes = page.findChild(QLabel, "figures_notes")
    assert notes is not None
    for part in ("Tukey's hinges", "asymptotic", "Hodges-Lehmann", "Table 2", "no real patients"):
        assert part in notes.text()


def test_that_the_undetermined_are_named(open_page: Opener) -> None:
    patients = [course("P1", esketamine=50), course("P2", responds=None, esketamine=60)]
    _, page = open_page(patients, settings=Settings(), language="en")
    notes = page.findChild(QLabel, "figures_notes")
    assert notes is not None
    assert "1 undetermined patient is in no group and not drawn." in notes.text()
    assert [mark.point.study_no for mark in page.view("1a").geometry_now().marks] == ["P1"]


def test_that_an_edit_moves_its_mark(open_page: Opener) -> None:
    session, page = open_page()
    study = session.open_study
    patient = study.patient(id_of(session, "P03"))
    sample = next(row for row in patient.samples if row.get("analyte") == "norketamine")
    study.set_value(patient.id, Kind.SAMPLE, sample.id, "concentration_ug_l", 20)
    mark = page.view("1b").geometry_now().mark_of(patient.id)
    assert mark is not None
    assert mark.point.value == 20


# Files


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_that_shown_figures_are_saved(open_page: Opener, qtbot: Any, tmp_path: Path, ending: str) -> None:
    _, page = open_page(theme="dark")
    target = tmp_path / f"figure.{ending}"
    qtbot.mouseClick(page.findChild(QAbstractButton, f"figures_save_{ending}"), Qt.MouseButton.LeftButton)
    dialog = page.findChild(QFileDialog, f"dialog_save_{ending}")
    assert dialog is not None
    dialog.fileSelected.emit(str(target))
    dialog.close()
    image = QImage(str(target))
    assert not image.isNull()
    assert image.pixelColor(1, 1).name() == "#ffffff"  # the light theme, whatever the window wears
    message = page.findChild(QWidget, "message_figures")
    assert message is not None
    assert message.isVisible()


def test_that_a_place_that_cannot_be_written_is_told_calmly(open_page: Opener, tmp_path: Path) -> None:
    _, page = open_page(language="en")
    page.write(str(tmp_path / "no such folder" / "figure.png"))
    message = page.findChild(QWidget, "message_figures")
    assert message is not None
    texts = [label.text() for label in message.findChildren(QLabel)]
    assert any(text.startswith("Could not write figure.png") for text in texts)


def test_that_copy_puts_a_picture_on_the_clipboard(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    qtbot.mouseClick(page.findChild(QAbstractButton, "figures_copy"), Qt.MouseButton.LeftButton)
    image = QGuiApplication.clipboard().image()
    assert image.width() > 3 * 900


# Empty, rebuilt


@pytest.mark.parametrize(
    ("patients", "said"),
    [
        ([], "First add patients"),
        ([course("P1", responds=None, esketamine=50)], "No patient has been classified"),
        ([course("P1")], "No steady-state concentrations"),
    ],
)
def test_that_an_empty_page_says_what_to_do_first(open_page: Opener, patients: list[Any], said: str) -> None:
    _, page = open_page(patients, settings=Settings(), language="en")
    empty = page.findChild(QWidget, "figures_empty")
    assert empty is not None
    assert empty.isVisible()
    assert any(label.text().startswith(said) for label in empty.findChildren(QLabel))


def test_that_language_and_theme_keep_the_shown_figures(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    qtbot.mouseClick(page.findChild(QAbstractButton, "figures_chip_1a"), Qt.MouseButton.LeftButton)
    kept = page.state()
    session.set_language("en")
    session.set_theme("dark")
    rebuilt = FiguresPage(session)
    qtbot.addWidget(rebuilt)
    rebuilt.ensure_fresh()
    rebuilt.restore(kept)
    rebuilt.show()
    assert rebuilt.shown() == ("1b", "1c")
    assert rebuilt.view("1b").words.subtitle == "steady state, µg/L"
    assert not rebuilt.grab().isNull()
