"""What each cell of the vital signs grid looks like: worked out once a change, so that painting only paints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Issue
from esk_engine.records import Patient
from esk_gui.patients.drafts import Draft, Drafts, Place
from esk_gui.patients.vital_entry import CLOCK, COLUMNS, place_of
from esk_gui.patients.vital_marks import Marks
from esk_gui.patients.vital_rows import VITAL_VARIABLES, GridRow, clock_time

if TYPE_CHECKING:
    from esk_engine.wording import Wording
    from esk_gui.patients.entry import Standing

_TYPED = ("minute", *VITAL_VARIABLES)


@dataclass(frozen=True, slots=True)
class CellLook:
    """One cell.

    Attributes
    ----------
    text
        What stands in it: the value, or the draft that stands in for it.
    state
        "error" or "warning" where something is wrong or doubtful, else "".
    """

    text: str = ""
    state: str = ""
    is_outside: bool = False
    is_deciding: bool = False
    is_artefact: bool = False
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class GridLooks:
    """All that the looks of one patient's grid hang on."""

    patient: Patient
    marks: Marks
    standing: Standing
    drafts: Drafts
    has_drafts: bool
    words: Wording

    def key(self, row: GridRow) -> tuple[object, ...]:
        """What a row's look hangs on: where it is the same, nothing needs painting."""
        spots = [(row.minute, name) for name in VITAL_VARIABLES]
        marks = tuple((spot in self.marks.outside, spot in self.marks.deciding) for spot in spots)
        drafts = tuple(self.draft(row, name) for name in _TYPED) if self.has_drafts else ()
        issues = tuple(self.standing.get((row.record.id, name)) for name in _TYPED) if row.record else ()
        return (row.record, row.minute, row.is_end, self.patient.get("infusion_start"), marks, issues, drafts)

    def cells(self, row: GridRow) -> tuple[CellLook, ...]:
        """The cells of a row."""
        return tuple(self._cell(row, name) for name in COLUMNS)

    def _cell(self, row: GridRow, name: str) -> CellLook:
        draft, issue, spot = self.draft(row, name), self.issue(row, name), (row.minute, name)
        return CellLook(
            draft.text if draft else self.text(row, name),
            "" if issue is None else "error" if issue.is_error else "warning",
            spot in self.marks.outside,
            spot in self.marks.deciding,
            name in row.artefacts(),
            row.is_end and name == "minute",
        )

    def text(self, row: GridRow, name: str) -> str:
        """What is stored, as it is typed."""
        if name == CLOCK:
            clock = clock_time(self.patient.get("infusion_start"), row.minute)
            return f"{clock:%H:%M}" if clock else ""
        if name == "minute":
            return "" if row.minute is None else str(row.minute)
        return self.words.typed(variable(Kind.READING, name), row.get(name))

    def places(self, row: GridRow, name: str) -> tuple[Place, ...]:
        """Where a cell's draft may be kept: under its reading, or from before it was one under its minute."""
        own = place_of(self.patient.id, row, name)
        return own, Place(own.patient_id, own.variable, Kind.READING, f"minute:{row.minute}")

    def draft(self, row: GridRow, name: str) -> Draft | None:
        """What was typed in a cell and not taken."""
        if name == CLOCK or not self.has_drafts:
            return None
        return next((draft for place in self.places(row, name) if (draft := self.drafts.get(place))), None)

    def issue(self, row: GridRow, name: str) -> Issue | None:
        """What is wrong or doubtful with a cell: its draft's first issue, or what stands against its value."""
        draft = self.draft(row, name)
        if draft is not None:
            return draft.issues[0] if draft.issues else None
        return self.standing.get((row.record.id, name)) if row.record else None

    def tooltip(self, row: GridRow, name: str) -> str | None:
        """What is to be known about a cell, or None."""
        words, issue = self.words, self.issue(row, name)
        if issue is not None:
            return words.issue(issue)
        if name in row.artefacts():
            return words("patients.artefact.because", reason=str(row.get("artefact_reason") or words.number(None)))
        if row.is_end and name in (CLOCK, "minute"):
            return words("patients.end_row")
        change = self.marks.changes.get((row.minute, name)) if row.minute else None
        if change is None:
            return None
        sign = "+" if change >= 0 else "−"
        return words("patients.course.change", change=f"{sign}{words.number(abs(change), 1)}")

    def spoken(self, row: GridRow, name: str) -> str:
        """A cell as a screen reader says it."""
        words = self.words
        header = words("patients.clock") if name == CLOCK else words.label(name)
        parts = [f"{header} {self.text(row, name) or words.number(None)}"]
        if name in VITAL_VARIABLES and row.minute is not None:
            parts.append(words("patients.at_minute", minute=row.minute))
        if (row.minute, name) in self.marks.outside:
            parts.append(words("patients.legend.outside"))
        if (row.minute, name) in self.marks.deciding:
            parts.append(words("patients.legend.deciding"))
        if name in row.artefacts():
            parts.append(words.label("artefact"))
        return ", ".join(parts)
