"""What is typed into a field or sent as a line: read, checked against everything that it touches, then changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from esk_engine.dictionary import ValueType, has_variable, variable
from esk_engine.errors import Issue, Place
from esk_engine.records import Act, Edit, Patient
from esk_engine.study.events import Entry
from esk_engine.study.preparing import brief
from esk_engine.study_file.encoding import normalised
from esk_engine.validation import check_patient, check_value, parse


def entering(
    patient: Patient, entries: Sequence[Entry], today: date, reason: str
) -> tuple[Act | None, tuple[Issue, ...]]:
    """The act that enters some values of one patient, with every issue; no act where one of them is an error.

    An error that was there before and that the entry leaves as it was keeps nobody from entering something else.
    """
    issues: list[Issue] = []
    edits: list[Edit] = []
    after = patient
    for entry in entries:
        edit, found = _read(patient, entry, today)
        issues += (_placed(issue, patient, entry) for issue in found)
        if edit is not None:
            edits.append(edit)
            after = after.with_edit(edit)
    before = [_essence(issue) for issue in check_patient(patient)]
    touched = {(entry.variable, entry.record_id) for entry in entries}
    for issue in check_patient(after):
        concerned = (issue.variable, issue.params.get("record_id", patient.id)) in touched
        if concerned or _essence(issue) not in before:
            issues.append(replace(issue, place=Place(study_no=patient.study_no)))
    if any(issue.is_error for issue in issues):
        return None, tuple(issues)
    params = {"study_no": patient.study_no, "variable": entries[0].variable if entries else ""}
    name = "edit" if len(edits) < 2 else "edit_many"
    return Act(tuple(edits), name, reason, params=params), tuple(issues)


def _read(patient: Patient, entry: Entry, today: date) -> tuple[Edit | None, tuple[Issue, ...]]:
    """One entry as an edit, or the issues that keep it from being one."""
    if not has_variable(entry.kind, entry.variable):
        return None, (Issue("unknown_variable", entry.variable, params={"value": entry.variable}),)
    declared = variable(entry.kind, entry.variable)
    value, issues = entry.raw, ()
    if isinstance(value, str):
        parsed = parse(declared, value, today=today)
        value, issues = parsed.value, parsed.issues
    if any(issue.is_error for issue in issues):
        return None, issues
    try:
        value = normalised(declared, value)
    except ValueError:
        is_fraction = declared.type is ValueType.WHOLE and isinstance(value, float) and math.isfinite(value)
        code = "not_whole" if is_fraction else "wrong_type"
        return None, (Issue(code, entry.variable, params={"value": brief(entry.raw)}),)
    issues += check_value(declared, value, today=today)
    row = next((row for row in patient.rows(entry.kind) if row.id == entry.record_id), None)
    old = row.get(entry.variable) if row else None
    return Edit(patient.id, entry.kind, entry.record_id, entry.variable, old, value), issues


def _placed(issue: Issue, patient: Patient, entry: Entry) -> Issue:
    params = {**issue.params, "record_id": entry.record_id}
    return replace(issue, params=params, place=Place(study_no=patient.study_no))


def _essence(issue: Issue) -> tuple[str, str, dict[str, object]]:
    """What makes two issues the same, wherever they stand."""
    return issue.code, issue.variable, dict(issue.params)
