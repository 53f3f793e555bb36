"""Excel export of ten thousand patients, beside pandas' own writing of the same cells, and the memory it takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cohorts import PERSON, patients
from benchmarks.rows import Row, against, alternate, timed
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.study import Study
from esk_engine.wording import Wording

_PATIENTS = 10_000
_ROUNDS = 2
_MOST_MEGABYTES = 500
_ROOT = Path(__file__).resolve().parents[1]


def _cells(path: Path) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Every sheet of a workbook, as rows of values."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book.worksheets:
        yield sheet.title, list(sheet.iter_rows(values_only=True))
    book.close()


def rows() -> list[Row]:
    """Two rows; the log is left out on both sides, pandas gets its frames ready made and formats nothing."""
    import pandas as pd

    wording = Wording("en")
    with tempfile.TemporaryDirectory() as folder:
        study = Study.create(Path(folder) / "export.esk", person=PERSON, patients=patients(_PATIENTS))
        snapshot, ours_path, theirs_path = study.snapshot(), Path(folder) / "ours.xlsx", Path(folder) / "theirs.xlsx"
        study.close()
        memory = _memory(Path(folder) / "export.esk", Path(folder) / "probe.xlsx")

        def ours() -> None:
            export_workbook(snapshot, ours_path, wording, with_log=False)

        ours()
        frames = {name: pd.DataFrame(cells) for name, cells in _cells(ours_path)}

        def theirs() -> None:
            with pd.ExcelWriter(theirs_path, engine="openpyxl") as writer:
                for name, frame in frames.items():
                    frame.to_excel(writer, sheet_name=name, header=False, index=False)

        mine, other = alternate(lambda: timed(ours), lambda: timed(theirs), rounds=_ROUNDS)
    return [against(f"Excel export of {_PATIENTS:,} patients", mine, other, "pandas to_excel", 1.2), memory]


def _memory(study: Path, target: Path) -> Row:
    """The most that a process of its own held while it opened the study and exported it."""
    command = [sys.executable, "-m", "benchmarks.probe_export", str(study), str(target)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    megabytes = float(done.stdout)
    what, most = f"memory of opening and exporting {_PATIENTS:,} patients", f"<= {_MOST_MEGABYTES} MB"
    if not megabytes:
        return Row(what, "not told by this system", "-", most)
    return Row(what, f"{megabytes:.0f} MB", "-", most, megabytes <= _MOST_MEGABYTES)
