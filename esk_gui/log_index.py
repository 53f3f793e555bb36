"""The log's lines with what they are filtered by, as arrays: a choice among 200,000 lines takes milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from esk_engine.dictionary import Kind
from esk_engine.study import LogLine

Rows = NDArray[np.intp]
_RECORD_KINDS = frozenset(kind.value for kind in Kind)
_UTC_TEXT = "S24"  # 2024-01-16T13:02:11.123Z; as text it sorts as the moments do


@dataclass(frozen=True)
class LogChoice:
    """Which lines are wanted: "" and None want all.

    Attributes
    ----------
    patient
        A part of a study number.
    item
        A variable or setting by its name, or ``kind:<kind>``.
    since, until
        Days in this computer's time zone, both included.
    """

    patient: str = ""
    person: str = ""
    item: str = ""
    since: date | None = None
    until: date | None = None


def item_of(line: LogLine) -> str:
    """What a line is filtered by: its variable where that is a value or a setting, else its kind."""
    is_value = line.kind in _RECORD_KINDS or line.kind == "setting"
    return line.variable if is_value and line.variable else f"kind:{line.kind}"


class LogIndex:
    """All lines of a log, the oldest first.

    Parameters
    ----------
    before
        The index that these lines continue.
    """

    def __init__(self, lines: Sequence[LogLine], before: LogIndex | None = None) -> None:
        self.lines: list[LogLine] = [*before.lines, *lines] if before is not None else list(lines)
        self._people = _Column((line.person for line in lines), before and before._people)
        self._patients = _Column((line.patient_id or "" for line in lines), before and before._patients)
        self._items = _Column((item_of(line) for line in lines), before and before._items)
        utc = np.array([line.utc.encode("ascii", "replace") for line in lines], dtype=_UTC_TEXT)
        self._utc = np.concatenate((before._utc, utc)) if before is not None else utc
        self._first_of_act = dict(before._first_of_act) if before is not None else {}
        self._undone_by = dict(before._undone_by) if before is not None else {}
        for at, line in enumerate(lines, len(self.lines) - len(lines)):
            self._first_of_act.setdefault(line.act, at)
            if line.undoes_act is not None:
                self._undone_by[line.undoes_act] = line.act

    @property
    def people(self) -> Iterable[str]:
        return self._people.names

    @property
    def items(self) -> Iterable[str]:
        return self._items.names

    def continues_with(self, lines: Sequence[LogLine]) -> bool:
        """Whether lines read from this index's last line on begin with that very line."""
        return bool(self.lines and lines) and lines[0].hash == self.lines[-1].hash

    def find(self, choice: LogChoice, study_nos: Mapping[str, str]) -> Rows:
        """The places of the lines that fit a choice, in ascending order."""
        keeps = np.ones(len(self.lines), dtype=bool)
        if choice.person:
            keeps &= self._people.is_any(name == choice.person for name in self._people.names)
        if choice.item:
            keeps &= self._items.is_any(name == choice.item for name in self._items.names)
        if choice.patient:
            part = choice.patient.casefold()
            keeps &= self._patients.is_any(part in study_nos.get(name, "").casefold() for name in self._patients.names)
        if choice.since is not None:
            keeps &= self._utc >= _day_begins(choice.since)
        if choice.until is not None:
            keeps &= self._utc < _day_begins(choice.until + timedelta(days=1))
        return np.flatnonzero(keeps)

    def undone_by(self, line: LogLine) -> int | None:
        """The act that took a line's act back; the last one where that happened more than once."""
        return self._undone_by.get(line.act)

    def place_of_act(self, act: int, like: LogLine | None = None) -> int | None:
        """Where an act begins, or where in it the value of another line is told of; None where there is no such act."""
        first = self._first_of_act.get(act)
        if first is None or like is None:
            return first
        at = first
        while at < len(self.lines) and self.lines[at].act == act:
            if (self.lines[at].record_id, self.lines[at].variable) == (like.record_id, like.variable):
                return at
            at += 1
        return first

    def place_of_seq(self, seq: int) -> int | None:
        """Where a line stands by its number; the one before which it is missing."""
        numbers = [line.seq for line in self.lines[max(0, seq - 1) : seq]]
        if numbers == [seq]:
            return seq - 1
        return next((at for at, line in enumerate(self.lines) if line.seq >= seq), None)


class _Column:
    """One text a line as a small number, and the texts by that number."""

    def __init__(self, texts: Iterable[str], before: _Column | None = None) -> None:
        self._numbers = dict(before._numbers) if before is not None else {}
        numbers = self._numbers
        codes = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), dtype=np.int32)
        self._codes = np.concatenate((before._codes, codes)) if before is not None else codes

    @property
    def names(self) -> Iterable[str]:
        return self._numbers.keys()

    def is_any(self, wanted: Iterable[bool]) -> NDArray[np.bool_]:
        """For every line, whether its text is one of those that are wanted, told in the order of ``names``."""
        flags = np.fromiter(wanted, dtype=bool, count=len(self._numbers))
        return flags[self._codes] if len(flags) else np.zeros(len(self._codes), dtype=bool)


def _day_begins(day: date) -> bytes:
    """Midnight of a day in this computer's time zone, as the log writes a moment."""
    moment = datetime.combine(day, time()).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode("ascii")
