"""What one act writes: its values into the tables, and its lines, sealed, into the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind, ValueType, Variable, variable
from esk_engine.records import (
    BelowLloq,
    Change,
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
from esk_engine.study_file.encoding import encode_value
from esk_engine.study_file.log import Head, LoggedAct
from esk_engine.study_file.schema import LLOQ_SUFFIX, LOG_COLUMNS
from esk_engine.study_file.signatures import signature_of
from esk_engine.study_file.state import CriteriaState

_LOG_INSERT = f"INSERT INTO log ({', '.join(LOG_COLUMNS)}) VALUES ({', '.join('?' * len(LOG_COLUMNS))})"
Statement = tuple[str, tuple[Any, ...]]


class RowFate(StrEnum):
    """What an edit does to the row that it touches: rows come with their first value and go with their last."""

    COMES = "comes"
    STAYS = "stays"
    GOES = "goes"


@dataclass(frozen=True, slots=True)
class Step:
    """One change, what becomes of an edit's row, and the ids of the signatures that it makes void."""

    change: Change
    fate: RowFate = RowFate.STAYS
    voids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """An act ready to be written: its steps are the changes of ``logged``, in the same order."""

    logged: LoggedAct
    steps: tuple[Step, ...]


def write(connection: sql.Connection, writing: Writing, head: Head) -> Head:
    """Write one act in the caller's transaction and return where the log ends then."""
    statements = (statement for step in writing.steps for statement in _statements(step, writing.logged))
    for text, run in groupby(statements, key=itemgetter(0)):
        connection.executemany(text, (parameters for _, parameters in run))
    rows: list[tuple[object, ...]] = []
    sealed = head.hash
    for line in writing.logged.lines():
        sealed = line.sealed(sealed)
        rows.append((*line[:-1], sealed))
    connection.executemany(_LOG_INSERT, rows)
    return Head(writing.logged.last_seq, writing.logged.number, sealed)


def _statements(step: Step, logged: LoggedAct) -> Iterator[Statement]:
    change = step.change
    for signature_id in step.voids:
        yield ("UPDATE signature SET void = 1 WHERE id = ?", (signature_id,))
    match change:
        case Edit():
            yield _edit(change, step.fate)
        case PatientChange():
            yield from _patient(change)
        case SettingChange():
            cells = (change.name, encode_value(change.new))
            yield ("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", cells)
        case CriteriaChange():
            yield from _criteria(change, logged)
        case PersonChange():
            yield ("INSERT OR IGNORE INTO person (initials, role) VALUES (?, '')", (change.initials,))
            column, text = ("pin", change.secret or None) if change.name == "pin" else ("role", change.new or "")
            yield (f"UPDATE person SET {column} = ? WHERE initials = ?", (text, change.initials))
        case SignatureChange():
            yield _signature(change)
        case LockChange():
            place = (change.patient_id, change.moment)
            if change.is_locked:
                yield ("INSERT OR IGNORE INTO lock (patient_id, moment) VALUES (?, ?)", place)
            else:
                yield ("DELETE FROM lock WHERE patient_id = ? AND moment = ?", place)
        case KeyChange() | RestoreChange():  # the file itself is the value  # pragma: no branch
            pass


def _signature(change: SignatureChange) -> Statement:
    set_ = signature_of(change)
    cells = (set_.id, set_.patient_id, set_.moment.value, set_.person, set_.role, set_.utc, set_.signed)
    return (
        "INSERT INTO signature (id, patient_id, moment, person, role, utc, signed, void)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        cells,
    )


def _cells(declared: Variable, value: Value) -> Iterable[tuple[str, Any]]:
    """The columns of one variable and what they hold for one value."""
    if declared.type is ValueType.CONCENTRATION:
        below = isinstance(value, BelowLloq)
        yield declared.name, None if below else value
        yield declared.name + LLOQ_SUFFIX, value.lloq if below else None
    else:
        is_day = declared.type in (ValueType.DATE, ValueType.DATETIME)
        yield declared.name, value.isoformat() if is_day and value is not None else value  # type: ignore[union-attr]


def _edit(edit: Edit, fate: RowFate) -> Statement:
    table = edit.kind.value
    if fate is RowFate.GOES:
        return (f"DELETE FROM {table} WHERE id = ?", (edit.record_id,))
    cells = dict(_cells(variable(edit.kind, edit.variable), edit.new))
    if fate is RowFate.COMES:
        return _insert(edit.kind, edit.record_id, edit.patient_id, cells)
    assigned = ", ".join(f"{name} = ?" for name in cells)
    return (f"UPDATE {table} SET {assigned} WHERE id = ?", (*cells.values(), edit.record_id))


def _insert(kind: Kind, record_id: str, patient_id: str, cells: dict[str, Any]) -> Statement:
    columns = {"id": record_id} if kind is Kind.PATIENT else {"id": record_id, "patient_id": patient_id}
    columns.update(cells)
    marks = ", ".join("?" * len(columns))
    return (f"INSERT INTO {kind.value} ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))


def _record(record: Record) -> Statement:
    cells: dict[str, Any] = {}
    for name, value in record.values.items():
        cells.update(_cells(variable(record.kind, name), value))
    return _insert(record.kind, record.id, record.patient_id, cells)


def _patient(change: PatientChange) -> Iterator[Statement]:
    if change.old is not None:
        for record in change.old.records():
            yield (f"DELETE FROM {record.kind.value} WHERE id = ?", (record.id,))
    if change.new is not None:
        yield from _all_records(change.new)


def _all_records(patient: Patient) -> Iterator[Statement]:
    return (_record(record) for record in patient.records())


def _criteria(change: CriteriaChange, logged: LoggedAct) -> Iterator[Statement]:
    if change.name == "in_use":
        yield ("INSERT OR REPLACE INTO criteria_in_use (one, set_id) VALUES (1, ?)", (change.new,))
        return
    yield ("INSERT OR IGNORE INTO criteria_set (set_id, version_id, deleted) VALUES (?, NULL, 0)", (change.set_id,))
    if change.name == "deleted":
        yield ("UPDATE criteria_set SET deleted = ? WHERE set_id = ?", (int(bool(change.new)), change.set_id))
        return
    state = CriteriaState(change.set_id, change.new)
    if change.new is not None:
        saved = state.read()
        yield (
            # Undo and redo come back to a version that is there already: versions are never changed.
            "INSERT OR IGNORE INTO criteria_version (id, set_id, name, canonical, locked, utc, person)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                state.version_id,
                change.set_id,
                saved.name,
                change.new,
                int(saved.locked),
                logged.utc,
                logged.author.person,
            ),
        )
    yield ("UPDATE criteria_set SET version_id = ? WHERE set_id = ?", (state.version_id, change.set_id))
