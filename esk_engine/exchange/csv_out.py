"""CSV: a file for each kind of record and one for the analysis, in a folder; Dutch or international.

The four data files come in again unchanged. What they do not hold: criteria sets, settings,
signatures and the log, and numbers below 1e-15, which nobody types.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.exchange.flat import (
    DIALECTS,
    Cancelled,
    Counted,
    Dialect,
    Progress,
    analysis_names,
    analysis_rows,
    names_of,
    row_count,
    rows_with_number,
    write_head,
    write_table,
)
from esk_engine.exchange.layout import DATA_SHEETS
from esk_engine.exchange.r_script import r_script
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

ANALYSIS = "analysis"


def _silent(fraction: float) -> None:
    del fraction


def _never() -> bool:
    return False


def make_folder(folder: Path) -> None:
    """The folder of an export of several files; Fault where it cannot be made, or is a file."""
    if folder.exists() and not folder.is_dir():
        raise Fault("target_is_file", path=str(folder))
    if not folder.parent.is_dir():
        raise Fault("folder_missing", path=str(folder.parent))
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        raise Fault("target_not_writable", file=folder.name) from None


def export_csv(
    snapshot: StudySnapshot,
    folder: Path,
    wording: Wording,
    dialect: Dialect = "dutch",
    *,
    progress: Progress = _silent,
    cancelled: Cancelled = _never,
) -> Sequence[Path]:
    """Write a file for each kind of record, ``analysis.csv`` and ``analysis.R`` that repeats the tests on it.

    Raises
    ------
    Fault
        ``target_is_file``, ``folder_missing``, ``target_open``, ``target_not_writable``, ``file_full``, ``cancelled``.
    """
    make_folder(folder)
    form = DIALECTS[dialect]
    advance = Counted(row_count(snapshot.patients) + len(snapshot.patients), progress)
    written: list[Path] = []
    for sheet in DATA_SHEETS:
        path = folder / f"{sheet.name}.csv"
        write_table(path, names_of(sheet), rows_with_number(sheet, snapshot.patients), form, cancelled, advance)
        written.append(path)
    path = folder / f"{ANALYSIS}.csv"
    write_table(path, analysis_names(), analysis_rows(snapshot.cohort), form, cancelled, advance)
    script = folder / f"{ANALYSIS}.R"
    script.write_text(r_script(snapshot, wording, path.name, form), encoding="utf-8", newline="\n")
    head = write_head(folder, snapshot)
    progress(1.0)
    return (*written, path, script, head)
