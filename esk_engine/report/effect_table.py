"""The table of effect sizes: every comparison of both groups with each estimate and its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from esk_engine.report.analysis import Analysis, Comparison, Count, interval_of
from esk_engine.report.count_effects import CountEffects
from esk_engine.report.extras import ComparisonExtras, Extras
from esk_engine.report.side_tables import dash_notes, p_table, row_name, side_effect_table
from esk_engine.report.table import Cell, CellKind, Head, Note, Row, Table
from esk_engine.report.tables import common_notes, decimals_of
from esk_engine.statistics import Estimate

_ESTIMATES = ("shift", "rank_biserial", "common_language", "ratio", "share", "odds")
_EMPTY = (Cell(), Cell())
_DECIMALS = 2


def effect_table(analysis: Analysis, found: Extras) -> Table:
    """Effect sizes of numbers by ranks and, for concentrations, of means; of categories by shares."""
    rows = [*_numeric_rows(found), *(row for count in analysis.counts for row in _count_rows(count, found))]
    heads = tuple(Head(key) for name in _ESTIMATES for key in (name, "interval"))
    notes = (
        *(Note(f"effects.{name}") for name in _ESTIMATES),
        *dash_notes(rows),
        *common_notes(analysis),
    )
    return Table("effects", "table.statistic.effects", heads, tuple(rows), notes)


def _numeric_rows(found: Extras) -> Iterator[Row]:
    block = ""
    for one in found.comparisons:
        label, sublabel = row_name(one.variable)
        yield Row(label, sublabel, _numeric_cells(one), starts_block=label != block, comparison=one.comparison)
        block = label


def _numeric_cells(one: ComparisonExtras) -> tuple[Cell, ...]:
    effects, ratio = one.effects, one.effects.geometric_ratio
    return (
        *_shift_cells(one.comparison),
        *_cells(effects.rank_biserial),
        *_cells(effects.common_language),
        *(_EMPTY if ratio is None else _cells(ratio)),
        *(2 * _EMPTY),
    )


def _shift_cells(comparison: Comparison) -> tuple[Cell, Cell]:
    """As tables 3 to 5 print them."""
    decimals = max(1, decimals_of(comparison))
    lower, upper, reason = interval_of(comparison)
    shift = None if comparison.shift is None else comparison.shift.shift
    return (
        Cell(CellKind.SHIFT, (shift,), decimals, False, comparison.shift_reason),
        Cell(CellKind.INTERVAL, (lower, upper), decimals, False, reason),
    )


def _cells(estimate: Estimate, decimals: int = _DECIMALS) -> tuple[Cell, Cell]:
    return (
        Cell(CellKind.SHIFT, (estimate.value,), decimals, False, estimate.reason),
        Cell(CellKind.INTERVAL, (estimate.lower, estimate.upper), decimals, False, estimate.reason),
    )


def _count_rows(count: Count, found: Extras) -> Iterator[Row]:
    """A category a row; the odds ratio stands with the first of two."""
    effects = found.of_count(count.variable)
    if not effects.differences:
        return
    yield Row(f"variable.{count.variable}", None, 6 * _EMPTY)
    for category, difference in effects.differences:
        cells = (*(4 * _EMPTY), *_cells(_in_percent(difference), 1), *_odds_cells(effects, category))
        yield Row(f"code.{category}", None, cells, 1, starts_block=False, code_of=count.variable)


def _odds_cells(effects: CountEffects, category: str) -> tuple[Cell, Cell]:
    if category != effects.of or len(effects.differences) != 2:
        return _EMPTY
    return _cells(effects.odds_ratio, 3 if (effects.odds_ratio.lower or 1.0) < 0.1 else _DECIMALS)


def _in_percent(share: Estimate) -> Estimate:
    value, lower, upper = (None if part is None else 100 * part for part in (share.value, share.lower, share.upper))
    return replace(share, value=value, lower=lower, upper=upper)


def side_tables(analysis: Analysis, found: Extras) -> tuple[Table, Table, Table]:
    """All that are asked for, in the order in which they are shown: "7", "p" and "effects"."""
    return side_effect_table(analysis, found), p_table(analysis, found), effect_table(analysis, found)
