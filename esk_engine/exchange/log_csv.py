"""The log as a CSV file: one line a change, as it stands in the study file, readable by any spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.study import LogLine

COLUMNS = (*LogLine._fields[:10], "study_no", *LogLine._fields[10:])
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_log_csv(
    path: Path,
    lines: Iterable[LogLine],
    study_nos: Mapping[str, str],
    *,
    delimiter: str = ",",
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the log beside ``path`` and move it in place; the number of lines written.

    Parameters
    ----------
    study_nos
        Study numbers by patient id, for a column that the log itself does not have.
    delimiter
        ";" where a spreadsheet expects a decimal comma. The file starts with a byte order mark: UTF-8 to Excel.

    Raises
    ------
    Fault
        ``target_not_writable``; nothing is left behind then, nor where it was cancelled.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    count = 0
    try:
        with beside.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow(COLUMNS)
            for line in lines:
                if cancelled():
                    return 0
                study_no = study_nos.get(line.patient_id or "", "")
                writer.writerow([_cell(value) for value in (*line[:10], study_no, *line[10:])])
                count += 1
        beside.replace(path)
    except OSError:
        raise Fault("target_not_writable", path=str(path)) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
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
