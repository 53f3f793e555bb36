"""The patients that are measured with: the demo study's, and as many copies of them as a row asks for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2
from esk_engine.derive import Course
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.records import Patient, Record, new_id
from esk_engine.study import Person

PERSON = Person("BENCH")


@cache
def demo() -> Cohort:
    """The thirty patients of the demo study."""
    return Cohort.of(demo_patients(), demo_settings("en"), TABLE_2)


def _copy(patient: Patient, number: int) -> Patient:
    owner = new_id()

    def renamed(record: Record) -> Record:
        return replace(record, id=new_id(), patient_id=owner)

    record = replace(patient.record, id=owner, patient_id=owner).with_value("study_no", f"B{number:06}")
    return Patient(
        record,
        tuple(renamed(row) for row in patient.readings),
        tuple(renamed(row) for row in patient.samples),
        tuple(renamed(row) for row in patient.adverse_events),
    )


def patients(n: int) -> tuple[Patient, ...]:
    """``n`` patients with study numbers of their own; the demo's own thirty where 30 are asked for."""
    own = demo().patients
    return own if n == len(own) else tuple(_copy(own[i % len(own)], i) for i in range(n))


def tiled(course: Course, n: int) -> Course:
    """The arrays of a course repeated until there are ``n`` patients, ``n`` a multiple of its own."""
    times = n // len(course)

    def repeat(array: np.ndarray) -> np.ndarray:
        return np.tile(array, times)

    return Course(
        {name: repeat(column) for name, column in course.numbers.items()},
        repeat(course.reading_counts),
        repeat(course.reading_minute),
        {name: repeat(column) for name, column in course.readings.items()},
        repeat(course.sample_counts),
        repeat(course.sample_minute),
        repeat(course.sample_analyte),
        repeat(course.sample_value),
        repeat(course.sample_lloq),
    )
