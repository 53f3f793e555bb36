"""The criteria page, used as a person would: limits typed and dragged, sets copied, named, locked and used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.consequences import compare
from esk_engine.criteria import TABLE_2, CriteriaSet
from esk_engine.judge import Group
from esk_gui import criteria_page
from esk_gui.app import Session
from esk_gui.criteria.condition_row import ConditionRow
from esk_gui.criteria.draft import with_threshold
from esk_gui.criteria.switches import SwitchesModel
from esk_gui.criteria.variable_menu import VariableMenu
from esk_gui.criteria_page import CriteriaPage
from esk_gui.widgets.labels import MessageLabel
from tests.engine.builders import patient, steady
from tests.gui.opened_study import opened

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # pop-ups on a screen that is not there
DURATION, HEART_RATE = (2, 1), (3, 1)  # as objectNames count: criterion, condition


class World:
    """The page on a study, at the size it has in a window of 1366 x 768."""

    def __init__(self, session: Session, qtbot: QtBot) -> None:
        self.session, self.qtbot = session, qtbot
        self.page = CriteriaPage(session)
        self.page.resize(1290, 699)
        with qtbot.waitActive(self.page):
            self.page.show()
            self.page.activateWindow()

    @property
    def sets(self) -> dict[str, CriteriaSet]:
        return {each.name: each for each in self.session.open_study.criteria_sets}

    def named(self, name: str) -> QWidget:
        found = self.page.findChild(QWidget, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        self.qtbot.mouseClick(self.named(name), Qt.MouseButton.LeftButton)

    def type_in(self, name: str, text: str) -> None:
        """Type over what stands in a field and press Enter."""
        field = self.named(name)
        assert isinstance(field, QLineEdit)
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def type_threshold(self, place: tuple[int, int], text: str) -> None:
        self.type_in(f"condition_{place[0]}_{place[1]}_threshold", text)

    def text(self, name: str) -> str:
        found = self.named(name)
        assert isinstance(found, QLabel | QLineEdit | QPushButton)
        return found.text()

    def counts(self) -> tuple[str, str, str]:
        responder, non_responder, undetermined = (self.text(f"count_{group}") for group in Group)
        return responder, non_responder, undetermined

    def row(self, place: tuple[int, int]) -> ConditionRow:
        found = self.page.findChild(ConditionRow, f"condition_{place[0]}_{place[1]}")
        assert found is not None
        return found

    def copy(self) -> str:
        """Copy the shown set and leave its name as it is; the id of the copy."""
        self.click("criteria_copy")
        self.click("criteria_name_done")
        return self.page.stored_set.set_id

    def drag(self, place: tuple[int, int], to_value: float, *, release: bool = True) -> None:
        """Take the limit with the mouse to a value on its axis."""
        plot = self.row(place).plot
        axis = plot._axis
        assert axis is not None
        start = QPoint(round(plot.limit_pixel()), 19)
        end = QPoint(round(axis.to_pixel(to_value)), 19)
        self.qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=start)
        self.qtbot.mouseMove(plot, QPoint((start.x() + end.x()) // 2, 19))
        self.qtbot.mouseMove(plot, end)
        if release:
            self.qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=end)

    def shown(self, name: str) -> bool:
        return self.named(name).isVisible()


@pytest.fixture
def world(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    """The demo's thirty patients under table 2, P by the asymptotic method as published."""
    with opened(qapp, tmp_path) as session:
        yield World(session, qtbot)


def test_that_the_published_groups_stand_there_first(world: World) -> None:
    assert world.counts() == ("10", "20", "0")
    assert world.text("agreement_1") == "24 van 30"
    assert [len(block.rows) for block in world.page.editor.blocks] == [1, 1, 1, 3]


def test_that_a_locked_set_is_only_tried_out_and_offers_a_copy(world: World) -> None:
    world.type_threshold(HEART_RATE, "15")
    assert world.counts() == ("9", "21", "0")
    assert world.shown("criteria_trial")
    assert world.sets == {"Table 2": TABLE_2}
    world.click("criteria_trial_revert")
    assert world.counts() == ("10", "20", "0")
    assert world.text("condition_3_1_threshold") == "20"
    assert not world.shown("criteria_trial")


def test_that_a_trial_is_kept_as_a_copy_with_its_change(world: World) -> None:
    world.type_threshold(HEART_RATE, "15")
    world.click("criteria_trial_copy")
    world.type_in("criteria_set_name", "Strenger")
    kept = world.sets["Strenger"]
    assert kept.criteria[2].conditions[0].threshold == 15
    assert not kept.locked
    assert world.sets["Table 2"] == TABLE_2
    assert world.session.open_study.criteria_set == TABLE_2, "a copy is not in use until somebody says so"


