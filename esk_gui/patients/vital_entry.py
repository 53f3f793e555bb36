"""What is typed, pasted, cleared and marked in the vital signs grid, turned into acts of the study."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from esk_engine.dictionary import Kind
from esk_engine.errors import Issue
from esk_engine.errors import Place as Where
from esk_engine.records import Patient, Value
from esk_gui.patients.drafts import Place
from esk_gui.patients.vital_paste import Block
from esk_gui.patients.vital_rows import VITAL_VARIABLES, GridRow, RowEntries, minute_of_clock, read_clock

if TYPE_CHECKING:
    from esk_gui.patients.entry import Entry

CLOCK = "clock"
COLUMNS = (CLOCK, "minute", *VITAL_VARIABLES)


def minute_typed(column: str, text: str, start: Value) -> tuple[Value, tuple[Issue, ...]]:
    """What stands for the minute: the text itself, or the minute at which the clock shows what was typed."""
    if column != CLOCK or not text.strip():
        return text, ()
    if not isinstance(start, datetime):
        return None, (Issue("clock_without_start", "infusion_start", params={"value": text}),)
    clock = read_clock(text)
    if clock is None:
        return None, (Issue("not_a_clock_time", "infusion_start", params={"value": text}),)
    return minute_of_clock(start, *clock), ()


def place_of(patient_id: str, row: GridRow, column: str) -> Place:
    """Where a cell's draft is kept; a clock time and a minute are the same value."""
    return Place(patient_id, "minute" if column == CLOCK else column, Kind.READING, row.key)


