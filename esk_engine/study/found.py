"""What a change finds: whether what it takes away is still there, or what it brings is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from esk_engine.dictionary import Kind
from esk_engine.records import (
    Change,
    CriteriaChange,
    Edit,
    LockChange,
    Patient,
    PatientChange,
    PersonChange,
    Record,
    SettingChange,
    SignatureChange,
)
from esk_engine.study_file.encoding import patient_form
from esk_engine.study_file.signatures import signature_of, signed_text
from esk_engine.study_file.state import StudyState


def first_changed(changes: Sequence[Change], state: StudyState) -> Change | None:
    """The first of an act's changes, made one after the other, whose old value is not what is there; None: all are."""
    scratch = state.copy() if len(changes) > 1 else state
    for change in changes:
        if not is_old(change, scratch):
            return change
        if len(changes) > 1:
            scratch.apply(change)
    return None


def is_old(change: Change, state: StudyState) -> bool:
    """Whether what a change takes away is what is there."""
    match change:
        case SignatureChange():
            signature = signature_of(change)
            patient = state.patients.get(change.patient_id)
            return patient is not None and signed_text(patient, signature.moment) == signature.signed
        case LockChange():
            return ((change.patient_id, change.moment) in state.locks) != change.is_locked
        case Edit() | PatientChange() | SettingChange() | CriteriaChange() | PersonChange():
            return _is_there(change, change.old, state)
        case _:
            return False  # a passphrase or a restore concerns all


def is_done(change: Change, state: StudyState) -> bool:
    """Whether what a change brings is what is there."""
    match change:
        case SignatureChange():
            return change.signature_id in state.signatures.get(change.patient_id, {})
        case LockChange():
            return ((change.patient_id, change.moment) in state.locks) == change.is_locked
        case Edit() | PatientChange() | SettingChange() | CriteriaChange() | PersonChange():
            return _is_there(change, change.new, state)
        case _:
            return False


def _is_there(
    change: Edit | PatientChange | SettingChange | CriteriaChange | PersonChange, wanted: object, state: StudyState
) -> bool:
    """Whether the place of a change holds this."""
    match change:
        case Edit():
            row = row_of(change, state)
            return (None if row is None else row.get(change.variable)) == wanted
        case PatientChange():
            return _form(state.patients.get(change.patient_id)) == _form(wanted)
        case SettingChange():
            return state.settings.stored(change.name) == wanted
        case CriteriaChange(name="in_use"):
            return state.in_use == wanted
        case CriteriaChange(name="deleted"):
            found = state.criteria.get(change.set_id)
            return (found is not None and found.deleted) == bool(wanted)
        case CriteriaChange():
            found = state.criteria.get(change.set_id)
            return (None if found is None else found.version) == wanted
        case PersonChange():
            return (state.pins if change.name == "pin" else state.people).get(change.initials) == wanted


def row_of(edit: Edit, state: StudyState) -> Record | None:
    """The record that an edit is of; None where it, or its patient, is not there."""
    patient = state.patients.get(edit.patient_id)
    if patient is None or edit.kind is Kind.PATIENT:
        return None if patient is None else patient.record
    return next((row for row in patient.rows(edit.kind) if row.id == edit.record_id), None)


def _form(patient: object) -> object:
    """A patient whatever the order of its rows: a row that went and came back stands last."""
    if not isinstance(patient, Patient):
        return None
    rows = {row.id: row for row in patient.records()}
    return patient_form(replace(patient, readings=(), samples=(), adverse_events=())), rows
