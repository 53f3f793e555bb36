"""The check: every derived value beside a live formula over the data sheets, and the difference between the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from esk_engine.cohort import Cohort
from esk_engine.derive import END_WITHIN_MINUTES, MONITOR
from esk_engine.dictionary import DERIVED, Kind
from esk_engine.exchange.check_formulas import ANALYTES, VITALS, Formulas, Rows
from esk_engine.exchange.layout import cell_name, letters_of
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_dress import mark_where
from esk_engine.exchange.sheet_writer import HEAD, LABEL, NOTE, PLAIN, SUBTITLE, Formula, Look, SheetWriter
from esk_engine.exchange.sheets_data import Item, SheetPlan, lloq_text
from esk_engine.records import BelowLloq, Patient, Record
from esk_engine.wording import Wording

MOST_PATIENTS = 2_000  # beyond it Excel would recalculate a million formulas whenever the workbook is opened
_HEAD_ROW = 7
_FIRST = 3  # column of the first value: the study number and the count of differences stand before it
_SPAN = Look(bold=True, align="across", lines="t")
_DIFFERENCE = Look("[=0]0;0.0E+00", grey=True)
_BESIDE = Look(align="left", indent=1)  # words beside a number
_BESIDE_BOLD = Look(bold=True, align="left", indent=1)
_STEP = Look(grey=True)  # an intermediate step of a formula, which Esk does not tell
_SHOWN = {name: name for name in ("study_no", *(declared.name for declared in DERIVED))}
_SERIES = ("heart_rate_variation", "systolic_variation", "systolic_max", "diastolic_variation")


def _order() -> tuple[tuple[str, bool], ...]:
    """Name of every formula, and whether Esk has a value beside it; the order of ``Formulas.all``."""
    rows = Rows(2, (2, 2), (2, 2))
    names = [name for name, _ in Formulas(rows, lambda name: name, "").all()]
    minutes = {f"{series}_minute" for series in _SERIES}
    known = {*_SHOWN, *minutes, "readings", "samples"}
    return tuple((name, name in known) for name in names)


_ORDER = _order()


@dataclass(frozen=True, slots=True)
class _Place:
    """The columns of one value, counted from 1; without a value of Esk's the formula stands alone."""

    name: str
    value: int | None
    formula: int
    difference: int | None


def _places() -> tuple[_Place, ...]:
    at, found = _FIRST, list[_Place]()
    for name, has_value in _ORDER:
        found.append(_Place(name, at, at + 1, at + 2) if has_value else _Place(name, None, at, None))
        at += 3 if has_value else 1
    return tuple(found)


_PLACES = _places()
_FORMULA_COLUMN = {place.name: place.formula for place in _PLACES}
_LAST = _PLACES[-1].difference or _PLACES[-1].formula


def rows_of(patients: Sequence[Patient]) -> dict[str, Rows]:
    """Where the rows of each patient stand on the data sheets, by patient id."""
    found: dict[str, Rows] = {}
    reading = sample = 2
    for row, patient in enumerate(patients, 2):
        readings, samples = len(patient.rows(Kind.READING)), len(patient.rows(Kind.SAMPLE))
        found[patient.id] = Rows(
            row,
            (reading, reading + readings - 1) if readings else None,
            (sample, sample + samples - 1) if samples else None,
        )
        reading, sample = reading + readings, sample + samples
    return found


def _number(record: Record, name: str) -> float | None:
    value = record.values.get(name)
    return float(value) if isinstance(value, (int, float)) else None


