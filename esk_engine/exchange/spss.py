"""SPSS: .sav files with labels, missing values and measure levels, and the syntax that repeats the tables' tests.

``NAME.sav`` has a row a patient with everything entered, derived and judged; ``NAME_vital_signs.sav``,
``NAME_samples.sav`` and ``NAME_adverse_events.sav`` have the rows. A concentration below its LLOQ is the user-missing
value -1; the column ``..._rank`` holds 0 there, so that it ranks below every measured one, tied, as Esk ranks it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from esk_engine.cohort import Cohort
from esk_engine.dictionary import DERIVED, ValueType, Variable
from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.flat import ROW_SHEETS, Cancelled, Counted, Progress, data_rows, row_count
from esk_engine.exchange.layout import DATA_SHEETS, DataSheet
from esk_engine.exchange.spss_syntax import syntax
from esk_engine.judge import Group
from esk_engine.records import BelowLloq, Value
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

BELOW_LLOQ: Final = -1.0
GROUPS: Final = {Group.NON_RESPONDER: 0, Group.RESPONDER: 1, Group.UNDETERMINED: 9}
RANKED: Final = ("esketamine_css_ug_l", "norketamine_css_ug_l")
_LONGEST_LABEL = 250
_LONGEST_TEXT = 32_000  # bytes of a string variable


@dataclass(slots=True)
class _Column:
    """One variable of a .sav file."""

    name: str
    label: str
    values: list[Any]
    measure: str
    form: str
    labels: dict[float, str] = field(default_factory=dict[float, str])
    missing: float | None = None


def _silent(fraction: float) -> None:
    del fraction


def _never() -> bool:
    return False


def export_spss(
    snapshot: StudySnapshot,
    path: Path,
    wording: Wording,
    *,
    progress: Progress = _silent,
    cancelled: Cancelled = _never,
) -> Sequence[Path]:
    """Write ``path`` (.sav), the files of its rows beside it, and ``path`` with the ending .sps.

    Raises
    ------
    Fault
        ``target_not_sav``, ``target_open``, ``target_not_writable``, ``file_full``, ``text_too_long``, ``cancelled``.
    """
    if path.suffix.casefold() != ".sav":
        raise Fault("target_not_sav", path=str(path))
    advance = Counted(row_count(snapshot.patients), progress)
    written = [path]
    _write(path, _patient_columns(snapshot, wording), snapshot, wording)
    advance(len(snapshot.patients))
    for sheet in ROW_SHEETS:
        if cancelled():
            raise Fault("cancelled")
        columns = _row_columns(sheet, snapshot, wording)
        target = path.with_name(f"{path.stem}_{sheet.name}.sav")
        _write(target, columns, snapshot, wording)
        advance(len(columns[0].values))
        written.append(target)
    script = path.with_suffix(".sps")
    with written_beside(script, ".sps") as beside:
        beside.write_text(syntax(snapshot, path.name, wording), encoding="utf-8", newline="\r\n")
    progress(1.0)
    return (*written, script)


def _patient_columns(snapshot: StudySnapshot, wording: Wording) -> list[_Column]:
    patients, cohort = snapshot.patients, snapshot.cohort
    columns = [
        _entered(declared, [patient.get(declared.name) for patient in patients], wording)
        for declared in DATA_SHEETS[0].columns
    ]
    groups = [GROUPS[Group(group)] for group in cohort.groups]
    labels = {float(code): wording(f"group.{group}") for group, code in GROUPS.items()}
    name = wording.criterion(snapshot.criteria_set.name)
    head = wording("export.spss.group", set=name)
    columns.append(_Column("group", head, groups, "nominal", "F1.0", labels, float(GROUPS[Group.UNDETERMINED])))
    return [*columns, *_derived(cohort, wording)]


def _derived(cohort: Cohort, wording: Wording) -> Iterator[_Column]:
    for declared in DERIVED:
        values, below = cohort.column(declared.name), cohort.below_lloq(declared.name)
        unit = wording.unit(declared.name)
        label = wording.label(declared.name) + (f" ({unit})" if unit else "")
        decimals = declared.printed_decimals + 2
        form = f"F{12 + decimals}.{decimals}"
        if declared.name not in RANKED:
            yield _Column(declared.name, label, values.tolist(), "scale", form)
            continue
        marked = np.where(below, BELOW_LLOQ, values).tolist()
        words = {BELOW_LLOQ: wording("export.spss.below_lloq")}
        yield _Column(declared.name, label, marked, "scale", form, words, BELOW_LLOQ)
        ranked = np.where(below, 0.0, values).tolist()
        yield _Column(f"{declared.name}_rank", wording("export.spss.ranked", label=label), ranked, "scale", form)


def _row_columns(sheet: DataSheet, snapshot: StudySnapshot, wording: Wording) -> list[_Column]:
    own = [declared for declared in sheet.columns if declared.kind is sheet.kind]
    rows = list(data_rows(sheet, snapshot.patients))
    number = DATA_SHEETS[0].columns[0]
    columns = [_entered(number, [study_no for study_no, _ in rows], wording)]
    return columns + [_entered(each, [values[at] for _, values in rows], wording) for at, each in enumerate(own)]


def _entered(declared: Variable, values: Sequence[Value], wording: Wording) -> _Column:
    """One variable of the dictionary: its codes as numbers with labels, its texts as texts."""
    unit = wording.unit(declared.name)
    label = wording.label(declared.name) + (f" ({unit})" if unit else "")
    match declared.type:
        case ValueType.CODE:
            codes = {code: at for at, code in enumerate(declared.codes, 1)}
            labels = {float(at): wording.code(code, declared.name) for code, at in codes.items()}
            coded = [math.nan if value is None else float(codes[str(value)]) for value in values]
            return _Column(declared.name, label, coded, "nominal", "F4.0", labels)
        case ValueType.WHOLE | ValueType.DECIMAL:
            numbers = [float(value) if isinstance(value, (int, float)) else math.nan for value in values]
            decimals = 0 if declared.type is ValueType.WHOLE else 4 if declared.decimals is None else declared.decimals
            return _Column(declared.name, label, numbers, "scale", f"F{8 + decimals}.{decimals}")
        case ValueType.CONCENTRATION:
            shown = [_concentration(value) for value in values]
            words = {BELOW_LLOQ: wording("export.spss.below_lloq")}
            return _Column(declared.name, label, shown, "scale", "F12.4", words, BELOW_LLOQ)
        case ValueType.DATE:
            days = [value if isinstance(value, date) else None for value in values]
            return _Column(declared.name, label, days, "scale", "EDATE10")
        case ValueType.DATETIME:
            moments = [value if isinstance(value, datetime) else None for value in values]
            return _Column(declared.name, label, moments, "scale", "DATETIME20")
        case _:
            texts = ["" if value is None else str(value) for value in values]
            longest = max((len(text.encode()) for text in texts), default=1)
            if longest > _LONGEST_TEXT:
                raise Fault("text_too_long", sheet=declared.name, length=_LONGEST_TEXT)
            return _Column(declared.name, label, texts, "nominal", f"A{max(longest, 8)}")


def _concentration(value: Value) -> float:
    if isinstance(value, BelowLloq):
        return BELOW_LLOQ
    return float(value) if isinstance(value, (int, float)) else math.nan


def _write(path: Path, columns: Sequence[_Column], snapshot: StudySnapshot, wording: Wording) -> None:
    import pandas as pd
    import pyreadstat

    library: Any = pyreadstat  # its own description of itself knows no pandas
    frame = pd.DataFrame({column.name: _series(column, pd.Series) for column in columns})
    title = snapshot.settings.study_name or snapshot.name
    with written_beside(path, ".sav") as beside:
        try:
            library.write_sav(
                frame,
                str(beside),
                file_label=title.encode("utf-8")[:60].decode("utf-8", "ignore"),
                column_labels={column.name: column.label[:_LONGEST_LABEL] for column in columns},
                variable_value_labels={column.name: column.labels for column in columns if column.labels},
                missing_ranges={column.name: [column.missing] for column in columns if column.missing is not None},
                variable_measure={column.name: column.measure for column in columns},
                variable_format={column.name: column.form for column in columns},
                note=wording("export.csv.made_by"),
            )
        except library.PyreadstatError as error:
            raise Fault("target_not_writable", file=path.name) from error


def _series(column: _Column, make: Callable[..., Any]) -> Any:
    return make(column.values, dtype="float64" if column.form.startswith("F") else "object")
