"""The log as a CSV file: one line a change, as it stands in the study file, readable by any spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_engine.study import LogLine

_BEFORE_STUDY_NO = 10
COLUMNS = (*LogLine._fields[:_BEFORE_STUDY_NO], "study_no", *LogLine._fields[_BEFORE_STUDY_NO:])
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


_STEP = 1000  # lines between two looks at whether it is still wanted


def _never() -> bool:
    return False


def _silent(lines: int) -> None:
    del lines


def write_log_csv(
    path: Path,
    lines: Iterable[LogLine],
    study_nos: Mapping[str, str],
    *,
    delimiter: str = ",",
    cancelled: Callable[[], bool] = _never,
    progress: Callable[[int], object] = _silent,
) -> int:
    """Write the log whole, or nothing; the number of lines written.

    Parameters
    ----------
    study_nos
        Study numbers by patient id, for a column that the log itself does not have.
    delimiter
        ";" where a spreadsheet expects a decimal comma. The file starts with a byte order mark: UTF-8 to Excel.
    progress
        Told now and then how many lines are written.

    Raises
    ------
    Fault
        ``target_open``, ``target_not_writable``, ``file_full``, ``cancelled``.
    """
    count = 0
    with written_beside(path, ".csv") as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(COLUMNS)
        for line in lines:
            if count % _STEP == 0:
                if cancelled():
                    raise Fault("cancelled")
                progress(count)
            study_no = study_nos.get(line.patient_id or "", "")
            whole = (*line[:_BEFORE_STUDY_NO], study_no, *line[_BEFORE_STUDY_NO:])
            writer.writerow([_cell(value) for value in whole])
            count += 1
    return count


def _cell(value: object) -> object:
    """What looks like a formula gets an apostrophe before it, so that a spreadsheet takes it for text."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
