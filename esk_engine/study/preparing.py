"""An act made ready: its values in their one form, what was there before read from the study itself, or refused whole.

Issue codes: ``no_such_patient``, ``unknown_variable``, ``wrong_type``, ``bad_study_no``, ``study_no_missing``,
``duplicate_study_no``, ``signed_locked``, ``study_locked``, ``reason_needed``, and those of ``validation.check_value``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from esk_engine.dictionary import Kind, Moment, ValueType, Variable, has_variable, variable
from esk_engine.errors import Issue, Place, Refused
from esk_engine.records import (
    Act,
    CriteriaChange,
    Edit,
    KeyChange,
    LockChange,
    Patient,
    PatientChange,
    PersonChange,
    Record,
    RestoreChange,
    SettingChange,
    SignatureChange,
    Value,
)
from esk_engine.settings import SettingDeclaration, Settings, setting
from esk_engine.study_file.encoding import normalised, repaired_text
from esk_engine.study_file.state import STUDY_LOCK, StudyState
from esk_engine.study_file.writing import RowFate, Step
from esk_engine.validation import check_value

_STUDY_NO = re.compile(r"[A-Z0-9-]{1,16}")


def refused(code: str, name: str = "", value: object = "", study_no: str = "", **params: object) -> Refused:
    """One error by its code, ready to be raised."""
    return Refused((Issue(code, name, params={"value": value, **params}, place=Place(study_no=study_no)),))


def brief(value: object) -> str:
    """A value as a message may repeat it."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")[:60]
    try:
        return repr(value)[:60]
    except ValueError:  # a whole number with more digits than Python writes out
        return type(value).__name__


class Preparation:
    """One act over the state before it; ``patients`` holds every patient that it touches (None: gone)."""

    def __init__(self, state: StudyState, id_of: Callable[[str], str | None]) -> None:
        self._state = state
        self._id_of = id_of
        self._reason = ""
        self._settings: Settings = state.settings
        self.patients: dict[str, Patient | None] = {}

    def steps(self, act: Act) -> tuple[Step, ...]:
        """The act's changes, without those that change nothing; Refused where one cannot be made."""
        is_new = act.undoes is None
        self._reason = act.reason.strip()
        steps = tuple(step for change in act.changes for step in self._step(change, is_new))
        self._check_study_numbers()
        return steps

    def _step(self, change: object, is_new: bool) -> Iterator[Step]:
        match change:
            case Edit():
                yield from self._edit(change, is_new)
            case PatientChange():
                yield from self._patient(change)
            case SettingChange():
                yield from self._setting(change)
            case CriteriaChange():
                if change.old != change.new:
                    yield Step(change)
            case SignatureChange() | LockChange():
                patient = self._current(change.patient_id)
                if patient is not None:
                    self.patients[patient.id] = patient  # whoever shows this patient looks again
                yield Step(change)
            case PersonChange() | KeyChange() | RestoreChange():
                yield Step(change)
            case _:
                raise TypeError(f"not a change: {change!r}")

    def _current(self, patient_id: str) -> Patient | None:
        return self.patients[patient_id] if patient_id in self.patients else self._state.patients.get(patient_id)

    def _edit(self, edit: Edit, is_new: bool) -> Iterator[Step]:
        patient = self._current(edit.patient_id)
        if patient is None:
            raise refused("no_such_patient", value=edit.patient_id)
        if not has_variable(edit.kind, edit.variable):
            raise refused("unknown_variable", edit.variable, study_no=patient.study_no)
        if edit.kind is Kind.PATIENT:
            edit = replace(edit, record_id=patient.id)
        if edit.record_id != repaired_text(edit.record_id):
            raise refused("wrong_type", edit.variable, brief(edit.record_id), patient.study_no)
        new = _value(variable(edit.kind, edit.variable), edit.new, patient.study_no)
        if is_new:
            _check(variable(edit.kind, edit.variable), new, patient.study_no)
        row = next((row for row in patient.rows(edit.kind) if row.id == edit.record_id), None)
        edit = replace(edit, old=row.get(edit.variable) if row else None, new=new)
        if edit.old == edit.new:
            return
        voids = self._guarded(edit, patient.study_no, edit.variable)
        after = patient.with_edit(edit)
        self.patients[patient.id] = after
        if row is None:
            yield Step(edit, RowFate.COMES, voids)
        else:
            stays = edit.kind is Kind.PATIENT or any(row.id == edit.record_id for row in after.rows(edit.kind))
            yield Step(edit, RowFate.STAYS if stays else RowFate.GOES, voids)

    def _patient(self, change: PatientChange) -> Iterator[Step]:
        old = self._current(change.patient_id)
        if old is None and change.new is None:
            raise refused("no_such_patient", value=change.patient_id)
        new = None if change.new is None else _whole(change.new)
        if old == new:
            return
        change = PatientChange(change.patient_id, old, new)
        present = old or new
        voids = self._guarded(change, "" if present is None else present.study_no)
        self.patients[change.patient_id] = new
        yield Step(change, voids=voids)

    def _guarded(self, change: Edit | PatientChange, study_no: str, variable: str = "") -> tuple[str, ...]:
        """The signatures that a change makes void; Refused where it is kept from being made, or wants a reason."""
        state = self._state
        if STUDY_LOCK in state.locks:
            raise refused("study_locked", variable, study_no=study_no)
        signed = state.signatures.get(change.patient_id)
        if not signed:
            return ()
        moments = state.moments(change)
        for moment in sorted(moments):
            if (change.patient_id, moment.value) in state.locks:
                last = [each for each in signed.values() if each.moment is moment][-1]
                place = {"moment": moment.value, "person": last.person, "when": last.when}
                raise refused("signed_locked", variable, study_no=study_no, **place)
        if not self._reason and any(each.moment in moments for each in signed.values()):
            raise refused("reason_needed", variable, study_no=study_no)
        return tuple(each.id for each in state.touched(change))

    def _setting(self, change: SettingChange) -> Iterator[Step]:
        new = setting_value(change.name, change.new)
        old = self._settings.stored(change.name)
        if old != new:
            self._settings = self._settings.with_value(change.name, new)
            yield Step(SettingChange(change.name, old, new))

    def _check_study_numbers(self) -> None:
        """Every patient of the act has a number, and nobody else's: looked at once all changes are made."""
        taken: dict[str, str] = {}
        for patient_id, patient in self.patients.items():
            if patient is None:
                continue
            number = patient.study_no
            if not number:
                raise refused("study_no_missing", "study_no")
            other = taken.setdefault(number, patient_id)
            holder = self._id_of(number)
            if holder is not None and holder in self.patients:
                now = self.patients[holder]
                holder = holder if now is not None and now.study_no == number else None
            if other != patient_id or (holder is not None and holder != patient_id):
                raise refused("duplicate_study_no", "study_no", number, number)


