"""What a reader has to be warned of beside a comparison: stable codes, their texts are ``warning.<code>``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from esk_engine.cohort import Cohort
from esk_engine.dictionary import Kind, variable
from esk_engine.judge import Group
from esk_engine.report.analysis import Analysis, Comparison, Mask
from esk_engine.statistics import MannWhitney, fisher
from esk_engine.wording import Wording

SMALL_GROUP = 5
UNBALANCED = 0.05
SEX_CODES = variable(Kind.PATIENT, "sex").codes


class CautionCode(StrEnum):
    """What is the matter; the params of each stand behind it."""

    FEWER_THAN_FIVE = "fewer_than_five"  # m, n: values in either group
    ALL_TIED = "all_tied"
    SEPARATION = "separation"  # no value of one group is within the range of the other
    BELOW_LLOQ = "below_lloq"  # n: values of both groups below their LLOQ
    EXACT_LEFT_OUT = "exact_left_out"  # m, n: for time
    EXACT_TOO_LARGE = "exact_too_large"  # m, n: beyond what is computed, however long it takes
    P_ASYMPTOTIC_UNDERFLOW = "p_asymptotic_underflow"  # log10 of a P that is too small for a number with all digits
    P_EXACT_UNDERFLOW = "p_exact_underflow"  # the same of the exact P
    SEX_UNBALANCED = "sex_unbalanced"  # p: Fisher's P of table 3
    SEX_UNBALANCED_WITH = "sex_unbalanced_with"  # p: Fisher's P of the sexes with and without a side effect
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
    if "log10" in params:
        params["log10"] = wording.number(caution.params["log10"], 1)
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
    if test.p_exact.reason == "exact_over_one_second":
        found.append(Caution(CautionCode.EXACT_LEFT_OUT, sizes))
    if test.p_exact.reason == "exact_too_large":
        found.append(Caution(CautionCode.EXACT_TOO_LARGE, sizes))
    found += _underflows(test)
    return tuple(found)


def _underflows(test: MannWhitney) -> Iterator[Caution]:
    """A P below 2.2e-308 is a number of few digits or 0: its logarithm is told."""
    for code, p in (
        (CautionCode.P_ASYMPTOTIC_UNDERFLOW, test.p_asymptotic),
        (CautionCode.P_EXACT_UNDERFLOW, test.p_exact),
    ):
        if p.underflows and p.log10 is not None:
            yield Caution(code, {"log10": p.log10})


def sex_is_unbalanced(analysis: Analysis) -> bool:
    """Whether the sexes are divided unequally over the groups: table 3's Fisher P below 0.05."""
    p = analysis.count("sex").p.value
    return p is not None and p < UNBALANCED


def unequal_sexes(cohort: Cohort, one: Mask, other: Mask) -> tuple[Caution, ...]:
    """The warning that men and women are divided unequally over patients with and without a side effect."""
    sex = cohort.codes("sex")
    found = fisher([[int((group & (sex == code)).sum()) for group in (one, other)] for code in SEX_CODES])
    if found.p is None or found.p >= UNBALANCED:
        return ()
    return (Caution(CautionCode.SEX_UNBALANCED_WITH, {"p": found.p}),)


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
