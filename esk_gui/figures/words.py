"""The words of a figure: its title, its P and difference, what a point is called, and the notes under it."""

from __future__ import annotations

from collections.abc import Sequence

from esk_engine.dictionary import derived
from esk_engine.report import SIGNIFICANT, Figure, Point, decimals_of, note_text
from esk_engine.report.analysis import interval_of
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.figures.axis import Axis


class FigureWords:
    """Everything that one figure says, in one language.

    Parameters
    ----------
    figure
        The engine's series.
    wording
        The language.
    p_method
        Which P the study prints.
    """

    def __init__(self, figure: Figure, wording: Wording, p_method: PMethod) -> None:
        self._figure, self._wording = figure, wording
        p = figure.comparison.p(p_method).value
        self.number = figure.key
        self.title = wording(f"figures.title.{figure.key}")
        self.subtitle = wording(f"figures.subtitle.{figure.key}")
        self.p = p_equals(p, wording)
        self.is_significant = p is not None and p < SIGNIFICANT
        self.difference = self._difference()
        self.empty = wording("figures.none")
        self.accessible = wording("figures.accessible", number=figure.key, title=self.title)

    def _difference(self) -> str:
        """The shift with its interval, as the tables print it; "" where there is none."""
        comparison, number = self._figure.comparison, self._wording.number
        if comparison.shift is None:
            return ""
        decimals = max(1, decimals_of(comparison))
        shift = number(comparison.shift.shift, decimals)
        low, high, _ = interval_of(comparison)
        if low is None or high is None:
            return self._wording("figures.difference_only", shift=shift)
        limits = {"low": number(low, decimals), "high": number(high, decimals)}
        return self._wording("figures.difference", shift=shift, **limits)

    def ticks(self, axis: Axis) -> tuple[str, ...]:
        """The labels of an axis, all with the decimals that its step needs."""
        return tuple(self._wording.number(tick, axis.decimals) for tick in axis.ticks)

    def group(self, group: str) -> str:
        """A group's name, for all of it."""
        return self._wording(f"group.{group}.plural")

    def one(self, group: str) -> str:
        """A group's name, for one patient of it."""
        return self._wording(f"group.{group}")

    def count(self, group: str) -> str:
        """How many are drawn, and how many of the group are not: missing, below the LLOQ."""
        of = self._figure.comparison.groups[group]
        drawn = sum(1 for point in self._figure.points if point.group == group)
        below, wording = of.n + of.below_lloq - drawn, self._wording
        if of.missing and below:
            return wording("figures.n_both", n=drawn, missing=of.missing, below=below)
        if of.missing:
            return wording("figures.n_missing", n=drawn, missing=of.missing)
        return wording("figures.n_lloq", n=drawn, below=below) if below else wording("figures.n", n=drawn)

    def value(self, point: Point) -> str:
        """A point's value with its unit."""
        text = self._wording.value(derived(self._figure.variable), point.value)
        shown = self._wording.with_unit(text, self._figure.unit)
        return self._wording("figures.half_lloq", value=shown) if point.below_lloq else shown

    def card(self, point: Point) -> str:
        """The second line of a point's card: its value, and what Enter does."""
        return self._wording("figures.card", value=self.value(point), opens=self._wording("figures.opens"))

    def point(self, point: Point) -> str:
        """A point in one sentence, for a screen reader."""
        params = {"study_no": point.study_no, "group": self.one(point.group), "value": self.value(point)}
        return self._wording("figures.accessible_point", **params)


def p_equals(p: float | None, wording: Wording) -> str:
    """``P = 0,031``, ``P < 0,001`` or ``P –``."""
    if p is None:
        return wording("figures.p_none")
    return wording("figures.p_below" if p < 0.001 else "figures.p", p=wording.p_value(p))


def figure_notes(figures: Sequence[Figure], wording: Wording, undetermined: int = 0) -> tuple[str, ...]:
    """The notes of some figures, each once, and how many undetermined patients are not drawn."""
    texts = dict.fromkeys(note_text(note, wording) for figure in figures for note in figure.notes)
    if undetermined:
        texts[wording.plural("figures.undetermined", undetermined)] = None
    return tuple(texts)
