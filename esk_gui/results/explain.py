"""How a cell was computed, as a reader would ask: which test, how, what else it could have been, of which values."""

from __future__ import annotations

import numpy as np

from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.judge import Group
from esk_engine.report import (
    P_HEADS,
    TOTAL,
    Analysis,
    Cell,
    CellKind,
    Comparison,
    Count,
    Extras,
    Head,
    Row,
    cell_parts,
    cell_text,
    count_effects,
    decimals_of,
    row_label,
)
from esk_engine.report.analysis import interval_of, shown_values
from esk_engine.report.cautions import comparison_cautions
from esk_engine.settings import PMethod
from esk_engine.statistics import Summary
from esk_engine.wording import Wording
from esk_gui.figures.words import p_equals
from esk_gui.results.beside import Beside
from esk_gui.results.cautions import told
from esk_gui.results.exact import offer_of
from esk_gui.results.explain_count import count_effects_block
from esk_gui.results.explain_effect import EffectExplainer
from esk_gui.results.explanation import Block, Explanation, Line, Strip

TESTED = (CellKind.P, CellKind.SHIFT, CellKind.INTERVAL)
_ALL_GROUPS: tuple[str, ...] = (Group.NON_RESPONDER, Group.RESPONDER, Group.UNDETERMINED)
_METHODS = (PMethod.EXACT, PMethod.ASYMPTOTIC, PMethod.EXACT_SPSS)
_PRINTED_IN = {"p_asymptotic": PMethod.ASYMPTOTIC, "p_exact": PMethod.EXACT, "p_spss": PMethod.EXACT_SPSS}
_WAYS = {  # by the column of the table of all P-values; elsewhere, and for Holm's, it is the study's
    "p_asymptotic": "asymptotic",
    "p_corrected": "asymptotic",
    "p_exact": "exact",
    "p_doubled": "doubled",
    "p_spss": "exact_spss",
    "p_sex_asymptotic": "asymptotic",
    "p_sex_exact": "exact",
}


