"""The numbers that the course plot draws: curves, bands, limits and the deciding reading. No drawing here."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.records import Patient
from esk_gui.patients.vital_marks import Marks, VitalLimits, series

PRESSURES = ("systolic_mmhg", "diastolic_mmhg")
PULSE = ("heart_rate_bpm",)


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """One reading on a curve; ``change`` is its change from minute 0 in %."""

    minute: int
    value: float
    outside: bool
    deciding: bool
    change: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """One vital sign over the infusion.

    Attributes
    ----------
    before
        The reading at minute 0, or None.
    band
        The lowest and highest value that the criteria allow around it, or None.
    ceiling
        The highest value allowed whatever the reading at minute 0 was, or None.
    """

    variable: str
    points: tuple[CoursePoint, ...]
    before: float | None
    band: tuple[float, float] | None
    ceiling: float | None

    def extent(self) -> tuple[float, ...]:
        """Every value that the axis must hold."""
        ceiling = () if self.ceiling is None else (self.ceiling,)
        return (*(point.value for point in self.points), *(self.band or ()), *ceiling)


@dataclass(frozen=True, slots=True)
class CourseData:
    """Both panels of the plot; ``last`` is the minute at which its axis ends."""

    pressure: tuple[Curve, ...]
    pulse: tuple[Curve, ...]
    last: int
    has_readings: bool


def course_data(patient: Patient, limits: VitalLimits, marks: Marks, last: int) -> CourseData:
    """The course of one patient."""

    def curve(variable: str) -> Curve:
        course = series(patient, variable)
        before = next((value for minute, value in course if minute == 0), None)
        allowed = limits.variation.get(variable)
        band = None
        if before is not None and allowed is not None:
            band = (before * (1 - allowed / 100), before * (1 + allowed / 100))
        points = tuple(
            CoursePoint(
                minute,
                value,
                (minute, variable) in marks.outside,
                (minute, variable) in marks.deciding,
                marks.changes.get((minute, variable)),
            )
            for minute, value in course
        )
        ceiling = limits.systolic_max if variable == "systolic_mmhg" else None
        return Curve(variable, points, before, band, ceiling)

    pressure, pulse = tuple(curve(v) for v in PRESSURES), tuple(curve(v) for v in PULSE)
    minutes = [point.minute for each in (*pressure, *pulse) for point in each.points]
    return CourseData(pressure, pulse, max([last, *minutes]), bool(minutes))