def test_that_two_wider_limits_give_the_groups_and_p_values_of_the_model_picture(world: World) -> None:
    world.copy()
    world.type_threshold(DURATION, "2")
    world.type_threshold(HEART_RATE, "30,0")
    assert world.counts() == ("12", "18", "0")
    assert world.text("agreement_1") == "26 van 30"
    model = world.page.panel.details.switches.model
    rows = [[str(model.index(row, column).data()) for column in (0, 2, 3)] for row in range(model.rowCount())]
    assert rows == [["P15", "Hartslag", "26,9 ≤ 30 %"], ["P25", "Duur", "2 ≥ 2 weken"]]
    assert not world.named("p_ratio").isVisible(), "folded until opened"
    world.click("criteria_p_values")
    names = ("esketamine_css_ug_l", "norketamine_css_ug_l", "ratio")
    assert [world.text(f"p_{name}") for name in names] == ["0,162", "0,065", "0,525"]
    before = [label.text() for label, _, _ in world.page.panel.details.p_values.values.values()]
    assert before == ["0,367", "0,031", "0,135"]
    assert "asymptotisch" in world.text("criteria_p_method")


def test_that_an_edit_of_a_copy_is_a_version_that_undo_takes_back(world: World) -> None:
    set_id = world.copy()
    world.type_threshold(DURATION, "2,5")
    stored = next(s for s in world.sets.values() if s.set_id == set_id)
    assert stored.criteria[1].conditions[0].threshold == 2.5
    world.session.open_study.undo()
    assert world.text("condition_2_1_threshold") == "3"
    world.session.open_study.redo()
    assert world.text("condition_2_1_threshold") == "2,5"


@pytest.mark.parametrize("text", ["twee", "1,2,3", "1.234,5", ""])
def test_that_what_is_no_number_stays_in_its_field_with_its_message(world: World, text: str) -> None:
    world.copy()
    field = world.named("condition_2_1_threshold")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    world.qtbot.keyClick(field, Qt.Key.Key_Delete)
    world.type_threshold(DURATION, text)
    message = world.named("message_condition_2_1")
    assert isinstance(message, MessageLabel)
    assert message.text()
    assert field.text() == text
    assert world.page.stored_set.criteria[1].conditions[0].threshold == 3


def test_that_what_was_not_taken_is_named_at_closing_and_survives_a_rebuild(world: World) -> None:
    world.copy()
    world.type_threshold(DURATION, "drie")
    assert world.page.drafts() == ["Tabel 2, kopie: Duur van de pijnverlichting ‘drie’"]
    again = CriteriaPage(world.session)
    again.resize(1290, 699)
    again.show()
    again.restore(world.page.state())
    assert again.drafts() == world.page.drafts()


def test_that_the_operator_turns_and_the_set_with_it(world: World) -> None:
    world.copy()
    world.click("condition_2_1_operator")
    assert world.page.stored_set.criteria[1].conditions[0].operator == "<="
    assert world.text("condition_2_1_operator") == "≤"


def test_that_conditions_and_criteria_come_and_go(world: World) -> None:
    world.copy()
    page = world.page
    page.edits._on_touched((0, 0))
    page.edits.add_condition("age_years")
    assert [c.variable for c in page.stored_set.criteria[0].conditions] == ["nrs_reduction_percent", "age_years"]
    page.edits.add_criterion("esketamine_css_ug_l")
    assert page.stored_set.criteria[-1].name == "Esketamine Css"
    field = world.row((5, 1)).threshold
    assert field.hasFocus(), "a new condition waits for its threshold"
    world.qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())
    menu = world.row((1, 2)).menu()
    next(action for action in menu.actions() if action.text() == "Voorwaarde verwijderen").trigger()
    assert len(page.stored_set.criteria[0].conditions) == 1
    block = page.editor.blocks[-1]
    next(action for action in block.menu().actions() if action.text() == "Criterium verwijderen").trigger()
    assert len(page.stored_set.criteria) == 4
    assert page.stored_set.criteria == TABLE_2.criteria


def test_that_a_criterion_moves_and_takes_another_name(world: World) -> None:
    world.copy()
    block = world.page.editor.blocks[3]
    next(action for action in block.menu().actions() if action.text() == "Omhoog").trigger()
    assert [c.name for c in world.page.stored_set.criteria] == [
        "pain_relief",
        "duration",
        "blood_pressure",
        "heart_rate",
    ]
    world.type_in("criterion_1_name", "Minder pijn")
    assert world.page.stored_set.criteria[0].name == "Minder pijn"
    world.type_in("criterion_2_name", "Duur")
    assert world.page.stored_set.criteria[1].name == "duration", "its own name in this language changes nothing"


