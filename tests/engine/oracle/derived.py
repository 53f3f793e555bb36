"""Derived values of one patient, reckoned in exact fractions and rounded once to nine decimals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.engine.oracle.model import VITALS, Below, Concentration, Number, Patient, Rules

END_WITHIN = 15
SAMPLE_AFTER_END = 5
MONITOR = "monitor"


@dataclass(frozen=True)
class Derived:
    """Every derived value, the minute (or the monitor) that decided each series, and which series are complete."""

    values: dict[str, Concentration]
    minutes: dict[str, int | str | None]
    complete: dict[str, bool]


def rounded(value: Number) -> Number:
    return None if value is None else Fraction(round(value * 10**9), 10**9)


def _percent(value: Number, before: Number) -> Number:
    if value is None or before is None or before == 0:
        return None
    return rounded(100 * (value - before) / before)


def _of(patient: Patient, vital: str) -> list[tuple[int, Fraction]]:
    """The readings of one vital sign that count, in the order of their minutes."""
    found: list[tuple[int, Fraction]] = []
    for reading in sorted(patient.readings, key=lambda r: r.minute):
        value = reading.counted(vital)
        if value is not None:
            found.append((reading.minute, value))
    return found


def _end(course: list[tuple[int, Fraction]], infusion: Number) -> tuple[int, Fraction] | None:
    if infusion is None:
        return None
    near = [(abs(minute - infusion), minute, value) for minute, value in course if abs(minute - infusion) <= END_WITHIN]
    return min(near)[1:] if near else None


def _largest(candidates: list[tuple[int | str, Fraction]]) -> tuple[int | str | None, Number]:
    """The first of the largest; (None, None) of none."""
    best: tuple[int | str | None, Number] = (None, None)
    for place, value in candidates:
        if best[1] is None or value > best[1]:
            best = (place, value)
    return best


def _complete(course: list[tuple[int, Fraction]], end: object, infusion: Number, rules: Rules) -> bool:
    minutes = {minute for minute, _ in course}
    if infusion is None or end is None or 0 not in minutes:
        return False
    scheduled = range(0, int(infusion) + 1, rules.reading_interval_minutes)
    return sum(minute not in minutes for minute in scheduled) <= rules.max_missing_readings


def _steady(patient: Patient, analyte: str, rules: Rules) -> Concentration:
    infusion = patient.numbers.get("infusion_minutes")
    if infusion is None:
        return None
    own = [s for s in patient.samples if s.analyte == analyte and s.concentration is not None]
    own = [s for s in own if rules.css_from_minute <= s.minute <= infusion + SAMPLE_AFTER_END]
    if not own:
        return None
    found = max(own, key=lambda s: s.minute).concentration
    return found if isinstance(found, Below) else rounded(found)


def _vital(patient: Patient, vital: str, rules: Rules, to: Derived) -> None:
    infusion = patient.numbers.get("infusion_minutes")
    course = _of(patient, vital)
    before = dict(course).get(0)
    end = _end(course, infusion)
    # The window ends with the infusion or the end reading, whichever is later; a course under way has no end yet.
    until = None if infusion is None else max(infusion, Fraction(end[0]) if end else infusion)
    window: list[tuple[int | str, Fraction]] = [(m, v) for m, v in course if until is None or m <= until]
    complete = _complete(course, end, infusion, rules)
    to.values[f"{vital}_before"] = before
    to.values[f"{vital}_end"] = end[1] if end else None
    to.values[f"{vital}_change_percent"] = _percent(end[1] if end else None, before)
    name = f"{vital}_variation_percent"
    seen = list(window)
    if vital == "heart_rate":
        extremes = (patient.numbers.get(f"heart_rate_{which}_bpm") for which in ("lowest", "highest"))
        seen += [(MONITOR, value) for value in extremes if value is not None]
    changes = [(place, _percent(value, before)) for place, value in seen]
    to.minutes[name], to.values[name] = _largest([(place, abs(c)) for place, c in changes if c is not None])
    to.complete[name] = complete
    if vital == "systolic":
        name = "systolic_max_mmhg"
        to.minutes[name], to.values[name] = _largest(window)
        to.complete[name] = complete


def derive(patient: Patient, rules: Rules) -> Derived:
    """Everything of section 5 but the Naranjo score."""
    to = Derived({}, {}, {})
    numbers = patient.numbers
    height, weight = numbers.get("height_cm"), numbers.get("weight_kg")
    to.values["bmi_kg_m2"] = rounded(weight / (height / 100) ** 2) if height and weight else None
    before, end = numbers.get("nrs_before"), numbers.get("nrs_end")
    reduction = 100 * (before - end) / before if before and end is not None else None
    to.values["nrs_reduction_percent"] = rounded(reduction)
    for vital in VITALS:
        _vital(patient, vital, rules, to)
    esketamine, norketamine = (_steady(patient, analyte, rules) for analyte in ("esketamine", "norketamine"))
    to.values["esketamine_css_ug_l"], to.values["norketamine_css_ug_l"] = esketamine, norketamine
    to.values["ratio"] = None
    if isinstance(esketamine, Fraction) and isinstance(norketamine, Fraction) and norketamine != 0:
        to.values["ratio"] = rounded(esketamine / norketamine)
    return to
