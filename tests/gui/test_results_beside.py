"""What stands beside the tables on request: all P-values, side effects, warnings, a slow exact P, the Methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from esk_engine.dictionary import Kind
from esk_engine.records import BelowLloq, Patient
from esk_engine.settings import PMethod, Settings
from esk_engine.study import Person, Study
from esk_gui.app import Session
from esk_gui.results.model import FIRST_CELL, SUBLABEL
from esk_gui.results.view import TableView
from esk_gui.results_page import ResultsPage
from esk_gui.widgets.labels import MessageLabel
from tests.gui.report_pages import course, page_opener

ASYMPTOTIC, CORRECTED, EXACT, DOUBLED, SPSS, SEX_ASYMPTOTIC, SEX_EXACT, HOLM = range(FIRST_CELL, FIRST_CELL + 8)
P = FIRST_CELL + 3
ROOMY = 1900
TIP = Qt.ItemDataRole.ToolTipRole
Opener = Callable[..., tuple[Session, ResultsPage]]


@pytest.fixture
def open_page(qtbot: Any, tmp_path: Path) -> Iterator[Opener]:
    yield from page_opener(qtbot, tmp_path, ResultsPage)


def ask_for(page: ResultsPage, qtbot: Any, part: str) -> None:
    """Choose a part in the menu of what shows on request, and wait for it."""
    action = page.findChild(QAction, f"results_more_{part}")
    assert action is not None
    action.trigger()
    qtbot.waitUntil(lambda: is_there(page, part), timeout=10_000)


def is_there(page: ResultsPage, part: str) -> bool:
    found = page.findChild(QWidget, "results_methods" if part == "methods" else f"table_{part}")
    return found is not None and found.isVisible()


def shown(view: TableView, row: int, column: int) -> str:
    return view.table_model().index(row, column).data()


def row_of(view: TableView, label: str) -> int:
    model = view.table_model()
    return next(row for row in range(model.rowCount()) if model.label_at(row, 0).text == label)


def lines_of(page: ResultsPage) -> dict[str, str]:
    explanation = page.panel.explanation
    assert explanation is not None
    return {line.name: line.value for block in explanation.blocks for line in block.lines}


def button_of(page: ResultsPage, name: str) -> QAbstractButton:
    found = page.findChild(QAbstractButton, name)
    assert found is not None
    return found


def replace_dose(patient: Patient, dose: float) -> Patient:
    return replace(patient, record=patient.record.with_value("dose_mg", dose))


# The tables that show on request


def test_that_the_page_opens_without_what_shows_on_request(open_page: Opener) -> None:
    _, page = open_page()
    assert [table.number for table in page.shown_tables()] == ["3", "4", "5", "6", "continuation"]
    assert not any(is_there(page, part) for part in ("p", "7", "methods"))


def test_that_all_p_values_stand_side_by_side(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    ask_for(page, qtbot, "p")
    view = page.view("p")
    row = row_of(view, "Norketamine Css (µg/L)")
    # scipy.stats.mannwhitneyu: 0.0310 without, 0.0330 with continuity correction; R coin: 0.0300; Holm: 3 x 0.0310
    columns = (ASYMPTOTIC, CORRECTED, EXACT, HOLM)
    assert [shown(view, row, column) for column in columns] == ["0,031", "0,033", "0,030", "0,093"]
    head = view.table_model().headerData(EXACT, Qt.Orientation.Horizontal, TIP)
    assert "exact" in head


def test_that_a_roomy_window_has_chips_instead_of_a_menu(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page(width=ROOMY)
    assert not button_of(page, "results_more").isVisible()
    qtbot.mouseClick(button_of(page, "results_chip_7"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_there(page, "7"), timeout=10_000)
    qtbot.mouseClick(button_of(page, "results_chip_7"), Qt.MouseButton.LeftButton)
    assert not is_there(page, "7")


def test_that_the_menu_tells_that_something_of_it_is_shown(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    more = button_of(page, "results_more")
    assert more.isVisible()
    assert not more.isChecked()
    ask_for(page, qtbot, "p")
    assert more.isChecked()


def test_that_side_effects_stand_against_concentrations(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    ask_for(page, qtbot, "7")
    view = page.view("7")
    row = row_of(view, "duizeligheid")
    # the model study's table 6: 12 of 30 patients were dizzy
    assert [shown(view, row, FIRST_CELL + at) for at in (0, 2)] == ["12", "18"]
    view.choose(row, FIRST_CELL + 4)
    lines = lines_of(page)
    assert lines["Met"] == "12 gemeten"
    assert "rang-biseriële r" in lines


def test_that_a_part_that_was_asked_for_comes_into_sight(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    ask_for(page, qtbot, "p")
    qtbot.waitUntil(lambda: not page.view("p").visibleRegion().isEmpty(), timeout=2000)


def test_that_copy_takes_what_shows_on_request_along(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    ask_for(page, qtbot, "p")
    page.copy_shown()
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.html().count("<table") == 6
    assert "0,093" in mime.text()


@pytest.mark.parametrize("method", list(PMethod))
def test_that_every_cell_on_request_explains_itself_or_is_empty(open_page: Opener, qtbot: Any, method: PMethod) -> None:
    _, page = open_page(settings=Settings(p_method=method), language="en")
    for number in ("p", "7"):
        ask_for(page, qtbot, number)
        view = page.view(number)
        model = view.table_model()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                view.choose(row, column)
                filled = bool(shown(view, row, column)) and column >= FIRST_CELL
                assert (page.panel.explanation is not None) == filled, (number, row, column)


def test_that_a_column_of_its_own_names_its_own_way(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page(language="en")
    ask_for(page, qtbot, "p")
    view = page.view("p")
    row = row_of(view, "Norketamine Css (µg/L)")
    ways: list[str] = []
    for column in (ASYMPTOTIC, CORRECTED, EXACT, DOUBLED, SPSS, SEX_ASYMPTOTIC, SEX_EXACT):
        view.choose(row, column)
        explanation = page.panel.explanation
        assert explanation is not None
        lines = {line.name: line.value for line in explanation.blocks[0].lines}
        ways.append(" / ".join((lines["test"], lines["way"], lines.get("continuity correction", ""))))
    assert len(set(ways)) == len(ways)


def test_that_an_edit_renews_what_shows_on_request(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    ask_for(page, qtbot, "p")
    view = page.view("p")
    row = row_of(view, "Dagdosis (mg)")
    before = shown(view, row, EXACT)
    study = session.open_study
    for each in study.patients:
        study.set_value(each.id, Kind.PATIENT, each.id, "dose_mg", 40)
    qtbot.waitUntil(lambda: shown(view, row, EXACT) != before, timeout=10_000)
    assert shown(view, row, ASYMPTOTIC) == "–"  # nothing but ties


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("width", "height"), [(1290, 684), (858, 476), (627, 336)])
def test_that_what_shows_on_request_is_no_wider_than_the_page(
    open_page: Opener, qtbot: Any, language: str, width: int, height: int
) -> None:
    _, page = open_page(width=width, height=height, language=language)
    for number in ("p", "7"):
        ask_for(page, qtbot, number)
        assert page.view(number).width() <= page.width() - 24


def test_that_their_models_keep_qts_rules(open_page: Opener, qtbot: Any, qtmodeltester: Any) -> None:
    session, page = open_page()
    for number in ("p", "7"):
        ask_for(page, qtbot, number)
    models = [page.view(number).table_model() for number in ("p", "7")]
    for model in models:
        qtmodeltester.check(model)
    rows = models[1].rowCount()
    session.open_study.set_setting("naranjo_cutoff", 9)
    qtbot.waitUntil(lambda: models[1].rowCount() != rows, timeout=10_000)
    for model in models:
        qtmodeltester.check(model)


def test_that_language_and_theme_keep_what_shows_on_request(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    ask_for(page, qtbot, "p")
    view = page.view("p")
    view.choose(row_of(view, "Norketamine Css (µg/L)"), HOLM)
    kept = page.state()
    session.set_language("en")
    session.set_theme("dark")
    rebuilt = ResultsPage(session)
    qtbot.addWidget(rebuilt)
    rebuilt.resize(page.size())
    rebuilt.ensure_fresh()
    rebuilt.restore(kept)
    rebuilt.show()
    qtbot.waitUntil(lambda: is_there(rebuilt, "p"), timeout=10_000)
    decisive = rebuilt.findChild(QLabel, "results_decisive")
    assert decisive is not None
    assert decisive.text() == "P = 0.093"


# The panel tells more


def test_that_effects_holm_and_the_comparison_within_sexes_stand_beside_a_p(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    view = page.view("5")
    view.choose(row_of(view, "Norketamine Css (µg/L)"), P)
    qtbot.waitUntil(lambda: "P per geslacht, asympt." in lines_of(page), timeout=10_000)
    lines = lines_of(page)
    assert lines["rang-biseriële r"].startswith("−0,49 (")  # 2 x 51 / 200 - 1
    ratio = float(lines["verhouding"].split(" ")[0].replace(",", "."))
    assert 52.5 / 65.5 <= ratio <= 53.5 / 64.5  # the geometric means of the published table 5: 53 and 65
    assert lines["volgens Holm, 3 toetsen"] == "0,093"
    assert lines["P zonder die indeling"] == "0,031"


def test_that_effects_stand_beside_fishers_p(open_page: Opener) -> None:
    _, page = open_page()
    view = page.view("3")
    view.choose(row_of(view, "Geslacht"), P)
    lines = lines_of(page)
    assert lines["oddsratio, man"] == "0,098 (0,002 tot 0,94)"  # 1 / 10.2001 (1 / 524.93 to 1 / 1.0615)
    share = " ".join(lines["verschil in aandeel, man"].split())
    assert share == "−45,0 % (−65,9 % tot −8,2 %)"  # 1 of 10 less 11 of 20, Newcombe
    view.choose(row_of(view, "Groep binnen perifere pijn"), P)
    assert sum(name.startswith("verschil in aandeel") for name in lines_of(page)) == 3


def test_that_holm_is_told_of_concentrations_only(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    page.view("4").choose(0, P)
    qtbot.waitUntil(lambda: "P zonder die indeling" in lines_of(page), timeout=10_000)
    assert not any("Holm" in name for name in lines_of(page))


def test_that_unequal_sexes_are_warned_of_in_words_with_an_icon(open_page: Opener) -> None:
    _, page = open_page()  # nine of ten responders of the model study are women
    view = page.view("5")
    row = row_of(view, "Norketamine Css (µg/L)")
    view.choose(row, P)
    warning = page.panel.findChild(MessageLabel)
    assert warning is not None
    assert warning.level() == "warning"
    assert "0,024" in warning.text()  # Fisher's P of the sexes, as printed in table 3
    model = view.table_model()
    assert model.is_signed(row, 0)
    assert warning.text() in model.index(row, 0).data(TIP)
    assert warning.text() in model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_that_a_group_of_fewer_than_five_marks_its_row(open_page: Opener) -> None:
    patients = [course(f"P{n}", responds=n < 3, esketamine=60 + n) for n in range(1, 9)]
    _, page = open_page(patients, settings=Settings(), language="en")
    model = page.view("5").table_model()
    row = row_of(page.view("5"), "Esketamine Css (µg/L)")
    assert model.is_signed(row, 0)
    assert "five" in model.index(row, 0).data(TIP).lower()
    assert not model.is_signed(row + 1, 0)  # the arithmetic mean is tested nowhere


def test_that_the_sign_stands_at_the_label_that_names_the_row(open_page: Opener) -> None:
    _, page = open_page()
    model = page.view("4").table_model()
    signed = [row for row in range(model.rowCount()) if model.is_signed(row, SUBLABEL)]
    assert [model.label_at(row, SUBLABEL).text for row in signed] == ["daling, %"]  # the set judges it


def test_that_values_below_the_lloq_are_warned_of(open_page: Opener) -> None:
    patients = [course(f"P{n}", responds=n < 7, esketamine=60 + n if n > 2 else BelowLloq(5)) for n in range(1, 14)]
    _, page = open_page(patients, settings=Settings(), language="en")
    view = page.view("5")
    view.choose(row_of(view, "Esketamine Css (µg/L)"), P)
    explanation = page.panel.explanation
    assert explanation is not None
    assert any("LLOQ" in text for text in explanation.warnings)
    assert explanation.warnings[0] in explanation.as_text()


def test_that_opening_the_drawer_keeps_the_chosen_cell_in_sight(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page(width=858, height=476)
    view = page.view("4")
    view.setFocus()
    row = view.table_model().rowCount() - 1
    view.choose(row, P)
    qtbot.mouseClick(button_of(page, "results_drawer"), Qt.MouseButton.LeftButton)
    cell = view.visualRect(view.table_model().index(row, P)).center()
    qtbot.waitUntil(lambda: view.visibleRegion().contains(view.viewport().mapTo(view, cell)), timeout=2000)


# An exact P that takes long


@pytest.fixture
def slow_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on data for which the exact P would take over a second."""
    monkeypatch.setattr("esk_engine.statistics.ranks.LONGEST_SECONDS", 1e-9)


