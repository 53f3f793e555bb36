"""Derived values: one vectorised definition each, for one patient and for a million (docs/DEFINITIONS.md).

Each value is rounded to 9 decimals once, here; that value is compared, ranked, shown and exported, so that
equal values are equal whichever way a formula is written. A missing input gives NaN, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from esk_engine.settings import Settings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

DECIMALS = 9
END_WITHIN_MINUTES = 15
CSS_AFTER_MINUTES = 5
MONITOR = -1.0  # stands where a minute would, when the monitor's extreme decided
ESKETAMINE, NORKETAMINE, OTHER_ANALYTE = 0, 1, 2
CHUNK = 8_192  # patients a pass: their readings stay in the processor's cache
_READING_NAMES = {"heart_rate": "heart_rate_bpm", "systolic": "systolic_mmhg", "diastolic": "diastolic_mmhg"}


@dataclass(frozen=True, slots=True)
class Course:
    """The courses of n patients as arrays; NaN is missing, a value marked as an artefact is missing too.

    Attributes
    ----------
    numbers
        Every numeric single value by name, shape (n,).
    reading_counts, sample_counts
        Rows of each patient, shape (n,); the rows of a patient lie together, by minute.
    reading_minute, readings
        Shape (r,); ``readings`` by variable name.
    sample_minute, sample_analyte, sample_value, sample_lloq
        Shape (s,); ``sample_lloq`` is the LLOQ in ug/L of a sample below it, else NaN.
    """

    numbers: Mapping[str, Floats]
    reading_counts: Ints
    reading_minute: Floats
    readings: Mapping[str, Floats]
    sample_counts: Ints
    sample_minute: Floats
    sample_analyte: Ints
    sample_value: Floats
    sample_lloq: Floats

    def __len__(self) -> int:
        return len(self.reading_counts)


@dataclass(frozen=True, slots=True)
class Derived:
    """All derived values of n patients.

    Attributes
    ----------
    values
        By name of the derived variable, shape (n,), NaN where missing.
    minutes
        For each series the (earliest) minute its value fell on, ``MONITOR`` where the monitor's extreme decided.
    complete
        For each series: readings at minute 0 and at the end, and few enough scheduled ones missing.
    lloq
        For each concentration the LLOQ in ug/L of a value below it, else NaN.
    """

    values: dict[str, Floats]
    minutes: dict[str, Floats]
    complete: dict[str, Bools]
    lloq: dict[str, Floats]


class _Segments:
    """Reductions over the rows of each patient; a patient without rows gets the neutral value."""

    def __init__(self, counts: Ints) -> None:
        self._counts = counts
        self._filled = np.flatnonzero(counts)
        self._starts = (np.cumsum(counts) - counts)[self._filled]

    def _reduce(self, ufunc: np.ufunc, rows: Floats, empty: float) -> Floats:
        out = np.full(len(self._counts), empty)
        if len(self._filled):
            out[self._filled] = ufunc.reduceat(rows, self._starts)
        return out

    def highest(self, rows: Floats) -> Floats:
        return self._reduce(np.maximum, rows, -np.inf)

    def lowest(self, rows: Floats) -> Floats:
        return self._reduce(np.minimum, rows, np.inf)

    def total(self, rows: Floats) -> Floats:
        return self._reduce(np.add, rows, 0.0)

    def spread(self, per_patient: Floats) -> Floats:
        return np.repeat(per_patient, self._counts)


def _rounded(values: Floats) -> Floats:
    return np.round(values, DECIMALS)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def bmi(height_cm: Floats, weight_kg: Floats) -> Floats:
    """Body mass index in kg/m2, shape (n,)."""
    return _rounded(weight_kg / (height_cm / 100) ** 2)


def reduction_percent(before: Floats, end: Floats) -> Floats:
    """100 * (before - end) / before; missing where before is 0."""
    return _rounded(_finite(100 * (before - end) / np.where(before == 0, np.nan, before)))


def change_percent(before: Floats, end: Floats) -> Floats:
    """100 * (end - before) / before, signed."""
    return _rounded(_finite(100 * (end - before) / np.where(before == 0, np.nan, before)))


def _vital(course: Course, vital: str, settings: Settings, rows: _Segments, out: Derived) -> None:
    """Before, end, change and variation of one vital sign; for the systolic its maximum as well."""
    minute, x = course.reading_minute, course.readings[_READING_NAMES[vital]]
    infusion = course.numbers["infusion_minutes"]
    valid = ~np.isnan(x)
    before = _finite(rows.lowest(np.where(valid & (minute == 0), x, np.inf)))

    distance = np.abs(minute - rows.spread(infusion))
    distance = np.where(valid & (distance <= END_WITHIN_MINUTES), distance, np.inf)
    nearest = rows.spread(rows.lowest(distance))
    end_minute = _finite(rows.lowest(np.where(np.isfinite(distance) & (distance == nearest), minute, np.inf)))
    is_end = valid & (minute == rows.spread(end_minute))
    end = _finite(rows.lowest(np.where(is_end, x, np.inf)))

    # While infusion_minutes is missing the course is under way: every reading so far belongs to it.
    window_end = np.where(np.isnan(infusion), np.inf, np.fmax(infusion, end_minute))
    inside = valid & (minute <= rows.spread(window_end))
    scheduled = valid & (minute % settings.reading_interval_minutes == 0) & (minute <= rows.spread(infusion))
    expected = np.floor(infusion / settings.reading_interval_minutes) + 1
    missing = expected - rows.total(scheduled.astype(np.float64))
    complete = ~np.isnan(before) & ~np.isnan(end) & (missing <= settings.max_missing_readings)

    out.values[f"{vital}_before"] = before
    out.values[f"{vital}_end"] = end
    out.values[f"{vital}_change_percent"] = change_percent(before, end)
    variation = np.abs(change_percent(rows.spread(before), x))
    value, at = _highest(rows, np.where(inside & ~np.isnan(variation), variation, -np.inf), minute)
    if vital == "heart_rate":
        for extreme in ("heart_rate_lowest_bpm", "heart_rate_highest_bpm"):
            monitor = np.abs(change_percent(before, course.numbers[extreme]))
            further = monitor > np.where(np.isnan(value), -np.inf, value)
            value, at = np.where(further, monitor, value), np.where(further, MONITOR, at)
    name = f"{vital}_variation_percent"
    out.values[name], out.minutes[name], out.complete[name] = value, at, complete
    if vital == "systolic":
        name = "systolic_max_mmhg"
        out.values[name], out.minutes[name] = _highest(rows, np.where(inside, x, -np.inf), minute)
        out.complete[name] = complete


def _highest(rows: _Segments, values: Floats, minute: Floats) -> tuple[Floats, Floats]:
    """The highest value of each patient and the earliest minute it fell on; -inf is no value."""
    highest = rows.highest(values)
    here = np.isfinite(values) & (values == rows.spread(highest))
    return _finite(highest), _finite(rows.lowest(np.where(here, minute, np.inf)))


def _steady_state(course: Course, settings: Settings, out: Derived) -> None:
    """The last sample at steady state of either analyte, and their ratio."""
    rows = _Segments(course.sample_counts)
    minute = course.sample_minute
    last = rows.spread(course.numbers["infusion_minutes"] + CSS_AFTER_MINUTES)
    measured = ~np.isnan(course.sample_value) | ~np.isnan(course.sample_lloq)
    in_time = measured & (minute >= settings.css_from_minute) & (minute <= last)
    for analyte, name in ((ESKETAMINE, "esketamine_css_ug_l"), (NORKETAMINE, "norketamine_css_ug_l")):
        own = in_time & (course.sample_analyte == analyte)
        latest = rows.highest(np.where(own, minute, -np.inf))
        chosen = own & (minute == rows.spread(latest))
        picked = np.where(chosen & ~np.isnan(course.sample_value), course.sample_value, np.inf)
        out.values[name] = _rounded(_finite(rows.lowest(picked)))
        below = np.where(chosen & ~np.isnan(course.sample_lloq), course.sample_lloq, np.inf)
        out.lloq[name] = _finite(rows.lowest(below))
    out.values["ratio"] = _rounded(_finite(out.values["esketamine_css_ug_l"] / out.values["norketamine_css_ug_l"]))


def _derive_part(course: Course, settings: Settings) -> Derived:
    out = Derived({}, {}, {}, {})
    numbers = course.numbers
    out.values["bmi_kg_m2"] = bmi(numbers["height_cm"], numbers["weight_kg"])
    out.values["nrs_reduction_percent"] = reduction_percent(numbers["nrs_before"], numbers["nrs_end"])
    rows = _Segments(course.reading_counts)
    for vital in _READING_NAMES:
        _vital(course, vital, settings, rows, out)
    _steady_state(course, settings, out)
    return out


def derive(course: Course, settings: Settings) -> Derived:
    """Every derived value of every patient; cost is linear in patients and readings.

    Parameters
    ----------
    course
        n patients.
    settings
        ``reading_interval_minutes``, ``max_missing_readings`` and ``css_from_minute`` are used.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if len(course) <= CHUNK:
            return _derive_part(course, settings)
        starts = range(0, len(course), CHUNK)
        parts = [_derive_part(part, settings) for part in _parts(course, starts)]

    def joined(of: str) -> dict[str, NDArray[np.float64]]:
        first: dict[str, NDArray[np.float64]] = getattr(parts[0], of)
        return {name: np.concatenate([getattr(part, of)[name] for part in parts]) for name in first}

    complete: dict[str, Bools] = {
        name: np.concatenate([part.complete[name] for part in parts]) for name in parts[0].complete
    }
    return Derived(joined("values"), joined("minutes"), complete, joined("lloq"))


def _parts(course: Course, starts: range) -> list[Course]:
    """The course in chunks, its offsets summed once."""
    reading_at = np.concatenate(([0], np.cumsum(course.reading_counts)))
    sample_at = np.concatenate(([0], np.cumsum(course.sample_counts)))
    parts: list[Course] = []
    for start in starts:
        stop = min(start + starts.step, len(course))
        r, s = slice(reading_at[start], reading_at[stop]), slice(sample_at[start], sample_at[stop])
        parts.append(
            Course(
                {name: values[start:stop] for name, values in course.numbers.items()},
                course.reading_counts[start:stop],
                course.reading_minute[r],
                {name: values[r] for name, values in course.readings.items()},
                course.sample_counts[start:stop],
                course.sample_minute[s],
                course.sample_analyte[s],
                course.sample_value[s],
                course.sample_lloq[s],
            )
        )
    return parts