def test_that_the_menu_holds_every_numeric_variable_once(world: World) -> None:
    from esk_engine.dictionary import NUMERIC_NAMES

    chosen: list[str] = []
    menu = VariableMenu(world.session.wording, chosen.append, world.page, "relief_weeks")
    for name in NUMERIC_NAMES:
        action = menu.action_of(name)
        assert action is not None
        assert action.isChecked() == (name == "relief_weeks")
    action = menu.action_of("ratio")
    assert action is not None
    action.trigger()
    assert chosen == ["ratio"]


def test_that_another_variable_takes_the_place_of_the_former(world: World) -> None:
    world.copy()
    action = world.row(DURATION).variable_menu().action_of("systolic_max_mmhg")
    assert action is not None
    action.trigger()
    condition = world.page.stored_set.criteria[1].conditions[0]
    assert (condition.variable, condition.operator) == ("systolic_max_mmhg", ">=")


def test_that_a_dragged_limit_shows_its_consequences_and_saves_only_when_let_go(world: World) -> None:
    set_id = world.copy()
    study = world.session.open_study
    version = study.version
    world.drag(HEART_RATE, 30, release=False)
    assert world.row(HEART_RATE).plot.is_dragging
    assert world.counts()[0] == "11"
    assert study.version == version, "nothing is saved while the mouse is down"
    assert world.text("condition_3_1_threshold") == world.session.wording.number(
        world.page.shown_set.criteria[2].conditions[0].threshold
    )
    plot = world.row(HEART_RATE).plot
    world.qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.limit_pixel()), 19))
    stored = next(s for s in world.sets.values() if s.set_id == set_id)
    assert stored.criteria[2].conditions[0].threshold == pytest.approx(30, abs=0.5)
    assert study.version == version + 1, "one act for the whole drag"


def test_that_a_limit_of_a_locked_set_is_dragged_as_a_trial(world: World) -> None:
    world.drag(HEART_RATE, 15)
    assert world.shown("criteria_trial")
    assert world.sets == {"Table 2": TABLE_2}


def test_that_who_switches_is_ringed_in_the_row_that_does_it_and_old_limit_is_told(world: World) -> None:
    world.copy()
    world.type_threshold(DURATION, "2")
    data = world.row(DURATION).plot._data
    assert data is not None
    assert [data.names[at] for at in data.ringed] == ["P25"]
    assert (data.threshold, data.old_threshold) == (2, 3)
    assert world.row(DURATION).was.text() == "3"
    other = world.row(HEART_RATE).plot._data
    assert other is not None
    assert other.ringed == frozenset()


