"""What stands beside a P in its explanation: effect sizes, the comparison within each sex, several P-values at once."""

from __future__ import annotations

from esk_engine.report import ComparisonExtras, Effects, Extras, StratifiedBySex
from esk_engine.settings import PMethod
from esk_engine.statistics import Estimate, PValue
from esk_engine.wording import Wording
from esk_gui.results.explanation import Block, Line


class Beside:
    """Makes the blocks and lines of what was computed besides the plain comparison.

    Parameters
    ----------
    found
        None as long as it is not there: then nothing of it is said.
    """

    def __init__(self, found: Extras | None, p_method: PMethod, wording: Wording) -> None:
        self._found, self._method, self._wording = found, p_method, wording

    def of(self, variable: str) -> ComparisonExtras | None:
        return None if self._found is None else self._found.of(variable)

    def p_line(self, name: str, p: PValue) -> Line:
        """A P-value, its bounds where only those are known, or a dash; the tip says why."""
        words = self._wording
        if p.value is None and p.bounds is not None:
            low, high = (words.p_value(bound) for bound in p.bounds)
            return Line(name, words("results.explain.interval_text", low=low, high=high), self.reason(p.reason))
        return Line(name, words.p_value(p.value), self.reason(p.reason))

    def holm_line(self, holm: PValue) -> Line:
        """The P of one concentration, adjusted for there being several."""
        count = 0 if self._found is None else self._found.holm_count
        line = self.p_line(self._wording("results.explain.holm", n=count), holm)
        return Line(line.name, line.value, line.tip or self._wording("results.explain.holm_tip"))

    def effects(self, effects: Effects, *, side_effect: bool = False) -> Block:
        """Effect sizes with their 95 % intervals; of patients with a side effect against those without, too."""
        lines = [
            self._estimate("rank_biserial", effects.rank_biserial, side_effect),
            self._estimate("common_language", effects.common_language, side_effect),
        ]
        if effects.geometric_ratio is not None:
            lines.append(self._estimate("ratio", effects.geometric_ratio, side_effect))
        return Block(self._wording("results.explain.effects"), tuple(lines))

    def _estimate(self, key: str, estimate: Estimate, side_effect: bool) -> Line:
        words = self._wording
        text = words.number(estimate.value, 2)
        if estimate.lower is not None and estimate.upper is not None:
            limits = {"low": words.number(estimate.lower, 2), "high": words.number(estimate.upper, 2)}
            text = f"{text} ({words('results.explain.interval_text', **limits)})"
        tip = words(f"results.explain.{key}_tip_with") if side_effect else words(f"results.explain.{key}_tip")
        why = self.reason(estimate.reason)
        return Line(words(f"results.explain.{key}"), text, f"{why}\n{tip}" if why else tip)

    def by_sex(self, by_sex: StratifiedBySex, plain: PValue) -> Block:
        """The comparison stratified by sex beside the plain one, both by the study's P method."""

        def word(key: str, **params: object) -> str:
            return self._wording(f"results.explain.{key}", **params)

        beside = by_sex.p(self._method)
        way = "asymptotic" if self._method is PMethod.ASYMPTOTIC else "exact"
        lines = [
            Line(word("test"), word("van_elteren"), word("van_elteren_tip")),
            self.p_line(word(f"p_by_sex.{way}"), beside),
            self.p_line(word("p_not_by_sex"), plain),
            Line(word("common_language"), self._wording.number(by_sex.common_language, 2), word("common_language_tip")),
            Line(word("patients_in"), word("two_groups", non_responders=by_sex.n, responders=by_sex.m)),
        ]
        if by_sex.left_out:
            lines.append(Line(word("left_out"), self._wording.number(by_sex.left_out, 0), word("left_out_tip")))
        text = self.reason(beside.reason) if beside.value is None else ""
        return Block(word("by_sex"), tuple(lines), text)

    def reason(self, reason: str | None) -> str:
        """Why something is not there, in words; "" where there is no reason."""
        return "" if reason is None else self._wording(f"reason.{reason}")