class VitalEntry:
    """The acts that can be done in the grid of one patient."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def type(self, patient: Patient, row: GridRow, column: str, text: str) -> tuple[Issue, ...]:
        """Enter one cell; what is refused stays as a draft of the cell."""
        rows, place = RowEntries(patient), place_of(patient.id, row, column)
        if place.variable == "minute":
            minute, issues = minute_typed(column, text, patient.get("infusion_start"))
            if issues:
                self._entry.keep(place, text, issues)
                return issues
            if isinstance(minute, str) and not minute.strip():
                self._entry.settle((place,), is_changed=False)
                return ()
            self._move(rows, row, minute)
        elif not text.strip():
            rows.clear(row, column)
        elif row.minute is not None:
            rows.put(row.record.id if row.record else rows.id_at(row.minute), column, text)
        return self._entry.enter_rows(patient.id, rows.entries(), {place: text})

    def add_row(self, patient: Patient, text: str) -> tuple[int | None, tuple[Issue, ...]]:
        """A row at a minute, or a clock time, that was typed; where there is one already it is that row."""
        is_clock = ":" in text
        minute, issues = minute_typed(CLOCK if is_clock else "minute", text, patient.get("infusion_start"))
        if issues:
            return None, issues
        known = next((r for r in patient.readings if str(r.get("minute")) == str(minute).strip()), None)
        if known is None:
            rows = RowEntries(patient)
            rows.put(rows.new_row(), "minute", minute)
            issues = self._entry.enter_rows(patient.id, rows.entries(), {}, keeps_drafts=False)
        return (None if issues else int(str(minute).strip())), issues

    def _move(self, rows: RowEntries, row: GridRow, minute: Value) -> None:
        """A minute that is typed moves its reading; on a row that waits for one it begins an unscheduled row."""
        if row.record is not None:
            rows.put(row.record.id, "minute", minute)
        elif str(minute).strip() != str(row.minute):
            rows.put(rows.new_row(), "minute", minute)

    def clear(self, patient: Patient, cells: list[tuple[GridRow, str]]) -> tuple[Issue, ...]:
        """Empty some cells as one act; their drafts go as well."""
        rows = RowEntries(patient)
        for row, column in cells:
            if column in VITAL_VARIABLES:
                rows.clear(row, column)
        places = {place_of(patient.id, row, column): "" for row, column in cells}
        return self._entry.enter_rows(patient.id, rows.entries(), places, keeps_drafts=False)

    def mark(self, patient: Patient, cells: list[tuple[GridRow, str]], reason: str) -> tuple[Issue, ...]:
        """Mark values as artefacts with a reason, or with an empty one take the marks away."""
        rows = RowEntries(patient)
        marked: dict[str, tuple[GridRow, set[str]]] = {}
        for row, column in cells:
            if row.record is None or column not in VITAL_VARIABLES or row.get(column) is None:
                continue
            _, names = marked.setdefault(row.key, (row, set(row.artefacts())))
            names.add(column) if reason else names.discard(column)
        for record_id, (row, names) in marked.items():
            rows.put(record_id, "artefact", ",".join(name for name in VITAL_VARIABLES if name in names) or None)
            rows.put(record_id, "artefact_reason", (reason or row.get("artefact_reason")) if names else None)
        return self._entry.enter_rows(patient.id, rows.entries(), {})

    def paste(
        self, patient: Patient, grid: tuple[GridRow, ...], block: Block, top: int, left: int
    ) -> tuple[Issue, ...]:
        """Lay a block over the grid from one cell on, as one act; with a fault nothing is changed.

        The faults, one a cell, carry their row and column in the block, counted from 1.
        """
        paste = _Paste(patient, grid, block, top, left)
        entries = paste.rows.entries()
        if paste.faults:
            issues = self._entry.check_rows(patient, entries)
        else:
            issues = self._entry.enter_rows(patient.id, entries, paste.overtaken, keeps_drafts=False)
        faults = [*paste.faults, *(paste.placed(issue) for issue in issues)]
        first = {fault.place: fault for fault in reversed(faults)}
        return tuple(sorted(first.values(), key=lambda issue: (issue.place.row or 0, issue.place.column or 0)))


class _Paste:
    """A block being laid over the grid: which reading each of its rows belongs to, and what lies outside."""

    def __init__(self, patient: Patient, grid: tuple[GridRow, ...], block: Block, top: int, left: int) -> None:
        self._patient, self._grid, self._block = patient, grid, block
        self._top, self._left = top, left
        self.rows = RowEntries(patient)
        self.faults: list[Issue] = []
        self.overtaken: dict[Place, str] = {}
        self._cells: dict[tuple[str, str], Where] = {}
        for number in range(block.rows):
            self._lay(number)

    def placed(self, issue: Issue) -> Issue:
        """An issue of the study with its place in the block."""
        where = self._cells.get((str(issue.params.get("record_id")), issue.variable))
        return issue if where is None else replace(issue, place=where)

    def _lay(self, number: int) -> None:
        texts: dict[str, str] = {}
        at: dict[str, Where] = {}
        for cell in self._block.row(number):
            column = self._left + cell.column
            where = Where(row=number + 1, column=cell.column + 1)
            if column >= len(COLUMNS):
                self.faults.append(Issue("paste_outside", params={"value": cell.text}, place=where))
                continue
            texts[COLUMNS[column]] = cell.text
            at[COLUMNS[column]] = where
        if not texts:
            return
        record_id = self._record_of(number, texts, at)
        for column in VITAL_VARIABLES if record_id else ():
            if column in texts:
                self.rows.put(record_id, column, texts[column])
                self._cells[(record_id, column)] = at[column]
                self.overtaken[Place(self._patient.id, column, Kind.READING, record_id)] = texts[column]

    def _record_of(self, number: int, texts: dict[str, str], at: dict[str, Where]) -> str:
        """The reading of a row of the block: at the minute it names, else of the grid's row that it lies on."""
        where = next(iter(at.values()))
        if self._left > COLUMNS.index("minute"):
            row = self._top + number
            minute = self._grid[row].minute if row < len(self._grid) else None
            if minute is None:
                value = next(iter(texts.values()))
                self.faults.append(Issue("paste_outside", params={"value": value}, place=where))
                return ""
            self.overtaken |= {
                Place(self._patient.id, name, Kind.READING, f"minute:{minute}"): "" for name in VITAL_VARIABLES
            }
            return self.rows.id_at(minute)
        return self._named(texts, where)

    def _named(self, texts: dict[str, str], where: Where) -> str:
        column = "minute" if "minute" in texts else CLOCK
        if column not in texts:
            self.faults.append(Issue("minute_missing", "minute", place=where))
            return ""
        minute, issues = minute_typed(column, texts[column], self._patient.get("infusion_start"))
        if isinstance(minute, str) and minute.strip().isascii() and minute.strip().isdigit():
            minute = int(minute)
        if issues or not isinstance(minute, int):
            issues = issues or (Issue("not_whole", "minute", params={"value": texts[column]}),)
            self.faults += (replace(issue, place=where) for issue in issues)
            return ""
        record_id = self.rows.id_at(minute)
        self._cells[(record_id, "minute")] = where
        return record_id
