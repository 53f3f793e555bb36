"""The import workbook's sheets and columns: one declaration for what is read and what is written."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.criteria import OPERATORS
from esk_engine.dictionary import (
    NUMERIC_NAMES,
    YES_NO,
    Kind,
    Limits,
    Moment,
    ValueType,
    Variable,
    variable,
    variables_of,
)
from esk_engine.settings import SettingDeclaration

STUDY_NO = variable(Kind.PATIENT, "study_no")
SETTINGS_SHEET = "settings"
CRITERIA_SHEET = "criteria"


def _column(name: str, type_: ValueType, codes: tuple[str, ...] = (), hard: Limits | None = None) -> Variable:
    """A column outside the dictionary, read by the same rules as one of its variables."""
    decimals = 0 if type_ is ValueType.WHOLE else None
    return Variable(name, Kind.PATIENT, type_, Moment.ANY, "", hard, None, decimals, codes=codes, max_length=200)


def setting_column(declared: SettingDeclaration) -> Variable:
    """A setting's value as a cell is read: its declaration's type, limits and codes."""
    codes = tuple(str(code) for code in declared.codes)
    return _column(declared.name, declared.type, codes, declared.hard)


SETTING_NAME = _column("setting", ValueType.TEXT)
VALUE_COLUMN = _column("value", ValueType.TEXT)
_COUNT = Limits(0, 1e9)
CRITERIA_COLUMNS = (
    _column("set", ValueType.TEXT),
    _column("set_id", ValueType.TEXT),
    _column("in_use", ValueType.CODE, YES_NO),
    _column("locked", ValueType.CODE, YES_NO),
    _column("specified_beforehand", ValueType.CODE, YES_NO),
    _column("outcomes_known", ValueType.WHOLE, hard=_COUNT),
    _column("patients", ValueType.WHOLE, hard=_COUNT),
    _column("criterion", ValueType.TEXT),
    _column("variable", ValueType.CODE, NUMERIC_NAMES),
    _column("operator", ValueType.CODE, OPERATORS),
    _column("threshold", ValueType.DECIMAL, hard=Limits(-1e9, 1e9)),
)


@dataclass(frozen=True, slots=True)
class DataSheet:
    """One of the four sheets that hold the data; its columns are the dictionary's, the study number first."""

    name: str
    kind: Kind

    @property
    def columns(self) -> tuple[Variable, ...]:
        declared = variables_of(self.kind)
        return declared if self.kind is Kind.PATIENT else (STUDY_NO, *declared)


DATA_SHEETS = (
    DataSheet("patients", Kind.PATIENT),
    DataSheet("vital_signs", Kind.READING),
    DataSheet("samples", Kind.SAMPLE),
    DataSheet("adverse_events", Kind.ADVERSE_EVENT),
)
READ_SHEETS = frozenset((*(sheet.name for sheet in DATA_SHEETS), SETTINGS_SHEET, CRITERIA_SHEET))
# Sheets that an export writes for a reader (titles: texts ``export.sheet.<name>``); import passes them by.
REPORT_SHEETS = (
    "overview",
    "table3",
    "table4",
    "table5",
    "table6",
    "continuation",
    "table7",
    "p_values",
    "effects",
    "figure1",
    "classification",
    "derived",
    "check",
    "codebook",
    "help",
    "log",
)


def name_key(text: str) -> str:
    """How names of sheets and columns are compared: trimmed, whatever the case, a space as an underscore."""
    return "_".join(text.replace("\u00a0", " ").split()).casefold()


def cell_name(row: int, column: int) -> str:
    """``C7`` for row 7, column 3, both counted from 1."""
    return f"{letters_of(column)}{row}"


def letters_of(column: int) -> str:
    """``C`` for column 3, counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
