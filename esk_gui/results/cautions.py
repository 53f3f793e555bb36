"""Which rows of a table are marked with a warning, and what it says."""

from __future__ import annotations

from collections.abc import Iterable

from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.report import Analysis, Caution, CautionCode, CellKind, Comparison, Extras, Row, Table, caution_text
from esk_engine.report.cautions import comparison_cautions
from esk_engine.wording import Wording
from esk_gui.results.explanation import Offer

RowWarnings = tuple[tuple[str, ...], ...]
_SIDE_EFFECTS = "7"


def row_warnings(analysis: Analysis, table: Table, found: Extras | None, wording: Wording) -> RowWarnings:
    """For each row of a table its warnings as sentences; none for most."""
    rows: list[tuple[str, ...]] = []
    for at, row in enumerate(table.rows):
        cautions: tuple[Caution, ...] = ()
        if table.number == _SIDE_EFFECTS and found is not None:
            cautions = found.side_effects[at].warnings
        elif row.comparison is not None and _is_tested(row):
            of_row = comparison_cautions(analysis, row.comparison)
            cautions = tuple(each for each in of_row if _is_marked(each, row.comparison))
        rows.append(tuple(caution_text(each, wording) for each in cautions))
    return tuple(rows)


def told(cautions: Iterable[Caution], offer: Offer | None, wording: Wording) -> tuple[str, ...]:
    """Warnings as sentences; what is offered to be computed is not warned of as well."""
    left_out = CautionCode.EXACT_LEFT_OUT
    return tuple(caution_text(each, wording) for each in cautions if offer is None or each.code is not left_out)


def _is_tested(row: Row) -> bool:
    return any(cell.kind is CellKind.P for cell in row.cells)


def _is_marked(caution: Caution, comparison: Comparison) -> bool:
    """Unequal sexes concern every row alike: the sign stands where sex matters most, with the concentrations."""
    return comparison.variable in CONCENTRATIONS or caution.code is not CautionCode.SEX_UNBALANCED
