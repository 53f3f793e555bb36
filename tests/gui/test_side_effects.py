"""The side effects tab and the Naranjo panel, used as a person would: keys, mouse, a side effect added and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import NARANJO_QUESTIONS
from esk_engine.records import Patient, Record
from esk_gui.app import Session
from esk_gui.side_effects.events import EventLine
from esk_gui.side_effects.model import AdverseEventsModel
from esk_gui.side_effects.naranjo_panel import NaranjoPanel
from esk_gui.side_effects.question import QuestionRow
from esk_gui.side_effects.tab import SideEffectsTab
from esk_gui.widgets.labels import MessageLabel
from tests.engine.builders import patient
from tests.gui.opened_study import opened

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # pop-ups on a screen that is not there
NAUSEA = {"term": "nausea_or_vomiting", "phase": "after"}
FULL = (
    NAUSEA | dict.fromkeys(NARANJO_QUESTIONS, "unknown") | {"naranjo_1": "yes", "naranjo_2": "yes", "naranjo_5": "no"}
)


class World:
    """The tab and the panel as the patients page joins them, on one patient."""

    def __init__(self, session: Session, qtbot: QtBot) -> None:
        self.session, self.qtbot = session, qtbot
        self.frame = QWidget()
        self.tab = SideEffectsTab(session, self.frame)
        self.panel = NaranjoPanel(session, self.frame)
        self.tab.setGeometry(0, 0, 760, 640)
        self.panel.setGeometry(760, 0, 296, 640)
        self.frame.resize(1056, 640)
        self.tab.event_selected.connect(self.panel.show_event)
        session.study_changed.connect(self.tab.on_study_changed)
        session.study_changed.connect(self.panel.on_study_changed)
        self.show(session.open_study.patients[0].id)
        with qtbot.waitActive(self.frame):
            self.frame.show()
            self.frame.activateWindow()

    def show(self, patient_id: str) -> None:
        self.panel.show_patient(patient_id)
        self.tab.show_patient(patient_id)

    @property
    def patient(self) -> Patient:
        return self.session.open_study.patients[0]

    @property
    def event(self) -> Record:
        return self.patient.adverse_events[-1]

    def row(self, number: int) -> QuestionRow:
        row = self.tab.findChild(QuestionRow, f"naranjo_{number}")
        assert row is not None
        return row

    def press(self, key: Qt.Key | str) -> None:
        """A key for whatever has the focus."""
        for one in key if isinstance(key, str) else (key,):
            widget = QApplication.focusWidget()
            assert widget is not None
            self.qtbot.keyClick(widget, one)

    def click(self, name: str) -> None:
        found = self.tab.findChild(QWidget, name)
        assert found is not None
        self.qtbot.mouseClick(found, Qt.MouseButton.LeftButton)

    def table(self) -> QTableView:
        found = self.tab.findChild(QTableView, "adverse_events")
        assert found is not None
        return found

    def cells(self, row: int) -> list[str]:
        model = self.table().model()
        return [str(model.index(row, column).data()) for column in range(model.columnCount())]

    def said(self, name: str) -> str:
        label = self.panel.findChild(QLabel, name)
        assert label is not None
        return label.text()

    def message(self, name: str) -> str:
        label = self.tab.findChild(MessageLabel, name)
        assert label is not None
        return label.text() if not label.isHidden() else ""

    def add(self, term: str, phase: str = "") -> None:
        """Add a side effect as typed."""
        self.click("add_side_effect")
        combo = self.tab.findChild(QComboBox, "term")
        assert combo is not None
        self.qtbot.keyClicks(combo.lineEdit(), term)
        choice = self.tab.findChild(QComboBox, "phase")
        assert choice is not None
        choice.setCurrentIndex(choice.findData(phase))
        self.click("add_this")


@pytest.fixture
def world(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    """A patient with one side effect about which nothing was answered."""
    with opened(qapp, tmp_path, [patient("P16", events=[NAUSEA])]) as session:
        yield World(session, qtbot)


@pytest.fixture
def empty(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    """A patient without side effects."""
    with opened(qapp, tmp_path, [patient("P01")]) as session:
        yield World(session, qtbot)


def test_that_ten_keys_answer_ten_questions_and_each_is_saved_at_once(world: World) -> None:
    world.row(1).setFocus()
    for key, variable in zip("jjouNo1233", NARANJO_QUESTIONS, strict=True):
        world.press(key)
        assert world.event.get(variable) is not None
    given = [world.event.get(variable) for variable in NARANJO_QUESTIONS]
    assert given == ["yes", "yes", "unknown", "unknown", "no", "unknown", "yes", "no", "unknown", "unknown"]
    assert world.said("naranjo_score") == "6"  # 1 + 2 + 0 + 0 + 2 + 0 + 1 + 0 + 0 + 0, Naranjo 1981
    assert world.cells(0) == ["misselijkheid en/of braken", "na de infusie", "6 waarschijnlijk", "ja"]


@pytest.mark.parametrize(
    ("key", "code"),
    [(Qt.Key.Key_J, "yes"), (Qt.Key.Key_Y, "yes"), (Qt.Key.Key_1, "yes"), (Qt.Key.Key_N, "no"), (Qt.Key.Key_2, "no"),
     (Qt.Key.Key_O, "unknown"), (Qt.Key.Key_U, "unknown"), (Qt.Key.Key_3, "unknown")],
)  # fmt: skip
def test_that_a_key_answers_and_goes_on_to_the_next_question(world: World, key: Qt.Key, code: str) -> None:
    world.row(3).setFocus()
    world.press(key)
    assert world.event.get("naranjo_3") == code
    assert world.row(4).hasFocus()


def test_that_backspace_clears_an_answer_and_stays(world: World) -> None:
    world.row(1).setFocus()
    world.press("j")
    world.press(Qt.Key.Key_Up)
    world.press(Qt.Key.Key_Backspace)
    assert world.event.get("naranjo_1") is None
    assert world.row(1).hasFocus()


def test_that_arrows_choose_a_question_and_escape_leaves_it_for_later(world: World) -> None:
    world.row(5).setFocus()
    world.press(Qt.Key.Key_Down)
    assert world.row(6).hasFocus()
    world.press(Qt.Key.Key_Up)
    world.press(Qt.Key.Key_Up)
    assert world.row(4).hasFocus()
    world.press(Qt.Key.Key_Escape)
    assert world.table().hasFocus()
    world.press(Qt.Key.Key_Return)
    assert world.row(1).hasFocus(), "Enter in the table goes on with the first open question"


def test_that_points_show_only_beside_an_answer(world: World) -> None:
    assert [world.row(number).points_text() for number in range(1, 11)] == [""] * 10
    world.row(5).setFocus()
    world.press("n")
    assert world.row(5).points_text() == "+2"
    assert world.row(6).points_text() == ""


def test_that_the_mouse_answers_and_a_second_click_takes_the_answer_away(world: World) -> None:
    world.click("naranjo_2_no")
    assert world.event.get("naranjo_2") == "no"
    assert world.row(2).points_text() == "−1"
    world.click("naranjo_2_no")
    assert world.event.get("naranjo_2") is None


def test_that_the_panel_says_what_is_still_possible(world: World) -> None:
    world.row(1).setFocus()
    for key in "jjoon":
        world.press(key)
    # 1 + 2 + 0 + 0 + 2 = 5; questions 6-10 can still take 1 or give 1, 1, 1, 1, 1
    assert world.said("naranjo_score") == "5"
    assert world.said("naranjo_category") == "Nog open"
    assert "4 tot 10" in world.said("naranjo_progress")
    assert world.cells(0)[2:] == ["5 kan nog 4 tot 10", "nog open"]


def test_that_another_cut_off_changes_what_counts_while_it_shows(world: World) -> None:
    world.row(1).setFocus()
    for key in "jjoon":
        world.press(key)
    world.session.open_study.set_setting("naranjo_cutoff", 4)
    assert world.cells(0)[3] == "ja"
    world.session.open_study.set_setting("naranjo_cutoff", 11)
    assert world.cells(0)[3] == "nee"


def test_that_a_known_term_is_stored_by_its_code_and_its_questions_open(empty: World) -> None:
    empty.add("Hoofdpijn", "during")
    assert dict(empty.event.values) == {"term": "headache", "phase": "during"}
    assert empty.row(1).hasFocus()
    assert empty.tab.count() == 1


def test_that_free_text_is_stored_as_typed_but_trimmed_and_single_spaced(empty: World) -> None:
    empty.add("  Nare   Dromen ")
    assert dict(empty.event.values) == {"term": "Nare Dromen"}
    assert empty.cells(0)[0] == "Nare Dromen"


def test_that_enter_in_the_term_adds_and_escape_closes(empty: World) -> None:
    empty.click("add_side_effect")
    combo = empty.tab.findChild(QComboBox, "term")
    assert combo is not None
    line = combo.lineEdit()
    assert line is not None
    empty.qtbot.keyClicks(line, "hoofdpijn")
    popup = QApplication.activePopupWidget()
    empty.qtbot.keyClick(popup or line, Qt.Key.Key_Return)
    if not empty.patient.adverse_events:  # the list of suggestions took the first Enter
        empty.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert empty.event.get("term") == "headache"
    empty.click("add_side_effect")
    empty.qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not combo.isVisible()


def type_term(world: World, text: str, key: Qt.Key) -> QComboBox:
    """Type in the term with the suggestions open, then press a key on them, as the keyboard does."""
    world.click("add_side_effect")
    combo = world.tab.findChild(QComboBox, "term")
    assert combo is not None
    world.qtbot.keyClicks(combo.lineEdit(), text)
    suggestions = QApplication.activePopupWidget()
    assert suggestions is not None
    world.qtbot.wait(1)
    world.qtbot.keyClick(suggestions, key)
    return combo


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Return])
def test_that_the_suggestion_that_is_highlighted_is_taken_by_tab_and_by_enter(empty: World, key: Qt.Key) -> None:
    assert type_term(empty, "duiz", key).currentText() == "duizeligheid"
    empty.click("add_this")
    assert empty.event.get("term") == "dizziness"


def test_that_a_word_within_a_term_suggests_it_and_tab_goes_on_to_the_phase(empty: World) -> None:
    combo = type_term(empty, "brak", Qt.Key.Key_Tab)
    assert combo.currentText() == "misselijkheid en/of braken"
    line = combo.lineEdit()
    assert line is not None
    assert not line.hasFocus()


@pytest.mark.parametrize(("typed", "key"), [("duiz", Qt.Key.Key_Escape), ("pijn", Qt.Key.Key_Tab)])
def test_that_ones_own_words_stay_after_escape_and_where_no_suggestion_begins_with_them(
    empty: World, typed: str, key: Qt.Key
) -> None:
    assert type_term(empty, typed, key).currentText() == typed
    empty.click("add_this")
    assert empty.event.get("term") == typed


def test_that_a_side_effect_without_a_term_is_refused_beside_its_field(empty: World) -> None:
    empty.add("   ", "during")
    assert empty.patient.adverse_events == ()
    assert "bijwerking" in empty.message("message_term").lower()


def test_that_adding_is_one_act_and_so_is_deleting_with_all_answers(world: World) -> None:
    study = world.session.open_study
    world.add("duizeligheid", "end")
    assert len(world.patient.adverse_events) == 2
    study.undo()
    assert [row.get("term") for row in world.patient.adverse_events] == ["nausea_or_vomiting"]
    world.row(1).setFocus()
    world.press("jj")
    world.click("delete_side_effect")
    assert world.patient.adverse_events == ()
    study.undo()
    assert world.event.get("naranjo_2") == "yes"
    assert world.event.get("phase") == "after"


def test_that_delete_in_the_table_deletes_the_chosen_side_effect(world: World) -> None:
    world.table().setFocus()
    world.press(Qt.Key.Key_Delete)
    assert world.patient.adverse_events == ()


def test_that_phase_and_term_are_edited_in_the_table(world: World) -> None:
    model = world.table().model()
    assert model.setData(model.index(0, 0), "Koude rillingen")
    assert model.setData(model.index(0, 1), "during")
    assert (world.event.get("term"), world.event.get("phase")) == ("Koude rillingen", "during")


def test_that_a_complaint_from_before_that_began_after_is_warned_of_and_kept(empty: World) -> None:
    empty.add("duizeligheid", "before")
    empty.row(2).setFocus()
    empty.press("j")
    assert empty.event.get("naranjo_2") == "yes"
    assert empty.message("message_naranjo_2")
    empty.row(2).setFocus()
    empty.press("n")
    assert empty.message("message_naranjo_2") == ""


def test_that_asked_and_none_reported_is_not_the_same_as_not_asked(empty: World) -> None:
    none = empty.tab.findChild(QLabel, "side_effects_none")
    assert none is not None
    untouched = none.text()
    empty.click("side_effects_asked_during_no")
    assert empty.patient.get("side_effects_asked_during") == "no"
    not_asked = none.text()
    empty.click("side_effects_asked_end_yes")
    reported = none.text()
    assert len({untouched, not_asked, reported}) == 3
    assert "geen bijwerkingen gemeld" in reported
    empty.click("side_effects_asked_end_yes")
    assert empty.patient.get("side_effects_asked_end") is None


def test_that_asked_is_answered_by_key(empty: World) -> None:
    field = empty.tab.findChild(QWidget, "side_effects_asked_before")
    assert field is not None
    field.setFocus()
    empty.press("j")
    assert empty.patient.get("side_effects_asked_before") == "yes"
    empty.press(Qt.Key.Key_Backspace)
    assert empty.patient.get("side_effects_asked_before") is None


def test_that_undo_elsewhere_is_shown(world: World) -> None:
    world.row(1).setFocus()
    world.press("j")
    world.session.open_study.undo()
    assert world.row(1).answer is None
    assert world.cells(0)[2] == "– nog niet beantwoord"


def test_that_another_patient_shows_their_own_side_effects(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qapp, tmp_path, [patient("P1", events=[FULL]), patient("P2")]) as session:
        world = World(session, qtbot)
        assert world.said("naranjo_category") == "Waarschijnlijk"
        world.show(session.open_study.patients[1].id)
        assert world.tab.count() == 0
        assert world.tab.selected_event() is None
        assert world.panel.labels()[0].isHidden() or not world.panel.labels()[0].isVisible()


def test_that_a_study_that_is_only_read_takes_no_answer(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    from esk_engine.study import Study
    from tests.gui.opened_study import PERSON

    with opened(qapp, tmp_path, [patient("P1", events=[NAUSEA])]) as session:
        session.open_study.close()
        session.study = None
        session.adopt(Study.open(tmp_path / "study.esk", person=PERSON, read_only=True))
        world = World(session, qtbot)
        world.row(1).setFocus()
        world.press("j")
        world.press(Qt.Key.Key_Backspace)
        world.table().setFocus()
        world.press(Qt.Key.Key_Delete)
        assert dict(world.event.values) == NAUSEA
        button = world.tab.findChild(QPushButton, "add_side_effect")
        assert button is not None
        assert not button.isEnabled()


def test_that_the_choice_and_what_was_typed_survive_a_rebuild(world: World) -> None:
    world.add("hoofdpijn")
    first = world.patient.adverse_events[0].id
    world.table().selectRow(0)
    world.click("add_side_effect")
    combo = world.tab.findChild(QComboBox, "term")
    assert combo is not None
    world.qtbot.keyClicks(combo.lineEdit(), "Jeuk")
    assert world.tab.drafts() == ["P16: bijwerking ‘Jeuk’ nog niet toegevoegd"]
    state = world.tab.state()
    again = SideEffectsTab(world.session)
    again.show_patient(world.patient.id)
    again.restore(state)
    assert again.selected_event() == first
    term = again.findChild(QComboBox, "term")
    assert term is not None
    assert term.currentText() == "Jeuk"


def test_that_a_letter_in_a_question_is_an_answer_and_no_shortcut(world: World) -> None:
    from PySide6.QtGui import QKeyEvent

    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier, "n")
    event.ignore()
    QApplication.sendEvent(world.row(1), event)
    assert event.isAccepted()


def test_that_the_table_keeps_the_rules_of_a_model(world: World) -> None:
    model = AdverseEventsModel(world.session.wording)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    records = patient(events=[NAUSEA, FULL]).adverse_events
    lines = [EventLine.of(record, 5) for record in records]
    for shown in (lines, lines[:1], [], lines):
        model.show_lines(shown)
    assert model.rowCount() == 2
    del tester


def test_that_a_narrow_window_keeps_the_score_and_the_verdict_in_one_line(world: World) -> None:
    world.row(1).setFocus()
    world.press("j")
    world.panel.set_strip(True)
    assert world.panel.strip.isVisible()
    texts = [label.text() for label in world.panel.strip.findChildren(QLabel)]
    assert "1" in texts
    assert "Onbepaald" in texts
    world.panel.set_strip(False)
    assert not world.panel.strip.isVisible()
