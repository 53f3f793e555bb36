"""What others changed between what a person saw and the act that came of it: nobody overwrites what they have not seen.

Issue codes: ``changed_meanwhile`` (study_no, variable, who, now: the value that is there) of one value;
``changed_meanwhile_whole`` (study_no, variable, who) of anything else.
Fault code: ``changed_since`` (study_no, variable).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault, Issue, Place
from esk_engine.records import (
    Act,
    Change,
    CriteriaChange,
    Edit,
    LockChange,
    Patient,
    PatientChange,
    PersonChange,
    RestoreChange,
    SettingChange,
    SignatureChange,
)
from esk_engine.study import criteria_book
from esk_engine.study.found import first_changed, is_done, row_of
from esk_engine.study_file.state import StudyState
from esk_engine.study_file.updates import Told
from esk_engine.validation import check_patient

_ROW_NAMES = {
    Kind.READING: ("minute",),
    Kind.SAMPLE: ("minute", "analyte"),
    Kind.ADVERSE_EVENT: ("term", "phase"),
}


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The study as it was shown, and what was told of it since; nothing is told where all was read anew."""

    before: StudyState
    told: tuple[Told, ...]


def clashes(act: Act, meanwhile: Meanwhile, now: StudyState) -> tuple[Issue, ...]:
    """An issue for each change of something that others changed, to another value, since it was shown."""
    return tuple(
        _issue(change, meanwhile, now)
        for change in act.changes
        if _at_stake(change, meanwhile.before) != _at_stake(change, now) and not _is_so(change, now)
    )


def errors_made(patients: dict[str, Patient | None], meanwhile: Meanwhile, now: StudyState) -> tuple[Issue, ...]:
    """Errors across the fields of patients, as an act would leave them, that come of what others changed."""
    return tuple(
        issue
        for patient_id, after in patients.items()
        if after is not None and now.patients.get(patient_id) != meanwhile.before.patients.get(patient_id)
        for issue in _new_errors(now.patients.get(patient_id), after)
    )


def _new_errors(before: Patient | None, after: Patient) -> Iterator[Issue]:
    known = [] if before is None else [(issue.code, issue.variable, issue.params) for issue in check_patient(before)]
    for issue in check_patient(after):
        if issue.is_error and (issue.code, issue.variable, issue.params) not in known:
            yield replace(issue, place=Place(study_no=after.study_no))


def not_now(fault: Fault) -> Issue:
    """Why something cannot be written at this moment, beside its field."""
    if fault.code == "file_locked":
        return Issue("someone_writes", params={name: fault.params.get(name) for name in ("who", "pc", "since")})
    return Issue("cannot_write", params={"fault": fault.code})


def must_be_unchanged(act: Act, state: StudyState) -> None:
    """An undo or redo takes back what is still there; Fault ``changed_since`` where it is not."""
    change = first_changed(act.changes, state)
    if change is not None:
        study_no, variable = _place(change, state)
        raise Fault("changed_since", study_no=study_no, variable=variable)


def _at_stake(change: Change, state: StudyState) -> object:
    """What a person looked at who makes this change."""
    match change:
        case Edit():
            return _seen(change, state)
        case PatientChange() | SignatureChange():
            return state.patients.get(change.patient_id)
        case SettingChange():
            return state.settings.stored(change.name)
        case CriteriaChange():
            outcomes = criteria_book.outcomes_known(state.patients.values()) if change.name == "version" else None
            return state.criteria, state.in_use, outcomes
        case LockChange():
            return (change.patient_id, change.moment) in state.locks
        case PersonChange():
            return (state.pins if change.name == "pin" else state.people).get(change.initials)
        case RestoreChange():
            return state
        case _:
            return None


def _seen(edit: Edit, state: StudyState) -> object:
    """The value, and by what a person knew its row; None where there was none."""
    row = row_of(edit, state)
    return None if row is None else [row.get(name) for name in (edit.variable, *_ROW_NAMES.get(edit.kind, ()))]


def _is_so(change: Change, state: StudyState) -> bool:
    """Whether the others made the very same change."""
    is_one_value = isinstance(change, SettingChange) or (isinstance(change, Edit) and row_of(change, state) is not None)
    return is_one_value and is_done(change, state)


def _issue(change: Change, meanwhile: Meanwhile, now: StudyState) -> Issue:
    study_no, variable = _place(change, meanwhile.before)
    same = [each.person for each in meanwhile.told if _concerns(each.change, change)]
    params: dict[str, object] = {"study_no": study_no, "variable": variable, "who": same[-1] if same else "?"}
    place = Place(study_no=study_no)
    if not variable:
        return Issue("changed_meanwhile_whole", params=params, place=place)
    return Issue("changed_meanwhile", variable, params={**params, "now": _now(change, now)}, place=place)


def _now(change: Change, state: StudyState) -> object:
    """The one value that an edit or a setting finds."""
    if isinstance(change, Edit):
        row = row_of(change, state)
        return None if row is None else row.get(change.variable)
    return _at_stake(change, state)


def _place(change: Change, state: StudyState) -> tuple[str, str]:
    """Study number and variable of a change, "" for what it has none of."""
    patient = state.patients.get(getattr(change, "patient_id", ""))
    if isinstance(change, SettingChange):
        return "", change.name
    return "" if patient is None else patient.study_no, change.variable if isinstance(change, Edit) else ""


def _concerns(other: Change, change: Change) -> bool:
    """Whether another's change is of what this one is about."""
    if isinstance(other, Edit) and isinstance(change, Edit):
        names = (change.variable, *_ROW_NAMES.get(change.kind, ()))
        return other.record_id == change.record_id and other.variable in names
    if isinstance(other, SettingChange) and isinstance(change, SettingChange):
        return other.name == change.name
    patient_id = getattr(change, "patient_id", None)
    if patient_id is not None:
        return getattr(other, "patient_id", None) == patient_id
    return type(other) is type(change) or isinstance(change, RestoreChange)
