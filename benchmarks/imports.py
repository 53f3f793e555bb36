"""Ten thousand patients and their 170,000 vital signs coming in: as a workbook, and as the files of a CSV export."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.cohorts import PERSON, patients
from benchmarks.rows import Row, seconds
from esk_engine.errors import Fault
from esk_engine.exchange.csv_out import export_csv
from esk_engine.exchange.workbook_in import read_workbook
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.study import Study
from esk_engine.wording import Wording

_PATIENTS = 10_000
_MEGABYTES = 500.0
_SECONDS_STOPPED = 1.0
_ROOT = Path(__file__).resolve().parents[1]


def rows() -> list[Row]:
    """Processor seconds and megabytes of each way in, openpyxl over the same cells, how soon it stops when asked."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with Study.create(place / "study.esk", person=PERSON, patients=patients(_PATIENTS)) as study:
            snapshot = study.snapshot()
        export_workbook(snapshot, place / "study.xlsx", Wording("nl"), with_log=False)
        export_csv(snapshot, place / "csv", Wording("nl"))
        del snapshot
        peer = f"openpyxl, its cells alone: {seconds(_openpyxl(place / 'study.xlsx'))}"
        return [
            _row("the import workbook", "strict", place / "study.xlsx", peer),
            _row("the same workbook as a list", "listed", place / "study.xlsx", peer),
            _row("CSV files", "listed", place / "csv", "-"),
            *_watched(place / "study.xlsx"),
        ]


def _row(what: str, way: str, path: Path, peer: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.probe_import", way, str(path)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    told, took, megabytes = done.stdout.strip().split("|")
    is_whole = told.startswith(f"{_PATIENTS:,} patients read") and "errors" not in told
    return Row(
        f"import of {_PATIENTS:,} patients: {what}",
        f"{seconds(float(took))}, {megabytes} MB ({told})",
        peer,
        f"<= {_MEGABYTES:.0f} MB",
        is_whole and float(megabytes) <= _MEGABYTES,
    )


def _openpyxl(path: Path) -> float:
    """Processor seconds that openpyxl takes for the cells of the sheets with data, nothing made of them."""
    from openpyxl import load_workbook

    begun = time.process_time()
    book = load_workbook(path, read_only=True, data_only=True)
    for name in ("patients", "vital_signs", "samples", "adverse_events"):
        for _ in book[name].iter_rows(values_only=True):
            pass
    book.close()
    return time.process_time() - begun


def _watched(path: Path) -> list[Row]:
    """How often progress is told, and how long a reading goes on after it was cancelled half-way."""
    shares: list[float] = []
    asked = [0.0]

    def is_cancelled() -> bool:
        if shares and shares[-1] > 0.5 and not asked[0]:
            asked[0] = time.perf_counter()
        return bool(asked[0])

    with contextlib.suppress(Fault):
        read_workbook(path, date.today(), progress=shares.append, cancelled=is_cancelled)
    stopped = time.perf_counter() - asked[0]
    is_steady = shares == sorted(shares) and len(shares) > 100
    return [
        Row("progress of that import, told until half-way", f"{len(shares)} times", "-", "> 100 times", is_steady),
        Row("end of it after cancel", seconds(stopped), "-", "<= 1 s", stopped <= _SECONDS_STOPPED),
    ]
