"""Edits of a criteria set as pure functions: every edit gives a new set, so a draft can be judged before it is saved.

A condition is addressed by its place: (criterion, condition), both counted from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from esk_engine.criteria import Condition, CriteriaSet, Criterion

Place = tuple[int, int]
_Item = TypeVar("_Item")


def condition_at(criteria_set: CriteriaSet, place: Place) -> Condition:
    return criteria_set.criteria[place[0]].conditions[place[1]]


def with_condition(criteria_set: CriteriaSet, place: Place, condition: Condition) -> CriteriaSet:
    """The set with one condition replaced."""
    criterion = criteria_set.criteria[place[0]]
    conditions = list(criterion.conditions)
    conditions[place[1]] = condition
    return _with_criterion(criteria_set, place[0], replace(criterion, conditions=tuple(conditions)))


def with_threshold(criteria_set: CriteriaSet, place: Place, threshold: float) -> CriteriaSet:
    return with_condition(criteria_set, place, replace(condition_at(criteria_set, place), threshold=float(threshold)))


def with_operator(criteria_set: CriteriaSet, place: Place, operator: str) -> CriteriaSet:
    return with_condition(criteria_set, place, replace(condition_at(criteria_set, place), operator=operator))


def with_new_condition(criteria_set: CriteriaSet, criterion: int, condition: Condition) -> CriteriaSet:
    """The set with one more condition at the end of a criterion."""
    old = criteria_set.criteria[criterion]
    return _with_criterion(criteria_set, criterion, replace(old, conditions=(*old.conditions, condition)))


def with_new_criterion(criteria_set: CriteriaSet, name: str, condition: Condition) -> CriteriaSet:
    return criteria_set.with_criteria((*criteria_set.criteria, Criterion(name, (condition,))))


def with_criterion_name(criteria_set: CriteriaSet, criterion: int, name: str) -> CriteriaSet:
    return _with_criterion(criteria_set, criterion, replace(criteria_set.criteria[criterion], name=name))


def can_remove(criteria_set: CriteriaSet) -> bool:
    """A set keeps at least one condition: one without any would make everyone a responder."""
    return len(criteria_set.conditions()) > 1


def without_condition(criteria_set: CriteriaSet, place: Place) -> CriteriaSet:
    """The set without one condition; a criterion goes with its last one."""
    criterion = criteria_set.criteria[place[0]]
    conditions = tuple(c for at, c in enumerate(criterion.conditions) if at != place[1])
    if conditions:
        return _with_criterion(criteria_set, place[0], replace(criterion, conditions=conditions))
    return without_criterion(criteria_set, place[0])


def without_criterion(criteria_set: CriteriaSet, criterion: int) -> CriteriaSet:
    return criteria_set.with_criteria(tuple(c for at, c in enumerate(criteria_set.criteria) if at != criterion))


def moved_criterion(criteria_set: CriteriaSet, criterion: int, by: int) -> CriteriaSet:
    """The set with a criterion one place up (-1) or down (+1); the same set at the edge."""
    return criteria_set.with_criteria(_moved(criteria_set.criteria, criterion, by))


def moved_condition(criteria_set: CriteriaSet, place: Place, by: int) -> CriteriaSet:
    """The set with a condition one place up or down; at the edge of its criterion it goes to the neighbour."""
    at, inside = place
    criterion = criteria_set.criteria[at]
    if 0 <= inside + by < len(criterion.conditions):
        return _with_criterion(
            criteria_set, at, replace(criterion, conditions=_moved(criterion.conditions, inside, by))
        )
    if not 0 <= at + by < len(criteria_set.criteria):
        return criteria_set
    criteria = list(criteria_set.criteria)
    neighbour = criteria[at + by]
    taken = criterion.conditions[inside]
    joined = (*neighbour.conditions, taken) if by < 0 else (taken, *neighbour.conditions)
    criteria[at + by] = replace(neighbour, conditions=joined)
    criteria[at] = replace(criterion, conditions=tuple(c for i, c in enumerate(criterion.conditions) if i != inside))
    return criteria_set.with_criteria(tuple(c for c in criteria if c.conditions))


def threshold_before(base: CriteriaSet, criterion: Criterion, condition: Condition) -> float | None:
    """The compared set's threshold for the same variable and operator, looked for in the same criterion first."""
    own = next((c for c in base.criteria if c.name == criterion.name), None)
    for conditions in (own.conditions if own else (), base.conditions()):
        for old in conditions:
            if old.variable == condition.variable and old.operator == condition.operator:
                return old.threshold
    return None


def _with_criterion(criteria_set: CriteriaSet, at: int, criterion: Criterion) -> CriteriaSet:
    criteria = list(criteria_set.criteria)
    criteria[at] = criterion
    return criteria_set.with_criteria(tuple(criteria))


def _moved(items: Sequence[_Item], at: int, by: int) -> tuple[_Item, ...]:
    to = at + by
    if not 0 <= to < len(items):
        return tuple(items)
    order = list(items)
    order[at], order[to] = order[to], order[at]
    return tuple(order)
