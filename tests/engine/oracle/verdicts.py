"""Three-valued verdicts of one patient, and what the Naranjo answers of a side effect are worth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.engine.oracle.derived import Derived
from tests.engine.oracle.model import Below, Concentration, Condition, Event, Patient, Rules

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
# Points for yes, no and unknown (Naranjo et al. 1981).
POINTS = (
    (1, 0, 0),
    (2, -1, 0),
    (1, 0, 0),
    (2, -1, 0),
    (-1, 2, 0),
    (-1, 1, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
)
ANSWERS = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Judged:
    condition: Condition
    value: Concentration
    minute: int | str | None
    verdict: str


def _holds(value: Fraction, condition: Condition) -> bool:
    return value >= condition.threshold if condition.operator == ">=" else value <= condition.threshold


def _below(value: Below, condition: Condition) -> str:
    """Somewhere under the limit of quantification: known only against a threshold that is not under it."""
    if condition.threshold < value.lloq:
        return UNKNOWN
    return NOT_MET if condition.operator == ">=" else MET


def _judge(condition: Condition, patient: Patient, derived: Derived) -> Judged:
    name = condition.variable
    value = derived.values[name] if name in derived.values else patient.numbers.get(name)
    minute = derived.minutes.get(name)
    if value is None:
        verdict = UNKNOWN
    elif isinstance(value, Below):
        verdict = _below(value, condition)
    elif name in derived.complete and not derived.complete[name]:
        # Exceeded stays exceeded; everything else waits for the readings that are missing.
        exceeded = condition.operator == "<=" and value > condition.threshold
        verdict = NOT_MET if exceeded else UNKNOWN
    elif name == "relief_weeks" and patient.codes.get("relief_ongoing") == "yes":
        # Relief that is still there can only grow: over the threshold is over it, not yet over it is open.
        over = value > condition.threshold or (value == condition.threshold and condition.operator == ">=")
        verdict = (MET if condition.operator == ">=" else NOT_MET) if over else UNKNOWN
    else:
        verdict = MET if _holds(value, condition) else NOT_MET
    return Judged(condition, value, minute, verdict)


def _all(verdicts: list[str]) -> str:
    if NOT_MET in verdicts:
        return NOT_MET
    return UNKNOWN if UNKNOWN in verdicts else MET


@dataclass(frozen=True)
class Verdict:
    """``criteria``: name, verdict and its judged conditions, in the set's order."""

    group: str
    criteria: list[tuple[str, str, list[Judged]]]


def judge(patient: Patient, derived: Derived, rules: Rules) -> Verdict:
    criteria: list[tuple[str, str, list[Judged]]] = []
    for criterion in rules.criteria:
        judged = [_judge(condition, patient, derived) for condition in criterion.conditions]
        criteria.append((criterion.name, _all([j.verdict for j in judged]), judged))
    overall = _all([verdict for _, verdict, _ in criteria])
    group = {MET: "responder", NOT_MET: "non_responder", UNKNOWN: "undetermined"}[overall]
    return Verdict(group, criteria)


def naranjo_range(event: Event) -> tuple[int, int]:
    """The lowest and the highest score that the answers still allow."""
    lowest = highest = 0
    for points, answer in zip(POINTS, event.answers, strict=True):
        possible = points if answer is None else (points[ANSWERS.index(answer)],)
        lowest += min(possible)
        highest += max(possible)
    return lowest, highest


def event_state(event: Event, cutoff: int) -> str:
    lowest, highest = naranjo_range(event)
    if lowest >= cutoff:
        return "counts"
    return "pending" if highest >= cutoff else "no"
