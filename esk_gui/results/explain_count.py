"""How unequally categories are divided over both groups, in words: what stands beside Fisher's P."""

from __future__ import annotations

from collections.abc import Callable

from esk_engine.report import CountEffects
from esk_engine.statistics import Estimate
from esk_engine.wording import Wording
from esk_gui.results.explanation import Block, Line

_SMALL_RATIO = 0.1


def count_effects_block(found: CountEffects, wording: Wording) -> Block | None:
    """Odds ratio of two categories, difference in share of each of more; None where there is nothing to compare."""
    if not found.differences:
        return None
    lines: list[Line] = []
    if found.odds_ratio.value is not None and found.of is not None:
        lines.append(_line("odds_ratio", found.variable, found.of, found.odds_ratio, _ratio_text, wording))
    # of two categories the second only mirrors the first
    shown = found.differences[:1] if len(found.differences) == 2 else found.differences
    for category, difference in shown:
        lines.append(_line("share_difference", found.variable, category, difference, _percent_text, wording))
    return Block(wording("results.explain.effects"), tuple(lines))


def _line(
    key: str, variable: str, category: str, estimate: Estimate, text: Callable[[float, Wording], str], wording: Wording
) -> Line:
    name = wording(f"results.explain.{key}", category=wording.code(category, variable))
    value = wording.number(None) if estimate.value is None else text(estimate.value, wording)
    if estimate.lower is not None and estimate.upper is not None:
        limits = {"low": text(estimate.lower, wording), "high": text(estimate.upper, wording)}
        value = f"{value} ({wording('results.explain.interval_text', **limits)})"
    return Line(name, value, wording(f"results.explain.{key}_tip"))


def _ratio_text(ratio: float, wording: Wording) -> str:
    return wording.number(ratio, 3 if ratio < _SMALL_RATIO else 2)


def _percent_text(share: float, wording: Wording) -> str:
    return wording.with_unit(wording.number(100 * share, 1), "%")
