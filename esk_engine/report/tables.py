"""Tables 3 to 6 of the model study and the clinician's decision, as a reader of a journal expects them."""

from __future__ import annotations

from dataclasses import replace

from esk_engine.dictionary import PHASES, numeric
from esk_engine.judge import Group
from esk_engine.report.analysis import COLUMNS, TOTAL, Analysis, Category, Comparison, Count, interval_of
from esk_engine.report.table import Cell, CellKind, Head, MissingOf, Note, Row, Table
from esk_engine.settings import BlqRule
from esk_engine.statistics import PValue, Summary

SIGNIFICANT = 0.05
P_DECIMALS = 3
PERCENT_DECIMALS = 1
_EMPTY = Cell()


def _head(analysis: Analysis, *, effect: bool = True, p: bool = True) -> tuple[Head, ...]:
    undetermined = analysis.sizes[Group.UNDETERMINED]
    columns = [
        Head(group, None if group == TOTAL else group, analysis.sizes[group], undetermined if group == TOTAL else 0)
        for group in COLUMNS
    ]
    columns += [Head("p")] if p else []
    return (*columns, *((Head("shift"), Head("interval")) if effect else ()))


def decimals_of(comparison: Comparison) -> int:
    """The model table's decimals, and one more where a value in the row has decimals."""
    return numeric(comparison.variable).printed_decimals + comparison.has_decimals


def p_cell(p: PValue) -> Cell:
    """A P; bold where the unrounded P is below 0.05."""
    bold = p.value is not None and p.value < SIGNIFICANT
    return Cell(CellKind.P, (p.value,), P_DECIMALS, bold, p.reason)


def _p_cells(analysis: Analysis, comparison: Comparison) -> tuple[Cell, Cell, Cell]:
    decimals = max(1, decimals_of(comparison))
    shift = comparison.shift
    found = shift.shift if shift else None
    lower, upper, interval_reason = interval_of(comparison)
    return (
        p_cell(comparison.p(analysis.cohort.settings.p_method)),
        Cell(CellKind.SHIFT, (found,), decimals, False, comparison.shift_reason),
        Cell(CellKind.INTERVAL, (lower, upper), decimals, False, interval_reason),
    )


def _summary_cell(kind: CellKind, summary: Summary | None, decimals: int) -> Cell:
    if summary is None:
        return Cell(kind, (None,) * (2 if kind is CellKind.MEAN_CV else 3), decimals, False, "no_values")
    if kind is CellKind.MEDIAN_RANGE:
        return Cell(kind, (summary.median, summary.minimum, summary.maximum), decimals)
    if kind is CellKind.MEAN_RANGE:
        return Cell(kind, (summary.geometric_mean, summary.minimum, summary.maximum), decimals)
    return Cell(kind, (summary.mean, summary.cv_percent), decimals)


def _numeric_row(
    analysis: Analysis,
    name: str,
    label: str,
    sublabel: str | None = None,
    kind: CellKind = CellKind.MEDIAN_RANGE,
    *,
    starts_block: bool = True,
) -> Row:
    comparison = analysis.comparison(name)
    decimals = decimals_of(comparison)
    cells = [_summary_cell(kind, comparison.groups[group].summary, decimals) for group in COLUMNS]
    if kind is CellKind.MEAN_CV:
        return Row(label, sublabel, (*cells, _EMPTY, _EMPTY, _EMPTY), 1, False, starts_block, comparison)
    p, shift, interval = _p_cells(analysis, comparison)
    tested = comparison.p(analysis.cohort.settings.p_method)
    return Row(label, sublabel, (*cells, p, shift, interval), 0, False, starts_block, comparison, None, tested)


def _percent(part: int, whole: int) -> Cell:
    percent = 100 * part / whole if whole else None
    return Cell(
        CellKind.COUNT_PERCENT, (part, percent), PERCENT_DECIMALS, False, None if whole else "nobody_classified"
    )


def _category_row(variable: str, category: Category, level: int) -> Row:
    """Counts; the row % is of the classified patients in that row."""
    classified = category.responder + category.non_responder
    cells = (
        Cell(CellKind.COUNT, (category.total,)),
        _percent(category.non_responder, classified),
        _percent(category.responder, classified),
        *(_EMPTY,) * 3,
    )
    return Row(f"code.{category.value}", None, cells, level, starts_block=False, code_of=variable)


