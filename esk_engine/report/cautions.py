"""What a reader has to be warned of beside a comparison: stable codes, their texts are ``warning.<code>``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from esk_engine.judge import Group
from esk_engine.report.analysis import Analysis, Comparison
from esk_engine.statistics import MannWhitney
from esk_engine.wording import Wording

SMALL_GROUP = 5
UNBALANCED = 0.05
_LEFT_OUT = ("exact_over_one_second", "exact_too_large")


class CautionCode(StrEnum):
    """What is the matter; the params of each stand behind it."""

    FEWER_THAN_FIVE = "fewer_than_five"  # m, n: values in either group
    ALL_TIED = "all_tied"
    SEPARATION = "separation"  # no value of one group is within the range of the other
    BELOW_LLOQ = "below_lloq"  # n: values of both groups below their LLOQ
    EXACT_LEFT_OUT = "exact_left_out"  # m, n: for time
    SEX_UNBALANCED = "sex_unbalanced"  # p: Fisher's P of table 3
    IS_CRITERION = "is_criterion"  # the groups were made by this very variable


@dataclass(frozen=True, slots=True)
class Caution:
    """One warning with what it names."""

    code: CautionCode
    params: Mapping[str, float] = field(default_factory=dict[str, float])


def caution_text(caution: Caution, wording: Wording) -> str:
    """The warning as a sentence."""
    params: dict[str, object] = dict(caution.params)
    if "p" in params:
        params["p"] = wording.p_value(caution.params["p"])
    return wording(f"warning.{caution.code}", **params)


def cautions_of_test(test: MannWhitney | None, below_lloq: int) -> tuple[Caution, ...]:
    """What is to be said of one test of two groups; nothing where there is none, its reason says why."""
    if test is None:
        return ()
    found: list[Caution] = []
    sizes = {"m": test.m, "n": test.n}
    if min(test.m, test.n) < SMALL_GROUP:
        found.append(Caution(CautionCode.FEWER_THAN_FIVE, sizes))
    if test.sd == 0:
        found.append(Caution(CautionCode.ALL_TIED))
    if min(test.u, test.u_other) == 0:  # a tie across the groups would give half a pair to either
        found.append(Caution(CautionCode.SEPARATION))
    if below_lloq:
        found.append(Caution(CautionCode.BELOW_LLOQ, {"n": below_lloq}))
    if test.p_exact.reason in _LEFT_OUT:
        found.append(Caution(CautionCode.EXACT_LEFT_OUT, sizes))
    return tuple(found)


def sex_is_unbalanced(analysis: Analysis) -> bool:
    """Whether the sexes are divided unequally over the groups: table 3's Fisher P below 0.05."""
    p = analysis.count("sex").p.value
    return p is not None and p < UNBALANCED


def comparison_cautions(analysis: Analysis, comparison: Comparison) -> tuple[Caution, ...]:
    """What is to be said of one variable, responder against non-responder."""
    groups = (comparison.groups[Group.RESPONDER], comparison.groups[Group.NON_RESPONDER])
    found = list(cautions_of_test(comparison.mann_whitney, sum(group.below_lloq for group in groups)))
    if comparison.mann_whitney is None:
        return ()
    p = analysis.count("sex").p.value
    if p is not None and sex_is_unbalanced(analysis):
        found.append(Caution(CautionCode.SEX_UNBALANCED, {"p": p}))
    if comparison.variable in {c.variable for c in analysis.cohort.criteria_set.conditions()}:
        found.append(Caution(CautionCode.IS_CRITERION))
    return tuple(found)
