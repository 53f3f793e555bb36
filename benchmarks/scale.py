"""Cost against the number of patients, from arrays, and a map of ten thousand criteria sets."""

from __future__ import annotations

import itertools
import statistics

import numpy as np

from benchmarks.cohorts import demo, tiled
from benchmarks.rows import Row, seconds, timed
from esk_engine.course import course_of
from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.derive import Course, derive
from esk_engine.dictionary import CONCENTRATIONS, DERIVED
from esk_engine.judge import Evidence, judge
from esk_engine.settings import Settings
from esk_engine.statistics import exact_p_many

_SIZES = (30, 1_020, 10_020, 100_020, 1_000_020)  # multiples of the demo's thirty
_RESPONDER = 2


def _derived_and_judged(course: Course) -> None:
    found = derive(course, Settings())
    ongoing = np.zeros(len(course), dtype=np.bool_)
    judge(TABLE_2, Evidence({**course.numbers, **found.values}, found.complete, found.lloq, ongoing), len(course))


def _seconds_for(course: Course) -> float:
    rounds = 1 if len(course) > 500_000 else 5
    return statistics.median(timed(lambda: _derived_and_judged(course)) for _ in range(rounds))


def _sets(n: int) -> list[CriteriaSet]:
    """``n`` variations of table 2: four thresholds, ten steps each."""
    steps = itertools.product(range(10, 60, 5), np.arange(0.5, 5.5, 0.5), range(10, 30, 2), range(140, 190, 5))
    return [
        CriteriaSet(
            "",
            "",
            (
                Criterion("pain_relief", (Condition("nrs_reduction_percent", ">=", relief),)),
                Criterion("duration", (Condition("relief_weeks", ">=", float(weeks)),)),
                Criterion(
                    "circulation",
                    (
                        Condition("heart_rate_variation_percent", "<=", variation),
                        Condition("systolic_variation_percent", "<=", variation),
                        Condition("diastolic_variation_percent", "<=", variation),
                        Condition("systolic_max_mmhg", "<=", highest),
                    ),
                ),
            ),
        )
        for relief, weeks, variation, highest in itertools.islice(steps, n)
    ]


def _map(sets: list[CriteriaSet]) -> None:
    """Groups of every set, and the exact P of responders against the others for the three concentrations."""
    cohort = demo()
    columns = {condition.variable: cohort.column(condition.variable) for condition in sets[0].conditions()}
    whole, none = np.ones(len(cohort), dtype=np.bool_), np.zeros(len(cohort), dtype=np.bool_)
    evidence = Evidence(columns, {each.name: whole for each in DERIVED if each.is_series}, {}, none)
    groups = np.stack([judge(each, evidence, len(cohort)).groups for each in sets]) == _RESPONDER
    for name in CONCENTRATIONS:
        exact_p_many(cohort.column(name), groups)


def rows() -> list[Row]:
    """Seconds at each size, how far from linear, and the map."""
    own = course_of(demo().patients)
    _derived_and_judged(own)
    found = {n: _seconds_for(tiled(own, n)) for n in _SIZES}
    largest, second = _SIZES[-1], _SIZES[-2]
    growth = (found[largest] / largest) / (found[second] / second)
    texts = ", ".join(f"{n:,}: {seconds(value)}" for n, value in found.items())
    sets = _sets(10_000)
    _map(sets[:10])
    mapped = timed(lambda: _map(sets))
    return [
        Row("derived and judged from arrays", texts, "-", "a million <= 4 s", found[largest] <= 4),
        Row("growth per patient, 100,000 to a million", f"{growth:.2f} x", "-", "linear: <= 1.3 x", growth <= 1.3),
        Row(f"map of {len(sets):,} criteria sets, 3 exact P each", seconds(mapped), "-", "<= 1 s", mapped <= 1),
    ]
