"""Records: what one patient's course consists of, and the changes that are made to it.

Everything here is immutable: an edit makes a new Patient, so a snapshot can be handed to a thread.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from esk_engine.dictionary import Kind


@dataclass(frozen=True, slots=True, order=True)
class BelowLloq:
    """A concentration below its lower limit of quantification, in ug/L; written ``<5``."""

    lloq: float

    def __str__(self) -> str:
        return f"<{self.lloq:.15g}"


Value = str | int | float | date | datetime | BelowLloq | None
Values = Mapping[str, Value]
_NATURAL = re.compile(r"(\d+)")


def new_id() -> str:
    """A fresh record id (UUID4, as text)."""
    return str(uuid.uuid4())


def natural_key(study_no: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts P2 before P10; of numbers that count as equal (7 and 007) the text decides."""
    parts = ((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _NATURAL.split(study_no) if part)
    return (*parts, (-1, 0, study_no))


@dataclass(frozen=True, slots=True)
class Record:
    """An id, a kind and values by dictionary variable; a missing value is absent, never None."""

    id: str
    kind: Kind
    patient_id: str
    values: Values = field(default_factory=dict[str, Value])

    def get(self, name: str) -> Value:
        return self.values.get(name)

    def with_value(self, name: str, value: Value) -> Record:
        """The same record with one value set, or taken away where it is None."""
        values = {key: old for key, old in self.values.items() if key != name}
        if value is not None:
            values[name] = value
        return replace(self, values=values)


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient: the single values and the rows, each row kind in its reading order."""

    record: Record
    readings: tuple[Record, ...] = ()
    samples: tuple[Record, ...] = ()
    adverse_events: tuple[Record, ...] = ()

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def study_no(self) -> str:
        return str(self.record.values.get("study_no", ""))

    def get(self, name: str) -> Value:
        return self.record.values.get(name)

    def rows(self, kind: Kind) -> tuple[Record, ...]:
        return {Kind.READING: self.readings, Kind.SAMPLE: self.samples, Kind.ADVERSE_EVENT: self.adverse_events}.get(
            kind, (self.record,)
        )

    def records(self) -> tuple[Record, ...]:
        """The patient's own record first, then every row."""
        return (self.record, *self.readings, *self.samples, *self.adverse_events)

    def find(self, record_id: str) -> Record | None:
        return next((record for record in self.records() if record.id == record_id), None)

    def with_edit(self, edit: Edit) -> Patient:
        """The patient after one edit. A row comes with its first value and goes with its last."""
        if edit.kind is Kind.PATIENT:
            return replace(self, record=self.record.with_value(edit.variable, edit.new))
        rows = list(self.rows(edit.kind))
        at = next((i for i, row in enumerate(rows) if row.id == edit.record_id), None)
        if at is None:
            rows.append(Record(edit.record_id, edit.kind, self.id).with_value(edit.variable, edit.new))
        else:
            rows[at] = rows[at].with_value(edit.variable, edit.new)
        kept = tuple(sorted((row for row in rows if row.values), key=_row_order(edit.kind)))
        if edit.kind is Kind.READING:
            return replace(self, readings=kept)
        if edit.kind is Kind.SAMPLE:
            return replace(self, samples=kept)
        return replace(self, adverse_events=kept)


_RowKey = tuple[float, str, str]


def _minute_of(row: Record) -> _RowKey:
    """By minute and analyte; of rows that are equal the id decides, so that the way to an order leaves no trace."""
    minute = row.values.get("minute")
    at = float(minute) if isinstance(minute, (int, float)) else float("inf")
    return (at, str(row.values.get("analyte", "")), row.id)


def _no_order(row: Record) -> _RowKey:
    return (0.0, "", "")


def _row_order(kind: Kind) -> Callable[[Record], _RowKey]:
    return _no_order if kind is Kind.ADVERSE_EVENT else _minute_of


def in_reading_order(kind: Kind, rows: Iterable[Record]) -> tuple[Record, ...]:
    """Rows of one kind as a patient holds them: by minute and analyte, side effects as they were entered."""
    return tuple(sorted(rows, key=_row_order(kind)))


def make_patient(values: Values, rows: Iterable[tuple[Kind, Values]] = (), patient_id: str = "") -> Patient:
    """A new patient with fresh ids, its rows in reading order; None values are left out."""
    patient_id = patient_id or new_id()

    def clean(raw: Values) -> Values:
        return {name: value for name, value in raw.items() if value is not None}

    by_kind: dict[Kind, list[Record]] = {Kind.READING: [], Kind.SAMPLE: [], Kind.ADVERSE_EVENT: []}
    for kind, raw in rows:
        by_kind[kind].append(Record(new_id(), kind, patient_id, clean(raw)))
    ordered = {kind: tuple(sorted(records, key=_row_order(kind))) for kind, records in by_kind.items()}
    return Patient(
        Record(patient_id, Kind.PATIENT, patient_id, clean(values)),
        ordered[Kind.READING],
        ordered[Kind.SAMPLE],
        ordered[Kind.ADVERSE_EVENT],
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """One value of one record, from what to what; both kept so that nothing is read back to undo it."""

    patient_id: str
    kind: Kind
    record_id: str
    variable: str
    old: Value
    new: Value

    def inverse(self) -> Edit:
        return replace(self, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class PatientChange:
    """A whole patient that comes (old is None), goes (new is None) or is imported anew."""

    patient_id: str
    old: Patient | None
    new: Patient | None

    def inverse(self) -> PatientChange:
        return replace(self, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting of the study; ``new`` None is never allowed, every setting has a value."""

    name: str
    old: Value
    new: Value

    def inverse(self) -> SettingChange:
        return replace(self, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class CriteriaChange:
    """What happens to the study's criteria sets: ``name`` is "version", "in_use" or "deleted".

    ``version`` adds an immutable version (``new`` = its canonical JSON); ``in_use`` names the set that classifies;
    ``deleted`` hides or shows one.
    """

    set_id: str
    name: str
    old: str | None
    new: str | None

    def inverse(self) -> CriteriaChange:
        return replace(self, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Somebody on the study's list of people: ``name`` is "role" or "pin".

    Of a PIN, ``old`` and ``new`` are digests of its Argon2id text; that text is ``secret``, which only the file's list
    of people holds.
    """

    initials: str
    old: str | None
    new: str | None
    name: str = "role"
    secret: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """A signature that is set under one moment of one patient; ``new`` is its canonical JSON."""

    signature_id: str
    patient_id: str
    moment: str
    new: str


@dataclass(frozen=True, slots=True)
class LockChange:
    """A moment of a patient, or the whole study (``patient_id`` "", ``moment`` "study"), locked or unlocked."""

    patient_id: str
    moment: str
    is_locked: bool


@dataclass(frozen=True, slots=True)
class KeyChange:
    """The study gets a passphrase, another one, or none any more."""

    had_passphrase: bool
    has_passphrase: bool


@dataclass(frozen=True, slots=True)
class RestoreChange:
    """What was brought back from which backup; ``new`` is canonical JSON (file, seq, head, abandoned)."""

    new: str


Undoable = Edit | PatientChange | SettingChange | CriteriaChange
Lasting = PersonChange | SignatureChange | LockChange | KeyChange | RestoreChange
"""What cannot be undone, only reversed by a new act."""
Change = Undoable | Lasting


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person: all its changes are made in one transaction, or none is."""

    changes: tuple[Change, ...]
    name: str = "edit"
    reason: str = ""
    undoes: int | None = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])
