"""What is done to side effects, each as one act, so that one undo takes it back whole."""

from __future__ import annotations

from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Issue
from esk_engine.records import Act, Edit, Patient, Record, Value, new_id
from esk_engine.validation import parse


def parsed_term(text: str) -> tuple[str | None, tuple[Issue, ...]]:
    """The term that was typed: a code of table 6 where it is one of its labels, else as typed, single-spaced."""
    parsed = parse(variable(Kind.ADVERSE_EVENT, "term"), text)
    return (str(parsed.value) if parsed.value is not None else None), parsed.issues


def add_event(patient: Patient, term: str, phase: str | None, shown_term: str) -> tuple[Act, str]:
    """The act that adds a side effect, and the id of its record."""
    record_id = new_id()
    values: dict[str, Value] = {"term": term} | ({"phase": phase} if phase else {})
    edits = tuple(
        Edit(patient.id, Kind.ADVERSE_EVENT, record_id, name, None, value) for name, value in values.items()
    )
    return Act(edits, "add_adverse_event", params=_params(patient, shown_term)), record_id


def delete_event(patient: Patient, record: Record, shown_term: str) -> Act:
    """The act that takes a side effect away, with all its answers."""
    edits = tuple(
        Edit(patient.id, record.kind, record.id, name, value, None) for name, value in record.values.items()
    )
    return Act(edits, "delete_adverse_event", params=_params(patient, shown_term))


def _params(patient: Patient, shown_term: str) -> dict[str, str]:
    return {"study_no": patient.study_no, "term": shown_term}
