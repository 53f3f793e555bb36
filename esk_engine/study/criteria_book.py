"""The study's criteria sets: what saving, copying and choosing one means, as changes.

Fault codes: ``criteria_unknown``, ``criteria_locked``, ``criteria_name_taken``, ``criteria_in_use``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from esk_engine.criteria import CriteriaSet, criteria_set_from_json, tidied
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.records import CriteriaChange, Patient, new_id
from esk_engine.study_file.state import CriteriaState, StudyState, criteria_version


def has_outcome(patient: Patient) -> bool:
    """Whether a patient's outcome is known: the NRS at the end, weeks of relief, or any concentration."""
    if patient.get("nrs_end") is not None or patient.get("relief_weeks") is not None:
        return True
    return any(row.get("concentration_ug_l") is not None for row in patient.rows(Kind.SAMPLE))


def shown(state: StudyState, set_id: str) -> CriteriaState:
    """One set that is there; Fault ``criteria_unknown`` else."""
    found = state.criteria.get(set_id)
    if found is None or not found.is_shown:
        raise Fault("criteria_unknown", value=set_id)
    return found


def saving(state: StudyState, wanted: CriteriaSet) -> CriteriaChange | None:
    """The change that saves a set as a new version, None where it says nothing new.

    How many outcomes were known is noted when the criteria are written down; renaming or locking a set leaves it.

    Raises
    ------
    Fault
        ``criteria_locked``, ``criteria_name_taken``, or what ``criteria_set_from_json`` says of the set.
    """
    set_id = wanted.set_id or new_id()
    before = state.criteria.get(set_id)
    previous = before.read() if before is not None and before.is_shown else None
    wanted = cleaned(wanted, set_id)
    if previous is not None and previous.locked:
        if wanted == cleaned(previous, set_id):
            return None
        raise Fault("criteria_locked", name=previous.name)
    _check_name(state, wanted)
    known, patients = _provenance(state, wanted, previous)
    may_be_marked = known == 0 or (previous is not None and previous.specified_beforehand and _same(previous, wanted))
    marked = wanted.specified_beforehand and may_be_marked
    saved = replace(wanted, specified_beforehand=marked, outcomes_known=known, patients=patients)
    if previous == saved:
        return None
    old = before.version if before is not None else None
    return CriteriaChange(set_id, "version", old, criteria_version(saved, new_id()))


def cleaned(wanted: CriteriaSet, set_id: str) -> CriteriaSet:
    """The set as the file gives it back, its texts in their one form."""
    return tidied(criteria_set_from_json(wanted.to_json(), set_id))


def _same(previous: CriteriaSet, wanted: CriteriaSet) -> bool:
    return previous.criteria == wanted.criteria


def _provenance(state: StudyState, wanted: CriteriaSet, previous: CriteriaSet | None) -> tuple[int, int]:
    if previous is not None and _same(previous, wanted):
        return previous.outcomes_known, previous.patients
    return outcomes_known(state.patients.values())


def outcomes_known(patients: Iterable[Patient]) -> tuple[int, int]:
    """(k, n): of how many of all patients an outcome is known."""
    known = [has_outcome(patient) for patient in patients]
    return sum(known), len(known)


def _check_name(state: StudyState, wanted: CriteriaSet) -> None:
    """Everything printed names its set, so no two that can be chosen have one name."""
    for other in state.criteria.values():
        taken = other.is_shown and other.set_id != wanted.set_id
        if taken and other.read().name.casefold() == wanted.name.casefold():
            raise Fault("criteria_name_taken", name=wanted.name)


def copying(state: StudyState, set_id: str, name: str) -> CriteriaChange:
    """The change that adds an unlocked copy of a set under another name."""
    source = shown(state, set_id).read()
    change = saving(state, replace(source, set_id=new_id(), name=name, locked=False))
    if change is None:
        raise Fault("criteria_name_taken", name=name)
    return change


def deleting(state: StudyState, set_id: str) -> CriteriaChange:
    """The change that hides a set; its versions stay in the file."""
    found = shown(state, set_id).read()
    if found.locked:
        raise Fault("criteria_locked", name=found.name)
    if state.in_use == set_id:
        raise Fault("criteria_in_use", name=found.name)
    return CriteriaChange(set_id, "deleted", None, "yes")


def using(state: StudyState, set_id: str) -> CriteriaChange:
    """The change that makes a set the one that classifies."""
    shown(state, set_id)
    return CriteriaChange(set_id, "in_use", state.in_use, set_id)