class _Values:
    """What Esk found for one patient, and the steps in between as a viewer that does not recalculate shows them."""

    def __init__(self, cohort: Cohort, patient: Patient, monitor: str) -> None:
        self._cohort, self._patient, self._monitor = cohort, patient, monitor
        self._row = cohort.row_of(patient.id)
        self._infusion = _number(patient.record, "infusion_minutes")

    def of(self, name: str) -> str | float | None:
        if name == "study_no":
            return self._patient.study_no
        if name in ("readings", "samples"):
            return len(self._patient.rows(Kind.READING if name == "readings" else Kind.SAMPLE))
        if name in _SHOWN:
            return self._derived(name)
        stem, _, last = name.rpartition("_")
        if stem in _SERIES:
            return self._deciding_minute("systolic_max_mmhg" if stem == "systolic_max" else f"{stem}_percent")
        if stem in ANALYTES:
            return self._sample_minute(stem)
        if last == "deviation":
            return self._deviation(stem)
        end = self._end_minute(stem.removesuffix("_end"))
        if last == "window":
            return 1e9 if self._infusion is None else max(self._infusion, end or 0.0)
        return end

    def _derived(self, name: str) -> str | float | None:
        value = float(self._cohort.column(name)[self._row])
        if name != "ratio" and bool(self._cohort.below_lloq(name)[self._row]):
            return lloq_text(BelowLloq(float(self._cohort.lloq(name)[self._row])))
        return None if value != value else value

    def _deciding_minute(self, name: str) -> str | float | None:
        minute = float(self._cohort.column(f"minute:{name}")[self._row])
        return None if minute != minute else self._monitor if minute == MONITOR else minute

    def _readings(self, vital: str) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for row in self._patient.rows(Kind.READING):
            minute, value = _number(row, "minute"), _number(row, VITALS[vital])
            is_out = VITALS[vital] in str(row.values.get("artefact") or "").split(",")
            if minute is not None and value is not None and not is_out:
                found.append((minute, value))
        return found

    def _end_minute(self, vital: str) -> float | None:
        at = self._infusion
        if at is None:
            return None
        near = [minute for minute, _ in self._readings(vital) if abs(minute - at) <= END_WITHIN_MINUTES]
        return min(near, key=lambda minute: (abs(minute - at), minute), default=None)

    def _deviation(self, vital: str) -> float | None:
        readings, before = self._readings(vital), self._derived(f"{vital}_before")
        last = self.of(f"{vital}_window")
        if not isinstance(before, float) or not isinstance(last, float):
            return None
        return max(abs(value - before) for minute, value in readings if minute <= last)

    def _sample_minute(self, analyte: str) -> float | None:
        if self._derived(f"{analyte}_css_ug_l") is None or self._infusion is None:
            return None
        latest = self._infusion + 5
        found = [
            _number(row, "minute")
            for row in self._patient.rows(Kind.SAMPLE)
            if row.values.get("analyte") == analyte and row.values.get("concentration_ug_l") is not None
        ]
        return max((minute for minute in found if minute is not None and minute <= latest), default=None)


def _head(name: str, wording: Wording) -> str:
    """The label of a derived value with its unit, or what a step in between is."""
    if name in _SHOWN:
        unit = wording.unit(name)
        return wording.label(name) + (f" ({unit})" if unit else "")
    for series in _SERIES:
        if name == f"{series}_minute":
            variable = "systolic_max_mmhg" if series == "systolic_max" else f"{series}_percent"
            return f"{wording.short_label(variable)}: {wording('export.check.minute')}"
    if name in ("readings", "samples"):
        return wording(f"export.check.{name}")
    stem = next(stem for stem in (*VITALS, *ANALYTES) if name.startswith(f"{stem}_"))
    what = "sample_minute" if stem in ANALYTES else name.removeprefix(f"{stem}_")
    return wording(f"export.check.{what}")


def _head_rows(wording: Wording) -> Iterator[Sequence[Item]]:
    spans: list[Item] = [("", _SPAN)] * (_FIRST - 1)
    heads: list[Item] = [(wording.label("study_no"), HEAD), (wording("export.check.differ"), HEAD)]
    esk, formula, difference = (wording(f"export.check.{name}") for name in ("esk", "formula", "difference"))
    for place in _PLACES:
        if place.value is None:
            spans.append(("", _SPAN))
            heads.append((_head(place.name, wording), Look(grey=True, wrap=True, lines="b")))
        else:
            spans += [(_head(place.name, wording), _SPAN), ("", _SPAN), ("", _SPAN)]
            heads += [(esk, HEAD), (formula, HEAD), (difference, HEAD)]
    yield spans
    yield heads


