"""The rows of the vital signs grid: what is scheduled, what was measured besides, which row is the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from esk_engine.dictionary import VITALS, Kind
from esk_engine.records import Patient, Record, Value, new_id
from esk_engine.settings import Settings
from esk_engine.study import Entry

VITAL_VARIABLES = ("heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg")
VITAL_OF = dict(zip(VITAL_VARIABLES, VITALS, strict=True))
END_WINDOW = 15  # docs/DEFINITIONS.md 2: the end reading lies within 15 minutes of infusion_minutes
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the grid: a reading, a scheduled minute that waits for one, or a new row without a minute."""

    minute: int | None
    record: Record | None = None
    is_scheduled: bool = False
    is_end: bool = False

    @property
    def key(self) -> str:
        """Names the row in drafts: the reading's id, or the minute it waits for."""
        return self.record.id if self.record else f"minute:{self.minute}"

    def get(self, variable: str) -> Value:
        return self.record.get(variable) if self.record else None

    def artefacts(self) -> tuple[str, ...]:
        """The variables of this row that are marked an artefact."""
        marked = str(self.get("artefact") or "")
        return tuple(name.strip() for name in marked.split(",") if name.strip())


def last_minute(patient: Patient, settings: Settings) -> int:
    """Where the infusion ends, or is planned to."""
    minutes = patient.get("infusion_minutes")
    return int(minutes) if isinstance(minutes, (int, float)) else settings.planned_infusion_minutes


def grid_rows(patient: Patient, settings: Settings) -> tuple[GridRow, ...]:
    """Every scheduled minute from 0 to the end, and every reading besides, in order.

    The end row follows ``infusion_minutes``. A reading that was taken off schedule within 15 minutes of it
    already is the end reading, so no empty row is put beside that one.
    """
    end = last_minute(patient, settings)
    scheduled = set(range(0, end, settings.reading_interval_minutes))
    by_minute: dict[int, Record] = {}
    without_minute: list[Record] = []
    for record in patient.readings:
        minute = record.get("minute")
        if isinstance(minute, (int, float)):
            by_minute[int(minute)] = record
        else:
            without_minute.append(record)
    end_minute = _end_row_minute(end, scheduled, by_minute)
    scheduled.add(end_minute)
    rows = [
        GridRow(minute, by_minute.get(minute), minute in scheduled, minute == end_minute)
        for minute in sorted(scheduled | by_minute.keys())
    ]
    return (*rows, *(GridRow(None, record) for record in without_minute))


def _end_row_minute(end: int, scheduled: set[int], taken: Iterable[int]) -> int:
    near = [minute for minute in taken if abs(minute - end) <= END_WINDOW and minute not in scheduled]
    return min(near, key=lambda minute: (abs(minute - end), minute)) if near else end


def clock_time(start: Value, minute: int | None) -> datetime | None:
    """The clock time of an elapsed minute; None while the start is not known."""
    if minute is None or not isinstance(start, datetime):
        return None
    return start + timedelta(minutes=minute)


def minute_of_clock(start: datetime, hour: int, minute: int) -> int:
    """The first elapsed minute after ``start`` at which the clock shows ``hour:minute``."""
    of_day = hour * 60 + minute - (start.hour * 60 + start.minute)
    return of_day % _MINUTES_A_DAY


def read_clock(text: str) -> tuple[int, int] | None:
    """Hour and minute of ``9:05``, ``09.05``, ``09u05`` or ``0905``; None for anything else."""
    trimmed = text.strip().lower().replace(".", ":").replace("u", ":").replace("h", ":")
    if trimmed.isascii() and trimmed.isdigit() and len(trimmed) in (3, 4):
        trimmed = f"{trimmed[:-2]}:{trimmed[-2:]}"
    hour, _, minute = trimmed.partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        return None
    return (int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


class RowEntries:
    """Collects what is entered into readings, as the entries of one act.

    A scheduled row becomes a reading with its first value, its minute coming along, and stops being one with its last.
    """

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._entries: dict[tuple[str, str], Entry] = {}
        self._by_minute: dict[int, str] = {}
        for record in patient.readings:
            minute = record.get("minute")
            if isinstance(minute, (int, float)):
                self._by_minute[int(minute)] = record.id

    def id_at(self, minute: int) -> str:
        """The reading at a minute, begun where there is none yet."""
        if minute not in self._by_minute:
            self._by_minute[minute] = self.new_row()
            self.put(self._by_minute[minute], "minute", minute)
        return self._by_minute[minute]

    def new_row(self) -> str:
        """The id of a reading that is not there yet."""
        return new_id()

    def put(self, record_id: str, variable: str, raw: Value) -> None:
        """Enter a value, or text as it was typed."""
        self._entries[(record_id, variable)] = Entry(Kind.READING, record_id, variable, raw)

    def clear(self, row: GridRow, variable: str) -> None:
        """Make a value missing; an artefact's mark goes with it, and a scheduled reading with its last value."""
        if row.record is None or row.get(variable) is None:
            return
        self.put(row.record.id, variable, None)
        left = [name for name in VITAL_VARIABLES if row.get(name) is not None and not self._is_cleared(row, name)]
        if not left and row.is_scheduled:
            for name in row.record.values:
                self.put(row.record.id, name, None)
        elif variable in row.artefacts():
            marked = [name for name in row.artefacts() if not self._is_cleared(row, name)]
            self.put(row.record.id, "artefact", ",".join(marked) or None)
            if not marked:
                self.put(row.record.id, "artefact_reason", None)

    def _is_cleared(self, row: GridRow, variable: str) -> bool:
        entry = self._entries.get((row.key, variable))
        return entry is not None and entry.raw is None

    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries.values())
