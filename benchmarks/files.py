"""Every bad file of the tests, each in a process of its own: seconds until it is refused or read, and memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rows import Row, seconds

_SECONDS, _MEGABYTES = 5.0, 300.0
_ROOT = Path(__file__).resolve().parents[1]


def rows() -> list[Row]:
    """One row for each file and way in."""
    from tests.engine.exchange.bad_files import BOOKS, LARGE, LISTS

    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for bad in (*BOOKS, *LARGE, *LISTS):
            path = Path(folder) / f"bad{bad.suffix}"
            path.write_bytes(bad.make())
            for way in ("strict", "listed"):
                if getattr(bad, way):
                    found.append(_row(bad.name, path, way))
    return found


def _row(name: str, path: Path, way: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.probe_import", way, str(path)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    what = f"bad file: {name}, {'as the import workbook' if way == 'strict' else 'as a list'}"
    if done.returncode:
        return Row(what, done.stderr.strip().splitlines()[-1][:200], "-", "<= 5 s, 300 MB", False)
    told, took, megabytes = done.stdout.strip().split("|")
    is_reached = float(took) <= _SECONDS and float(megabytes) <= _MEGABYTES
    return Row(what, f"{told}: {seconds(float(took))}, {megabytes} MB", "-", "<= 5 s, 300 MB", is_reached)
