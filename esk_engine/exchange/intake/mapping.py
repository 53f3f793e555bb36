"""What each column of a file means: proposed from its heading, changed by a person, kept as a recipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Of
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from esk_engine.dictionary import Kind, has_variable
from esk_engine.errors import Fault
from esk_engine.exchange.intake.headers import base_of, folded, heading_of
from esk_engine.exchange.intake.names import Name, analyte_names, known_names
from esk_engine.exchange.intake.raw import DateOrder, DecimalSign, RawTable, Source
from esk_engine.exchange.intake.units import own_unit
from esk_engine.exchange.layout import DATA_SHEETS

Why = Literal["name", "recipe", "person", ""]
_ROW_KINDS = (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)
_SHEET_KINDS = {sheet.name: sheet.kind for sheet in DATA_SHEETS}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column's values go; ``minute`` and ``analyte`` where its heading says them, as in a wide layout."""

    kind: Kind
    variable: str
    minute: int | None = None
    analyte: str = ""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What is done with one column.

    Attributes
    ----------
    column
        Its position, from 0.
    target
        None: it is left out.
    unit
        The unit of its numbers, "" for the dictionary's own; used only once ``unit_confirmed``.
    decimal, date_order
        Decided for the whole column; "" where nothing had to be decided.
    missing
        Texts and numbers that mean missing here, as they stand in the file.
    codes
        What a text of the file means: its folded form to a code of the variable.
    why
        What the target was proposed by.
    """

    table: str
    column: int
    header: str
    target: Target | None = None
    unit: str = ""
    unit_confirmed: bool = False
    decimal: DecimalSign = ""
    date_order: DateOrder = ""
    missing: frozenset[str] = frozenset()
    codes: Of[str, str] = field(default_factory=dict[str, str])
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """The rules of all columns, and what no column says: the minute or the analyte of a list of one moment."""

    rules: tuple[ColumnRule, ...]
    minute: int | None = None
    analyte: str = ""
    declined: frozenset[str] = frozenset()
    """Questions that a person answered with no: their keys."""

    def of_table(self, name: str) -> tuple[ColumnRule, ...]:
        return tuple(rule for rule in self.rules if rule.table == name)

    def rule(self, table: str, column: int) -> ColumnRule:
        """The rule of one column; KeyError where there is none."""
        found = next((rule for rule in self.rules if (rule.table, rule.column) == (table, column)), None)
        if found is None:
            raise KeyError((table, column))
        return found

    def with_rule(self, rule: ColumnRule) -> Mapping:
        """The same mapping with one column's rule in the place of its own."""
        place = (rule.table, rule.column)
        return replace(self, rules=tuple(rule if (old.table, old.column) == place else old for old in self.rules))

    def with_target(self, table: str, column: int, target: Target | None) -> Mapping:
        """Another meaning for one column, as a person chose it; what was decided of its numbers falls away."""
        old = self.rule(table, column)
        fresh = ColumnRule(table, column, old.header, target, heading_of(old.header).unit, why="person")
        declined = frozenset(key for key in self.declined if not key.endswith(f"/{table}/{column}"))
        return replace(self.with_rule(fresh), declined=declined)

    def with_unit(self, table: str, column: int, unit: str) -> Mapping:
        """Another unit for the numbers of one column; one that is converted is asked about before it is."""
        rule = self.rule(table, column)
        own = rule.target is not None and unit == own_unit(rule.target.kind, rule.target.variable)
        return self.with_rule(replace(rule, unit=unit, unit_confirmed=own))

    def to_json(self) -> dict[str, Any]:
        """Plain data that ``from_json`` reads back."""
        return {
            "version": 1,
            "minute": self.minute,
            "analyte": self.analyte,
            "declined": sorted(self.declined),
            "columns": [_rule_json(rule) for rule in self.rules],
        }

    @classmethod
    def from_json(cls, raw: object) -> Mapping:
        """A mapping from plain data; Fault ``recipe_unreadable`` where it is none."""
        try:
            data = cast("Of[str, Any]", raw)
            if data["version"] != 1:
                raise ValueError(data["version"])
            minute = data["minute"]
            return cls(
                tuple(_rule_from(each) for each in data["columns"]),
                None if minute is None else int(minute),
                str(data["analyte"]),
                frozenset(str(each) for each in data["declined"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Fault("recipe_unreadable") from error


def _rule_json(rule: ColumnRule) -> dict[str, Any]:
    target = rule.target
    return {
        "table": rule.table,
        "column": rule.column,
        "header": rule.header,
        "target": None
        if target is None
        else {
            "kind": target.kind.value,
            "variable": target.variable,
            "minute": target.minute,
            "analyte": target.analyte,
        },
        "unit": rule.unit,
        "unit_confirmed": rule.unit_confirmed,
        "decimal": rule.decimal,
        "date_order": rule.date_order,
        "missing": sorted(rule.missing),
        "codes": dict(rule.codes),
    }


def _rule_from(raw: Of[str, Any]) -> ColumnRule:
    told, target = raw["target"], None
    if told is not None:
        kind, minute = Kind(told["kind"]), told["minute"]
        if not has_variable(kind, str(told["variable"])):
            raise ValueError(told["variable"])
        target = Target(kind, str(told["variable"]), None if minute is None else int(minute), str(told["analyte"]))
    if raw["decimal"] not in ("", ",", ".") or raw["date_order"] not in ("", "dmy", "mdy", "ymd"):
        raise ValueError(raw["decimal"])
    return ColumnRule(
        str(raw["table"]),
        int(raw["column"]),
        str(raw["header"]),
        target,
        str(raw["unit"]),
        bool(raw["unit_confirmed"]),
        raw["decimal"],
        raw["date_order"],
        frozenset(str(each) for each in raw["missing"]),
        {str(text): str(code) for text, code in raw["codes"].items()},
        "recipe",
    )


_STUDY_NO = Target(Kind.PATIENT, "study_no")


def propose(source: Source) -> Mapping:
    """What the headings say, the first column of two that say the same; what they do not say is left out.

    A table that names no patients is left out where another one does: a legend, notes, somebody's own reckoning.
    """
    proposed = [_proposed(table) for table in source.tables]
    named = [any(rule.target == _STUDY_NO for rule in rules) for rules in proposed]
    rules: list[ColumnRule] = []
    for has_numbers, of_table in zip(named, proposed, strict=True):
        is_kept = has_numbers or not any(named)
        rules += of_table if is_kept else [replace(rule, target=None, why="") for rule in of_table]
    return Mapping(tuple(rules))


def _proposed(table: RawTable) -> list[ColumnRule]:
    found = [_candidates(header) for header in table.header]
    kind = _kind_of(table, found)
    rules: list[ColumnRule] = []
    taken: set[Target] = set()
    for column, (header, candidates) in enumerate(zip(table.header, found, strict=True)):
        heading = heading_of(header)
        target = _chosen(candidates, kind)
        if target is not None and target in taken:
            target = None
        if target is not None:
            taken.add(target)
        unit = "" if target is not None and target.minute is not None and heading.unit == "min" else heading.unit
        rules.append(ColumnRule(table.name, column, header, target, unit, why="name" if target else ""))
    return rules


def _candidates(header: str) -> tuple[Target, ...]:
    """Everything that a heading may mean: by its whole name, without its unit, without its minute."""
    heading = heading_of(header)
    for text in (folded(header), heading.name):
        if text in known_names():
            return tuple(Target(*name) for name in known_names()[text])
        if text in analyte_names():
            return (Target(Kind.SAMPLE, "concentration_ug_l", None, analyte_names()[text]),)
    base, minute = base_of(header), heading.minute
    if minute is None or minute > 1440:
        return ()
    if base in analyte_names():
        return (Target(Kind.SAMPLE, "concentration_ug_l", minute, analyte_names()[base]),)
    vitals: Sequence[Name] = known_names().get(base, ())
    return tuple(Target(*name, minute) for name in vitals if name[0] is Kind.READING and name[1] != "minute")


def _kind_of(table: RawTable, found: Sequence[Sequence[Target]]) -> Kind:
    """What a row of the table is: by the sheet's name, else by the columns whose meaning is plain."""
    named = _SHEET_KINDS.get(folded(table.name).replace(" ", "_"))
    if named is not None:
        return named
    plain = Counter(
        candidates[0].kind
        for candidates in found
        if len({target.kind for target in candidates}) == 1 and candidates[0].minute is None
    )
    rows = [(plain[kind], kind) for kind in _ROW_KINDS if plain[kind]]
    if not rows:
        wide = any(target.minute is not None for candidates in found for target in candidates)
        return Kind.PATIENT if wide or plain[Kind.PATIENT] > 1 else Kind.SAMPLE
    return max(rows)[1]


def _chosen(candidates: Sequence[Target], kind: Kind) -> Target | None:
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    return next((target for target in candidates if target.kind is kind), None)
