"""What Excel watches over in the workbook to be filled in: the dictionary's limits as its data validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from esk_engine.dictionary import Kind, Limits, ValueType, Variable
from esk_engine.exchange.layout import DataSheet, letters_of
from esk_engine.wording import Wording

_FIRST_DAY = 61  # 1 March 1900: before it Excel's calendar has a day that never was
_LAST_DAY = 2_958_465  # 31 December 9999
_ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


@dataclass(frozen=True, slots=True)
class Rule:
    """One data validation.

    Attributes
    ----------
    type, operator, first, second
        As Excel names them; formulas without their ``=``.
    text
        What is allowed, for a reader.
    refuses
        False: a list that may be departed from.
    """

    type: str
    operator: str | None
    first: str
    second: str | None
    text: str
    refuses: bool = True


def rule_of(kind: Kind, declared: Variable, cell: str, rows: Mapping[Kind, int], wording: Wording) -> Rule:
    """What is allowed in one column.

    Parameters
    ----------
    cell
        The column's first cell below its head: formulas are relative to it.
    rows
        How many rows of each sheet are watched over.
    """
    label = wording.label(declared.name)
    if declared.name == "study_no":
        return _study_no(kind, declared, cell, rows, wording)
    if declared.codes:
        is_open = declared.type is ValueType.TEXT
        words = ",".join(wording.code(code, declared.name) for code in declared.codes)
        text = wording(f"template.allowed.{'term' if is_open else 'list'}", label=label)
        return Rule("list", None, f'"{words}"', None, text, refuses=not is_open)
    if declared.type is ValueType.TEXT:
        text = wording("template.allowed.text", label=label, longest=declared.max_length)
        return Rule("textLength", "lessThanOrEqual", str(declared.max_length), None, text)
    if declared.type in (ValueType.DATE, ValueType.DATETIME):
        what = "past" if declared.not_in_future else "date" if declared.type is ValueType.DATE else "datetime"
        last = "TODAY()" if declared.not_in_future else str(_LAST_DAY)
        return Rule("date", "between", str(_FIRST_DAY), last, wording(f"template.allowed.{what}", label=label))
    return _number(declared, cell, wording)


def _study_no(kind: Kind, declared: Variable, cell: str, rows: Mapping[Kind, int], wording: Wording) -> Rule:
    """Once each on the first sheet; on the others one of those."""
    label, last = wording.label("study_no"), rows[Kind.PATIENT] + 1
    if kind is not Kind.PATIENT:
        known = f"OFFSET(patients!$A$2,0,0,MAX(1,COUNTA(patients!$A$2:$A${last})),1)"
        return Rule("list", None, known, None, wording("template.allowed.known_no", label=label))
    longest = declared.max_length or 0
    letters = f"MID(UPPER({cell}),ROW($1:${longest}),1)"
    is_spelt = f'SUMPRODUCT(--ISNUMBER(FIND({letters},"{_ALLOWED}")))={longest}'
    column = letters_of(1)
    is_only = f"SUMPRODUCT(--(${column}$2:${column}${last}={cell}))=1"
    text = wording("template.allowed.study_no", label=label, longest=longest)
    return Rule("custom", None, f"AND(LEN({cell})<={longest},{is_only},{is_spelt})", None, text)


def _number(declared: Variable, cell: str, wording: Wording) -> Rule:
    limits, label = declared.hard or Limits(-1e9, 1e9), wording.label(declared.name)
    shown = wording.limits(limits, declared.unit)
    low, high = _digits(limits.low), _digits(limits.high)
    if declared.type is ValueType.WHOLE:
        return Rule("whole", "between", low, high, wording("template.allowed.whole", label=label, limits=shown))
    within = f"ISNUMBER({cell}),{cell}{'>' if limits.low_open else '>='}{low},{cell}<={high}"
    if declared.type is ValueType.CONCENTRATION:
        below = f'AND(LEFT({cell},1)="<",LEN({cell})>1)'
        text = wording("template.allowed.concentration", label=label, limits=shown)
        return Rule("custom", None, f"OR(AND({within}),{below})", None, text)
    if declared.decimals is not None:
        text = wording("template.allowed.decimals", label=label, limits=shown)
        return Rule("custom", None, f"AND({within},ROUND({cell},{declared.decimals})={cell})", None, text)
    text = wording("template.allowed", label=label, limits=shown)
    if limits.low_open:
        return Rule("custom", None, f"AND({within})", None, text)
    return Rule("decimal", "between", low, high, text)


def unusual(sheet: DataSheet, declared: Variable, cell: str) -> str:
    """Where a value deserves a second look, as a formula; "" where nothing is unusual."""
    names = [each.name for each in sheet.columns]
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    def beside(name: str) -> str:
        return f"${letters_of(names.index(name) + 1)}{row}"

    if declared.name == "diastolic_mmhg":
        systolic = beside("systolic_mmhg")
        crossed = f"AND(ISNUMBER({systolic}),{cell}>={systolic})"
        return f"AND(ISNUMBER({cell}),OR({_outside(declared, cell)},{crossed}))"
    if declared.name == "concentration_ug_l":
        analyte = beside("analyte")
        own = f'OR({analyte}="esketamine",{analyte}="norketamine")'
        return f"AND(ISNUMBER({cell}),{own},{_outside(declared, cell)})"
    return f"AND(ISNUMBER({cell}),{_outside(declared, cell)})" if declared.soft is not None else ""


def _outside(declared: Variable, cell: str) -> str:
    soft = declared.soft or Limits(-1e9, 1e9)
    return f"OR({cell}<{_digits(soft.low)},{cell}>{_digits(soft.high)})"


def _digits(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
