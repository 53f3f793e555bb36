"""What each form of an ``edit`` line means, driven through the study as the window drives it.

====================================================  ===============================================================
``{"patient": P, "new": true}``                       a new patient, with values where ``set`` gives some
``{"patient": P, "set": {...}}``                      single values; null takes one away
``{"patient": P, "delete": true}``                    the whole patient
``... "reading": MINUTE, "set": {...}``               a reading; with nothing left but its minute the row goes
``... "sample": MINUTE, "analyte": A, "set": {...}``  a sample, likewise
``... "adverse_event": TERM, "phase": F, "set": ..``  a side effect; ``"delete": true`` takes any of these rows out
``{"patient": P, "sign": MOMENT}``                    signs inclusion, infusion, laboratory or evaluation
``{"patient": P, "unlock": MOMENT, "reason": ...}``   opens it again
``{"lock": true}``, ``{"unlock": true, "reason": .}``  the whole study; ``pin`` with each where the study asks for PINs
``{"criteria": SET}``                                 saves a criteria set (a new version of its name) and uses it
``{"settings": {...}}``                               settings
``{"undo": true}``, ``{"redo": true}``                of the acts of this run
====================================================  ===============================================================

Any of them may carry a ``reason``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from typing import Any, cast

from esk_engine.cli.json_in import json_text
from esk_engine.cohort import term_key
from esk_engine.criteria import criteria_set_from_json
from esk_engine.dictionary import Kind, ValueType, has_variable, variable
from esk_engine.errors import Fault, Issue, Refused
from esk_engine.exchange.cells import number_text
from esk_engine.exchange.layout import setting_column
from esk_engine.exchange.workbook_in import code_words
from esk_engine.records import Act, Edit, Patient, Record, SettingChange, Value, make_patient, new_id
from esk_engine.settings import SETTINGS, setting
from esk_engine.study import Entry, SignOff, Study
from esk_engine.study.entry import entering
from esk_engine.validation import check_value, parse

Json = Mapping[str, Any]
Saved = tuple[int, tuple[Issue, ...]]
_ROWS = {"reading": Kind.READING, "sample": Kind.SAMPLE, "adverse_event": Kind.ADVERSE_EVENT}
_KEYS = {
    "reading": {"patient", "reading", "set", "delete", "reason"},
    "sample": {"patient", "sample", "analyte", "set", "delete", "reason"},
    "adverse_event": {"patient", "adverse_event", "phase", "set", "delete", "reason"},
    "sign": {"patient", "sign", "pin"},
    "unlock": {"patient", "unlock", "pin", "reason"},
    "lock": {"lock", "pin", "reason"},
    "patient": {"patient", "new", "set", "delete", "reason"},
    "criteria": {"criteria", "reason"},
    "settings": {"settings", "reason"},
    "undo": {"undo"},
    "redo": {"redo"},
}
_LARGEST = 1e15


class LineEditor:
    """Carries out lines on one open study.

    Parameters
    ----------
    today
        Asked for each line: a run may outlast midnight.
    """

    def __init__(self, study: Study, today: Callable[[], date]) -> None:
        self._study, self._today, self._words = study, today, code_words()

    def carry_out(self, line: Json) -> Saved:
        """One line; the number of the last log line once it is on disk, and the warnings.

        Raises
        ------
        Fault
            Where it is refused, or cannot be written; nothing was changed by a refused line.
        """
        form = next((key for key in _KEYS if key in line), "")
        unknown = sorted(set(line) - _KEYS.get(form, set()))
        if not form or unknown:
            raise Fault("line_unknown", value=json_text(unknown or list(line)))
        reason = line.get("reason", "")
        if not isinstance(reason, str):
            raise Fault("line_shape", value="reason")
        saved, warnings = self._act(form, line, reason)
        return self._study.wait_saved(saved), warnings

    def _act(self, form: str, line: Json, reason: str) -> tuple[Future[int], tuple[Issue, ...]]:
        match form:
            case "criteria":
                return self._criteria(line["criteria"], reason), ()
            case "settings":
                return self._settings(_object(line, "settings"), reason), ()
            case "undo" | "redo":
                _flag(line, form)
                return (self._study.undo() if form == "undo" else self._study.redo()), ()
            case "sign" | "unlock" | "lock":
                return self._protect(form, line, reason), ()
            case "patient":
                return self._patient(line, reason)
            case _:
                return self._row(_ROWS[form], line, reason)

    # Signatures and locks

    def _protect(self, form: str, line: Json, reason: str) -> Future[int]:
        study, initials, pin = self._study, self._study.person.initials, line.get("pin", "")
        if not isinstance(pin, str):
            raise Fault("line_shape", value="pin")
        if "patient" not in line:
            _flag(line, form)
            if form == "lock":
                return study.lock_study(initials=initials, pin=pin, reason=reason)
            if form == "unlock":
                return study.unlock_study(initials=initials, pin=pin, reason=reason)
            raise Fault("line_shape", value="patient")
        try:
            moment = SignOff(line[form])
        except ValueError:
            raise Fault("line_shape", value=form) from None
        patient_id = self._known(line).id
        if form == "sign":
            return study.sign(patient_id, moment, initials=initials, pin=pin)
        return study.unlock(patient_id, moment, reason)

    # Patients

    def _study_no(self, line: Json) -> str:
        raw = line.get("patient")
        text = number_text(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
        if not isinstance(text, str):
            raise Fault("line_shape", value="patient")
        return str(self._parsed(Kind.PATIENT, "study_no", text))

    def _known(self, line: Json) -> Patient:
        study_no = self._study_no(line)
        found = self._study.patient_by_study_no(study_no)
        if found is None:
            raise Refused((Issue("no_such_patient", "study_no", params={"value": study_no}),))
        return found

    def _patient(self, line: Json, reason: str) -> tuple[Future[int], tuple[Issue, ...]]:
        if _flag(line, "new"):
            return self._new(line, reason)
        patient = self._known(line)
        if _flag(line, "delete"):
            return self._study.delete_patient(patient.id, reason), ()
        return self._enter(patient, self._entries(Kind.PATIENT, patient.id, _object(line, "set")), reason)

    def _new(self, line: Json, reason: str) -> tuple[Future[int], tuple[Issue, ...]]:
        """A new patient; its values are entered as a field's would be, and it comes whole or not."""
        study_no = self._study_no(line)
        if self._study.patient_by_study_no(study_no) is not None:
            raise Refused((Issue("duplicate_study_no", "study_no", params={"value": study_no}),))
        patient, issues = make_patient({"study_no": study_no}), ()
        if "set" in line:
            entries = self._entries(Kind.PATIENT, patient.id, _object(line, "set"))
            act, issues = entering(patient, entries, self._today(), reason)
            if act is None:
                raise Refused(issues)
            for change in act.changes:
                patient = patient.with_edit(change) if isinstance(change, Edit) else patient
        return self._study.add(patient, reason).saved, tuple(issue for issue in issues if not issue.is_error)

    def _enter(
        self, patient: Patient, entries: tuple[Entry, ...], reason: str
    ) -> tuple[Future[int], tuple[Issue, ...]]:
        result = self._study.enter(patient.id, entries, self._today(), reason)
        if result.saved is None:
            raise Refused(result.issues)
        return result.saved, result.issues

    def _entries(self, kind: Kind, record_id: str, values: Json) -> tuple[Entry, ...]:
        wrong = tuple(
            Issue("wrong_type", name, params={"value": json_text(value)})
            for name, value in values.items()
            if _is_no_text_for(kind, name, value)
        )
        if wrong:
            raise Refused(wrong)
        return tuple(Entry(kind, record_id, name, self._raw(kind, name, value)) for name, value in values.items())

    def _raw(self, kind: Kind, name: str, value: object) -> Value:
        """A JSON value as an entry takes it: text as typed, a number as a number; what fits nowhere as text too."""
        if not has_variable(kind, name):
            return json_text(value)
        declared = variable(kind, name)
        if isinstance(value, bool) and declared.type is ValueType.CODE and "yes" in declared.codes:
            return "yes" if value else "no"
        if value is None:
            return None
        if isinstance(value, str):
            is_code = declared.type is ValueType.CODE
            return (self._words.variable_code(declared, value) if is_code else None) or value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST:
            return value if declared.is_numeric else number_text(value)
        return json_text(value)

    def _parsed(self, kind: Kind, name: str, text: str) -> Value:
        """A key of a row, or a study number; Refused where it is none."""
        declared = variable(kind, name)
        raw = self._raw(kind, name, text)
        parsed = parse(declared, str(raw), today=self._today())
        issues = (*parsed.issues, *check_value(declared, parsed.value, today=self._today()))
        if parsed.value is None and not issues:
            issues = (Issue("value_missing", name),)
        if any(issue.is_error for issue in issues):
            raise Refused(issues)
        return parsed.value

    # Rows

    def _row(self, kind: Kind, line: Json, reason: str) -> tuple[Future[int], tuple[Issue, ...]]:
        patient, keys = self._known(line), self._keys(kind, line)
        row = _find(patient, kind, keys)
        if _flag(line, "delete"):
            if row is None:
                raise Refused(
                    (Issue("no_such_row", next(iter(keys)), params={"value": str(next(iter(keys.values())))}),)
                )
            return self._study.delete_row(patient.id, row.id, reason), ()
        may_be_bare = kind is Kind.ADVERSE_EVENT  # a complaint is something by itself, a minute is not
        values: Json = _object(line, "set") if "set" in line or not may_be_bare else {}
        if row is not None and _leaves_nothing(row, keys, values):
            return self._study.delete_row(patient.id, row.id, reason), ()
        if row is None and not may_be_bare and all(_is_blank(value) for value in values.values()):
            entries = self._entries(kind, new_id(), values)  # nothing comes of it, but what is wrong in it is told
            return self._enter(patient, entries, reason)
        record_id = row.id if row is not None else new_id()
        fresh = {} if row is not None else {name: key for name, key in keys.items() if key is not None}
        entries = self._entries(kind, record_id, {**fresh, **values})
        return self._enter(patient, entries, reason)

    def _keys(self, kind: Kind, line: Json) -> dict[str, Value]:
        """What tells one row of its kind from the others."""
        if kind is Kind.READING:
            return {"minute": self._key(kind, "minute", line, "reading")}
        if kind is Kind.SAMPLE:
            return {
                "minute": self._key(kind, "minute", line, "sample"),
                "analyte": self._key(kind, "analyte", line, "analyte"),
            }
        phase = self._key(kind, "phase", line, "phase") if line.get("phase") is not None else None
        return {"term": self._key(kind, "term", line, "adverse_event"), "phase": phase}

    def _key(self, kind: Kind, name: str, line: Json, key: str) -> Value:
        value = line.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST:
            value = number_text(value)
        if not isinstance(value, str):
            raise Fault("line_shape", value=key)
        return self._parsed(kind, name, value)

    # Criteria and settings

    def _criteria(self, raw: object, reason: str) -> Future[int]:
        """Save a set and let it classify, as one act; a name alone chooses a set that is there."""
        study = self._study
        if isinstance(raw, str):
            found = next((each for each in study.criteria_sets if each.name == raw), None)
            if found is None:
                raise Fault("criteria_unknown", value=raw)
            return study.use_criteria_set(found.set_id, reason)
        wanted = criteria_set_from_json(raw)
        own = next((e for e in study.criteria_sets if e.name.casefold() == wanted.name.casefold()), None)
        if own is not None and own.criteria == wanted.criteria:
            return study.use_criteria_set(own.set_id, reason)
        saved = replace(wanted, set_id=own.set_id if own is not None else new_id())
        return study.save_criteria_set(saved, reason, use=True)

    def _settings(self, values: Json, reason: str) -> Future[int]:
        """Every setting of the line as one act."""
        changes: list[SettingChange] = []
        issues: list[Issue] = []
        for name, value in values.items():
            change, found = self._setting(name, value)
            issues += found
            if change is not None:
                changes.append(change)
        if issues:
            raise Refused(tuple(issues))
        return self._study.apply(Act(tuple(changes), "setting", reason, params={"setting": ", ".join(values)}))

    def _setting(self, name: str, value: object) -> tuple[SettingChange | None, tuple[Issue, ...]]:
        if name not in {declared.name for declared in SETTINGS}:
            return None, (Issue("setting_unknown", name, params={"value": name}),)
        declared = setting_column(setting(name))
        if isinstance(value, bool) and "yes" in declared.codes:
            value = "yes" if value else "no"
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST:
            value = number_text(value)
        if value is None and declared.type is ValueType.TEXT:
            value = ""
        if not isinstance(value, str):
            return None, (Issue("wrong_type", name, params={"value": json_text(value)}),)
        code = self._words.variable_code(declared, value) if declared.type is ValueType.CODE else None
        parsed = parse(declared, code or value, today=self._today())
        issues = (*parsed.issues, *check_value(declared, parsed.value, today=self._today()))
        if issues:
            return None, issues
        return SettingChange(name, self._study.settings.stored(name), parsed.value), ()


