"""Judging: conditions held against arrays, three-valued, and what follows for criteria and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from esk_engine.criteria import Condition, CriteriaSet
from esk_engine.derive import DECIMALS, Bools, Floats

Verdicts = NDArray[np.int8]
NOT_MET, UNKNOWN, MET = 0, 1, 2  # in this order a criterion's verdict is the lowest of its conditions


class Verdict(StrEnum):
    """What a condition or a criterion comes to."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Group(StrEnum):
    """Where a patient belongs; the undetermined are in no group and are counted where the reader sees it."""

    RESPONDER = "responder"
    NON_RESPONDER = "non_responder"
    UNDETERMINED = "undetermined"


VERDICTS = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)
GROUPS = (Group.NON_RESPONDER, Group.UNDETERMINED, Group.RESPONDER)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What conditions are judged on.

    Attributes
    ----------
    columns
        Numeric variables by name, shape (n,), NaN where missing.
    complete
        For each series, shape (n,): it can no longer rise.
    lloq
        For each concentration, shape (n,): the LLOQ of a value below it, else NaN.
    relief_ongoing
        Shape (n,): relief was still there at the evaluation.
    """

    columns: Mapping[str, Floats]
    complete: Mapping[str, Bools]
    lloq: Mapping[str, Floats]
    relief_ongoing: Bools


@dataclass(frozen=True, slots=True)
class Judgement:
    """Verdicts as numbers (0 not met, 1 unknown, 2 met).

    Attributes
    ----------
    conditions
        Shape (c, n), in the order of the set.
    criteria
        Shape (k, n).
    groups
        Shape (n,): 0 non-responder, 1 undetermined, 2 responder.
    """

    conditions: Verdicts
    criteria: Verdicts
    groups: Verdicts


def judge_condition(condition: Condition, evidence: Evidence) -> Verdicts:
    """One condition for n patients, shape (n,).

    A series that exceeds a ``<=`` is not met whatever is missing; every other verdict on a series waits until it
    is complete. Relief that lasts on can only grow. A concentration below its LLOQ is somewhere between 0 and it.
    """
    value, threshold = evidence.columns[condition.variable], round(condition.threshold, DECIMALS)
    at_least = condition.operator == ">="
    held = value >= threshold if at_least else value <= threshold
    verdict = np.where(held, MET, NOT_MET).astype(np.int8)
    verdict[np.isnan(value)] = UNKNOWN
    if condition.variable in evidence.complete:
        can_rise = ~evidence.complete[condition.variable]
        verdict[can_rise & (held | at_least)] = UNKNOWN
    elif condition.variable == "relief_weeks":
        verdict[evidence.relief_ongoing & (held != at_least)] = UNKNOWN
    elif condition.variable in evidence.lloq:
        below = evidence.lloq[condition.variable] <= threshold
        verdict[below] = NOT_MET if at_least else MET
    return verdict


def judge(criteria_set: CriteriaSet, evidence: Evidence, n: int) -> Judgement:
    """Every verdict of one criteria set for n patients."""
    conditions: list[Verdicts] = []
    criteria: list[Verdicts] = []
    for criterion in criteria_set.criteria:
        own = [judge_condition(condition, evidence) for condition in criterion.conditions]
        conditions += own
        criteria.append(np.minimum.reduce(own))
    none = np.zeros((0, n), dtype=np.int8)
    stacked = np.stack(criteria) if criteria else none
    groups = stacked.min(axis=0) if criteria else np.full(n, UNKNOWN, dtype=np.int8)
    return Judgement(np.stack(conditions) if conditions else none, stacked, groups)
