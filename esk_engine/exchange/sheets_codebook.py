"""The codebook: every variable as the dictionary declares it, every derived value with its definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from esk_engine.dictionary import DERIVED, DerivedVariable, Limits, Variable
from esk_engine.exchange.layout import DATA_SHEETS
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_dress import make_filter
from esk_engine.exchange.sheet_writer import HEAD, WRAPPED
from esk_engine.exchange.sheets_data import Item, SheetPlan, value_item
from esk_engine.wording import Wording

_HEADS = (
    ("sheet", 15),
    ("name", 30),
    ("label", 34),
    ("type", 16),
    ("unit", 8),
    ("hard_low", 10),
    ("hard_high", 10),
    ("soft_low", 10),
    ("soft_high", 10),
    ("decimals", 10),
    ("moment", 18),
    ("codes", 44),
)


def _limit_items(limits: Limits | None, wording: Wording) -> list[Item]:
    if limits is None:
        return [None, None]
    low = f"> {wording.number(limits.low)}" if limits.low_open else value_item(limits.low)
    return [low, value_item(limits.high)]


def _variable_row(sheet: str, declared: Variable, wording: Wording) -> list[Item]:
    codes = "\n".join(f"{code} = {wording.code(code, declared.name)}" for code in declared.codes)
    decimals = value_item(declared.decimals) if declared.is_numeric else None
    return [
        sheet,
        declared.name,
        wording.label(declared.name),
        wording(f"export.type.{declared.type}"),
        wording.unit(declared.name),
        *_limit_items(declared.hard, wording),
        *_limit_items(declared.soft, wording),
        decimals,
        wording(f"moment.{declared.moment}"),
        codes,
    ]


def _derived_row(declared: DerivedVariable, wording: Wording) -> list[Item]:
    label, definition = wording.label(declared.name), wording(f"definition.{declared.name}")
    unit = wording.unit(declared.name)
    return ["", declared.name, label, wording("export.type.derived"), unit, *[None] * 6, definition]


def _rows(wording: Wording) -> Iterator[Sequence[Item]]:
    yield [(wording(f"export.codebook.{name}"), HEAD) for name, _ in _HEADS]
    for sheet in DATA_SHEETS:
        for declared in sheet.columns:
            yield _at_top(_variable_row(sheet.name, declared, wording))
    for derived in DERIVED:
        yield _at_top(_derived_row(derived, wording))


def _at_top(row: Sequence[Item]) -> list[Item]:
    """Every cell wrapped, so that all of a high row begin on one line."""
    pairs = [item if isinstance(item, tuple) else (item, WRAPPED) for item in row]
    return [(value, replace(look, wrap=True)) for value, look in pairs]


def codebook_sheet(wording: Wording) -> SheetPlan:
    """The codebook, made from the dictionary."""
    count = 1 + len(DERIVED) + sum(len(sheet.columns) for sheet in DATA_SHEETS)
    widths = [width for _, width in _HEADS]
    dress = partial(make_filter, head_row=1, columns=len(_HEADS))
    return SheetPlan(report_title("codebook", wording), widths, count, partial(_rows, wording), 1, 2, dress=dress)
