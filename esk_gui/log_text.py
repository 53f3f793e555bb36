"""A log line as a person reads it: local time, the item by its label, values by their texts."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from esk_engine.criteria import CriteriaSet
from esk_engine.dictionary import Kind, has_variable, variable, variables_of
from esk_engine.exchange.layout import setting_column
from esk_engine.records import Patient, Record, SignatureChange, Value
from esk_engine.settings import SETTINGS, setting
from esk_engine.study import LogLine, SignedValue
from esk_engine.study_file.log import change_of
from esk_engine.study_file.signatures import signature_of
from esk_engine.wording import MISSING, Wording

_KINDS = frozenset(kind.value for kind in Kind)
_SETTINGS = frozenset(declared.name for declared in SETTINGS)
_ODD = (AttributeError, KeyError, TypeError, ValueError)  # a line of no known form still shows its columns
_ORDER = {kind: at for at, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Known:
    """What the study of today knows about those that the log speaks of; plain data, taken on the window's thread."""

    patients: Sequence[Patient]
    criteria_sets: Sequence[CriteriaSet]


class LogText:
    """Renders lines; keeps what it has to look up more than once.

    Parameters
    ----------
    known
        Tells the study numbers and minutes of today; what is gone is looked up in ``lines``.
    before
        The texts of the lines that these continue.
    """

    def __init__(self, known: Known, lines: Iterable[LogLine], wording: Wording, before: LogText | None = None) -> None:
        self._wording = wording
        self._study_nos = dict(before._study_nos) if before is not None else {}
        self._study_nos |= {patient.id: patient.study_no for patient in known.patients}
        self._minutes: dict[str, Value] = dict(before._minutes) if before is not None else {}
        self._sets = {each.set_id: each.name for each in known.criteria_sets}
        if before is None:
            for patient in known.patients:
                self._note(patient.records())
        for line in lines:
            with contextlib.suppress(*_ODD):
                self._note_line(line, is_newer=before is not None)

    @property
    def study_nos(self) -> Mapping[str, str]:
        """Study numbers by patient id, of patients that are gone too."""
        return self._study_nos

    def when(self, line: LogLine) -> str:
        """Date and time to the second, in this computer's time zone."""
        try:
            at = line.when
        except (OverflowError, ValueError):
            return line.utc
        return f"{self._wording.date(at.date())} {at:%H:%M:%S}"

    def patient(self, line: LogLine) -> str:
        return self._study_nos.get(line.patient_id or "", "") if line.patient_id else ""

    def item(self, line: LogLine) -> str:
        """What was changed: a variable (of a reading with its minute), a setting, a criteria set, a whole patient."""
        words, name = self._wording, line.variable
        match line.kind:
            case "study":
                return words("log.study_founded")
            case "person":
                return words("log.pin" if name == "pin" else "log.role", person=line.record_id or "")
            case "criteria":
                return self._or(f"log.criteria_{name}", name or "")
            case "signature" | "lock":
                return words(f"log.{line.kind}_of", moment=self.moment(name or ""))
            case "passphrase" | "restore":
                return words(f"log.{line.kind}")
            case _:
                return words("log.whole_patient") if name is None else self._label(line.kind, line.record_id, name)

    def moment(self, name: str) -> str:
        """A moment that is signed off, or the whole study."""
        return self._or(f"log.moment_{name}", name)

    def old(self, line: LogLine) -> str:
        return self._shown(line, is_new=False)

    def new(self, line: LogLine) -> str:
        return self._shown(line, is_new=True)

    def note(self, line: LogLine, undone_by: int | None = None) -> str:
        """Which act the line takes back, which took it back, and the reason that was given."""
        words = self._wording
        said = [
            words("log.undoes", act=line.undoes_act) if line.undoes_act else "",
            words("log.undone_by", act=undone_by) if undone_by else "",
            line.reason or "",
        ]
        return "; ".join(part for part in said if part)

    def content(self, line: LogLine) -> tuple[str, list[tuple[str, str]]]:
        """What a line holds beyond one value, with a heading: the values of a signature or of a whole patient."""
        try:
            return self._content(line)
        except _ODD:
            return "", []

    # Inside

    def _content(self, line: LogLine) -> tuple[str, list[tuple[str, str]]]:
        words = self._wording
        if line.kind == "signature" and line.new is not None:
            signed = _signed(line)
            return words.plural("log.signed", len(signed)), self._rows(signed)
        if line.kind == "restore" and line.new is not None:
            return words("log.restored"), self._restored(json.loads(line.new))
        whole = line.new_value or line.old_value
        if line.kind == Kind.PATIENT and line.variable is None and isinstance(whole, Patient):
            self._note(whole.records())
            held = [
                SignedValue(record.kind, record.id, name, value)
                for record in whole.records()
                for name, value in record.values.items()
            ]
            return words("log.patient_then"), self._rows(held)
        return "", []

    def _restored(self, told: Mapping[str, Any]) -> list[tuple[str, str]]:
        words = self._wording
        rows = [
            (words("log.restore_file"), str(told.get("file", ""))),
            (words("log.line"), words.number(told.get("seq"))),
            (words("log.hash"), in_groups(str(told.get("head", "")))),
        ]
        left = told.get("abandoned")
        if isinstance(left, list) and left:
            rows.append((words("log.restore_left"), "\n".join(in_groups(str(each)) for each in left)))
        return rows

    def _rows(self, values: Iterable[SignedValue]) -> list[tuple[str, str]]:
        """Values as label and text: the patient's own ones each for itself, those of a row together."""
        own, rows = list[tuple[str, str]](), dict[tuple[Kind, str], dict[str, Value]]()
        for kind, record_id, name, value in values:
            if kind is Kind.PATIENT:
                own.append((self._wording.label(name), self._wording.value(variable(kind, name), value)))
            else:
                rows.setdefault((kind, record_id), {})[name] = value
        return own + [self._row(kind, found) for (kind, _), found in sorted(rows.items(), key=_row_order)]

    def _row(self, kind: Kind, values: Mapping[str, Value]) -> tuple[str, str]:
        """One row, named by its minute or its side effect."""
        words = self._wording
        names = [name for name in variables_of(kind) if name.name in values and name.name not in ("minute", "term")]
        said = "; ".join(f"{words.short_label(each.name)} {words.value(each, values[each.name])}" for each in names)
        if "term" in values:
            return words.term(str(values["term"])), said
        return words("log.at_minute", minute=values.get("minute")), said

    def _label(self, kind: str, record_id: str | None, name: str) -> str:
        words = self._wording
        is_known = (kind == "setting" and name in _SETTINGS) or (kind in _KINDS and has_variable(Kind(kind), name))
        label = words.label(name) if is_known else name
        minute = self._minutes.get(record_id or "")
        is_row = kind in (Kind.READING, Kind.SAMPLE) and minute is not None and name != "minute"
        return words("log.minute", variable=label, minute=minute) if is_row else label

    def _shown(self, line: LogLine, *, is_new: bool) -> str:
        """What a line says was there; what somebody forged shows as it stands in the file."""
        try:
            return self._said(line, is_new=is_new)
        except _ODD:
            return (line.new if is_new else line.old) or MISSING

    def _said(self, line: LogLine, *, is_new: bool) -> str:
        words, raw = self._wording, line.new if is_new else line.old
        if line.kind in ("lock", "passphrase"):
            return words(f"log.{line.kind}_{'no' if raw is None else 'yes'}")
        if raw is None:
            return MISSING
        if line.kind == "person" and line.variable == "pin":
            return words("log.pin_there")  # what stands there is a digest, which tells a reader nothing
        if line.kind == "signature":
            return str(json.loads(raw).get("person", ""))
        if line.kind == "restore":
            return str(json.loads(raw).get("file", ""))
        value = line.new_value if is_new else line.old_value
        if isinstance(value, Patient):
            return words.plural("log.values", sum(len(record.values) for record in value.records()))
        if line.kind == "criteria":
            return self._criteria(line, value)
        if line.kind == "setting" and line.variable:
            return words.value(setting_column(setting(line.variable)), value)
        if line.kind == "person":
            return self._role(value)
        if line.variable and line.kind in _KINDS and has_variable(Kind(line.kind), line.variable):
            return words.value(variable(Kind(line.kind), line.variable), value)
        return str(value)

    def _role(self, role: object) -> str:
        return self._or(f"shell.role.{role}", str(role or MISSING))

    def _or(self, key: str, text: str) -> str:
        """The text of a key where there is one."""
        return self._wording(key) if self._wording.has(key) else text

    def _criteria(self, line: LogLine, value: object) -> str:
        if line.variable == "version":
            return str(json.loads(str(value)).get("name", ""))
        if line.variable == "in_use":
            return self._sets.get(str(value), str(value))
        return self._wording.code("yes" if value else "no")

    def _note(self, records: Iterable[Record]) -> None:
        for record in records:
            minute = record.get("minute")
            if minute is not None:
                self._minutes.setdefault(record.id, minute)

    def _note_line(self, line: LogLine, *, is_newer: bool) -> None:
        """Remember the minute of a row and the number of a patient that the study no longer holds."""
        if line.variable == "minute" and line.record_id and (is_newer or line.record_id not in self._minutes):
            value = line.new_value
            if value is not None and not isinstance(value, Patient):
                self._minutes[line.record_id] = value
        if line.variable is None and line.kind == Kind.PATIENT and line.patient_id not in self._study_nos:
            gone = line.new_value or line.old_value
            if isinstance(gone, Patient):
                self._study_nos[gone.id] = gone.study_no
                self._note(gone.records())


def in_groups(digest: str) -> str:
    """A hash in groups of eight, which a person can compare."""
    return " ".join(_groups(digest))


def _groups(digest: str) -> Iterator[str]:
    return (digest[at : at + 8] for at in range(0, len(digest), 8))


def _row_order(row: tuple[tuple[Kind, str], Mapping[str, Value]]) -> tuple[int, float]:
    """Readings before samples before side effects, each by its minute."""
    (kind, _), values = row
    minute = values.get("minute")
    return _ORDER[kind], float(minute) if isinstance(minute, (int, float)) else 0.0


def _signed(line: LogLine) -> tuple[SignedValue, ...]:
    """What the signature of a line signed."""
    change = change_of(line)
    return signature_of(change).values() if isinstance(change, SignatureChange) else ()