def _count_rows(count: Count) -> list[Row]:
    p = count.p
    cells = (_EMPTY, _EMPTY, _EMPTY, p_cell(p), _EMPTY, _EMPTY)
    head = Row(f"variable.{count.variable}", None, cells, 0, count=count, p=p)
    return [head, *(_category_row(count.variable, category, 1) for category in count.categories)]


def _indication_rows(analysis: Analysis) -> list[Row]:
    """The indication; under peripheral its groups, with a P of their own."""
    rows: list[Row] = []
    groups = analysis.count("indication_group")
    for row in _count_rows(analysis.count("indication")):
        rows.append(row)
        if row.label == "code.peripheral" and groups.categories:
            first, *rest = _count_rows(groups)
            rows.append(replace(first, level=2, starts_block=False))
            rows += [replace(row, level=2) for row in rest]
    return rows


def method_note(analysis: Analysis) -> Note:
    """Which P the tables print."""
    return Note(f"p.{analysis.cohort.settings.p_method}")


def set_note(analysis: Analysis) -> Note:
    """The criteria set by which the groups were made; everything printed names it."""
    used = analysis.cohort.criteria_set
    if used.specified_beforehand:
        return Note("set_beforehand", {"name": used.name})
    return Note("set_defined", {"name": used.name, "k": used.outcomes_known, "n": used.patients})


def common_notes(analysis: Analysis) -> tuple[Note, ...]:
    """What is said under every table of both groups."""
    undetermined = analysis.sizes[Group.UNDETERMINED]
    found = [set_note(analysis)]
    if undetermined:
        found.append(Note("undetermined", {"n": undetermined}))
    if analysis.cohort.settings.synthetic:
        found.append(Note("synthetic"))
    return tuple(found)


def _missing_note(analysis: Analysis, names: tuple[str, ...]) -> tuple[Note, ...]:
    """Where values are missing, of whom; nobody is left out unsaid."""
    counted = ((name, analysis.comparison(name).groups[TOTAL].missing) for name in names)
    found = tuple((name, missing) for name, missing in counted if missing)
    return (Note("missing", {"variables": MissingOf(found)}),) if found else ()


def table_3(analysis: Analysis) -> Table:
    """Characteristics: sex, age, BMI, indication with its groups."""
    fisher_used = {c.fisher.method for c in analysis.counts if c.fisher is not None}
    rows = (
        *_count_rows(analysis.count("sex")),
        _numeric_row(analysis, "age_years", "variable.age_years"),
        _numeric_row(analysis, "bmi_kg_m2", "variable.bmi_kg_m2"),
        *_indication_rows(analysis),
    )
    notes = (
        method_note(analysis),
        *(Note(f"p.{method}") for method in sorted(fisher_used)),
        Note("row_percent"),
        Note("shift"),
        *_missing_note(analysis, ("age_years", "bmi_kg_m2")),
        *common_notes(analysis),
    )
    return Table("3", "table.statistic.median_range_or_count", _head(analysis), rows, notes)


def table_4(analysis: Analysis) -> Table:
    """Dose and measurements: each vital sign before, at the end and its change; NRS; weeks of relief."""
    rows = [_numeric_row(analysis, "dose_mg", "variable.dose_mg")]
    for vital in ("heart_rate", "systolic", "diastolic"):
        for i, what in enumerate(("before", "end", "change_percent")):
            row = _numeric_row(analysis, f"{vital}_{what}", f"table.{vital}", f"table.{what}", starts_block=not i)
            rows.append(row)
    for i, what in enumerate(("before", "end", "reduction_percent")):
        rows.append(_numeric_row(analysis, f"nrs_{what}", "table.nrs", f"table.{what}", starts_block=not i))
    rows.append(_numeric_row(analysis, "relief_weeks", "variable.relief_weeks"))
    names = tuple(row.comparison.variable for row in rows if row.comparison)
    notes = (method_note(analysis), Note("shift"), *_missing_note(analysis, names), *common_notes(analysis))
    return Table("4", "table.statistic.median_range", _head(analysis), tuple(rows), notes)