class Explainer:
    """Explains the cells of one analysis.

    Parameters
    ----------
    analysis
        What the tables were made of.
    wording
        The language.
    found
        What was computed besides; None as long as it is not there.
    """

    def __init__(self, analysis: Analysis, wording: Wording, found: Extras | None = None) -> None:
        self._analysis, self._wording, self._found = analysis, wording, found
        self._method = analysis.cohort.settings.p_method
        self._beside = Beside(found, self._method, wording)

    def explain(self, number: str, head: Head, row: Row, cell: Cell) -> Explanation | None:
        """Explain one cell; None where there is nothing in it.

        Parameters
        ----------
        number
            The table's number: "3" ... "7", "continuation" or "p".
        head, row, cell
            The cell and what stands above and beside it.
        """
        if cell.kind is CellKind.EMPTY:
            return None
        if row.comparison is not None:
            if cell.kind in TESTED:
                return self._test(row.comparison, cell, head.key)
            return self._summary(row.comparison, head, cell)
        if row.count is not None and cell.kind is CellKind.P:
            return self._fisher(row.count)
        if number == "7":
            found = self._found
            return (
                None
                if found is None
                else EffectExplainer(self._analysis, found, self._wording).explain(head, row, cell)
            )
        return self._patients(number, head, row, cell)

    # Two groups compared

    def _test(self, comparison: Comparison, cell: Cell, column: str) -> Explanation:
        words, what = self._wording, self._wording.label(comparison.variable)
        test, beside = comparison.mann_whitney, self._beside.of(comparison.variable)
        if cell.kind is CellKind.P:
            decisive = p_equals(cell.numbers[0], words)
        else:
            decisive = words.with_unit(cell_text(cell, words), comparison.unit)
        about = what
        if test is not None:
            about = words("results.explain.groups_of", what=what, responders=test.m, non_responders=test.n)
        blocks = [self._computation(comparison, column), self._other_p(comparison, column), self._size(comparison)]
        if test is not None and beside is not None:
            blocks += [self._beside.effects(beside.effects)]
            blocks += [self._beside.by_sex(beside.by_sex, comparison.p(self._method))]
        blocks += [self._counted(comparison, (Group.NON_RESPONDER, Group.RESPONDER)), *self._definition(comparison)]
        if cell.numbers[0] is None:
            blocks.insert(0, self._why(cell.reason))
        strip = self._strip(comparison, (Group.NON_RESPONDER, Group.RESPONDER))
        offer = offer_of(self._analysis.cohort, test, comparison.variable)
        warnings = told(comparison_cautions(self._analysis, comparison), offer, words)
        return Explanation(
            decisive, about, tuple(block for block in blocks if block is not None), strip, warnings, offer
        )

    def _computation(self, comparison: Comparison, column: str) -> Block:
        """Which test, and in which way: the study's, or the way that a column of its own names."""

        def word(key: str) -> str:
            return self._wording(f"results.explain.{key}")

        by_sex = column.startswith("p_sex")
        way = _WAYS.get(column, str(self._method))
        lines = [Line(word("test"), word("van_elteren_two_sided" if by_sex else "mann_whitney"))]
        lines.append(Line(word("way"), word(f"way.{way}")))
        if way == PMethod.ASYMPTOTIC:
            corrected = "correction.half" if column == "p_corrected" else "correction.none"
            lines.append(Line(word("correction"), word(corrected)))
        if way in (PMethod.ASYMPTOTIC, PMethod.EXACT_SPSS):
            lines.append(Line(word("ties"), word("ties.corrected" if way == PMethod.ASYMPTOTIC else "ties.ignored")))
        test, number, beside = comparison.mann_whitney, self._wording.number, self._beside.of(comparison.variable)
        if by_sex and beside is not None:
            lines.append(Line(word("z"), number(beside.by_sex.z, 3)))
        elif test is not None:
            z = test.z_corrected if column == "p_corrected" else test.z
            lines += [Line(word("u"), number(test.u, 1), word("u_tip")), Line(word("z"), number(z, 3))]
        return Block(word("computation"), tuple(lines))

    def _other_p(self, comparison: Comparison, column: str) -> Block | None:
        """The P by the study's other methods, and of a concentration adjusted over all concentrations."""
        words, beside = self._wording, self._beside.of(comparison.variable)
        if comparison.mann_whitney is None:
            return None
        chosen = self._method if column not in P_HEADS else _PRINTED_IN.get(column)
        others = (method for method in _METHODS if method is not chosen)
        lines = [self._beside.p_line(words(f"results.explain.p.{each}"), comparison.p(each)) for each in others]
        if beside is not None and beside.holm is not None and column != "p_holm":
            lines.append(self._beside.holm_line(beside.holm))
        return Block(words("results.explain.other_p"), tuple(lines))

    def _size(self, comparison: Comparison) -> Block | None:
        words, decimals = self._wording, max(1, decimals_of(comparison))
        if comparison.mann_whitney is None:
            return None
        low, high, reason = interval_of(comparison)
        shift = None if comparison.shift is None else comparison.shift.shift
        shift_text = words.number(shift, decimals)
        if shift is not None:
            shift_text = words.with_unit(shift_text, comparison.unit)
        interval = words.number(None)
        if low is not None and high is not None:
            low_text, high_text = words.number(low, decimals), words.number(high, decimals)
            interval = words("results.explain.interval_text", low=low_text, high=high_text)
        level = 95 if comparison.shift is None else round(100 * comparison.shift.exact.level)
        tip = words("results.explain.shift_tip")
        return Block(
            words("results.explain.size"),
            (
                Line(words("results.explain.shift"), shift_text, self._reason(comparison.shift_reason) or tip),
                Line(words("results.explain.interval", level=level), interval, self._reason(reason)),
            ),
        )

    def _fisher(self, count: Count) -> Explanation:
        def word(key: str, **params: object) -> str:
            return self._wording(f"results.explain.{key}", **params)

        words, p = self._wording, count.p
        blocks: list[Block] = []
        if p.value is None:
            blocks.append(self._why(p.reason))
        if count.fisher is not None:
            size = {"rows": count.fisher.rows, "columns": count.fisher.columns}
            is_small = count.fisher.method == "fisher_2x2"
            name = word("fisher_2x2") if is_small else word("fisher_rxc", **size)
            lines = (Line(word("test"), name), Line(word("way"), word("way.enumeration")))
            blocks.append(Block(word("computation"), lines))
        lines = tuple(
            Line(
                words.code(category.value, count.variable),
                word("two_groups", non_responders=category.non_responder, responders=category.responder),
            )
            for category in count.categories
        )
        effects = count_effects_block(count_effects(count), words)
        blocks += [Block(word("counts_head"), lines), *([] if effects is None else [effects])]
        responders = sum(category.responder for category in count.categories)
        non_responders = sum(category.non_responder for category in count.categories)
        what = words.label(count.variable)
        about = word("groups_of", what=what, responders=responders, non_responders=non_responders)
        return Explanation(p_equals(p.value, words), about, tuple(blocks))

    # One group described

    def _summary(self, comparison: Comparison, head: Head, cell: Cell) -> Explanation:
        words = self._wording
        how = {
            CellKind.MEDIAN_RANGE: "median_how",
            CellKind.MEAN_RANGE: "geometric_how",
            CellKind.MEAN_CV: "arithmetic_how",
        }[cell.kind]
        main, paler = cell_parts(cell, words)
        decisive = words.with_unit(main, comparison.unit) if paler else main
        what = words.label(comparison.variable)
        about = words("results.explain.what_group", what=what, group=self._group_name(head.key))
        blocks: list[Block | None] = [Block(words("results.explain.computation"), (), words(f"results.explain.{how}"))]
        if cell.numbers[0] is None:
            blocks.insert(0, self._why(cell.reason))
        summary = comparison.groups[head.key].summary
        if summary is not None:
            blocks.append(self._spread(comparison, summary))
        blocks += [self._counted(comparison, (head.key,)), *self._definition(comparison)]
        groups = _ALL_GROUPS if head.key == TOTAL else (head.key,)
        strip = self._strip(comparison, groups)
        return Explanation(decisive, about, tuple(block for block in blocks if block is not None), strip)

    def _spread(self, comparison: Comparison, summary: Summary) -> Block:
        words, decimals = self._wording, decimals_of(comparison) + 1
        lines = [
            ("median", summary.median, decimals),
            ("min", summary.minimum, decimals),
            ("max", summary.maximum, decimals),
            ("q1", summary.q1, decimals),
            ("q3", summary.q3, decimals),
            ("mean", summary.mean, decimals),
            ("sd", summary.sd, decimals),
        ]
        if comparison.variable in CONCENTRATIONS:
            lines += [
                ("geometric_mean", summary.geometric_mean, decimals),
                ("geometric_cv", summary.geometric_cv_percent, 1),
                ("cv", summary.cv_percent, 1),
            ]
        return Block(
            words("results.explain.spread"),
            tuple(self._figure(key, value, places) for key, value, places in lines),
        )

    def _figure(self, key: str, value: float | None, decimals: int) -> Line:
        words = self._wording
        text = words.number(value, decimals)
        if value is not None and key in ("cv", "geometric_cv"):
            text = words.with_unit(text, "%")
        return Line(words(f"results.explain.{key}"), text)

    # What both share

    def _counted(self, comparison: Comparison, groups: tuple[str, ...]) -> Block:
        """Measured, missing and below the LLOQ, of each group; what nobody has is left out."""
        words, lines = self._wording, list[Line]()
        for key in groups:
            of = comparison.groups[str(key)]
            parts = [("n", of.n), ("missing", of.missing), ("below_lloq", of.below_lloq)]
            shown = (words(f"results.explain.{part}", n=n) for part, n in parts if n or part == "n")
            lines.append(Line(self._group_name(str(key)), ", ".join(shown)))
        return Block(words("results.explain.groups"), tuple(lines))

    def _definition(self, comparison: Comparison) -> list[Block | None]:
        key = f"definition.{comparison.variable}"
        if not self._wording.has(key):
            return []
        return [Block(self._wording("results.explain.definition"), (), self._wording(key))]

    def _strip(self, comparison: Comparison, groups: tuple[str, ...]) -> Strip | None:
        words, cohort = self._wording, self._analysis.cohort
        values = shown_values(cohort, comparison.variable)
        rows: list[tuple[str, tuple[float, ...], float | None]] = []
        for group in groups:
            found = values[cohort.members(Group(group))]
            found = found[~np.isnan(found)]
            of = comparison.groups.get(str(group))
            if len(found):
                median = of.summary.median if of is not None and of.summary is not None else None
                rows.append((str(group), tuple(float(value) for value in found), median))
        if not rows:
            return None
        unit = words.unit_text(comparison.unit)
        heading = words("results.explain.values_unit", unit=unit) if unit else words("results.explain.values")
        return Strip(heading, tuple(rows), decimals_of(comparison))

    def _why(self, reason: str | None) -> Block:
        return Block(self._wording("results.explain.why"), (), self._reason(reason))

    def _reason(self, reason: str | None) -> str:
        return self._beside.reason(reason)

    def _group_name(self, key: str) -> str:
        return self._wording(f"table.head.{key}")

    # Patients counted

    def _patients(self, number: str, head: Head, row: Row, cell: Cell) -> Explanation:
        words = self._wording
        about = words("results.explain.what_group", what=_row_name(row, words), group=self._group_name(head.key))
        computation = words("results.explain.computation")
        lines: list[Line] = []
        if number == "6":
            cutoff = self._analysis.cohort.settings.naranjo_cutoff
            text = words("results.explain.event_how", cutoff=cutoff)
            lines.append(Line(words("results.explain.group_size"), words.number(head.n)))
            pending = sum(effect.pending for effect in self._analysis.side_effects if effect.term == row.label)
            lines.append(Line(words("results.explain.pending"), words.number(pending)))
        elif number == "continuation":
            text = words("results.explain.continuation_how")
        elif head.key == TOTAL:
            text = words("results.explain.count_total_how")
        else:
            text = words("results.explain.count_how")
            classified = sum(int(c.numbers[0] or 0) for c in row.cells if c.kind is CellKind.COUNT_PERCENT)
            lines.append(Line(words("results.explain.classified"), words.number(classified)))
        blocks = (Block(computation, tuple(lines), text),)
        return Explanation(cell_text(cell, words), about, blocks)


def _row_name(row: Row, wording: Wording) -> str:
    return " ".join(text for text in row_label(row, wording) if text)
