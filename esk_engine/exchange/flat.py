"""The study as plain tables of texts: what CSV, REDCap and R are written from; codes are the dictionary's own.

A number is written so that it is read back as the same number whatever the reader's decimal sign: one with exactly
three decimals gets a fourth.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal

import numpy as np

from esk_engine import __version__
from esk_engine.cohort import Cohort
from esk_engine.dictionary import DERIVED, Kind
from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.layout import DATA_SHEETS, DataSheet
from esk_engine.judge import Group
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.study import StudySnapshot
from esk_engine.wording import as_decimal

Dialect = Literal["dutch", "international"]
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
HEAD_FILE: Final = "esk_export.json"
_STEP = 500
Progress = Callable[[float], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TextDialect:
    """How a CSV file is written."""

    delimiter: str
    decimal: str


DIALECTS: Final[dict[Dialect, TextDialect]] = {
    "dutch": TextDialect(";", ","),
    "international": TextDialect(",", "."),
}


def plain_text(value: Value, decimal: str = ".") -> str:
    """One value as text: a number in its shortest form, never ambiguous; dates ISO; ``<5`` below an LLOQ."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, BelowLloq):
        return f"<{_number(value.lloq, decimal)}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return _number(value, decimal)


def _number(value: float, decimal: str) -> str:
    digits = format(as_decimal(value), "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    whole, _, fraction = digits.partition(".")
    if len(fraction) == 3 and whole.lstrip("-") != "0":
        fraction += "0"
    return f"{whole}{decimal}{fraction}" if fraction else whole


def guarded(text: str) -> str:
    """A text that a spreadsheet would take for a formula, behind an apostrophe; so is one that begins like that."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """What ``guarded`` made such a text from."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS) else text


def data_rows(sheet: DataSheet, patients: Sequence[Patient]) -> Iterator[tuple[str, list[Value]]]:
    """Every record of one kind: its patient's study number and its values in the order of the sheet's columns."""
    names = [declared.name for declared in sheet.columns if declared.name != "study_no"]
    for patient in patients:
        for record in patient.rows(sheet.kind):
            yield patient.study_no, [record.values.get(name) for name in names]


def names_of(sheet: DataSheet) -> list[str]:
    """The columns of one kind, the study number first."""
    return ["study_no", *(declared.name for declared in sheet.columns if declared.name != "study_no")]


def analysis_names() -> list[str]:
    """The columns of the analysis table: group, derived values, and what of a concentration is below its LLOQ."""
    blq = [f"{name}_below_lloq" for name in _CONCENTRATIONS]
    entered = ["sex", "age_years", "dose_mg", "nrs_before", "nrs_end", "relief_weeks", "treatment_continued"]
    return ["study_no", "group", *entered, *(declared.name for declared in DERIVED), *blq]


_CONCENTRATIONS = ("esketamine_css_ug_l", "norketamine_css_ug_l")


def analysis_rows(cohort: Cohort) -> Iterator[list[Value]]:
    """A row a patient: what the tables are made of, by the set that classifies."""
    columns = {declared.name: cohort.column(declared.name).tolist() for declared in DERIVED}
    below = {name: cohort.below_lloq(name) for name in _CONCENTRATIONS}
    entered = analysis_names()[2 : 2 + 7]
    for row, patient in enumerate(cohort.patients):
        values: list[Value] = [patient.study_no, str(Group(cohort.groups[row]))]
        values += [patient.get(name) for name in entered]
        values += [None if np.isnan(column[row]) else column[row] for column in columns.values()]
        values += ["yes" if below[name][row] else "no" for name in _CONCENTRATIONS]
        yield values


def write_table(
    path: Path,
    head: Sequence[str],
    rows: Iterator[Sequence[Value]],
    dialect: TextDialect,
    cancelled: Cancelled,
    advance: Callable[[int], None],
    *,
    with_mark: bool = True,
) -> None:
    """One CSV file, whole or not at all.

    Parameters
    ----------
    with_mark
        Whether it begins with a byte order mark, by which Excel knows UTF-8.

    Raises
    ------
    Fault
        ``target_open``, ``target_not_writable``, ``file_full``, ``cancelled``.
    """
    encoding = "utf-8-sig" if with_mark else "utf-8"
    with written_beside(path, path.suffix) as beside, beside.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=dialect.delimiter, lineterminator="\r\n")
        writer.writerow(head)
        for number, values in enumerate(rows, 1):
            if number % _STEP == 0:
                if cancelled():
                    raise Fault("cancelled")
                advance(_STEP)
            writer.writerow([_cell(value, dialect.decimal) for value in values])


def _cell(value: Value, decimal: str) -> str:
    text = plain_text(value, decimal)
    return guarded(text) if isinstance(value, str) else text


def write_head(folder: Path, snapshot: StudySnapshot) -> Path:
    """Beside an export of several files: of which study it was made, and where its log ended then."""
    path = folder / HEAD_FILE
    told = {
        "study": snapshot.settings.study_name or snapshot.name,
        "program": f"Esk {__version__}",
        "log_seq": snapshot.version,
        "log_head": snapshot.head,
    }
    with written_beside(path, ".json") as beside:
        beside.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


class Counted:
    """Tells how far an export of several files is, by the rows that are written."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total, self._progress, self._done = max(total, 1), progress, 0

    def __call__(self, rows: int) -> None:
        self._done += rows
        self._progress(min(0.99, self._done / self._total))


def row_count(patients: Sequence[Patient]) -> int:
    """How many records there are of all kinds."""
    return sum(len(patient.records()) for patient in patients)


def rows_with_number(sheet: DataSheet, patients: Sequence[Patient]) -> Iterator[list[Value]]:
    """Rows of one kind as a CSV file has them."""
    for study_no, values in data_rows(sheet, patients):
        yield [study_no, *values]


ROW_SHEETS: Final = tuple(sheet for sheet in DATA_SHEETS if sheet.kind is not Kind.PATIENT)
