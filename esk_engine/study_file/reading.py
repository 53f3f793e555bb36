"""The study file as a reader sees it: everything is fetched at once, in one transaction, and the file is let go.

A reader never writes. Where a writer was cut off in the middle (a hot journal), the file is first brought back to its
last whole act under the writer's lock; where that lock or the right to write is not to be had, it "needs recovery".
"""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind, ValueType, variables_of
from esk_engine.errors import Fault
from esk_engine.records import BelowLloq, Patient, Record, Value, in_reading_order
from esk_engine.settings import SETTINGS
from esk_engine.study_file.connection import Key, connect, exists, fault_of, is_writable
from esk_engine.study_file.lock import WriterLock
from esk_engine.study_file.log import Head, LogLine
from esk_engine.study_file.schema import LLOQ_SUFFIX, LOG_COLUMNS, check_identity, existing_columns, file_version
from esk_engine.study_file.signatures import Signature, SignOff
from esk_engine.study_file.state import CriteriaState, StudyState, pin_digest

_ROW_KINDS = (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a study file holds: its data, and where its log ends."""

    state: StudyState
    head: Head


@contextlib.contextmanager
def without_collector() -> Generator[None]:
    """A million small objects come and none goes: the collector need not look at them again and again.

    What was loaded is set aside from it afterwards too: each of its rounds would hold an edit up for some 0.1 s with
    10,000 patients. References are still counted, so a study that is let go goes.
    """
    was_on = gc.isenabled()
    gc.disable()
    gc.unfreeze()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@contextlib.contextmanager
def reader(path: Path, key: Key) -> Generator[sql.Connection]:
    """A connection that only reads, in one transaction, on a file that is known to be a study.

    Raises
    ------
    Fault
        ``file_not_found``, ``not_a_study``, ``file_newer``, ``file_damaged``, ``file_needs_recovery``, ...
    """
    _must_exist(path)
    connection = _open_whole(path, key)
    try:
        yield connection
    except sql.Error as error:
        raise fault_of(error, path) from None
    finally:
        connection.close()


def _must_exist(path: Path) -> None:
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        raise Fault("not_a_study" if exists(path) else "file_not_found", path=str(path))


def _open_whole(path: Path, key: Key) -> sql.Connection:
    """A read-only connection, after recovering the file where that is needed and allowed."""
    try:
        return _begin(path, key)
    except Fault as fault:
        if fault.code != "file_read_only" or not has_journal(path):
            raise
    _recover(path, key)
    return _begin(path, key)


def _begin(path: Path, key: Key) -> sql.Connection:
    connection = connect(path, key, "ro")
    try:
        connection.execute("BEGIN")
        check_identity(connection, path)
    except sql.Error as error:
        connection.close()
        raise fault_of(error, path) from None
    except Fault:
        connection.close()
        raise
    return connection


def has_journal(path: Path) -> bool:
    """Whether there is a journal beside the file that holds anything: somebody writes now, or was cut off."""
    try:
        return path.with_name(path.name + "-journal").stat().st_size > 0
    except OSError:
        return False


def _recover(path: Path, key: Key) -> None:
    """Let SQLite roll back what a writer left half done.

    Raises
    ------
    Fault
        ``file_needs_recovery`` where that is not ours to do, ``file_damaged`` where the journal is not this study's.
    """
    from esk_engine.study_file.recovery import gives_whole_study, play_back  # that room reads through this one

    lock = WriterLock(path)
    try:
        if not is_writable(path):
            raise Fault("file_needs_recovery", path=str(path))
        lock.acquire("", "")
        if not gives_whole_study(path, path.with_name(path.name + "-journal"), key):
            raise Fault("file_damaged", path=str(path), detail="journal")
        play_back(path, key)
    except sql.Error as error:
        raise fault_of(error, path) from None
    except OSError:
        raise Fault("file_needs_recovery", path=str(path)) from None
    except Fault as fault:
        is_told = fault.code in ("file_damaged", "not_a_study") or fault.code.startswith("key_")
        raise fault if is_told else Fault("file_needs_recovery", path=str(path)) from None
    finally:
        lock.release()


def read_file(path: Path, key: Key) -> FileContent:
    """Everything that the study holds, without keeping the file open; Fault where it cannot be had."""
    with reader(path, key) as connection:
        damaged = damaged_pages(connection)
        if damaged:
            raise Fault("file_damaged", path=str(path), detail="; ".join(damaged[:5]))
        return read_content(connection, path)


def damaged_pages(connection: sql.Connection) -> tuple[str, ...]:
    """What SQLCipher says of pages that do not carry the seal of the key, or that are cut."""
    return tuple(str(row[0]) for row in connection.execute("PRAGMA cipher_integrity_check"))


def read_content(connection: sql.Connection, path: Path) -> FileContent:
    """Everything that the study holds, over an open connection.

    Raises
    ------
    Fault
        ``file_damaged`` where a page is, or a value is none of its variable.
    """
    try:
        state = StudyState(_patients(connection))
        for name, value in connection.execute("SELECT name, value FROM setting"):
            if name in {declared.name for declared in SETTINGS}:
                state.settings = state.settings.with_value(name, json.loads(value))
        state.criteria = _criteria(connection)
        row = connection.execute("SELECT set_id FROM criteria_in_use").fetchone()
        state.in_use = str(row[0]) if row else ""
        state.people = {str(who): str(role) for who, role in connection.execute("SELECT initials, role FROM person")}
        if file_version(connection) > 1:
            _read_protection(connection, state)
        if state.in_use not in state.criteria:
            raise ValueError("no criteria set is in use")
        return FileContent(state, read_head(connection))
    except sql.Error as error:
        raise fault_of(error, path) from None
    except (ValueError, TypeError, KeyError) as error:
        raise Fault("file_damaged", path=str(path), detail=str(error)) from None


def _read_protection(connection: sql.Connection, state: StudyState) -> None:
    """PINs, signatures and locks: what a file of version 1 does not have."""
    for initials, pin in connection.execute("SELECT initials, pin FROM person WHERE pin IS NOT NULL"):
        state.pins[str(initials)] = pin_digest(str(pin))
    columns = "id, patient_id, moment, person, role, utc, signed, void"
    for row in connection.execute(f"SELECT {columns} FROM signature ORDER BY rowid"):
        signature_id, patient_id, moment, person, role, utc, signed, void = row
        found = Signature(signature_id, patient_id, SignOff(moment), person, role, utc, signed, bool(void))
        state.signatures.setdefault(found.patient_id, {})[found.id] = found
    state.locks = {(str(row[0]), str(row[1])) for row in connection.execute("SELECT patient_id, moment FROM lock")}


def read_pin(path: Path, key: Key, initials: str) -> str:
    """The Argon2id text of somebody's PIN, "" where there is none."""
    with reader(path, key) as connection:
        if file_version(connection) < 2:
            return ""
        row = connection.execute("SELECT pin FROM person WHERE initials = ?", (initials,)).fetchone()
        return str(row[0] or "") if row else ""


def read_head(connection: sql.Connection) -> Head:
    """Where the log ends."""
    row = connection.execute("SELECT seq, act, hash FROM log ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head()


def _criteria(connection: sql.Connection) -> dict[str, CriteriaState]:
    query = (
        "SELECT s.set_id, v.canonical, s.deleted FROM criteria_set s"
        " LEFT JOIN criteria_version v ON v.id = s.version_id ORDER BY s.rowid"
    )
    return {row[0]: CriteriaState(row[0], row[1], bool(row[2])) for row in connection.execute(query)}


def _decoders(kind: Kind) -> dict[str, Callable[[Any], Value]]:
    """The variables of one kind whose column is not yet the value."""
    found: dict[str, Callable[[Any], Value]] = {}
    for declared in variables_of(kind):
        if declared.type is ValueType.DATE:
            found[declared.name] = date.fromisoformat
        elif declared.type is ValueType.DATETIME:
            found[declared.name] = datetime.fromisoformat
        elif declared.type is ValueType.CONCENTRATION:
            found[declared.name + LLOQ_SUFFIX] = BelowLloq
    return found


def _records(connection: sql.Connection, kind: Kind) -> Iterator[Record]:
    """All records of one kind, in the order in which they were made."""
    existing = existing_columns(connection, kind)
    names = [name for declared in variables_of(kind) for name in _columns(declared.name, existing)]
    decoders = _decoders(kind)
    owner = "id" if kind is Kind.PATIENT else "patient_id"
    for row in connection.execute(f"SELECT id, {owner}, {', '.join(names)} FROM {kind.value} ORDER BY rowid"):
        values: dict[str, Value] = {
            name: value for name, value in zip(names, row[2:], strict=True) if value is not None
        }
        for name, decode in decoders.items():
            if name in values:
                values[name.removesuffix(LLOQ_SUFFIX)] = decode(values.pop(name))
        yield Record(row[0], kind, row[1], values)


def _columns(name: str, existing: frozenset[str]) -> Iterator[str]:
    """The columns of one variable that the file has: an older one may lack some."""
    return (column for column in (name, name + LLOQ_SUFFIX) if column in existing)


def _patients(connection: sql.Connection) -> dict[str, Patient]:
    rows: dict[Kind, dict[str, list[Record]]] = {kind: {} for kind in _ROW_KINDS}
    for kind in _ROW_KINDS:
        of_patient = rows[kind]
        for record in _records(connection, kind):
            of_patient.setdefault(record.patient_id, []).append(record)
    patients: dict[str, Patient] = {}
    for record in _records(connection, Kind.PATIENT):
        own = (in_reading_order(kind, rows[kind].pop(record.id, ())) for kind in _ROW_KINDS)
        patients[record.id] = Patient(record, *own)
    orphans = sum(len(of_patient) for of_patient in rows.values())
    if orphans:
        raise ValueError(f"rows of {orphans} patients that are not there")
    return patients


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of the log are wanted; what is None filters nothing. ``newest`` keeps the last so many."""

    patient_id: str | None = None
    person: str | None = None
    variable: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after_seq: int = 0
    newest: int | None = None


def read_log(path: Path, key: Key, wanted: LogFilter) -> list[LogLine]:
    """The log's lines that pass a filter, the oldest first."""
    with reader(path, key) as connection:
        return list(log_lines(connection, wanted))


def log_lines(connection: sql.Connection, wanted: LogFilter) -> Iterator[LogLine]:
    """The log's lines that pass a filter, the oldest first, over an open connection."""
    tests: list[tuple[str, object]] = [("seq > ?", wanted.after_seq)]
    for name in ("patient_id", "person", "variable", "kind"):
        if getattr(wanted, name) is not None:
            tests.append((f"{name} = ?", getattr(wanted, name)))
    if wanted.since is not None:
        tests.append(("utc >= ?", _utc(wanted.since)))
    if wanted.until is not None:
        tests.append(("utc < ?", _utc(wanted.until)))
    where = " AND ".join(test for test, _ in tests)
    columns = ", ".join(LOG_COLUMNS)
    query = f"SELECT {columns} FROM log WHERE {where} ORDER BY seq"
    parameters = [value for _, value in tests]
    if wanted.newest is not None:
        query = f"SELECT {columns} FROM ({query} DESC LIMIT ?) ORDER BY seq"
        parameters.append(wanted.newest)
    return (LogLine(*row) for row in connection.execute(query, parameters))


def _utc(moment: datetime) -> str:
    """A moment as the log writes it; one without a zone is this computer's."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
