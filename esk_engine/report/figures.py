"""The series of figure 1: box plots with every patient a point, as plain numbers that a panel only draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.judge import Group
from esk_engine.report.analysis import Analysis, Comparison, masks, shown_values
from esk_engine.report.table import Note
from esk_engine.report.tables import method_note, set_note
from esk_engine.statistics import Box, box

FIGURES = dict(zip(("1a", "1b", "1c"), CONCENTRATIONS, strict=True))


@dataclass(frozen=True, slots=True)
class Point:
    """One patient: the value, and whether half the LLOQ stands in for it."""

    patient_id: str
    study_no: str
    group: Group
    value: float
    below_lloq: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One panel: both groups' boxes (None where nobody was measured) and every point, by value within its group."""

    key: str
    variable: str
    unit: str
    boxes: dict[str, Box | None]
    points: tuple[Point, ...]
    comparison: Comparison
    notes: tuple[Note, ...]


def _figure(analysis: Analysis, key: str, name: str) -> Figure:
    cohort = analysis.cohort
    of, values, below = masks(cohort), shown_values(cohort, name), cohort.below_lloq(name)
    ids, study_nos = cohort.ids, cohort.study_nos
    boxes: dict[str, Box | None] = {}
    points: list[Point] = []
    for group in (Group.NON_RESPONDER, Group.RESPONDER):
        rows = np.flatnonzero(of[group] & ~np.isnan(values))
        boxes[group] = box(values[rows]) if len(rows) else None
        ordered = sorted(rows, key=lambda row: (values[row], row))
        points += [Point(ids[r], study_nos[r], group, float(values[r]), bool(below[r])) for r in map(int, ordered)]
    notes = (Note("box"), method_note(analysis), Note("shift"), set_note(analysis))
    if cohort.settings.synthetic:
        notes = (*notes, Note("synthetic"))
    comparison = analysis.comparison(name)
    return Figure(key, name, comparison.unit, boxes, tuple(points), comparison, notes)


def figure_series(analysis: Analysis) -> tuple[Figure, ...]:
    """Figures 1a, 1b and 1c."""
    return tuple(_figure(analysis, key, name) for key, name in FIGURES.items())
