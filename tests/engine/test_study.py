"""The open study: one truth in memory, entries judged against all they touch, undo and redo as acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault, Refused
from esk_engine.records import Act, Edit, PatientChange, Value
from esk_engine.settings import PMethod
from esk_engine.study import Entry, Person, Study, StudyChanged
from tests.engine.builders import patient, steady

TODAY = date(2026, 6, 1)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """P1 with a steady course, P2 with nothing, P10 with a side effect."""
    patients = [
        patient("P10", events=[{"term": "headache", "phase": "during"}]),
        patient("P2"),
        patient("P1", steady(until=60), age_years=57, nrs_before=8.0),
    ]
    with Study.create(tmp_path / "study.esk", person=Person("AB"), patients=patients) as opened:
        yield opened


def numbers(study: Study) -> list[str]:
    return [one.study_no for one in study.patients]


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [issue.code for issue in refusal.value.issues]


def reopened(study: Study) -> Study:
    study.close()
    return Study.open(study.path, person=Person("AB"))


# Order and study numbers


def test_that_patients_stand_in_natural_order_and_move_when_renumbered(study: Study) -> None:
    assert numbers(study) == ["P1", "P2", "P10"]
    p2 = study.patients[1]
    study.set_value(p2.id, Kind.PATIENT, p2.id, "study_no", "p11")
    assert numbers(study) == ["P1", "P10", "P11"]
    assert study.patient_by_study_no(" p11 ") == study.patient(p2.id)
    assert study.patient_by_study_no("P2") is None
    study.undo()
    assert numbers(study) == ["P1", "P2", "P10"]
    assert reopened(study).patients == study.patients


def test_that_study_numbers_that_count_as_equal_stand_by_their_text(tmp_path: Path) -> None:
    made = [patient(number) for number in ("7", "07", "P1-2", "007", "P1")]
    with Study.create(tmp_path / "zeros.esk", person=Person("AB"), patients=made) as study:
        assert numbers(study) == ["007", "07", "7", "P1", "P1-2"]


@pytest.mark.parametrize(
    ("number", "code"), [("p10", "duplicate_study_no"), (None, "study_no_missing"), ("P 3", "bad_study_no")]
)
def test_that_a_study_number_is_there_and_nobody_elses(study: Study, number: Value, code: str) -> None:
    p1 = study.patients[0]
    with pytest.raises(Refused) as caught:
        study.set_value(p1.id, Kind.PATIENT, p1.id, "study_no", number)
    assert code_of(caught) == [code]
    assert numbers(study) == ["P1", "P2", "P10"]


def test_that_two_patients_can_swap_their_numbers_in_one_act(study: Study) -> None:
    one, two = study.patients[:2]
    edits = tuple(
        Edit(who.id, Kind.PATIENT, who.id, "study_no", None, number) for who, number in ((one, "P2"), (two, "P1"))
    )
    study.apply(Act(edits))
    assert [each.id for each in study.patients][:2] == [two.id, one.id]
    study.undo()
    assert [each.id for each in study.patients][:2] == [one.id, two.id]


# Acts


def test_that_an_act_with_one_wrong_change_changes_nothing(study: Study) -> None:
    p1, before = study.patients[0], study.patients
    edits = (
        Edit(p1.id, Kind.PATIENT, p1.id, "age_years", 57, 58),
        Edit(p1.id, Kind.PATIENT, p1.id, "nrs_end", None, 11.0),
    )
    with pytest.raises(Refused) as caught:
        study.apply(Act(edits))
    assert code_of(caught) == ["outside_hard"]
    assert study.patients == before
    assert not study.can_undo


@pytest.mark.parametrize(
    ("variable", "value", "code"),
    [
        ("shoe_size", 42, "unknown_variable"),
        ("age_years", "57", "wrong_type"),
        ("weight_kg", float("nan"), "wrong_type"),
        ("remarks", "half \ud800", "wrong_type"),
        ("remarks", "x" * 10_001, "too_long"),
        ("sex", "m", "unknown_code"),
        ("inclusion_date", date.today() + timedelta(days=2), "in_future"),
    ],
)
def test_that_what_no_field_would_take_is_refused(study: Study, variable: str, value: Value, code: str) -> None:
    p1 = study.patients[0]
    with pytest.raises(Refused) as caught:
        study.set_value(p1.id, Kind.PATIENT, p1.id, variable, value)
    assert code_of(caught) == [code]


def test_that_somebody_who_is_not_there_is_refused(study: Study) -> None:
    for act in (
        lambda: study.set_value("nobody", Kind.PATIENT, "nobody", "age_years", 57),
        lambda: study.delete_patient("nobody"),
        lambda: study.apply(Act((Edit("nobody", Kind.PATIENT, "nobody", "age_years", None, 57),))),
        lambda: study.apply(Act((PatientChange("nobody", None, None),))),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert code_of(caught) == ["no_such_patient"]


def test_that_an_act_that_changes_nothing_leaves_no_line_and_nothing_to_undo(study: Study) -> None:
    p1, lines = study.patients[0], study.version
    assert study.set_value(p1.id, Kind.PATIENT, p1.id, "age_years", 57).result(0) == lines
    assert study.apply(Act(())).result(0) == lines
    assert study.set_setting("naranjo_cutoff", 5).result(0) == lines
    assert (len(study.log()), study.can_undo) == (lines, False)


def test_that_what_was_there_before_is_read_from_the_study_not_from_the_caller(study: Study) -> None:
    p1 = study.patients[0]
    study.apply(Act((Edit(p1.id, Kind.PATIENT, p1.id, "age_years", 99, 58),)))
    study.undo()
    assert study.patient(p1.id).get("age_years") == 57


def test_that_a_row_comes_with_its_first_value_and_goes_with_its_last(study: Study) -> None:
    p2 = study.patients[1]
    study.set_value(p2.id, Kind.READING, "row", "minute", 30)
    study.set_value(p2.id, Kind.READING, "row", "heart_rate_bpm", 80)
    study.set_value(p2.id, Kind.READING, "row", "minute", None)
    assert [dict(row.values) for row in study.patient(p2.id).readings] == [{"heart_rate_bpm": 80}]
    study.set_value(p2.id, Kind.READING, "row", "heart_rate_bpm", None)
    assert study.patient(p2.id).readings == ()
    again = reopened(study)
    assert again.patient(p2.id).readings == ()
    again.close()


def test_that_deleting_a_row_is_one_act(study: Study) -> None:
    p10 = study.patients[2]
    study.delete_row(p10.id, p10.adverse_events[0].id)
    assert study.patient(p10.id).adverse_events == ()
    study.undo()
    assert study.patient(p10.id) == p10
    assert study.delete_row(p10.id, "no row").done()


def test_that_an_empty_text_is_a_missing_value(study: Study) -> None:
    p1 = study.patients[0]
    study.set_value(p1.id, Kind.PATIENT, p1.id, "remarks", "x")
    study.set_value(p1.id, Kind.PATIENT, p1.id, "remarks", "")
    assert "remarks" not in study.patient(p1.id).record.values


# Entries


def test_that_an_entry_is_parsed_checked_and_set(study: Study) -> None:
    p1 = study.patients[0]
    result = study.parse_and_set(p1.id, Kind.PATIENT, p1.id, "nrs_end", "4,5", TODAY)
    assert (result.issues, result.is_refused) == ((), False)
    assert result.saved is not None
    assert result.saved.result(5) == study.version
    assert study.patient(p1.id).get("nrs_end") == 4.5


@pytest.mark.parametrize(
    ("kind", "variable", "text", "code"),
    [
        (Kind.PATIENT, "nrs_end", "4.5.1", "repeated_separator"),
        (Kind.PATIENT, "nrs_end", "10,5", "outside_hard"),
        (Kind.PATIENT, "shoe_size", "42", "unknown_variable"),
        (Kind.PATIENT, "study_no", "P10", "duplicate_study_no"),
        (Kind.PATIENT, "study_no", "", "study_no_missing"),
        (Kind.PATIENT, "evaluation_date", "02-06-2026", "in_future"),
        (Kind.READING, "diastolic_mmhg", "130", "diastolic_not_below_systolic"),
        (Kind.READING, "minute", "30", "duplicate_minute"),
        (Kind.READING, "minute", "", "minute_missing"),
    ],
)
def test_that_an_entry_with_an_error_changes_nothing(
    study: Study, kind: Kind, variable: str, text: str, code: str
) -> None:
    p1, before = study.patients[0], study.patients
    record_id = p1.id if kind is Kind.PATIENT else p1.readings[0].id
    result = study.parse_and_set(p1.id, kind, record_id, variable, text, TODAY)
    assert code in [issue.code for issue in result.issues]
    assert {issue.place.study_no for issue in result.issues} == {"P1"}
    assert (result.is_refused, result.saved) == (True, None)
    assert study.patients == before


def test_that_a_warning_is_told_and_the_value_accepted(study: Study) -> None:
    p1 = study.patients[0]
    result = study.parse_and_set(p1.id, Kind.PATIENT, p1.id, "dose_mg", "160", TODAY)
    assert [issue.code for issue in result.issues] == ["outside_soft"]
    assert study.patient(p1.id).get("dose_mg") == 160.0


def test_that_a_new_row_is_entered_as_one_act(study: Study) -> None:
    p2 = study.patients[1]
    lines = study.version
    entries = [
        Entry(Kind.SAMPLE, "s", "minute", "480"),
        Entry(Kind.SAMPLE, "s", "analyte", "esketamine"),
        Entry(Kind.SAMPLE, "s", "concentration_ug_l", "<5"),
    ]
    alone = study.enter(p2.id, entries[2:], TODAY)
    assert {issue.code for issue in alone.issues} == {"minute_missing", "analyte_missing"}
    study.enter(p2.id, entries, TODAY)
    assert study.version == lines + 3
    study.undo()
    assert study.patient(p2.id).samples == ()


def test_that_values_that_only_together_are_right_can_be_entered_together(study: Study) -> None:
    row = study.patients[0].readings[0]
    entries = [
        Entry(Kind.READING, row.id, "diastolic_mmhg", 130),
        Entry(Kind.READING, row.id, "systolic_mmhg", "180"),
    ]
    assert not study.enter(study.patients[0].id, entries, TODAY).is_refused
    assert study.patients[0].readings[0].get("diastolic_mmhg") == 130


def test_that_an_old_error_keeps_nobody_from_entering_something_else(study: Study) -> None:
    p1 = study.patients[0]
    row = p1.readings[0]
    study.set_value(p1.id, Kind.READING, row.id, "diastolic_mmhg", 150)  # as a file may hold it
    elsewhere = study.parse_and_set(p1.id, Kind.PATIENT, p1.id, "age_years", "58", TODAY)
    assert (elsewhere.issues, elsewhere.is_refused) == ((), False)
    assert study.parse_and_set(p1.id, Kind.READING, row.id, "diastolic_mmhg", "151", TODAY).is_refused
    assert not study.parse_and_set(p1.id, Kind.READING, row.id, "diastolic_mmhg", "70", TODAY).is_refused


@pytest.mark.parametrize(
    "raw",
    [True, float("inf"), datetime(2024, 1, 1), 10**400, 10**5000],
    ids=["bool", "infinite", "a date", "huge", "beyond"],
)
def test_that_a_raw_value_of_another_type_is_refused_as_an_issue(study: Study, raw: Value) -> None:
    p1 = study.patients[0]
    result = study.enter(p1.id, [Entry(Kind.PATIENT, p1.id, "age_years", raw)], TODAY)
    assert result.is_refused
    assert study.patient(p1.id).get("age_years") == 57


def test_that_what_is_noted_beside_a_value_never_keeps_it_from_the_disk(tmp_path: Path) -> None:
    with Study.create(tmp_path / "noted.esk", person=Person("A\udcffB\0", "nurse")) as study:
        study.add_patient({"study_no": "P1"}, "half \ud800 a pair, e\u0301").saved.result(5)
        line = study.log()[-1]
    assert (line.person, line.reason) == ("A?B", "half ? a pair, \u00e9")


def test_that_a_row_id_that_no_file_can_hold_is_refused(study: Study) -> None:
    p1 = study.patients[0]
    with pytest.raises(Refused):
        study.set_value(p1.id, Kind.READING, "\ud800", "minute", 3)


# Undo and redo


def test_that_undo_and_redo_go_back_and_forth_through_every_kind_of_act(study: Study) -> None:
    p1, p2, p10 = study.patients
    states = [(study.patients, study.settings, study.criteria_sets, study.criteria_set)]

    def did(_: object) -> None:
        states.append((study.patients, study.settings, study.criteria_sets, study.criteria_set))

    did(study.set_value(p1.id, Kind.PATIENT, p1.id, "age_years", 58))
    did(study.delete_patient(p2.id))
    did(study.add_patient({"study_no": "P3"}))
    did(study.import_patients([patient("P4", steady()), patient("P5")]))
    did(study.delete_row(p10.id, p10.adverse_events[0].id))
    did(study.set_setting("p_method", "asymptotic"))
    set_id, _ = study.copy_criteria_set(TABLE_2.set_id, "Ours")
    did(None)
    ours = study.criteria_sets[1]
    did(study.save_criteria_set(ours.with_criteria(ours.criteria[:2])))
    did(study.use_criteria_set(set_id))
    did(study.use_criteria_set(TABLE_2.set_id))
    did(study.delete_criteria_set(set_id))
    for expected in reversed(states[:-1]):
        study.undo()
        assert (study.patients, study.settings, study.criteria_sets, study.criteria_set) == expected
    assert not study.can_undo
    for expected in states[1:]:
        study.redo()
        assert (study.patients, study.settings, study.criteria_sets, study.criteria_set) == expected
    assert not study.can_redo
    for _ in range(3):
        study.undo()
    with reopened(study) as again:
        assert (again.patients, again.settings, again.criteria_sets, again.criteria_set) == states[-4]


def test_that_a_new_edit_ends_what_could_be_redone(study: Study) -> None:
    p1 = study.patients[0]
    study.set_value(p1.id, Kind.PATIENT, p1.id, "age_years", 58)
    study.undo()
    assert study.can_redo
    study.set_value(p1.id, Kind.PATIENT, p1.id, "age_years", 59)
    assert not study.can_redo
    with pytest.raises(Fault, match="nothing_to_redo"):
        study.redo()


def test_that_history_names_what_it_would_do_and_ends_with_the_session(study: Study) -> None:
    p1 = study.patients[0]
    with pytest.raises(Fault, match="nothing_to_undo"):
        study.undo()
    study.parse_and_set(p1.id, Kind.PATIENT, p1.id, "nrs_end", "4", TODAY)
    assert study.undo_name == ("edit", {"study_no": "P1", "variable": "nrs_end"})
    study.undo()
    assert (study.undo_name, study.redo_name) == (None, ("edit", {"study_no": "P1", "variable": "nrs_end"}))
    study.redo()
    with reopened(study) as again:
        assert not again.can_undo
        assert not again.can_redo


# Import


def test_that_an_import_is_one_act_and_passes_over_what_is_there_the_same(study: Study) -> None:
    same = patient("P1", steady(until=60), age_years=57, nrs_before=8.0)
    study.import_patients([same, patient("P3"), patient("P4")])
    assert numbers(study) == ["P1", "P2", "P3", "P4", "P10"]
    study.undo()
    assert numbers(study) == ["P1", "P2", "P10"]


def test_that_an_import_with_numbers_that_others_have_is_refused_whole_and_names_each(study: Study) -> None:
    with pytest.raises(Refused) as caught:
        study.import_patients([patient("P3"), patient("p1", age_years=58), patient("P2", sex="male")])
    assert [(issue.code, issue.place.study_no) for issue in caught.value.issues] == [
        ("patient_differs", "p1"),
        ("patient_differs", "P2"),
    ]
    assert numbers(study) == ["P1", "P2", "P10"]


def test_that_an_import_that_holds_a_number_twice_is_refused(study: Study) -> None:
    with pytest.raises(Refused) as caught:
        study.import_patients([patient("P3"), patient("p3", sex="male")])
    assert code_of(caught) == ["duplicate_study_no"]


# Settings


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("naranjo_cutoff", 14, "outside_hard"),
        ("naranjo_cutoff", "5", "wrong_type"),
        ("naranjo_cutoff", None, "wrong_type"),
        ("p_method", "chi2", "unknown_code"),
        ("study_name", "x" * 201, "too_long"),
    ],
)
def test_that_a_setting_keeps_its_limits(study: Study, name: str, value: Value, code: str) -> None:
    before = study.settings
    with pytest.raises(Refused) as caught:
        study.set_setting(name, value)
    assert (code_of(caught), study.settings) == ([code], before)


def test_that_settings_are_kept(study: Study) -> None:
    study.set_setting("p_method", "asymptotic")
    study.set_setting("study_name", "Pilot")
    study.set_setting("study_name", "")
    study.set_setting("verdict_during_entry", "yes")
    with reopened(study) as again:
        assert again.settings == study.settings
        assert again.settings.p_method is PMethod.ASYMPTOTIC
        assert again.settings.verdict_during_entry


# What is told


def test_that_a_change_says_what_changed(study: Study) -> None:
    told: list[StudyChanged] = []
    forget = study.subscribe(told.append)
    p1, p2, _ = study.patients
    study.set_value(p1.id, Kind.PATIENT, p1.id, "age_years", 58)
    added = study.add_patient({"study_no": "P3"}).patient_id
    study.delete_patient(p2.id)
    study.set_setting("naranjo_cutoff", 6)
    study.copy_criteria_set(TABLE_2.set_id, "Ours")
    study.undo()
    forget()
    study.undo()
    assert told == [
        StudyChanged(patients=frozenset({p1.id})),
        StudyChanged(patients=frozenset({added}), added=frozenset({added})),
        StudyChanged(patients=frozenset({p2.id}), removed=frozenset({p2.id})),
        StudyChanged(settings=frozenset({"naranjo_cutoff"})),
        StudyChanged(criteria=True),
        StudyChanged(criteria=True),
    ]


def test_that_the_columns_follow_every_edit(study: Study) -> None:
    p1, p2, _ = study.patients
    assert study.cohort.study_nos == ("P1", "P2", "P10")
    study.set_value(p1.id, Kind.PATIENT, p1.id, "nrs_end", 4.0)
    assert study.cohort.derived(p1.id)["nrs_reduction_percent"] == 50.0
    study.set_value(p1.id, Kind.PATIENT, p1.id, "study_no", "P3")
    study.delete_patient(p2.id)
    study.add_patient({"study_no": "P1"})
    assert study.cohort.study_nos == ("P1", "P3", "P10")
    before = study.cohort
    study.set_setting("max_missing_readings", 3)
    assert study.cohort is not before


def test_that_a_snapshot_stays_as_it_was(study: Study) -> None:
    snapshot, lines = study.snapshot(), study.version
    p1 = study.patients[0]
    study.set_value(p1.id, Kind.PATIENT, p1.id, "nrs_end", 4.0).result(5)
    assert snapshot.patients[0].get("nrs_end") is None
    assert snapshot.cohort.derived(p1.id)["nrs_reduction_percent"] is None
    assert [line.seq for line in snapshot.log()] == list(range(1, lines + 1))
    assert (snapshot.name, snapshot.version) == ("study", lines)


def test_that_a_closed_study_takes_no_more(study: Study) -> None:
    study.close()
    study.close()
    with pytest.raises(Fault, match="study_closed"):
        study.add_patient({"study_no": "P3"})
    assert study.save_state.status == "saved"
