"""The evidence of a verdict, condition by condition, as texts and shares: nothing here is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esk_engine.dictionary import numeric
from esk_engine.judge import Verdict

if TYPE_CHECKING:
    from esk_engine.verdicts import ConditionVerdict
    from esk_engine.wording import Wording

SIGNS = {">=": "≥", "<=": "≤"}


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """One condition as it is read.

    Attributes
    ----------
    fill, tick
        How far the value and the threshold reach along the bar, 0..1; None where there is none.
    note
        Why it is still open, or "".
    failed
        This condition is not met.
    """

    what: str
    value: str
    limit: str
    note: str
    fill: float | None
    tick: float | None
    failed: bool


def scale_of(variable: str, threshold: float, operator: str) -> tuple[float, float]:
    """The values at both ends of a bar.

    A share of a whole runs to 100 %, the highest pressure to a third above its limit, all else to twice the limit.
    """
    declared = numeric(variable)
    if declared.unit == "%" and operator == ">=" and 0 < threshold <= 100:
        return 0.0, 100.0
    if variable == "systolic_max_mmhg" and threshold > 0:
        return 0.0, threshold * 4 / 3
    reach = 2 * abs(threshold) or 1.0
    return (0.0, reach) if threshold >= 0 else (-reach, 0.0)


def evidence_text(judged: ConditionVerdict, words: Wording, *, is_short: bool = False) -> EvidenceText:
    """One condition with its value, its limit and its place on the bar; ``is_short`` where there is little room."""
    condition, value = judged.condition, judged.value
    declared = numeric(condition.variable)
    low, high = scale_of(condition.variable, condition.threshold, condition.operator)

    def share(number: float) -> float:
        return min(max((number - low) / (high - low), 0.0), 1.0)

    unit = "" if is_short and declared.unit == "mmHg" else declared.unit
    shown = words.with_unit(words.number_beside(value, condition.threshold), unit)
    limit_unit = declared.unit if declared.unit == "%" else ""
    limit = words.with_unit(words.number(condition.threshold), limit_unit)
    return EvidenceText(
        _what(judged, words, is_short),
        words.number(None) if value is None else shown,
        f"{SIGNS[condition.operator]} {limit}",
        _note(judged, words),
        None if value is None else share(value),
        share(condition.threshold),
        judged.verdict is Verdict.NOT_MET,
    )


def _what(judged: ConditionVerdict, words: Wording, is_short: bool) -> str:
    name = judged.condition.variable
    keys = [f"patients.evidence.{name}.short"] if is_short else []
    own = next((key for key in (*keys, f"patients.evidence.{name}") if words.has(key)), None)
    text = words(own) if own else words.short_label(name)
    if judged.minute == "monitor":
        return words("patients.evidence.at_monitor", what=text)
    return text if judged.minute is None else words("patients.evidence.at", what=text, minute=judged.minute)


def _note(judged: ConditionVerdict, words: Wording) -> str:
    if judged.verdict is not Verdict.UNKNOWN:
        return ""
    if judged.value is None:
        reason = f"reason.{judged.reason}"
        return words(reason) if judged.reason and words.has(reason) else words("patients.evidence.missing")
    if judged.so_far:
        return words("patients.evidence.so_far")
    return words("patients.evidence.ongoing") if judged.condition.variable == "relief_weeks" else ""