def test_that_a_switching_patient_is_opened_from_the_list_and_from_the_plot(world: World, qtbot: QtBot) -> None:
    world.copy()
    world.type_threshold(DURATION, "2")
    patient_id = next(p.id for p in world.session.open_study.patients if p.study_no == "P25")
    table = world.named("criteria_switches")
    assert isinstance(table, QTableView)
    with qtbot.waitSignal(world.session.patient_requested) as asked:
        place = table.visualRect(table.model().index(0, 0)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [patient_id]
    plot = world.row(DURATION).plot
    mark = plot.mark_place([p.id for p in world.session.open_study.patients].index(patient_id))
    assert mark is not None


def test_that_a_set_classifies_once_it_is_used_and_cannot_be_deleted_then(world: World) -> None:
    world.copy()
    world.type_threshold(DURATION, "2")
    study = world.session.open_study
    assert study.cohort.count(Group.RESPONDER) == 10
    assert world.named("criteria_delete").isEnabled()
    world.click("criteria_use")
    assert study.cohort.count(Group.RESPONDER) == 11
    assert world.shown("criteria_in_use")
    assert not world.named("criteria_delete").isEnabled()
    assert "Tabel 2" in world.text("criteria_base"), "the set in use is compared with table 2"


def test_that_a_set_is_deleted_and_undo_brings_it_back(world: World) -> None:
    world.copy()
    world.click("criteria_delete")
    assert list(world.sets) == ["Table 2"]
    assert world.page.stored_set == TABLE_2
    world.session.open_study.undo()
    assert len(world.sets) == 2


def test_that_a_name_that_another_set_has_is_refused_and_stays(world: World) -> None:
    world.click("criteria_copy")
    world.type_in("criteria_set_name", "table 2")
    message = world.named("message_criteria_set_name")
    assert isinstance(message, MessageLabel)
    assert message.text()
    assert world.text("criteria_set_name") == "table 2"
    world.type_in("criteria_set_name", "Ruimer")
    assert not world.shown("criteria_naming")
    assert "Ruimer" in world.sets


def test_that_a_lock_ends_editing(world: World) -> None:
    world.copy()
    world.click("criteria_lock")
    assert world.page.stored_set.locked
    for name in ("criteria_rename", "criteria_lock", "criteria_delete"):
        assert not world.named(name).isEnabled()
    world.type_threshold(DURATION, "1")
    assert world.shown("criteria_trial")
    assert world.page.stored_set.criteria[1].conditions[0].threshold == 3


def test_that_a_set_defined_with_outcomes_known_says_so_and_cannot_be_marked(world: World) -> None:
    world.copy()
    world.type_threshold(DURATION, "2")
    assert "30 van 30" in world.text("criteria_standing")
    assert not world.shown("criteria_specified_beforehand")


def test_that_a_set_is_marked_beforehand_only_while_no_outcome_is_known(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qapp, tmp_path, [patient("P1", nrs_before=8)]) as session:
        world = World(session, qtbot)
        world.copy()
        world.type_threshold(DURATION, "2")
        box = world.named("criteria_specified_beforehand")
        assert isinstance(box, QCheckBox)
        assert box.isVisible()
        if not box.isChecked():
            box.click()
        assert world.page.stored_set.specified_beforehand
        one = session.open_study.patients[0]
        session.open_study.set_value(one.id, one.record.kind, one.id, "relief_weeks", 2.0)
        assert not box.isVisible()


def test_that_the_naranjo_cut_off_is_the_studys_and_keeps_its_limits(world: World) -> None:
    world.type_in("naranjo_cutoff", "6")
    assert world.session.open_study.settings.naranjo_cutoff == 6
    for wrong in ("14", "4,5", "vijf"):
        world.type_in("naranjo_cutoff", wrong)
        message = world.named("message_naranjo_cutoff")
        assert isinstance(message, MessageLabel)
        assert message.text(), wrong
        assert world.text("naranjo_cutoff") == wrong
    assert world.session.open_study.settings.naranjo_cutoff == 6


def test_that_very_many_patients_are_reckoned_beside_the_window(
    world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.copy()
    monkeypatch.setattr(criteria_page, "BESIDE_FROM", 10)
    world.type_threshold(DURATION, "2")
    qtbot.waitUntil(lambda: world.counts() == ("11", "19", "0"))


def test_that_a_patient_entered_meanwhile_is_counted(world: World) -> None:
    world.session.open_study.add(
        patient("P31", steady(), nrs_before=8, nrs_end=2, relief_weeks=4, infusion_minutes=480)
    )
    assert world.counts() == ("11", "20", "0")


def test_that_an_empty_study_says_what_to_do(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qapp, tmp_path, []) as session:
        world = World(session, qtbot)
        assert world.counts() == ("0", "0", "0")
        assert world.page.panel.empty.isVisible()
        world.copy()
        world.type_threshold(DURATION, "2")
        assert world.page.stored_set.criteria[1].conditions[0].threshold == 2


def test_that_missing_values_are_counted_where_the_plot_is(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qapp, tmp_path, [patient("P1", relief_weeks=3), patient("P2")]) as session:
        world = World(session, qtbot)
        assert world.text("condition_2_1_note") == "1 zonder waarde"
        assert world.counts() == ("0", "0", "2")


def test_that_the_shown_set_and_a_trial_survive_a_rebuild(world: World) -> None:
    world.type_threshold(HEART_RATE, "15")
    world.click("criteria_p_values")
    state = world.page.state()
    again = CriteriaPage(world.session)
    again.resize(1290, 699)
    again.show()
    again.restore(state)
    assert again.shown_set == with_threshold(TABLE_2, (2, 0), 15)
    assert again.panel.details.p_values.is_open


def test_that_a_narrow_window_keeps_the_counts_and_scrolls_the_rest(world: World) -> None:
    world.page.resize(620, 400)
    assert world.shown("criteria_counts_strip")
    assert not world.page.panel.isVisible()
    assert world.page.panel.details.isVisible()
    assert world.page.width() == 620
    world.page.resize(1290, 699)
    assert world.page.panel.isVisible()
    assert not world.shown("criteria_counts_strip")
    assert world.page.panel.details.isVisible()


def test_that_the_list_of_switches_keeps_the_rules_of_a_model(world: World) -> None:
    model = SwitchesModel(world.session.wording)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    cohort = world.session.open_study.cohort
    wide = with_threshold(TABLE_2, (2, 0), 30)
    model.show_switches(compare(cohort, cohort.regrouped(wide)).switches, wide)
    assert model.rowCount() == 1
    model.show_switches((), TABLE_2)
    assert model.rowCount() == 0
    del tester
