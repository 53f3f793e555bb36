"""The sheets ``settings`` and ``criteria`` of a workbook: what a new study is made with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.dictionary import ValueType, Variable
from esk_engine.errors import Issue, Severity
from esk_engine.exchange.cells import CellReader
from esk_engine.exchange.layout import (
    CRITERIA_COLUMNS,
    CRITERIA_SHEET,
    SETTING_NAME,
    SETTINGS_SHEET,
    VALUE_COLUMN,
    setting_column,
)
from esk_engine.exchange.sheet_reader import Findings, RowCells, TableReader
from esk_engine.records import Value, new_id
from esk_engine.settings import SETTINGS, Settings

MakeReader = Callable[[str, Sequence[Variable]], TableReader | None]
_NEEDED = ("set", "criterion", "variable", "operator", "threshold")


def read_settings(make: MakeReader, reader: CellReader, to: Findings) -> Settings:
    """The settings of the sheet over the defaults; an unknown name is warned about, one that comes twice refused."""
    settings, table = Settings(), make(SETTINGS_SHEET, (SETTING_NAME, VALUE_COLUMN))
    if table is None:
        return settings
    columns = {declared.name: setting_column(declared) for declared in SETTINGS}
    seen: set[str] = set()
    for row in table.cells(("setting", "value")):
        name = str(row.value(reader, SETTING_NAME, to) or "").casefold()
        if name not in columns:
            if name:
                to.at(*row.at("setting"), (Issue("unknown_setting", name, Severity.WARNING, {"value": name}),))
            continue
        if name in seen:
            to.at(*row.at("setting"), (Issue("duplicate_setting", name, params={"value": name}),))
        seen.add(name)
        value = row.value(reader, columns[name], to, "value")
        if value is not None:
            settings = settings.with_value(name, value)
        elif columns[name].type is ValueType.TEXT:
            settings = settings.with_value(name, "")
    return settings


@dataclass(frozen=True, slots=True)
class CriteriaRead:
    """The criteria sets of a workbook, and the id of the one in use."""

    sets: tuple[CriteriaSet, ...] = ()
    in_use: str = ""


@dataclass(slots=True)
class _Draft:
    """One set while its rows are gathered; ``row`` is its first."""

    row: RowCells
    values: dict[str, Value]
    in_use: bool = False
    criteria: dict[str, list[Condition]] = field(default_factory=dict[str, list[Condition]])


def read_criteria(make: MakeReader, reader: CellReader, to: Findings) -> CriteriaRead:
    """One condition a row; rows of one set, and of one criterion in it, belong together wherever they stand."""
    table = make(CRITERIA_SHEET, CRITERIA_COLUMNS)
    if table is None:
        return CriteriaRead()
    drafts: dict[str, _Draft] = {}
    for row in table.cells(_NEEDED):
        _take(row, {declared.name: row.value(reader, declared, to) for declared in CRITERIA_COLUMNS}, drafts, to)
    whole = [draft for draft in drafts.values() if draft.criteria]
    sets = tuple(_criteria_set(draft, to) for draft in whole)
    _refuse_twice(sets, whole, to)
    used = [made.set_id for made, draft in zip(sets, whole, strict=True) if draft.in_use]
    if len(used) > 1:
        to.about_sheet(table.table.title, "two_sets_in_use")
    fallback = TABLE_2.set_id if any(made.set_id == TABLE_2.set_id for made in sets) or not sets else sets[0].set_id
    return CriteriaRead(sets, used[0] if used else fallback)


def _refuse_twice(sets: Sequence[CriteriaSet], drafts: Sequence[_Draft], to: Findings) -> None:
    """Everything printed names its set: no two of them have one name, nor one id."""
    seen: set[str] = set()
    for made, draft in zip(sets, drafts, strict=True):
        keys = {made.name.casefold(), made.set_id}
        if keys & seen:
            to.at(*draft.row.at("set"), (Issue("duplicate_set", "set", params={"value": made.name}),))
        seen |= keys


def _take(row: RowCells, values: dict[str, Value], drafts: dict[str, _Draft], to: Findings) -> None:
    """Add one row's condition to its set; what is missing in it is a fault of that cell."""
    missing = [name for name in _NEEDED if values[name] is None]
    for name in missing:
        if row.at(name) not in to.refused:
            to.at(*row.at(name), (Issue("value_missing", name),))
    if missing:
        return
    draft = drafts.setdefault(str(values["set_id"] or values["set"]), _Draft(row, values))
    draft.in_use = draft.in_use or values["in_use"] == "yes"
    threshold = values["threshold"]
    if isinstance(threshold, (int, float)):
        condition = Condition(str(values["variable"]), str(values["operator"]), float(threshold))
        draft.criteria.setdefault(str(values["criterion"]), []).append(condition)


def _criteria_set(draft: _Draft, to: Findings) -> CriteriaSet:
    values = draft.values
    criteria = tuple(Criterion(name, tuple(conditions)) for name, conditions in draft.criteria.items())
    made = CriteriaSet(
        _set_id(draft, to),
        str(values["set"]),
        criteria,
        values["locked"] == "yes",
        values["specified_beforehand"] == "yes",
        int(str(values["outcomes_known"] or 0)),
        int(str(values["patients"] or 0)),
    )
    if made.set_id == TABLE_2.set_id and made != TABLE_2:
        to.at(*draft.row.at("set_id"), (Issue("shipped_set_changed", "set_id", params={"value": made.name}),))
    return made


def _set_id(draft: _Draft, to: Findings) -> str:
    """The set's own id, so that it stays the same set; a new one where the cell is empty."""
    raw = draft.values["set_id"]
    if raw is None:
        return new_id()
    try:
        return str(uuid.UUID(str(raw)))
    except ValueError:
        to.at(*draft.row.at("set_id"), (Issue("bad_set_id", "set_id", params={"value": str(raw)}),))
        return new_id()
