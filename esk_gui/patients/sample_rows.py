"""Which blood sample stands for the end of the infusion, and how a sample is entered, begun and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from esk_engine.derive import CSS_AFTER_MINUTES
from esk_engine.dictionary import Kind
from esk_engine.errors import Issue
from esk_engine.records import Patient, Record, Value, new_id
from esk_engine.settings import Settings
from esk_engine.study import Entry as RowEntry
from esk_gui.patients.drafts import Drafts, Place

if TYPE_CHECKING:
    from esk_gui.patients.entry import Entry

SAMPLE_COLUMNS = ("minute", "analyte", "concentration_ug_l")
END_ANALYTES = ("esketamine", "norketamine")
NEW_ROW = "new"
CONCENTRATION = "concentration_ug_l"


def end_sample(patient: Patient, analyte: str, settings: Settings) -> Record | None:
    """The last sample of an analyte that lies at steady state, measured or not."""
    end = patient.get("infusion_minutes")
    if not isinstance(end, (int, float)):
        return None

    def at(row: Record) -> float:
        minute = row.get("minute")
        return float(minute) if isinstance(minute, (int, float)) else -1.0

    own = [row for row in patient.samples if row.get("analyte") == analyte]
    inside = [row for row in own if settings.css_from_minute <= at(row) <= end + CSS_AFTER_MINUTES]
    exact = [row for row in own if at(row) == end]
    return max(inside, key=at, default=None) or (exact[0] if exact else None)


def has_more(patient: Patient, settings: Settings) -> bool:
    """Whether there are samples that the two fields at the end do not show."""
    shown = {row.id for analyte in END_ANALYTES if (row := end_sample(patient, analyte, settings))}
    return any(row.id not in shown for row in patient.samples)


def end_place(patient: Patient, analyte: str, settings: Settings) -> Place:
    """Where the concentration at the end is typed, whether its sample is there yet or not."""
    record = end_sample(patient, analyte, settings)
    return Place(patient.id, CONCENTRATION, Kind.SAMPLE, record.id if record else f"end:{analyte}")


class SampleEntry:
    """The acts on samples."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def type_end(self, patient: Patient, analyte: str, text: str, settings: Settings) -> tuple[Issue, ...]:
        """Enter a concentration at the end of the infusion; its sample begins with it and goes with it."""
        place, record = end_place(patient, analyte, settings), end_sample(patient, analyte, settings)
        if record is not None:
            return self.type(patient, record, CONCENTRATION, text)
        if not text.strip():
            return self._entry.enter_rows(patient.id, (), {place: ""})
        values = {"minute": patient.get("infusion_minutes"), "analyte": analyte, CONCENTRATION: text}
        return self._entry.enter_rows(patient.id, _row(new_id(), values), {place: text})

    def type(self, patient: Patient, record: Record, name: str, text: str) -> tuple[Issue, ...]:
        """Enter one value of a sample that is there; without a concentration at the end it goes whole."""
        place = Place(patient.id, name, Kind.SAMPLE, record.id)
        if name == CONCENTRATION and not text.strip():
            return self._entry.enter_rows(patient.id, _row(record.id, dict.fromkeys(record.values)), {place: ""})
        return self._entry.enter(place, text)

    def type_new(self, patient: Patient, name: str, text: str, drafts: Drafts) -> tuple[Issue, ...]:
        """Enter one value of the row that is being begun; it is saved once minute and analyte are there."""
        places = {column: Place(patient.id, column, Kind.SAMPLE, NEW_ROW) for column in SAMPLE_COLUMNS}
        texts = {c: draft.text for c, place in places.items() if (draft := drafts.get(place))} | {name: text}
        texts = {column: typed for column, typed in texts.items() if typed.strip()}
        if name not in texts:
            drafts.drop(places[name])
        missing = [column for column in ("minute", "analyte") if column not in texts]
        if missing:
            issue = Issue(f"{missing[0]}_missing", missing[0])
            for column, typed in texts.items():
                self._entry.keep(places[column], typed, (issue,))
            return (issue,) if texts else ()
        return self._entry.enter_rows(patient.id, _row(new_id(), texts), {places[c]: t for c, t in texts.items()})


def _row(record_id: str, values: Mapping[str, Value]) -> tuple[RowEntry, ...]:
    return tuple(RowEntry(Kind.SAMPLE, record_id, name, value) for name, value in values.items())