def _value(declared: Variable, value: Value, study_no: str) -> Value:
    """The value in its one form; Refused where it is none of its variable."""
    try:
        clean = normalised(declared, value)
    except ValueError:
        raise refused("wrong_type", declared.name, brief(value), study_no) from None
    if declared.name == "study_no" and isinstance(clean, str):
        clean = clean.strip().upper()
        if not _STUDY_NO.fullmatch(clean):
            raise refused("bad_study_no", "study_no", clean[:60], study_no)
    return clean


def _check(declared: Variable, value: Value, study_no: str) -> None:
    """Limits and codes once more, for values that did not come through an entry field."""
    errors = tuple(issue for issue in check_value(declared, value, today=date.today(), soft=False) if issue.is_error)
    if not errors and declared.max_length is not None and isinstance(value, str) and len(value) > declared.max_length:
        raise refused("too_long", declared.name, value[:60], study_no, max_length=declared.max_length)
    if errors:
        raise Refused(tuple(replace(issue, place=Place(study_no=study_no)) for issue in errors))


def _whole(patient: Patient) -> Patient:
    """A patient with all its values in their one form."""

    def clean(record: Record) -> Record:
        values: dict[str, Value] = {}
        for name, raw in record.values.items():
            if not has_variable(record.kind, name):
                raise refused("unknown_variable", name, study_no=patient.study_no)
            value = _value(variable(record.kind, name), raw, patient.study_no)
            if value is not None:
                values[name] = value
        return replace(record, values=values)

    rows = (tuple(clean(row) for row in patient.rows(kind)) for kind in (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT))
    return Patient(clean(patient.record), *(tuple(row for row in kept if row.values) for kept in rows))


def setting_value(name: str, value: Value) -> Value:
    """A setting in its one form; Refused where it may not be that, or is missing and no text."""
    declared = _as_variable(setting(name))
    clean = _value(declared, value, "")
    _check(declared, clean, "")
    if clean is None and declared.type is not ValueType.TEXT:
        raise refused("wrong_type", name, "")
    return "" if clean is None else clean


def _as_variable(declared: SettingDeclaration) -> Variable:
    """A setting as a variable, so that it is read and checked by the same rules."""
    return Variable(
        declared.name,
        Kind.PATIENT,
        declared.type,
        Moment.ANY,
        declared.unit,
        declared.hard,
        codes=declared.codes,
        max_length=declared.max_length,
    )
