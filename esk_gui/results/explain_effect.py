"""How a cell of the table of side effects against concentration was computed."""

from __future__ import annotations

from esk_engine.dictionary import numeric
from esk_engine.report import (
    Analysis,
    Cell,
    CellKind,
    Extras,
    GroupSummary,
    Head,
    Row,
    SideEffectExtras,
    cell_parts,
    cell_text,
)
from esk_engine.report.analysis import exact_interval
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.figures.words import p_equals
from esk_gui.results.beside import Beside
from esk_gui.results.cautions import told
from esk_gui.results.exact import offer_of
from esk_gui.results.explanation import Block, Explanation, Line

_METHODS = (PMethod.EXACT, PMethod.ASYMPTOTIC, PMethod.EXACT_SPSS)


class EffectExplainer:
    """Explains one concentration of patients with a side effect against those without."""

    def __init__(self, analysis: Analysis, found: Extras, wording: Wording) -> None:
        self._analysis, self._found, self._wording = analysis, found, wording
        self._method = analysis.cohort.settings.p_method
        self._beside = Beside(found, self._method, wording)

    def explain(self, head: Head, row: Row, cell: Cell) -> Explanation | None:
        """Explain one cell; None where its row is of an older analysis."""
        variable = (row.sublabel or "").removeprefix("variable.")
        for one in self._found.side_effects:
            if (one.comparison.term, one.comparison.variable) == (row.label, variable):
                return self._test(one, cell) if head.key in ("p", "shift", "interval") else self._group(one, head, cell)
        return None

    def _word(self, key: str, **params: object) -> str:
        return self._wording(f"results.explain.{key}", **params)

    def _about(self, one: SideEffectExtras) -> str:
        label = self._wording.label(one.comparison.variable)
        return self._word("what_group", what=self._wording.term(one.comparison.term), group=label)

    def _test(self, one: SideEffectExtras, cell: Cell) -> Explanation:
        words, comparison = self._wording, one.comparison
        unit = numeric(comparison.variable).unit
        is_p = cell.kind is CellKind.P
        decisive = p_equals(cell.numbers[0], words) if is_p else words.with_unit(cell_text(cell, words), unit)
        blocks: list[Block] = []
        if cell.numbers[0] is None:
            blocks.append(Block(self._word("why"), (), self._beside.reason(cell.reason)))
        lines = [
            Line(self._word("test"), self._word("mann_whitney")),
            Line(self._word("way"), self._word(f"way.{self._method}")),
        ]
        test = comparison.mann_whitney
        if test is not None:
            lines.append(Line(self._word("u"), words.number(test.u, 1), self._word("u_tip_with")))
            lines.append(Line(self._word("z"), words.number(test.z, 3)))
        blocks.append(Block(self._word("computation"), tuple(lines)))
        if test is not None:
            others = (method for method in _METHODS if method is not self._method)
            other = tuple(self._beside.p_line(self._word(f"p.{method}"), one.p(method)) for method in others)
            blocks += [Block(self._word("other_p"), other), self._size(one, unit)]
            blocks.append(self._beside.effects(one.effects, side_effect=True))
        blocks.append(self._counted(one))
        offer = offer_of(self._analysis.cohort, test, comparison.variable, comparison.term)
        warnings = told(one.warnings, offer, words)
        return Explanation(decisive, self._about(one), tuple(blocks), None, warnings, offer)

    def _size(self, one: SideEffectExtras, unit: str) -> Block:
        words = self._wording
        decimals = max(1, numeric(one.comparison.variable).printed_decimals + one.has_decimals)
        shift = None if one.shift is None else one.shift.shift
        shift_text = words.number(shift, decimals)
        low, high, reason = exact_interval(one.shift, one.shift_reason)
        interval = words.number(None)
        if low is not None and high is not None:
            limits = {"low": words.number(low, decimals), "high": words.number(high, decimals)}
            interval = self._word("interval_text", **limits)
        level = 95 if one.shift is None else round(100 * one.shift.exact.level)
        tip = self._beside.reason(one.shift_reason) or self._word("shift_tip_with")
        return Block(
            self._word("size"),
            (
                Line(self._word("shift"), shift_text if shift is None else words.with_unit(shift_text, unit), tip),
                Line(self._word("interval", level=level), interval, self._beside.reason(reason)),
            ),
        )

    def _counted(self, one: SideEffectExtras) -> Block:
        groups = (("with", one.comparison.with_it), ("without", one.comparison.without))
        lines = tuple(Line(self._wording(f"table.head.{key}"), self._counts(of)) for key, of in groups)
        return Block(self._word("groups"), lines)

    def _counts(self, of: GroupSummary) -> str:
        parts = [("n", of.n), ("missing", of.missing), ("below_lloq", of.below_lloq)]
        return ", ".join(self._word(part, n=n) for part, n in parts if n or part == "n")

    def _group(self, one: SideEffectExtras, head: Head, cell: Cell) -> Explanation:
        words = self._wording
        how = "effect_count_how" if cell.kind is CellKind.COUNT else "median_how"
        main, paler = cell_parts(cell, words)
        decisive = words.with_unit(main, numeric(one.comparison.variable).unit) if paler else main
        blocks = (Block(self._word("computation"), (), self._word(how)), self._counted(one))
        if cell.numbers[0] is None:
            blocks = (Block(self._word("why"), (), self._beside.reason(cell.reason)), *blocks)
        group = words(f"table.head.{head.key.removeprefix('n_')}")
        return Explanation(decisive, self._word("what_group", what=self._about(one), group=group), blocks)
