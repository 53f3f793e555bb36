"""The results page as a reader uses it: what stands in the tables, what a cell says, what is copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from esk_engine.dictionary import Kind
from esk_engine.records import BelowLloq
from esk_engine.settings import PMethod, Settings
from esk_engine.study import Person, Study
from esk_gui.app import Session
from esk_gui.results.header import HEAD_ROLE
from esk_gui.results.model import FIRST_CELL, PARTS_ROLE
from esk_gui.results.view import ROW_HEIGHT, TableView
from esk_gui.results_page import ResultsPage
from tests.gui.report_pages import close_session, course, open_session, page_opener

TOTAL, NON_RESPONDERS, RESPONDERS, P, SHIFT, INTERVAL = range(FIRST_CELL, FIRST_CELL + 6)
Opener = Callable[..., tuple[Session, ResultsPage]]


@pytest.fixture
def open_page(qtbot: Any, tmp_path: Path) -> Iterator[Opener]:
    yield from page_opener(qtbot, tmp_path, ResultsPage)


def shown(view: TableView, row: int, column: int) -> str:
    return view.table_model().index(row, column).data()


def row_of(view: TableView, label: str, sublabel: str = "") -> int:
    model, name = view.table_model(), ""
    for row in range(model.rowCount()):
        name = model.label_at(row, 0).text or name
        if name == label and model.label_at(row, 1).text == sublabel:
            return row
    raise AssertionError(label)


def text_of(page: QWidget, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert label is not None
    return label.text()


def lines_of(page: ResultsPage) -> dict[str, str]:
    explanation = page.panel.explanation
    assert explanation is not None
    return {line.name: line.value for block in explanation.blocks for line in block.lines}


# What the tables say


PUBLISHED = (  # cells as the model study printed them
    ("3", "Leeftijd (jaar)", "", RESPONDERS, "57 [30–74]"),
    ("3", "BMI (kg/m²)", "", NON_RESPONDERS, "26,5 [21,5–39,8]"),
    ("3", "Geslacht", "", P, "0,024"),
    ("4", "Hartslag (/min)", "verandering, %", TOTAL, "1 [−15 tot 32]"),
    ("4", "Bovendruk (mmHg)", "vóór", P, "0,809"),
    ("4", "NRS", "daling, %", P, "0,006"),
    ("4", "Duur van de pijnverlichting (weken)", "", P, "< 0,001"),
    ("5", "Esketamine Css (µg/L)", "", NON_RESPONDERS, "71 [28–120]"),
    ("5", "Norketamine Css (µg/L)", "", P, "0,031"),
)


def test_that_the_demo_shows_the_published_cells(open_page: Opener) -> None:
    _, page = open_page()
    found = [
        (number, label, sublabel, column, shown(page.view(number), row_of(page.view(number), label, sublabel), column))
        for number, label, sublabel, column, _ in PUBLISHED
    ]
    assert tuple(found) == PUBLISHED


def test_that_a_significant_p_is_bold_and_another_is_not(open_page: Opener) -> None:
    _, page = open_page()
    view = page.view("5")
    esketamine, norketamine = (
        view.table_model().index(row_of(view, label), P).data(PARTS_ROLE)[0]
        for label in ("Esketamine Css (µg/L)", "Norketamine Css (µg/L)")
    )
    assert norketamine.is_bold
    assert not esketamine.is_bold


def test_that_the_undetermined_are_counted_above_the_total_and_named_at_the_foot(open_page: Opener) -> None:
    patients = [course("P1"), course("P2", responds=False), course("P3", responds=None)]
    _, page = open_page(patients, settings=Settings(), language="en")
    head = page.view("4").table_model().headerData(TOTAL, Qt.Orientation.Horizontal, HEAD_ROLE)
    assert head.small == ("n = 3,", "of whom 1 undetermined")
    assert "1 undetermined" in text_of(page, "results_notes")


def test_that_the_foot_names_the_p_method_the_criteria_set_and_that_the_data_are_synthetic(open_page: Opener) -> None:
    _, page = open_page()
    notes = text_of(page, "results_notes")
    assert "asymptotisch" in notes
    assert "zonder continuïteitscorrectie" in notes
    assert "Indeling volgens Tabel 2 (vooraf vastgesteld)" in notes
    assert "geen echte patiënten" in notes


def test_that_a_chip_hides_its_table_and_shows_it_again(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    chip = page.findChild(QAbstractButton, "results_chip_4")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not page.view("4").isVisible()
    assert page.view("5").isVisible()
    assert [table.number for table in page.shown_tables()] == ["3", "5", "6", "continuation"]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert page.view("4").isVisible()


# Which P


def choose_method(page: ResultsPage, qtbot: Any, method: PMethod) -> None:
    box = page.header.methods
    box.setFocus()
    while box.code() != method:
        qtbot.keyClick(box, Qt.Key.Key_Up if box.findData(str(method)) < box.currentIndex() else Qt.Key.Key_Down)


def test_that_choosing_another_p_changes_the_study_and_can_be_undone(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    view = page.view("5")
    row = row_of(view, "Norketamine Css (µg/L)")
    choose_method(page, qtbot, PMethod.EXACT)
    assert session.open_study.settings.p_method is PMethod.EXACT
    assert shown(view, row, P) == "0,030"  # R coin 1.4: wilcox_test(distribution = "exact")
    assert "exact gegeven de gelijke waarden" in text_of(page, "results_notes")
    session.open_study.undo()
    assert shown(view, row, P) == "0,031"
    assert page.header.methods.code() == "asymptotic"


def test_that_a_study_that_can_only_be_read_keeps_its_p_method(qtbot: Any, tmp_path: Path) -> None:
    close_session(open_session(tmp_path))
    session = open_session(_folder(tmp_path))
    session.adopt(Study.open(tmp_path / "study.esk", person=Person("CD"), read_only=True))
    page = ResultsPage(session)
    qtbot.addWidget(page)
    page.show()
    assert not page.header.methods.isEnabled()
    assert page.view("4").isVisible()
    close_session(session)


def _folder(path: Path) -> Path:
    other = path / "other"
    other.mkdir()
    return other


# A cell explains itself


def test_that_a_p_says_how_it_was_computed(open_page: Opener) -> None:
    _, page = open_page()
    view = page.view("5")
    view.choose(row_of(view, "Norketamine Css (µg/L)"), P)
    assert text_of(page, "results_decisive") == "P = 0,031"
    assert text_of(page, "results_about") == "Norketamine Css, 10 tegen 20 patiënten"
    lines = lines_of(page)
    # scipy.stats.mannwhitneyu(responders, non_responders, use_continuity=False, method="asymptotic"): U 51.0, P 0.0310
    assert lines["toets"] == "Mann-Whitney, tweezijdig"
    assert lines["continuïteitscorrectie"] == "geen"
    assert lines["U"] == "51,0"
    assert lines["z"] == "−2,157"
    assert lines["exact"] == "0,030"
    assert lines["exact zoals SPSS"] == "0,031"
    assert lines["verschil (Hodges-Lehmann)"] == "−18,5 µg/L"
    assert lines["95%-interval"] == "−29,0 tot −2,0"
    assert lines["gelijke waarden"] == "gecorrigeerd"
    assert lines["Responders"] == "10 gemeten"


def test_that_a_p_of_categories_names_fisher_and_its_counts(open_page: Opener) -> None:
    _, page = open_page(language="en")
    view = page.view("3")
    view.choose(row_of(view, "Sex"), P)
    lines = lines_of(page)
    assert lines["test"] == "Fisher exact, two-sided"
    assert lines["male"] == "11 non-resp., 1 resp."
    view.choose(row_of(view, "Peripheral pain group"), P)
    assert lines_of(page)["test"] == "Fisher exact, 3 × 2"


def test_that_a_median_says_how_it_was_found(open_page: Opener) -> None:
    patients = [course(f"P{n}", responds=n < 3, esketamine=60) for n in range(1, 6)]
    _, page = open_page([replace_dose(p, dose) for p, dose in zip(patients, (40, 50, 20, 30, 70), strict=True)])
    view = page.view("4")
    view.choose(row_of(view, "Dagdosis (mg)"), RESPONDERS)
    explanation = page.panel.explanation
    assert explanation is not None
    assert explanation.decisive == "45 mg"  # 40 and 50: the mean of the middle two
    assert "gemiddelde van de middelste twee" in explanation.blocks[0].text
    assert lines_of(page)["Responders"] == "2 gemeten"
    assert explanation.strip is not None
    assert explanation.strip.groups == (("responder", (40.0, 50.0), 45.0),)


def replace_dose(patient: Any, dose: int) -> Any:
    return replace(patient, record=patient.record.with_value("dose_mg", dose))


def test_that_values_missing_and_below_the_lloq_are_told_apart(open_page: Opener) -> None:
    patients = [
        course("P1", esketamine=60),
        course("P2", esketamine=BelowLloq(5)),
        course("P3"),
        course("P4", responds=False, esketamine=80),
    ]
    _, page = open_page(patients, settings=Settings(), language="en")
    view = page.view("5")
    view.choose(row_of(view, "Esketamine Css (µg/L)"), P)
    assert lines_of(page)["Responders"] == "1 measured, 1 missing, 1 < LLOQ"
    view.choose(row_of(view, "Esketamine Css (µg/L)"), SHIFT)
    explanation = page.panel.explanation
    assert explanation is not None
    assert explanation.blocks[0].heading == "Why empty"
    assert explanation.blocks[0].text == "values below the LLOQ have no difference"


def test_that_a_label_tells_its_definition_and_an_empty_figure_its_reason(open_page: Opener) -> None:
    _, page = open_page([course("P1"), course("P2", responds=None)], settings=Settings(), language="en")
    view = page.view("3")
    row = row_of(view, "BMI (kg/m²)")
    tip = Qt.ItemDataRole.ToolTipRole
    assert "height" in view.table_model().index(row, 0).data(tip).lower()
    assert view.table_model().index(row, P).data(tip) == "one of the groups is empty"


def test_that_an_exact_spss_p_of_a_half_u_shows_its_bounds(open_page: Opener) -> None:
    # U = 1.5 of 3 x 4: twice P(U <= 1) = 4/35, twice P(U <= 2) = 8/35 (counted by hand in the tables of U)
    doses = {True: (11, 22, 33), False: (22, 44, 55, 66)}
    patients = [
        replace_dose(course(f"{'R' if responds else 'N'}{dose}", responds=responds), dose)
        for responds, group in doses.items()
        for dose in group
    ]
    _, page = open_page(patients, settings=Settings(), language="en")
    view = page.view("4")
    view.choose(row_of(view, "Day dose (mg)"), P)
    assert lines_of(page)["exact as in SPSS"] == "0.114 to 0.229"


@pytest.mark.parametrize(("language", "method"), list(zip(("nl", "en", "nl"), PMethod, strict=True)))
def test_that_every_cell_of_an_awkward_study_explains_itself_or_is_empty(
    open_page: Opener, language: str, method: PMethod
) -> None:
    patients = [
        course("P1", esketamine=60, norketamine=BelowLloq(5)),
        course("P2", responds=False, esketamine=BelowLloq(5)),
        course("P3", responds=None, norketamine=70),
        course("P4", responds=False, esketamine=80, norketamine=75),
    ]
    _, page = open_page(patients, settings=Settings(p_method=method), language=language)
    for number in ("3", "4", "5", "6", "continuation"):
        view = page.view(number)
        model = view.table_model()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                view.choose(row, column)
                filled = bool(shown(view, row, column)) and column >= FIRST_CELL
                assert (page.panel.explanation is not None) == filled, (number, row, column)


def test_that_choosing_in_one_table_lets_go_of_the_other(open_page: Opener) -> None:
    _, page = open_page()
    page.view("4").choose(0, P)
    page.view("5").choose(0, P)
    assert not page.view("4").currentIndex().isValid()
    assert text_of(page, "results_about").startswith("Esketamine")


def test_that_a_table_that_is_hidden_takes_its_explanation_along(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    page.view("4").choose(0, P)
    qtbot.mouseClick(page.findChild(QAbstractButton, "results_chip_4"), Qt.MouseButton.LeftButton)
    assert page.panel.explanation is None
    assert "Kies een cel" in text_of(page, "results_about")


def test_that_the_page_begins_with_something_explained(open_page: Opener) -> None:
    _, page = open_page()
    assert text_of(page, "results_decisive") == "P = 0,024"


def test_that_an_arrow_key_goes_on_in_the_next_table(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    view, following = page.view("4"), page.view("5")
    view.setFocus()
    view.choose(view.table_model().rowCount() - 1, P)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert (following.currentIndex().row(), following.currentIndex().column()) == (0, P)
    qtbot.keyClick(following, Qt.Key.Key_Up)
    assert view.currentIndex().row() == view.table_model().rowCount() - 1


# Copying


def test_that_one_cell_is_copied_as_its_text(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    view = page.view("5")
    view.setFocus()
    view.choose(row_of(view, "Norketamine Css (µg/L)"), P)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0,031"


def test_that_a_selection_is_copied_with_its_heads_and_notes(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    view = page.view("4")
    view.setFocus()
    model = view.table_model()
    block = QItemSelection(model.index(1, NON_RESPONDERS), model.index(2, P))
    view.selectionModel().select(block, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t")[2:] == ["Non-responders (n = 20)", "Responders (n = 10)", "P"]
    assert lines[2].split("\t") == ["Hartslag (/min)", "vóór", "75 [62–97]", "80 [60–94]", "0,843"]
    assert len([line for line in lines if "\t" in line]) == 3
    assert any(line.startswith("P: Mann-Whitney") for line in lines)


def test_that_copy_takes_all_shown_tables_as_text_and_as_html(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page()
    for number in ("3", "6", "continuation"):
        qtbot.mouseClick(page.findChild(QAbstractButton, f"results_chip_{number}"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.findChild(QAbstractButton, "results_copy"), Qt.MouseButton.LeftButton)
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.html().count("<table") == 2
    assert "Tabel 4" in mime.text()
    assert "Tabel 3" not in mime.text()


def test_that_the_explanation_can_be_copied(open_page: Opener) -> None:
    _, page = open_page()
    page.view("5").choose(2, P)
    page.panel.copy()
    assert "U\t51,0" in QGuiApplication.clipboard().text()


# What changes


def test_that_an_edit_shows_at_once_and_the_chosen_cell_stays(open_page: Opener) -> None:
    session, page = open_page()
    view = page.view("4")
    view.choose(row_of(view, "Dagdosis (mg)"), TOTAL)
    study = session.open_study
    patient = next(p for p in study.patients if p.get("dose_mg") == 73)
    for each in [p for p in study.patients if p.get("dose_mg") == 73]:
        study.set_value(each.id, Kind.PATIENT, each.id, "dose_mg", 99)
    assert patient.id
    assert shown(view, 0, TOTAL) == "50 [19–99]"
    assert view.currentIndex().row() == 0
    assert lines_of(page)["grootste"] == "99,0"


def test_that_a_hidden_page_computes_nothing_until_it_is_shown(open_page: Opener) -> None:
    session, page = open_page()
    page.hide()
    study = session.open_study
    for each in study.patients:
        study.set_value(each.id, Kind.PATIENT, each.id, "dose_mg", 40)
    assert shown(page.view("4"), 0, TOTAL) == "50 [19–73]"
    page.show()
    assert shown(page.view("4"), 0, TOTAL) == "40 [40–40]"


def many(count: int) -> list[Any]:
    return [
        replace_dose(course(f"P{n}", responds=n % 3 == 0, esketamine=20 + n % 90), 20 + n % 40) for n in range(count)
    ]


def test_that_a_large_study_is_computed_beside_the_window(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page(many(90), settings=Settings())
    qtbot.waitUntil(lambda: bool(page.shown_tables()), timeout=10_000)
    head = page.view("4").table_model().headerData(RESPONDERS, Qt.Orientation.Horizontal, HEAD_ROLE)
    assert head.small == ("n = 30",)


def test_that_of_two_computations_only_the_newer_one_arrives(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page(many(90), settings=Settings())
    qtbot.waitUntil(lambda: bool(page.shown_tables()), timeout=10_000)
    study = session.open_study
    seen: list[str] = []
    page.view("4").table_model().dataChanged.connect(lambda *_: seen.append(shown(page.view("4"), 0, TOTAL)))
    for dose in (61, 62, 63):
        study.set_value(study.patients[0].id, Kind.PATIENT, study.patients[0].id, "dose_mg", dose)
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    qtbot.wait(50)
    assert [text.split("–")[1] for text in seen] == ["63]"]


def test_that_a_cancelled_computation_says_that_the_tables_are_older(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page(many(90), settings=Settings())
    qtbot.waitUntil(lambda: bool(page.shown_tables()), timeout=10_000)
    study = session.open_study
    study.set_value(study.patients[0].id, Kind.PATIENT, study.patients[0].id, "dose_mg", 61)
    page.cancel()
    message = page.findChild(QWidget, "message_results")
    assert message is not None
    assert message.isVisible()
    assert shown(page.view("4"), 0, TOTAL).endswith("[20–59]")


def test_that_an_empty_study_says_what_to_do_first(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page([], settings=Settings(), language="en")
    empty = page.findChild(QWidget, "results_empty")
    assert empty is not None
    assert empty.isVisible()
    wanted: list[str] = []
    session.page_requested.connect(wanted.append)
    qtbot.mouseClick(empty.findChild(QAbstractButton), Qt.MouseButton.LeftButton)
    assert wanted == ["patients"]
    session.open_study.import_patients([course("P1"), course("P2", responds=False)])
    assert not empty.isVisible()
    assert page.view("4").isVisible()


def test_that_patients_without_a_group_are_said_to_be_unclassified(open_page: Opener) -> None:
    _, page = open_page([course("P1", responds=None)], settings=Settings(), language="en")
    message = page.findChild(QWidget, "message_results")
    assert message is not None
    assert message.isVisible()
    assert shown(page.view("4"), 0, P) == "–"


def test_that_language_and_theme_keep_what_was_shown(open_page: Opener, qtbot: Any) -> None:
    session, page = open_page()
    qtbot.mouseClick(page.findChild(QAbstractButton, "results_chip_3"), Qt.MouseButton.LeftButton)
    page.view("5").choose(2, P)
    kept = page.state()
    session.set_language("en")
    session.set_theme("dark")
    rebuilt = ResultsPage(session)
    qtbot.addWidget(rebuilt)
    rebuilt.resize(page.size())
    rebuilt.ensure_fresh()
    rebuilt.restore(kept)
    rebuilt.show()
    assert [table.number for table in rebuilt.shown_tables()] == ["4", "5", "6", "continuation"]
    assert text_of(rebuilt, "results_decisive") == "P = 0.031"
    assert rebuilt.view("5").currentIndex().column() == P
    assert not rebuilt.grab().isNull()


# Room


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(("width", "height"), [(1290, 684), (1204, 684), (1040, 578), (858, 476), (627, 336)])
def test_that_no_table_is_wider_than_the_page(open_page: Opener, language: str, width: int, height: int) -> None:
    _, page = open_page(width=width, height=height, language=language)
    assert page.width() == width
    area = page.findChild(QWidget, "results_scroll")
    assert area is not None
    for table in page.shown_tables():
        view = page.view(table.number)
        assert view.width() <= area.width(), table.number
        assert not view.isColumnHidden(P) or table.number in ("6", "continuation")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_on_a_ward_screen_ranges_stand_beside_their_number(open_page: Opener, language: str) -> None:
    _, page = open_page(language=language)
    assert page.view("4").rowHeight(0) == ROW_HEIGHT


def test_that_the_explanation_lies_under_the_tables_where_the_window_is_narrow(open_page: Opener, qtbot: Any) -> None:
    _, page = open_page(width=858, height=476)
    assert page.panel.width() == page.width()
    drawer = page.findChild(QAbstractButton, "results_drawer")
    assert drawer is not None
    low = page.panel.height()
    qtbot.mouseClick(drawer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.panel.height() > low + 80)


def test_that_the_table_models_keep_qts_rules(open_page: Opener, qtmodeltester: Any) -> None:
    session, page = open_page()
    models = [page.view(table.number).table_model() for table in page.shown_tables()]
    for model in models:
        qtmodeltester.check(model)
    session.open_study.set_setting("naranjo_cutoff", 9)
    assert [model.rowCount() for model in models] != [0] * 5
    for model in models:
        qtmodeltester.check(model)