def _is_no_text_for(kind: Kind, name: str, value: object) -> bool:
    """Whether a text is due and something else came that would only look like one, as ``{"a": 1}`` would."""
    if not has_variable(kind, name) or variable(kind, name).type is not ValueType.TEXT:
        return False
    return isinstance(value, (bool, list, dict))


def _flag(line: Json, name: str) -> bool:
    """Whether a line has ``name: true``; anything else under that name is none."""
    if name not in line:
        return False
    if line[name] is not True:
        raise Fault("line_shape", value=name)
    return True


def _object(line: Json, name: str) -> Json:
    value = line.get(name)
    if not isinstance(value, dict) or not value:
        raise Fault("line_shape", value=name)
    return cast("dict[str, Any]", value)


def _find(patient: Patient, kind: Kind, keys: Mapping[str, Value]) -> Record | None:
    """The row that the keys tell; a side effect without a phase is told only where there is one of its term."""
    if kind is not Kind.ADVERSE_EVENT:
        return next((r for r in patient.rows(kind) if all(r.get(n) == key for n, key in keys.items())), None)
    term, phase = term_key(str(keys["term"])), keys["phase"]
    found = [row for row in patient.rows(kind) if term_key(str(row.get("term") or "")) == term]
    if phase is not None:
        return next((row for row in found if row.get("phase") == phase), None)
    return found[0] if len(found) == 1 else None


def _is_blank(value: object) -> bool:
    """Whether a value is typed away: null, or text of spaces alone."""
    return value is None or (isinstance(value, str) and not value.strip())


def _leaves_nothing(row: Record, keys: Mapping[str, Value], values: Json) -> bool:
    """Whether taking these values away leaves a row that says nothing but which one it was."""
    if not values or not all(_is_blank(value) for value in values.values()) or row.kind is Kind.ADVERSE_EVENT:
        return False
    return not set(row.values) - set(keys) - set(values)
