"""REDCap: the data as one CSV file with repeating instruments, and the data dictionary of 18 columns.

Both can be imported into a REDCap project, and the data file comes in again here. It does not hold criteria sets,
settings, signatures or the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from esk_engine.dictionary import Kind, ValueType, Variable
from esk_engine.exchange.csv_out import make_folder
from esk_engine.exchange.flat import (
    DIALECTS,
    Cancelled,
    Counted,
    Progress,
    data_rows,
    row_count,
    write_head,
    write_table,
)
from esk_engine.exchange.layout import DATA_SHEETS, DataSheet
from esk_engine.records import Patient, Value
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

DATA, DICTIONARY = "redcap_data.csv", "redcap_dictionary.csv"
DICTIONARY_HEAD: Final = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
RECORD_ID, INSTRUMENT, INSTANCE = "record_id", "redcap_repeat_instrument", "redcap_repeat_instance"
# Field names are one space in REDCap: the two kinds of minute need names of their own.
_FIELD: Final = {(Kind.READING, "minute"): "vs_minute", (Kind.SAMPLE, "minute"): "sample_minute"}
_VALIDATION: Final = {
    ValueType.WHOLE: "integer",
    ValueType.DECIMAL: "number",
    ValueType.DATE: "date_ymd",
    ValueType.DATETIME: "datetime_seconds_ymd",
}


def _silent(fraction: float) -> None:
    del fraction


def _never() -> bool:
    return False


def field_name(declared: Variable) -> str:
    """The name of a variable's field: the study number is the record's id."""
    if (declared.kind, declared.name) == (Kind.PATIENT, "study_no"):
        return RECORD_ID
    return _FIELD.get((declared.kind, declared.name), declared.name)


def _fields(sheet: DataSheet) -> list[Variable]:
    return [declared for declared in sheet.columns if declared.kind is sheet.kind]


def _head() -> list[str]:
    own = [field_name(declared) for declared in _fields(DATA_SHEETS[0])]
    rows = [field_name(declared) for sheet in DATA_SHEETS[1:] for declared in _fields(sheet)]
    return [own[0], INSTRUMENT, INSTANCE, *own[1:], *rows]


def _rows(patients: Sequence[Patient]) -> Iterator[list[Value]]:
    """A row for each patient and one for each of its rows, each under its instrument, numbered from 1."""
    widths = [len(_fields(sheet)) for sheet in DATA_SHEETS]
    for patient in patients:
        single = [patient.get(declared.name) for declared in _fields(DATA_SHEETS[0])]
        yield [single[0], None, None, *single[1:], *[None] * sum(widths[1:])]
        before = widths[0] - 1
        for sheet, width in zip(DATA_SHEETS[1:], widths[1:], strict=True):
            after = widths[0] - 1 + sum(widths[1:]) - before - width
            for instance, (study_no, values) in enumerate(data_rows(sheet, (patient,)), 1):
                yield [study_no, sheet.name, instance, *[None] * before, *values, *[None] * after]
            before += width


def _dictionary_rows(wording: Wording) -> Iterator[list[Value]]:
    for sheet in DATA_SHEETS:
        for declared in _fields(sheet):
            yield _dictionary_row(sheet.name, declared, wording)


def _dictionary_row(form: str, declared: Variable, wording: Wording) -> list[Value]:
    is_code = declared.type is ValueType.CODE
    choices = " | ".join(f"{code}, {wording.code(code, declared.name)}" for code in declared.codes) if is_code else ""
    validation = "" if is_code else _VALIDATION.get(declared.type, "")
    low = high = ""
    note = wording.unit(declared.name)
    if declared.hard is not None and validation:
        low, high = f"{declared.hard.low:g}", f"{declared.hard.high:g}"
    if declared.type is ValueType.CONCENTRATION:
        note = wording("export.redcap.concentration", unit=note)
    kind = "radio" if is_code else "notes" if declared.name == "remarks" else "text"
    is_key = declared.name == "study_no"
    required = "y" if is_key else ""
    label = wording.label(declared.name)
    return [
        field_name(declared),
        form,
        "",
        kind,
        label,
        choices,
        note,
        validation,
        low,
        high,
        "",
        "",
        required,
        *[""] * 5,
    ]


def export_redcap(
    snapshot: StudySnapshot,
    folder: Path,
    wording: Wording,
    *,
    progress: Progress = _silent,
    cancelled: Cancelled = _never,
) -> Sequence[Path]:
    """Write ``redcap_data.csv`` and ``redcap_dictionary.csv`` into a folder; Fault as ``export_csv``."""
    make_folder(folder)
    form = DIALECTS["international"]
    advance = Counted(row_count(snapshot.patients), progress)
    data, dictionary = folder / DATA, folder / DICTIONARY
    write_table(data, _head(), _rows(snapshot.patients), form, cancelled, advance, with_mark=False)
    rows = _dictionary_rows(wording)
    write_table(dictionary, DICTIONARY_HEAD, rows, form, cancelled, advance, with_mark=False)
    head = write_head(folder, snapshot)
    progress(1.0)
    return data, dictionary, head
