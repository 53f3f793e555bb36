"""How conditions, evidence and criteria sets read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from esk_engine.consequences import Reason, Why
from esk_engine.criteria import Condition, CriteriaSet
from esk_engine.dictionary import numeric
from esk_engine.report.render import set_name as printed_name
from esk_engine.wording import Wording

SIGNS = {">=": "≥", "<=": "≤"}
_FAILED = {">=": "<", "<=": ">"}


def threshold_text(condition: Condition, threshold: float, wording: Wording) -> str:
    """``≥ 30 %``."""
    return f"{SIGNS[condition.operator]} {with_unit(condition.variable, threshold, wording)}"


def with_unit(variable: str, value: float, wording: Wording) -> str:
    return wording.with_unit(wording.number(value), numeric(variable).unit)


def evidence_text(reason: Reason, wording: Wording) -> str:
    """Why a condition decided: ``26,9 ≤ 30 %``, ``2 < 3 weken``, or that its value is missing or no longer asked."""
    condition = reason.condition
    if reason.why is Why.DROPPED:
        return wording("criteria_page.dropped")
    if reason.why is Why.UNKNOWN or reason.value is None:
        return wording("criteria_page.unknown")
    sign = SIGNS[condition.operator] if reason.why is Why.MET else _FAILED[condition.operator]
    value = wording.number_beside(reason.value, condition.threshold)
    return f"{value} {sign} {with_unit(condition.variable, condition.threshold, wording)}"


def standing_text(criteria_set: CriteriaSet, wording: Wording) -> str:
    """Whether a set was specified beforehand, or how many outcomes were known when it was defined."""
    if criteria_set.specified_beforehand:
        return wording("criteria_page.specified_beforehand")
    return wording("criteria_page.defined_when", k=criteria_set.outcomes_known, n=criteria_set.patients)


def set_name(criteria_set: CriteriaSet, wording: Wording) -> str:
    """A set by its name, as reports print it; the shipped one by its name in this language."""
    return printed_name(criteria_set.name, wording)


def copy_name(criteria_set: CriteriaSet, taken: Iterable[str], wording: Wording) -> str:
    """A name for a copy that no other set has."""
    names = {name.casefold() for name in taken}
    first = wording("criteria_page.copy_name", name=set_name(criteria_set, wording))
    numbered = (wording("criteria_page.copy_name_n", name=set_name(criteria_set, wording), n=n) for n in count(2))
    return first if first.casefold() not in names else next(name for name in numbered if name.casefold() not in names)
