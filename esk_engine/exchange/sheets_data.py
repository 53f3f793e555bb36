"""The sheets that import reads back unchanged: the four data sheets, the criteria sets and the settings.

Their names, columns and codes are the dictionary's identifiers in either language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from esk_engine.criteria import CriteriaSet
from esk_engine.dictionary import Kind, ValueType, Variable
from esk_engine.errors import Fault
from esk_engine.exchange.layout import (
    CRITERIA_COLUMNS,
    CRITERIA_SHEET,
    DATA_SHEETS,
    SETTING_NAME,
    SETTINGS_SHEET,
    VALUE_COLUMN,
    DataSheet,
)
from esk_engine.exchange.sheet_dress import define, make_table, name_columns
from esk_engine.exchange.sheet_writer import (
    DATE,
    DATETIME,
    HEAD,
    MAX_ROWS,
    WHOLE,
    Across,
    Content,
    Look,
    SheetWriter,
    decimal_look,
    decimals_in,
    width_of,
)
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.settings import SETTINGS, Settings
from esk_engine.wording import as_decimal

Item = Content | tuple[Content, Look]
Line = Sequence[Item] | Across
_WIDTHS = {ValueType.TEXT: 14, ValueType.CODE: 12, ValueType.DATE: 11, ValueType.DATETIME: 17}
_BESIDE = Look(align="left", indent=1)
_WIDE = {"remarks": 50, "term": 30, "indication_group": 27, "artefact": 24, "artefact_reason": 30}


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet to be written: how many rows it will have, and the rows when they are asked for.

    Attributes
    ----------
    is_exact
        False: the number of rows is only good enough to show how far an export is.
    dress
        What the sheet gets once its rows are there.
    portrait
        Printed upright.
    """

    title: str
    widths: Sequence[float]
    row_count: int
    rows: Callable[[], Iterator[Line]]
    head_rows: int = 1
    head_columns: int = 0
    is_exact: bool = True
    dress: Callable[[SheetWriter], None] | None = None
    portrait: bool = False


def lloq_text(value: BelowLloq) -> str:
    """``<5``, written so that it is read back as the same number: ``<1.2340`` cannot mean a thousand."""
    digits = format(as_decimal(value.lloq), "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    whole, _, fraction = digits.partition(".")
    return f"<{digits}0" if len(fraction) == 3 and whole != "0" else f"<{digits}"


def value_item(value: Value) -> Item:
    """One stored value as a cell with the look of its kind."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, BelowLloq):
        return lloq_text(value)
    if isinstance(value, datetime):
        return value, DATETIME
    if isinstance(value, date):
        return value, DATE
    decimals = decimals_in(value)
    return (value, decimal_look(decimals)) if decimals else (value, WHOLE)


def _width(declared: Variable) -> float:
    held = _WIDE.get(declared.name) or _WIDTHS.get(declared.type, 8)
    return max(held, len(declared.name) + 1)


def _data_rows(sheet: DataSheet, patients: Sequence[Patient]) -> Iterator[Sequence[Item]]:
    names = [declared.name for declared in sheet.columns]
    yield [(name, HEAD) for name in names]
    own = names if sheet.kind is Kind.PATIENT else names[1:]
    for patient in patients:
        study_no = patient.study_no
        for record in patient.rows(sheet.kind):
            items = [value_item(record.values.get(name)) for name in own]
            yield _set_off(items) if sheet.kind is Kind.PATIENT else [study_no, *items]


def _set_off(items: Sequence[Item]) -> list[Item]:
    """Words a little away from the number in the column before; the long sheets have hardly any."""
    return [(item, _BESIDE) if at and isinstance(item, str) else item for at, item in enumerate(items)]


def data_sheet(sheet: DataSheet, patients: Sequence[Patient]) -> SheetPlan:
    """One data sheet; Fault ``too_many_rows`` where Excel has not the rows for it."""
    count = sum(len(patient.rows(sheet.kind)) for patient in patients) + 1
    if count > MAX_ROWS:
        raise Fault("too_many_rows", sheet=sheet.name, rows=MAX_ROWS)
    widths = [_width(declared) for declared in sheet.columns]
    rows = partial(_data_rows, sheet, patients)
    return SheetPlan(sheet.name, widths, count, rows, 1, 1, dress=partial(_dress, sheet=sheet))


def _dress(writer: SheetWriter, sheet: DataSheet) -> None:
    """An Excel table of the sheet's name, and a name for each column: import reads the cells as before."""
    names = [declared.name for declared in sheet.columns]
    make_table(writer, sheet.name, names)
    name_columns(writer, ((f"{sheet.name}_{name}", at) for at, name in enumerate(names, 1)))


def _criteria_rows(sets: Sequence[CriteriaSet], in_use: str) -> Iterator[Sequence[Item]]:
    yield [(declared.name, HEAD) for declared in CRITERIA_COLUMNS]
    for each in sets:
        about: list[Item] = [
            each.name,
            each.set_id,
            _yes_no(each.set_id == in_use),
            _yes_no(each.locked),
            _yes_no(each.specified_beforehand),
            (each.outcomes_known, WHOLE),
            (each.patients, WHOLE),
        ]
        for criterion in each.criteria:
            for condition in criterion.conditions:
                threshold = value_item(condition.threshold)
                yield [*about, criterion.name, condition.variable, condition.operator, threshold]


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def criteria_sheet(sets: Sequence[CriteriaSet], in_use: str) -> SheetPlan:
    """Every criteria set, a row a condition."""
    count = sum(len(each.conditions()) for each in sets) + 1
    names = [declared.name for declared in CRITERIA_COLUMNS]
    columns = {"set": 20.0, "set_id": 37.0, "criterion": 20.0, "variable": 32.0}
    widths = [columns.get(name, len(name) + 1.0) for name in names]
    return SheetPlan(CRITERIA_SHEET, widths, count, lambda: _criteria_rows(sets, in_use))


def _settings_rows(settings: Settings) -> Iterator[Sequence[Item]]:
    yield [(SETTING_NAME.name, HEAD), (VALUE_COLUMN.name, HEAD)]
    for declared in SETTINGS:
        yield [declared.name, value_item(settings.stored(declared.name))]


def settings_sheet(settings: Settings) -> SheetPlan:
    """Every setting, a row each."""
    widths = [30, width_of([settings.study_name, settings.clinic_name, "asymptotic"])]
    rows = partial(_settings_rows, settings)
    return SheetPlan(SETTINGS_SHEET, widths, len(SETTINGS) + 1, rows, dress=_name_settings)


def _name_settings(writer: SheetWriter) -> None:
    """Every setting by a name of its own: what the formulas of the check use."""
    for row, declared in enumerate(SETTINGS, 2):
        define(writer, f"setting_{declared.name}", f"$B${row}")


def data_sheets(patients: Sequence[Patient]) -> list[SheetPlan]:
    """The four data sheets."""
    return [data_sheet(sheet, patients) for sheet in DATA_SHEETS]