def at_norketamine(page: ResultsPage) -> tuple[TableView, int]:
    view = page.view("5")
    row = row_of(view, "Norketamine Css (µg/L)")
    view.choose(row, P)
    return view, row


def choose_exact(session: Session) -> None:
    session.open_study.set_setting("p_method", PMethod.EXACT)


@pytest.mark.usefixtures("slow_exact")
def test_that_an_exact_p_left_out_is_offered_and_nothing_takes_its_place(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    choose_exact(session)
    view, row = at_norketamine(page)
    assert shown(view, row, P) == "–"
    assert "seconde" in view.table_model().index(row, P).data(TIP)
    offer = page.panel.findChild(QWidget, "results_offer")
    assert offer is not None
    assert any("1 s" in label.text() for label in offer.findChildren(QLabel))
    qtbot.mouseClick(button_of(page, "results_exact"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(view, row, P) == "0,030", timeout=10_000)  # R coin 1.4, distribution = "exact"
    assert lines_of(page)["wijze"] == "exact, met gelijke waarden"
    assert page.panel.explanation is not None
    assert page.panel.explanation.offer is None
    assert shown(view, row_of(view, "Esketamine Css (µg/L)"), P) == "–"


@pytest.mark.usefixtures("slow_exact")
def test_that_an_exact_p_stands_as_long_as_its_values_do(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    choose_exact(session)
    view, row = at_norketamine(page)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(view, row, P) == "0,030", timeout=10_000)
    study = session.open_study
    first = study.patients[0]
    study.set_value(first.id, Kind.PATIENT, first.id, "remarks", "telefonisch")
    assert shown(view, row, P) == "0,030"
    sample = next(each for each in first.samples if each.get("analyte") == "norketamine")
    study.set_value(first.id, Kind.SAMPLE, sample.id, "concentration_ug_l", 99)
    assert shown(view, row, P) == "–"
    study.undo()
    assert shown(view, row, P) == "0,030"


@pytest.mark.usefixtures("slow_exact")
def test_that_a_cancelled_exact_p_leaves_the_cell_as_it_was(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    choose_exact(session)
    view, row = at_norketamine(page)
    qtbot.mouseClick(button_of(page, "results_exact"), Qt.MouseButton.LeftButton)
    cancel = button_of(page, "results_exact_cancel")
    assert cancel.isVisible()
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert button_of(page, "results_exact").isVisible()
    session.jobs.wait()
    qtbot.wait(50)
    assert shown(view, row, P) == "–"


@pytest.mark.usefixtures("slow_exact")
def test_that_an_exact_p_of_values_that_changed_meanwhile_is_dropped(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    choose_exact(session)
    view, row = at_norketamine(page)
    qtbot.mouseClick(button_of(page, "results_exact"), Qt.MouseButton.LeftButton)
    study = session.open_study
    first = study.patients[0]
    sample = next(each for each in first.samples if each.get("analyte") == "norketamine")
    study.set_value(first.id, Kind.SAMPLE, sample.id, "concentration_ug_l", 99)
    qtbot.wait(150)
    assert shown(view, row, P) == "–"
    assert button_of(page, "results_exact").isVisible()


@pytest.mark.usefixtures("slow_exact")
def test_that_an_exact_p_of_a_side_effect_can_be_asked_for(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    choose_exact(session)
    ask_for(page, qtbot, "7")
    view, column = page.view("7"), FIRST_CELL + 4
    row = row_of(view, "duizeligheid")
    view.choose(row, column)
    assert shown(view, row, column) == "–"
    qtbot.mouseClick(button_of(page, "results_exact"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(view, row, column).startswith("0,"), timeout=10_000)


@pytest.mark.usefixtures("slow_exact")
def test_that_what_is_computed_of_a_study_that_closes_is_dropped(open_page: Opener, qtbot: Any, tmp_path: Path) -> None:
    session, page = open_page()
    choose_exact(session)
    ask_for(page, qtbot, "7")
    view = page.view("7")
    view.choose(row_of(view, "duizeligheid"), FIRST_CELL + 4)
    qtbot.mouseClick(button_of(page, "results_exact"), Qt.MouseButton.LeftButton)
    session.close_study()
    session.jobs.wait()
    other = (course("P1"), course("P2", responds=False))
    session.adopt(Study.create(tmp_path / "other.esk", person=Person("AB"), settings=Settings(), patients=other))
    page.refresh()
    qtbot.waitUntil(lambda: page.view("7").table_model().rowCount() == 0, timeout=10_000)
    assert shown(page.view("4"), 0, FIRST_CELL) == "50 [50–50]"


# The Methods


@pytest.mark.parametrize(("language", "word"), [("nl", "asymptotisch"), ("en", "asymptotic")])
def test_that_the_methods_are_told_and_copied(open_page: Opener, qtbot: Any, language: str, word: str) -> None:
    _, page = open_page(language=language)
    ask_for(page, qtbot, "methods")
    label = page.findChild(QLabel, "results_methods_text")
    assert label is not None
    assert "Mann-Whitney" in label.text()
    assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    qtbot.mouseClick(button_of(page, "results_methods_copy"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert word in copied
    assert "<p" not in copied
    assert len(page.shown_tables()) == 5


def test_that_the_methods_follow_the_p_of_the_study(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page(language="en")
    ask_for(page, qtbot, "methods")
    label = page.findChild(QLabel, "results_methods_text")
    assert label is not None
    before = label.text()
    choose_exact(session)
    qtbot.waitUntil(lambda: label.text() != before, timeout=10_000)
    assert "exact" in label.text()
