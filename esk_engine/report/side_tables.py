"""The tables that are asked for: all P-values side by side, and concentrations with and without each side effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from esk_engine.dictionary import CONCENTRATIONS, numeric
from esk_engine.report.analysis import TOTAL, Analysis, GroupSummary, exact_interval
from esk_engine.report.extras import ComparisonExtras, Extras, SideEffectExtras
from esk_engine.report.table import Cell, CellKind, Head, Note, PBounds, Row, Table
from esk_engine.report.tables import below_lloq_notes, common_notes, method_note, p_cell, steady_state_note
from esk_engine.statistics import PValue

P_HEADS = (
    "p_asymptotic",
    "p_corrected",
    "p_exact",
    "p_doubled",
    "p_spss",
    "p_sex_asymptotic",
    "p_sex_exact",
    "p_holm",
)
_EMPTY = Cell()
_VITALS = ("heart_rate", "systolic", "diastolic")


def row_name(variable: str) -> tuple[str, str | None]:
    """Both labels of a variable's row, as tables 3 to 5 have them."""
    for block in (*_VITALS, "nrs"):
        if variable.startswith(f"{block}_"):
            return f"table.{block}", f"table.{variable.removeprefix(f'{block}_')}"
    return f"variable.{variable}", None


def p_values(found: ComparisonExtras) -> tuple[PValue | None, ...]:
    """Every P of one comparison in the order of ``P_HEADS``; None where a column does not apply."""
    test, by_sex = found.comparison.mann_whitney, found.by_sex
    if test is None:
        names = ("asymptotic", "asymptotic_corrected", "exact", "exact_doubled", "exact_spss")
        plain = tuple(PValue(None, f"mann_whitney_{name}", found.comparison.reason) for name in names)
    else:
        plain = (
            test.p_asymptotic,
            test.p_asymptotic_corrected,
            test.p_exact,
            test.p_exact_doubled,
            test.p_exact_spss,
        )
    return (*plain, by_sex.p_asymptotic, by_sex.p_exact, found.holm)


def p_table(analysis: Analysis, found: Extras) -> Table:
    """Every comparison with all its P-values; each column names its method."""
    rows: list[Row] = []
    block = ""
    for one in found.comparisons:
        values = p_values(one)
        label, sublabel = row_name(one.variable)
        cells = tuple(_EMPTY if p is None else p_cell(p) for p in values)
        rows.append(Row(label, sublabel, cells, starts_block=label != block, comparison=one.comparison))
        block = label
    notes = (
        *(Note(f"side_by_side.{head}") for head in P_HEADS[:-1]),
        Note(f"side_by_side.p_holm.{analysis.cohort.settings.p_method}", {"k": found.holm_count}),
        *dash_notes(rows),
        *_spss_bounds(found),
        *_left_out(found),
        *common_notes(analysis),
    )
    return Table("p", "table.statistic.p", tuple(Head(head) for head in P_HEADS), tuple(rows), notes)


def dash_notes(rows: Iterable[Row]) -> Iterator[Note]:
    """Why cells are a dash, each reason once with how often."""
    reasons = Counter(cell.reason for row in rows for cell in row.cells if cell.reason and cell.numbers[0] is None)
    for reason, n in reasons.items():
        yield Note("dash", {"why": f"@reason.{reason}", "n": n})


def _spss_bounds(found: Extras) -> Iterator[Note]:
    """Between what SPSS's exact P lies where U is half a number."""
    bounds = [
        (one.variable, *test.p_exact_spss.bounds)
        for one in found.comparisons
        if (test := one.comparison.mann_whitney) is not None and test.p_exact_spss.bounds is not None
    ]
    if bounds:
        yield Note("spss_bounds", {"bounds": PBounds(tuple(bounds))})


def _left_out(found: Extras) -> Iterator[Note]:
    """Who takes no part in the comparisons stratified by sex; told once for the variables of which it is the same."""
    told: Counter[tuple[int, int]] = Counter(
        (one.by_sex.other_or_unknown, one.by_sex.one_group_only) for one in found.comparisons if one.by_sex.left_out
    )
    for other, one_group in told:
        yield Note("sex_left_out", {"other": other, "one_group": one_group, "k": told[other, one_group]})


def _summary_cells(summary: GroupSummary, decimals: int) -> tuple[Cell, Cell]:
    n = Cell(CellKind.COUNT, (summary.n + summary.below_lloq,))
    found = summary.summary
    if found is None:
        return n, Cell(CellKind.MEDIAN_RANGE, (None, None, None), decimals, False, "no_values")
    return n, Cell(CellKind.MEDIAN_RANGE, (found.median, found.minimum, found.maximum), decimals)


def _side_effect_row(analysis: Analysis, found: SideEffectExtras) -> Row:
    comparison = found.comparison
    decimals = numeric(comparison.variable).printed_decimals + found.has_decimals
    lower, upper, reason = exact_interval(found.shift, found.shift_reason)
    shift = None if found.shift is None else found.shift.shift
    p = found.p(analysis.cohort.settings.p_method)
    cells = (
        *_summary_cells(comparison.with_it, decimals),
        *_summary_cells(comparison.without, decimals),
        p_cell(p),
        Cell(CellKind.SHIFT, (shift,), max(1, decimals), False, found.shift_reason),
        Cell(CellKind.INTERVAL, (lower, upper), max(1, decimals), False, reason),
    )
    first = comparison.variable == CONCENTRATIONS[0]
    return Row(comparison.term, f"variable.{comparison.variable}", cells, 0, True, first, p=p)


def side_effect_table(analysis: Analysis, found: Extras) -> Table:
    """Concentrations of patients with a side effect against those without: all patients, the undetermined too."""
    rows = tuple(_side_effect_row(analysis, one) for one in found.side_effects)
    settings = analysis.cohort.settings
    notes: list[Note] = [
        method_note(analysis),
        Note("shift_with"),
        Note("naranjo", {"cutoff": settings.naranjo_cutoff}),
        steady_state_note(analysis),
        Note("everyone", {"n": analysis.sizes[TOTAL]}),
    ]
    if not rows:
        notes.insert(0, Note("nothing_counted"))
    for effect in analysis.side_effects:
        if effect.pending:
            notes.append(Note("pending_in_neither", {"term": effect.term, "n": effect.pending}))
    notes += below_lloq_notes(analysis, CONCENTRATIONS)
    notes += dash_notes(rows)
    if rows:
        notes.append(Note("exploratory", {"n": len(rows)}))
    if settings.synthetic:
        notes.append(Note("synthetic"))
    heads = tuple(Head(key) for key in ("n_with", "with", "n_without", "without", "p", "shift", "interval"))
    return Table("7", "table.statistic.median_range_only", heads, rows, tuple(notes))
