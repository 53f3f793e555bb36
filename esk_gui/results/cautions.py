"""Which rows of a table are marked with a warning, and what it says."""

from __future__ import annotations

from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.report import Analysis, Caution, CautionCode, CellKind, Extras, Row, Table, caution_text
from esk_engine.report.cautions import comparison_cautions
from esk_engine.wording import Wording

RowWarnings = tuple[tuple[str, ...], ...]
_SIDE_EFFECTS = "7"


def row_warnings(analysis: Analysis, table: Table, found: Extras | None, wording: Wording) -> RowWarnings:
    """For each row of a table its warnings as sentences; none for most."""
    rows: list[tuple[str, ...]] = []
    for at, row in enumerate(table.rows):
        cautions: tuple[Caution, ...] = ()
        if table.number == _SIDE_EFFECTS and found is not None:
            cautions = found.side_effects[at].warnings
        elif _is_tested(row):
            cautions = tuple(each for each in of_row(analysis, row) if _is_marked(each, row))
        rows.append(tuple(caution_text(each, wording) for each in cautions))
    return tuple(rows)


def of_row(analysis: Analysis, row: Row) -> tuple[Caution, ...]:
    """Everything that is to be said of a row that compares responders with non-responders."""
    return () if row.comparison is None else comparison_cautions(analysis, row.comparison)


def _is_tested(row: Row) -> bool:
    return row.comparison is not None and any(cell.kind is CellKind.P for cell in row.cells)


def _is_marked(caution: Caution, row: Row) -> bool:
    """Unequal sexes concern every row alike: the sign stands where sex matters most, with the concentrations."""
    of_concentration = row.comparison is not None and row.comparison.variable in CONCENTRATIONS
    return of_concentration or caution.code is not CautionCode.SEX_UNBALANCED
