"""Start of the window and memory at rest, beside Orange 3's canvas."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cohorts import PERSON
from benchmarks.peers import HERE, ORANGE, PeerMissingError
from benchmarks.rows import Row, against, alternate, seconds
from esk_engine.exchange.demo import create_demo

_ROUNDS = 7
_IDLE_SECONDS = 5.0


def _probe(python: Path, home: str, program: str, idle: float, *arguments: str) -> tuple[float, float]:
    """Seconds to a window that takes input, and megabytes after ``idle`` seconds."""
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "ESK_PROBE_START": repr(time.time())}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [str(python), str(HERE / "probe_window.py"), program, str(idle), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, env=environment, check=False)
    lines = done.stdout.split()
    if len(lines) < 2:
        raise PeerMissingError(f"{program} does not start here: {done.stderr.strip().splitlines()[-1:]}")
    return float(lines[-2]), float(lines[-1])


def _megabytes(value: float) -> str:
    return f"{value:.0f} MB"


def rows() -> list[Row]:
    """Two rows; both programs without a real screen, or on the one that ``QT_QPA_PLATFORM`` names."""
    start, rest = "start to a window that takes input", "memory at rest, a study open"
    own = Path(sys.executable)
    with tempfile.TemporaryDirectory() as home:
        study = str(Path(home) / "demo.esk")
        create_demo(Path(study), person=PERSON, language="en").close()

        def ours() -> float:
            return _probe(own, home, "esk", 0)[0]

        ours()
        held = statistics.median(_probe(own, home, "esk", _IDLE_SECONDS, study)[1] for _ in range(3))
        try:
            orange = ORANGE.python
            _probe(orange, home, "orange", 0)
            mine, theirs = alternate(ours, lambda: _probe(orange, home, "orange", 0)[0], rounds=_ROUNDS)
            theirs_held = statistics.median(_probe(orange, home, "orange", _IDLE_SECONDS)[1] for _ in range(3))
        except PeerMissingError as missing:
            (mine,) = alternate(ours, rounds=_ROUNDS)
            return [
                Row(start, seconds(mine), str(missing), "<= 0.15 x Orange 3"),
                Row(rest, _megabytes(held), str(missing), "<= 0.6 x Orange 3"),
            ]
    return [
        against(start, mine, theirs, "Orange 3", 0.15),
        against(rest, held, theirs_held, "Orange 3", 0.6, _megabytes),
    ]