def table_5(analysis: Analysis) -> Table:
    """Concentrations at steady state: geometric and arithmetic means with range and CV."""
    rows: list[Row] = []
    notes: list[Note] = [method_note(analysis), Note("shift"), steady_state_note(analysis)]
    for name in ("esketamine_css_ug_l", "norketamine_css_ug_l", "ratio"):
        rows.append(_numeric_row(analysis, name, f"variable.{name}", None, CellKind.MEAN_RANGE))
        mean = _numeric_row(analysis, name, "table.arithmetic_mean", None, CellKind.MEAN_CV, starts_block=False)
        rows.append(mean)
        notes += below_lloq_notes(analysis, (name,))
    names = ("esketamine_css_ug_l", "norketamine_css_ug_l", "ratio")
    notes += [*_missing_note(analysis, names), *common_notes(analysis)]
    return Table("5", "table.statistic.geometric_mean_range", _head(analysis), tuple(rows), tuple(notes))


def steady_state_note(analysis: Analysis) -> Note:
    """Which sample is the one at steady state."""
    return Note("steady_state", {"from_minute": analysis.cohort.settings.css_from_minute})


def below_lloq_notes(analysis: Analysis, names: tuple[str, ...]) -> tuple[Note, ...]:
    """How many concentrations are below their LLOQ, and what they do in means, figures and the test."""
    rule = "half" if analysis.cohort.settings.blq is BlqRule.HALF else "missing"
    return tuple(
        Note(f"below_lloq.{rule}", {"variable": f"@variable.{name}", "n": n})
        for name in names
        if (n := analysis.comparison(name).groups[TOTAL].below_lloq)
    )


def table_6(analysis: Analysis) -> Table:
    """Side effects that the drug probably caused: a patient counts once per term, most frequent first."""
    sizes, rows = analysis.sizes, list[Row]()
    for effect in analysis.side_effects:
        if not effect.total:
            continue
        cells = (
            _percent(effect.total, sizes[TOTAL]),
            _percent(effect.non_responder, sizes[Group.NON_RESPONDER]),
            _percent(effect.responder, sizes[Group.RESPONDER]),
        )
        rows.append(Row(effect.term, None, cells, 0, True))
    cohort = analysis.cohort
    notes: list[Note] = [] if rows else [Note("nothing_counted")]
    notes += [Note("naranjo", {"cutoff": cohort.settings.naranjo_cutoff}), Note("rate")]
    for phase in PHASES:
        asked = int((cohort.codes(f"side_effects_asked_{phase}") == "yes").sum())
        notes.append(Note("asked", {"phase": f"@code.{phase}", "k": asked, "n": len(cohort)}))
    for effect in analysis.side_effects:
        if effect.pending:
            notes.append(Note("pending", {"term": effect.term, "n": effect.pending}))
    notes += common_notes(analysis)
    return Table("6", "table.statistic.patients", _head(analysis, effect=False, p=False), tuple(rows), tuple(notes))


def continuation_table(analysis: Analysis) -> Table:
    """The group against the clinician's decision to go on."""
    groups = analysis.continuation.groups
    heads = tuple(
        Head(group, group, analysis.sizes[group])
        for group in (Group.NON_RESPONDER, Group.RESPONDER, Group.UNDETERMINED)
    )
    total = Head(TOTAL, None, analysis.sizes[TOTAL], 0)
    rows: list[Row] = []
    for at, answer in enumerate(("yes", "no", "missing")):
        numbers = [groups[str(head.group)][at] for head in heads]
        cells = tuple(Cell(CellKind.COUNT, (number,)) for number in (sum(numbers), *numbers))
        key = f"code.{answer}" if answer != "missing" else "table.missing"
        rows.append(Row(key, None, cells, 0))
    note = Note("agreement", {"k": analysis.continuation.agree, "n": analysis.continuation.n})
    notes = (note, *common_notes(analysis))
    return Table("continuation", "table.statistic.patients", (total, *heads), tuple(rows), notes)


def tables(analysis: Analysis) -> tuple[Table, ...]:
    """All tables, in the order in which they are shown."""
    return table_3(analysis), table_4(analysis), table_5(analysis), table_6(analysis), continuation_table(analysis)
