"""The comparison of both groups within each sex: van Elteren's test beside the plain one."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.judge import Group
from esk_engine.report.analysis import Analysis, masks, ranked
from esk_engine.settings import PMethod
from esk_engine.statistics import PValue

SEXES = ("female", "male")


@dataclass(frozen=True, slots=True)
class StratifiedBySex:
    """Van Elteren's test with the sexes as strata, responder against non-responder.

    Attributes
    ----------
    sexes
        The strata used: those with values of both groups.
    m, n
        Responders and non-responders with a value in them.
    other_or_unknown
        Classified patients with a value who are left out because their sex is other or not entered.
    one_group_only
        Those left out because all of their sex with a value are in one group.
    z, common_language
        As `statistics.stratified.VanElteren`: positive, above 0.5, where responders are higher.
    p_asymptotic, p_exact
        Two-sided; without continuity correction, and over all splits within the sexes given the ties.
    reason
        Why z is None (text ``reason.<code>``).
    method
        ``"van_elteren"``.
    """

    sexes: tuple[str, ...]
    m: int
    n: int
    other_or_unknown: int
    one_group_only: int
    z: float | None
    common_language: float | None
    p_asymptotic: PValue
    p_exact: PValue
    reason: str | None
    method: str = "van_elteren"

    @property
    def left_out(self) -> int:
        """Classified patients with a value who do not take part."""
        return self.other_or_unknown + self.one_group_only

    def p(self, method: PMethod) -> PValue:
        """The P beside a study's: asymptotic beside the asymptotic one, else exact (SPSS has none of its own)."""
        return self.p_asymptotic if method is PMethod.ASYMPTOTIC else self.p_exact


def stratified_by_sex(analysis: Analysis, name: str) -> StratifiedBySex:
    """One variable compared within each sex."""
    from esk_engine.statistics.stratified import van_elteren

    cohort, of = analysis.cohort, masks(analysis.cohort)
    groups = (of[Group.RESPONDER], of[Group.NON_RESPONDER])
    sex = cohort.codes("sex")
    strata = {code: tuple(ranked(cohort, name, members & (sex == code)) for members in groups) for code in SEXES}
    found = van_elteren([(x, y) for x, y in strata.values()])
    used = tuple(code for code, (x, y) in strata.items() if len(x) and len(y))
    of_one = sum(len(x) + len(y) for code, (x, y) in strata.items() if code not in used)
    everyone = sum(len(ranked(cohort, name, members)) for members in groups)
    return StratifiedBySex(
        used,
        found.m,
        found.n,
        everyone - found.m - found.n - of_one,
        of_one,
        found.z,
        found.common_language,
        found.p_asymptotic,
        found.p_exact,
        found.reason,
    )
