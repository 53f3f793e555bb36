"""From records to arrays: the courses of patients as the engine computes with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from esk_engine.derive import ESKETAMINE, NORKETAMINE, OTHER_ANALYTE, Course
from esk_engine.dictionary import Kind, variables_of
from esk_engine.records import BelowLloq, Patient, Record

NUMBER_NAMES = tuple(v.name for v in variables_of(Kind.PATIENT) if v.is_numeric)
CODE_NAMES = tuple(v.name for v in variables_of(Kind.PATIENT) if v.codes)
VITAL_NAMES = ("heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg")
_ANALYTE = {"esketamine": ESKETAMINE, "norketamine": NORKETAMINE}
_NAN = float("nan")


def number_of(record: Record, name: str) -> float:
    """A numeric value of a record, NaN where it is missing or below an LLOQ."""
    value = record.values.get(name)
    return float(value) if isinstance(value, (int, float)) else _NAN


def course_of(patients: Sequence[Patient]) -> Course:
    """The arrays of n patients; rows without a minute and values marked as artefacts are left out.

    Parameters
    ----------
    patients
        In the order that the arrays will have; the rows of each by minute.
    """
    readings: list[tuple[float, float, float, float]] = []
    samples: list[tuple[float, int, float, float]] = []
    reading_counts = np.zeros(len(patients), dtype=np.int64)
    sample_counts = np.zeros(len(patients), dtype=np.int64)
    for i, patient in enumerate(patients):
        before = len(readings), len(samples)
        readings.extend(_reading(row) for row in patient.readings if "minute" in row.values)
        samples.extend(_sample(row) for row in patient.samples if "minute" in row.values)
        reading_counts[i], sample_counts[i] = len(readings) - before[0], len(samples) - before[1]
    vital = np.array(readings, dtype=np.float64).reshape(-1, 4)
    sample = np.array(samples, dtype=np.float64).reshape(-1, 4)
    numbers = {name: np.array([number_of(p.record, name) for p in patients]) for name in NUMBER_NAMES}
    return Course(
        numbers,
        reading_counts,
        vital[:, 0],
        {name: vital[:, k] for k, name in enumerate(VITAL_NAMES, 1)},
        sample_counts,
        sample[:, 0],
        sample[:, 1].astype(np.int64),
        sample[:, 2],
        sample[:, 3],
    )


def _reading(row: Record) -> tuple[float, float, float, float]:
    marked = row.values.get("artefact")
    if not isinstance(marked, str):
        return (
            number_of(row, "minute"),
            number_of(row, "heart_rate_bpm"),
            number_of(row, "systolic_mmhg"),
            number_of(row, "diastolic_mmhg"),
        )
    out = marked.split(",")
    heart_rate, systolic, diastolic = (_NAN if name in out else number_of(row, name) for name in VITAL_NAMES)
    return number_of(row, "minute"), heart_rate, systolic, diastolic


def _sample(row: Record) -> tuple[float, int, float, float]:
    concentration = row.values.get("concentration_ug_l")
    lloq = concentration.lloq if isinstance(concentration, BelowLloq) else _NAN
    analyte = _ANALYTE.get(str(row.values.get("analyte")), OTHER_ANALYTE)
    return number_of(row, "minute"), analyte, number_of(row, "concentration_ug_l"), lloq