def _summary(row_count: int, patients: Sequence[Patient], wording: Wording) -> Iterator[Sequence[Item]]:
    """How many values differ, and whether a row of the data belongs to nobody."""
    first, last = _HEAD_ROW + 1, _HEAD_ROW + max(row_count, 1)
    yield [(wording("export.check.title"), SUBTITLE)]
    yield [(wording("export.check.note"), NOTE)]
    yield [(Formula(f"SUM(B{first}:B{last})", 0), LABEL), (wording("export.check.total"), _BESIDE_BOLD)]
    for name, sheet in (("readings", "vital_signs"), ("samples", "samples")):
        letters = letters_of(_FORMULA_COLUMN[name])
        rows = f"COUNTA({sheet}!$A:$A)-1-SUM({letters}{first}:{letters}{last})"
        yield [(Formula(rows, 0), LABEL), (wording("export.check.unplaced", sheet=sheet), _BESIDE_BOLD)]


def _difference(place: _Place, row: int) -> Formula:
    """0 where both are the same, missing too; a sign where only one is a number."""
    value, formula = cell_name(row, place.value or 0), cell_name(row, place.formula)
    both = f"AND(ISNUMBER({value}),ISNUMBER({formula}))"
    return Formula(f'IF({both},ROUND({formula}-{value},9),IF({value}&""={formula}&"",0,"\N{NOT EQUAL TO}"))', 0)


def _patient_row(values: _Values, formulas: dict[str, str], row: int, difference: str) -> list[Item]:
    heads, own = (
        f"${letters_of(_FIRST)}${_HEAD_ROW}:${letters_of(_LAST)}${_HEAD_ROW}",
        (f"${letters_of(_FIRST)}{row}:${letters_of(_LAST)}{row}"),
    )
    differing = f'SUMPRODUCT(({heads}="{difference}")*({own}<>0))'
    items: list[Item] = [values.of("study_no"), Formula(differing, 0)]
    for place in _PLACES:
        value = values.of(place.name)
        formula = Formula(formulas[place.name], value)
        if place.value is None:
            items.append((formula, _STEP))
        else:
            look = _BESIDE if place.name == "study_no" else PLAIN
            items += [(value, look), (formula, look), (_difference(place, row), _DIFFERENCE)]
    return items


def _rows(cohort: Cohort, patients: Sequence[Patient], wording: Wording) -> Iterator[Sequence[Item]]:
    yield from _summary(len(cohort), patients, wording)
    yield from _head_rows(wording)
    at, monitor, difference = rows_of(patients), wording("export.monitor"), wording("export.check.difference")
    for row, patient in enumerate(cohort.patients, _HEAD_ROW + 1):
        cell = partial(_cell, row=row)
        formulas = dict(Formulas(at[patient.id], cell, monitor).all())
        yield _patient_row(_Values(cohort, patient, monitor), formulas, row, difference)


def _cell(name: str, row: int) -> str:
    return f"${letters_of(_FORMULA_COLUMN[name])}{row}"


def _dress(writer: SheetWriter, wording: Wording) -> None:
    if writer.row_count <= _HEAD_ROW:
        return
    first, last = cell_name(_HEAD_ROW + 1, _FIRST), cell_name(writer.row_count, _LAST)
    difference = wording("export.check.difference")
    differs = f'AND({letters_of(_FIRST)}${_HEAD_ROW}="{difference}",{first}<>0)'
    mark_where(writer, f"{first}:{last}", differs, "9C0006", "FFC7CE")
    for range_ in ("A3:A5", f"B{_HEAD_ROW + 1}:B{writer.row_count}"):
        cell = range_.partition(":")[0]
        mark_where(writer, range_, f"AND(ISNUMBER({cell}),{cell}<>0)", "9C0006", "FFC7CE")


def check_sheet(cohort: Cohort, patients: Sequence[Patient], wording: Wording) -> SheetPlan | None:
    """The check, a row a patient; None where there are too many patients for it.

    Parameters
    ----------
    patients
        In the order in which the data sheets have them.
    """
    if len(cohort) > MOST_PATIENTS:
        return None
    widths = [float(12 if at <= 2 else 11) for at in range(1, _LAST + 1)]
    rows = partial(_rows, cohort, patients, wording)
    title, dress = report_title("check", wording), partial(_dress, wording=wording)
    return SheetPlan(title, widths, len(cohort) + _HEAD_ROW, rows, _HEAD_ROW, 1, dress=dress)
