"""One raw cell to one value, by the rule of its column and then by the same reading as everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from esk_engine.dictionary import Kind, ValueType, Variable, variable
from esk_engine.errors import Issue
from esk_engine.exchange.cells import CellReader, is_blank, number_text
from esk_engine.exchange.intake.mapping import ColumnRule, Target
from esk_engine.exchange.intake.questions import folded_word, missing_code, read_date
from esk_engine.exchange.intake.raw import RawCell
from esk_engine.exchange.intake.units import factor, own_unit
from esk_engine.exchange.synonyms import CodeWords
from esk_engine.records import BelowLloq, Value

_GROUPED: Final = {
    ",": re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
    ".": re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
}
_CellKey = tuple[type, object, str, str | None, str, str]
_MOST_KNOWN, _MOST_RULES = 5_000, 2_000
_PLAIN: Final = {",": re.compile(r"[-+]?\d*,?\d+"), ".": re.compile(r"[-+]?\d*\.?\d+")}


@dataclass(frozen=True, slots=True)
class CellRead:
    """What became of one cell.

    Attributes
    ----------
    text
        As it stood in the file.
    value
        What is taken; None where nothing is.
    issues
        Errors and warnings about it.
    is_changed
        Whether the value is another number or word than the text says: converted, or a missing code.
    """

    text: str
    value: Value = None
    issues: tuple[Issue, ...] = ()
    is_changed: bool = False

    @property
    def is_refused(self) -> bool:
        return any(issue.is_error for issue in self.issues)


NOTHING: Final = CellRead("")


class RuleReader:
    """Reads cells by their columns' rules.

    Parameters
    ----------
    reader
        Limits and codes, as for a workbook of Esk's own.
    words
        The understood words of the codes.
    """

    def __init__(self, reader: CellReader, words: CodeWords) -> None:
        self._reader, self._words = reader, words
        self._by_rule: dict[int, tuple[ColumnRule, dict[_CellKey, CellRead]]] = {}

    def read(self, rule: ColumnRule, cell: RawCell, analyte: str = "") -> CellRead:
        """One cell; ``analyte`` of its row where the column itself does not say it.

        A list says the same few things over and over: what a column's text means is worked out once.
        """
        value = cell.value
        if value is None and not cell.note and rule.target is not None:
            return NOTHING
        known = self._by_rule.get(id(rule))
        if known is None:
            if len(self._by_rule) >= _MOST_RULES:
                self._by_rule.clear()
            known = self._by_rule[id(rule)] = (rule, {})  # the rule is held too: its id is nobody else's meanwhile
        key = (type(value), value, cell.data_type, cell.number_format, cell.note, analyte)
        found = known[1].get(key)
        if found is None:
            found = self._read(rule, cell, analyte)
            if len(known[1]) < _MOST_KNOWN:
                known[1][key] = found
        return found

    def _read(self, rule: ColumnRule, cell: RawCell, analyte: str) -> CellRead:
        if rule.target is None:
            return CellRead(cell.text)
        if is_blank(cell.value):
            return _empty(cell, rule.target)
        declared = variable(rule.target.kind, rule.target.variable)
        text = cell.text.strip()
        if text in rule.missing and missing_code(declared, cell.value, self._words) is not None:
            return CellRead(text, None, (), is_changed=True)
        if cell.note == "error":
            return CellRead(text, None, (Issue("formula_error", declared.name, params={"value": text}),))
        prepared, is_changed = self._prepared(rule, declared, cell, text)
        if isinstance(prepared, Issue):
            return CellRead(text, None, (prepared,))
        converts = self._factor(rule, declared, analyte)
        if converts != 1.0:
            return self._converted(rule, declared, prepared, text, converts)
        value, issues = self._reader.read(declared, prepared)
        return CellRead(text, value, issues, is_changed)

    def _prepared(self, rule: ColumnRule, declared: Variable, cell: RawCell, text: str) -> tuple[RawCell | Issue, bool]:
        """The cell with what was decided for its column carried out."""
        if declared.type is ValueType.CODE:
            code = rule.codes.get(folded_word(text))
            return (RawCell(code, "s"), True) if code is not None else (_as_code(cell), False)
        if not isinstance(cell.value, str):
            return cell, False
        if declared.type in (ValueType.DATE, ValueType.DATETIME):
            return _in_order(rule, declared, cell, text)
        if declared.is_numeric and rule.decimal:
            return _with_sign(rule, declared, cell, text)
        return cell, False

    def _factor(self, rule: ColumnRule, declared: Variable, analyte: str) -> float | None:
        """What the numbers of this cell are multiplied by; None where its unit is not decided or not known."""
        own = own_unit(declared.kind, declared.name)
        if rule.unit in ("", own) or not declared.is_numeric:
            return 1.0
        target = rule.target
        whose = (target.analyte if target is not None else "") or analyte
        return factor(declared.kind, declared.name, rule.unit, whose) if rule.unit_confirmed else None

    def _converted(
        self, rule: ColumnRule, declared: Variable, cell: RawCell, text: str, factor: float | None
    ) -> CellRead:
        """A number of another unit; its limits hold for what it becomes."""
        if factor is None:
            code = "unit_unconfirmed" if not rule.unit_confirmed else "unit_unknown"
            return CellRead(text, None, (Issue(code, declared.name, params={"value": text, "found": rule.unit}),))
        bare = Variable(declared.name, Kind.PATIENT, declared.type, declared.moment, declared.unit)
        raw, issues = self._reader.read(_unlimited(bare), cell)
        if raw is None:
            return CellRead(text, None, issues)
        if isinstance(raw, BelowLloq):
            value, found = self._reader.read(declared, RawCell(f"<{_rounded(raw.lloq * factor)!r}", "s"))
        elif isinstance(raw, (int, float)):
            value, found = self._reader.read(declared, RawCell(_rounded(raw * factor), "n"))
        else:
            return CellRead(text, None, (Issue("not_a_number", declared.name, params={"value": text}),))
        return CellRead(text, value, (*issues, *found), is_changed=factor != 1.0)


def _empty(cell: RawCell, target: Target) -> CellRead:
    """An empty cell; a formula that was never computed is not nothing."""
    if cell.note == "formula" and cell.value is None:
        return CellRead("", None, (Issue("formula_without_value", target.variable),))
    return NOTHING


def _as_code(cell: RawCell) -> RawCell:
    """A number in a column of codes as its text, so that the message repeats what stands there."""
    is_number = isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
    return RawCell(number_text(cell.value), "s") if is_number and isinstance(cell.value, (int, float)) else cell


def _unlimited(declared: Variable) -> Variable:
    """A decimal without limits or a number of decimals: what a number in another unit is read as."""
    type_ = ValueType.CONCENTRATION if declared.type is ValueType.CONCENTRATION else ValueType.DECIMAL
    return Variable(declared.name, declared.kind, type_, declared.moment, declared.unit)


def _rounded(value: float) -> float:
    """Without what binary multiplication leaves behind: twelve significant digits."""
    return float(f"{value:.12g}")


def _in_order(rule: ColumnRule, declared: Variable, cell: RawCell, text: str) -> tuple[RawCell | Issue, bool]:
    if rule.date_order not in ("mdy", "ymd"):
        return cell, False
    day, clock = (*text.replace("T", " ").split(" ", 1), "")[:2]
    found = read_date(day, rule.date_order)
    if found is None:
        code = "not_a_datetime" if declared.type is ValueType.DATETIME else "not_a_date"
        return Issue(code, declared.name, params={"value": text}), False
    if isinstance(found, datetime) or declared.type is ValueType.DATE:
        return RawCell(_midnight(found), "d"), False
    return RawCell(f"{found.isoformat()} {clock}".strip(), "s"), False


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _with_sign(rule: ColumnRule, declared: Variable, cell: RawCell, text: str) -> tuple[RawCell | Issue, bool]:
    """A number as the column's decimal sign reads it: ``1.234,5`` is 1234.5 where the comma is the sign."""
    bare = text.removeprefix("<").strip().replace("\u2212", "-").replace("\u00a0", "")
    other = "." if rule.decimal == "," else ","
    if _GROUPED[rule.decimal].fullmatch(bare):
        bare = bare.replace(other, "")
    elif not _PLAIN[rule.decimal].fullmatch(bare):
        return cell, False  # the usual reading names what is wrong with it
    number = float(bare.replace(rule.decimal, "."))
    if text.startswith("<"):
        return RawCell(BelowText(number), "s"), False
    return RawCell(number, "n"), False


class BelowText(str):
    """``<`` and a number, in the one spelling that is never ambiguous."""

    def __new__(cls, number: float) -> BelowText:
        text = f"{number:.15f}".rstrip("0")
        return super().__new__(cls, f"<{text}0" if len(text.partition(".")[2]) in (0, 3) else f"<{text}")
