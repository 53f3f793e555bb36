"""The log: every change is a line, and every line seals the one before it.

``hash`` is the SHA-256, in hexadecimal, of the UTF-8 text of one JSON array without spaces: the hash of the line before
("" for the first), then every other column in the table's order; NULL is ``null``, texts are in NFC.

========  ==================================================================================================
column    holds
========  ==================================================================================================
seq       1, 2, 3, ... without a gap
utc       when it was done, ``2024-01-16T13:02:11.123Z``; order is by seq, clocks are not trusted
person    initials; ``pc`` the computer's name, ``program`` name and version of what wrote it
act       number of the act; all lines of an act were written together. ``undoes_act``: the act it takes back
kind      patient, reading, sample, adverse_event, setting, criteria, person, signature, lock, passphrase, restore
          or study
variable  its name; NULL where a whole patient comes (old is NULL), goes (new is NULL) or is replaced
old, new  canonical JSON (see ``encoding``); NULL where there was or is no value
========  ==================================================================================================

A criteria line has the set's id as its record and ``version`` (the whole version as JSON), ``in_use`` or ``deleted`` as
its variable; a person line the initials and ``role`` or ``pin`` (a digest of the PIN's Argon2id text, never that text);
a signature line its id and the moment, and as ``new`` who signed which values when; a lock line the moment, or
``study`` without a patient; a restore line ``backup``, with its file, its head and the heads that it leaves behind. The
first line of all has kind ``study``, the study's id as its record and the program as its value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from esk_engine.dictionary import Kind
from esk_engine.records import (
    Change,
    CriteriaChange,
    Edit,
    KeyChange,
    LockChange,
    Patient,
    PatientChange,
    PersonChange,
    RestoreChange,
    SettingChange,
    SignatureChange,
    Value,
)
from esk_engine.study_file.encoding import (
    canonical_json,
    decode_patient,
    decode_value,
    encode_patient,
    encode_value,
)
from esk_engine.study_file.signatures import signature_of
from esk_engine.study_file.state import STUDY_LOCK

RECORD_KINDS = frozenset(kind.value for kind in Kind)
_WHOLE_TEXTS = frozenset(("version", "backup"))  # old and new are a JSON object, given as its text


class LogLine(NamedTuple):
    """One line of the log, its columns as they stand in the file."""

    seq: int
    utc: str
    person: str
    pc: str
    program: str
    act: int
    undoes_act: int | None
    kind: str
    record_id: str | None
    patient_id: str | None
    variable: str | None
    old: str | None
    new: str | None
    reason: str | None
    hash: str = ""

    @property
    def when(self) -> datetime:
        """When it was done, in this computer's time zone."""
        return datetime.fromisoformat(self.utc).astimezone()

    @property
    def old_value(self) -> Value | Patient:
        return self._value(self.old)

    @property
    def new_value(self) -> Value | Patient:
        return self._value(self.new)

    def _value(self, text: str | None) -> Value | Patient:
        """What ``old`` or ``new`` says; a criteria version as its JSON text."""
        if text is None:
            return None
        if self.kind in RECORD_KINDS:
            return decode_value(Kind(self.kind), self.variable, text) if self.variable else decode_patient(text)
        return text if self.variable in _WHOLE_TEXTS or self.kind == "signature" else json.loads(text)

    def sealed(self, previous: str) -> str:
        """The hash that this line has after a line with the hash ``previous``."""
        return hashlib.sha256(canonical_json([previous, *self[:-1]]).encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends: its last line's number and hash, and its last act."""

    seq: int = 0
    act: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, where, with which program."""

    person: str
    pc: str
    program: str


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """An act on its way to the file: its changes are its lines, from ``first_seq`` on.

    ``study_id`` is given by the act that founds a study; its line comes first.
    """

    number: int
    first_seq: int
    utc: str
    author: Author
    changes: tuple[Change, ...]
    reason: str = ""
    undoes: int | None = None
    study_id: str = ""

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.changes) - (0 if self.study_id else 1)

    def lines(self) -> Iterator[LogLine]:
        """The act's lines, not sealed yet."""
        entries: Iterable[_Entry] = (_entry(change) for change in self.changes)
        if self.study_id:
            founded = ("study", self.study_id, None, "founded", None, canonical_json(self.author.program))
            entries = (founded, *entries)
        for seq, entry in enumerate(entries, self.first_seq):
            author = self.author
            yield LogLine(
                seq,
                self.utc,
                author.person,
                author.pc,
                author.program,
                self.number,
                self.undoes,
                *entry,
                self.reason or None,
            )


_Entry = tuple[str, str | None, str | None, str | None, str | None, str | None]


def _entry(change: Change) -> _Entry:
    """(kind, record_id, patient_id, variable, old, new) of one change."""
    match change:
        case Edit():
            old, new = encode_value(change.old), encode_value(change.new)
            return (change.kind.value, change.record_id, change.patient_id, change.variable, old, new)
        case PatientChange():
            old, new = encode_patient(change.old), encode_patient(change.new)
            return (Kind.PATIENT.value, change.patient_id, change.patient_id, None, old, new)
        case SettingChange():
            return ("setting", None, None, change.name, encode_value(change.old), encode_value(change.new))
        case CriteriaChange(name="version"):
            return ("criteria", change.set_id, None, change.name, change.old, change.new)
        case CriteriaChange():
            return ("criteria", change.set_id, None, change.name, encode_value(change.old), encode_value(change.new))
        case PersonChange():
            return (
                "person",
                change.initials,
                None,
                change.name,
                encode_value(change.old),
                encode_value(change.new),
            )
        case SignatureChange():
            return ("signature", change.signature_id, change.patient_id, change.moment, None, change.new)
        case LockChange():
            old, new = _yes(not change.is_locked), _yes(change.is_locked)
            return ("lock", None, change.patient_id or None, change.moment, old, new)
        case KeyChange():
            return ("passphrase", None, None, "passphrase", _yes(change.had_passphrase), _yes(change.has_passphrase))
        case RestoreChange():  # pragma: no branch
            return ("restore", None, None, "backup", None, change.new)


def _yes(holds: bool) -> str | None:
    return encode_value("yes") if holds else None


def change_of(line: LogLine) -> Change | None:
    """The change that a line tells of, None for the founding line.

    Raises
    ------
    KeyError, ValueError
        Where the line tells of nothing that Esk knows.
    """
    if line.kind == "study":
        return None
    record_id, name = line.record_id or "", line.variable or ""
    if line.kind in RECORD_KINDS:
        patient_id = line.patient_id or ""
        if line.variable is None:
            return PatientChange(patient_id, decode_patient(line.old), decode_patient(line.new))
        kind = Kind(line.kind)
        old, new = decode_value(kind, name, line.old), decode_value(kind, name, line.new)
        return Edit(patient_id, kind, record_id, name, old, new)
    if line.kind == "criteria" and name == "version":
        return CriteriaChange(record_id, name, line.old, line.new)
    if line.kind in ("signature", "lock", "passphrase", "restore"):
        return _lasting(line)
    old_raw = None if line.old is None else json.loads(line.old)
    new_raw = None if line.new is None else json.loads(line.new)
    if line.kind == "setting":
        return SettingChange(name, old_raw, new_raw)
    if line.kind == "criteria" and name in ("in_use", "deleted"):
        return CriteriaChange(record_id, name, old_raw, new_raw)
    if line.kind == "person" and name in ("role", "pin"):
        return PersonChange(record_id, old_raw, new_raw, name)
    raise ValueError(f"a log line of kind {line.kind}")


def _lasting(line: LogLine) -> Change:
    """The change of a line whose kind cannot be undone."""
    name, new = line.variable or "", line.new
    if line.kind == "signature" and new is not None and line.old is None:
        change = SignatureChange(line.record_id or "", line.patient_id or "", name, new)
        signature_of(change)  # a line that tells of no signature shows here
        return change
    if line.kind == "restore" and name == "backup" and new is not None:
        json.loads(new)
        return RestoreChange(new)
    told = {None: False, _yes(True): True}
    had, has = told[line.old], told[new]
    if line.kind == "lock" and had != has and (line.patient_id or name == STUDY_LOCK[1]):
        return LockChange(line.patient_id or "", name, has)
    if line.kind == "passphrase" and name == "passphrase":
        return KeyChange(had, has)
    raise ValueError(f"a log line of kind {line.kind}")


def utc_now() -> str:
    """Now, as the log writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
