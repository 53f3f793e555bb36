"""Signing off: what is signed is locked, says what it signed, and is void once that changes; the study likewise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from esk_engine.dictionary import VARIABLES, Kind
from esk_engine.errors import Fault, Refused
from esk_engine.study import Entry, Person, Protection, SignOff, Study, sign_off_of
from esk_engine.study_file.check import check_file
from tests.engine.study_file.helpers import NURSE, two_patients

TODAY = date(2024, 6, 1)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    with Study.create(tmp_path / "s.esk", person=Person("AB", "pharmacist"), patients=two_patients()) as made:
        yield made
        made.settle()
        assert check_file(made.path).findings == ()


def p01(study: Study) -> str:
    found = study.patient_by_study_no("P01")
    assert found is not None
    return found.id


def sign(study: Study, moment: SignOff = SignOff.INCLUSION) -> None:
    study.wait_saved(study.sign(p01(study), moment, initials="AB"))


def codes(study: Study, variable: str, value: object, reason: str = "") -> list[str]:
    try:
        study.set_value(p01(study), Kind.PATIENT, p01(study), variable, value, reason)  # type: ignore[arg-type]
    except Refused as refused:
        return [issue.code for issue in refused.issues]
    return []


def test_that_every_variable_but_the_remarks_belongs_to_one_moment() -> None:
    free = {
        (declared.kind, declared.name) for declared in VARIABLES if sign_off_of(declared.kind, declared.name) is None
    }
    assert free == {(Kind.PATIENT, "remarks")}


@pytest.mark.parametrize(
    ("kind", "name", "moment"),
    [
        (Kind.PATIENT, "study_no", "inclusion"),
        (Kind.PATIENT, "dose_planned_mg", "inclusion"),
        (Kind.PATIENT, "nrs_before", "infusion"),
        (Kind.PATIENT, "dose_mg", "infusion"),
        (Kind.READING, "artefact", "infusion"),
        (Kind.SAMPLE, "concentration_ug_l", "laboratory"),
        (Kind.ADVERSE_EVENT, "naranjo_3", "evaluation"),
        (Kind.PATIENT, "relief_weeks", "evaluation"),
        (Kind.PATIENT, "side_effects_asked_after", "evaluation"),
        (Kind.PATIENT, "side_effects_asked_before", "infusion"),
    ],
)
def test_that_a_value_belongs_to_the_moment_of_whoever_enters_it(kind: Kind, name: str, moment: str) -> None:
    assert sign_off_of(kind, name) == moment


def test_that_a_signature_says_who_signed_what(study: Study) -> None:
    sign(study)
    (signature,) = study.signatures(p01(study))
    assert (signature.person, signature.role, signature.moment) == ("AB", "pharmacist", SignOff.INCLUSION)
    assert not signature.void
    signed = {value.variable: value.value for value in signature.values()}
    assert signed == {
        "study_no": "P01",
        "sex": "female",
        "age_years": 57,
        "weight_kg": 71.5,
        "inclusion_date": date(2024, 1, 16),
    }


def test_that_a_signature_of_the_infusion_holds_every_reading(study: Study) -> None:
    sign(study, SignOff.INFUSION)
    (signature,) = study.signatures(p01(study), SignOff.INFUSION)
    readings = study.patient(p01(study)).readings
    rows = {value.record_id for value in signature.values() if value.kind is Kind.READING}
    assert rows == {row.id for row in readings}


def test_that_what_is_signed_is_locked_and_the_rest_is_not(study: Study) -> None:
    sign(study)
    assert study.protection(p01(study), SignOff.INCLUSION) is Protection.LOCKED
    assert codes(study, "age_years", 60) == ["signed_locked"]
    assert codes(study, "age_years", 60, "a reason opens no lock") == ["signed_locked"]
    assert codes(study, "nrs_end", 3.0) == []
    assert codes(study, "remarks", "free") == []
    with pytest.raises(Refused) as refused:
        study.delete_patient(p01(study), "a reason opens no lock")
    assert [issue.code for issue in refused.value.issues] == ["signed_locked"]


def test_that_a_locked_row_neither_changes_nor_comes_nor_goes(study: Study) -> None:
    sign(study, SignOff.INFUSION)
    patient = study.patient(p01(study))
    row = patient.readings[0]
    with pytest.raises(Refused):
        study.delete_row(patient.id, row.id)
    with pytest.raises(Refused):
        study.set_value(patient.id, Kind.READING, row.id, "systolic_mmhg", 133)
    with pytest.raises(Refused):
        study.set_value(patient.id, Kind.READING, "a-new-row", "minute", 15)
    assert study.patient(patient.id) == patient


def test_that_typing_into_a_signed_field_says_by_whom_it_is_locked(study: Study) -> None:
    sign(study)
    entry = Entry(Kind.PATIENT, p01(study), "age_years", "60")
    (issue,) = study.enter(p01(study), [entry], TODAY).issues
    assert (issue.code, issue.variable, issue.params["person"]) == ("signed_locked", "age_years", "AB")


def test_that_unlocking_wants_a_reason_and_so_does_every_change_after_it(study: Study) -> None:
    sign(study)
    with pytest.raises(Fault, match="reason_needed"):
        study.unlock(p01(study), SignOff.INCLUSION, "  ")
    study.unlock(p01(study), SignOff.INCLUSION, "the scales were wrong")
    assert study.protection(p01(study), SignOff.INCLUSION) is Protection.REASON
    assert codes(study, "weight_kg", 73.5) == ["reason_needed"]
    assert codes(study, "weight_kg", 73.5, " ") == ["reason_needed"]
    assert codes(study, "weight_kg", 73.5, "weighed again") == []
    study.settle()
    line = study.log()[-1]
    assert (line.variable, line.old, line.new, line.reason) == ("weight_kg", "71.5", "73.5", "weighed again")


def test_that_a_signature_stands_while_its_values_do_and_is_void_for_good_once_one_changes(study: Study) -> None:
    sign(study)
    study.unlock(p01(study), SignOff.INCLUSION, "look again")
    assert [each.void for each in study.signatures(p01(study))] == [False]
    codes(study, "weight_kg", 73.5, "weighed again")
    assert [each.void for each in study.signatures(p01(study))] == [True]
    codes(study, "weight_kg", 71.5, "no, it was right")
    assert [each.void for each in study.signatures(p01(study))] == [True]
    sign(study)
    assert [each.void for each in study.signatures(p01(study))] == [True, False]


def test_that_signatures_and_locks_are_there_after_opening_again(study: Study) -> None:
    sign(study)
    sign(study, SignOff.LABORATORY)
    study.unlock(p01(study), SignOff.INCLUSION, "look again")
    codes(study, "age_years", 58, "it was 58")
    before = study.signatures(p01(study))
    study.close()
    with Study.open(study.path, person=NURSE) as again:
        assert again.signatures(p01(again)) == before
        assert again.protection(p01(again), SignOff.LABORATORY) is Protection.LOCKED
        assert again.protection(p01(again), SignOff.INCLUSION) is Protection.REASON


def test_that_signing_cannot_be_undone_and_undo_opens_no_lock(study: Study) -> None:
    codes(study, "age_years", 60)
    sign(study)
    assert study.undo_name is not None
    assert study.undo_name.name == "edit"
    with pytest.raises(Refused) as refused:
        study.undo()
    assert [issue.code for issue in refused.value.issues] == ["signed_locked"]
    assert study.patient(p01(study)).get("age_years") == 60


def test_that_undo_carries_the_reason_of_what_it_takes_back(study: Study) -> None:
    sign(study)
    study.unlock(p01(study), SignOff.INCLUSION, "look again")
    codes(study, "age_years", 60, "misread")
    study.wait_saved(study.undo())
    line = study.log()[-1]
    assert (line.new, line.reason, line.undoes_act is not None) == ("57", "misread", True)


def test_that_only_who_is_at_work_signs_and_only_what_holds_a_value(study: Study) -> None:
    with pytest.raises(Fault, match="signer_differs"):
        study.sign(p01(study), SignOff.INCLUSION, initials="CD")
    p02 = study.patient_by_study_no("P02")
    assert p02 is not None
    with pytest.raises(Fault, match="nothing_to_sign"):
        study.sign(p02.id, SignOff.EVALUATION, initials="AB")
    assert not study.may_be_signed(p02.id, SignOff.EVALUATION)
    sign(study)
    with pytest.raises(Fault, match="already_signed"):
        sign(study)


def test_that_a_locked_study_takes_no_value_until_it_is_unlocked_with_a_reason(study: Study) -> None:
    study.lock_study(initials="AB")
    assert study.is_locked
    assert study.protection(p01(study), SignOff.EVALUATION) is Protection.STUDY_LOCKED
    assert codes(study, "remarks", "not even this") == ["study_locked"]
    with pytest.raises(Refused, match="refused"):
        study.add_patient({"study_no": "P09"})
    with pytest.raises(Refused):
        sign(study)
    study.set_setting("p_method", "asymptotic")
    with pytest.raises(Fault, match="reason_needed"):
        study.unlock_study(initials="AB", reason="")
    study.unlock_study(initials="AB", reason="a query of the monitor")
    assert codes(study, "remarks", "again") == []


def test_that_the_log_tells_of_signature_lock_and_unlocking(study: Study) -> None:
    sign(study)
    study.unlock(p01(study), SignOff.INCLUSION, "look again")
    study.settle()
    told = [
        (line.kind, line.variable, line.old, line.new if line.kind == "lock" else "", line.reason)
        for line in study.log()[-3:]
    ]
    assert told == [
        ("signature", "inclusion", None, "", None),
        ("lock", "inclusion", None, '"yes"', None),
        ("lock", "inclusion", '"yes"', None, "look again"),
    ]


def test_that_whoever_shows_the_patient_is_told(study: Study) -> None:
    told: list[tuple[frozenset[str], bool]] = []
    study.subscribe(lambda change: told.append((change.patients, change.protection)))
    sign(study)
    study.lock_study(initials="AB")
    assert told == [(frozenset((p01(study),)), True), (frozenset(), True)]
