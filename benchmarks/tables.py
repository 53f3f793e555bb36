"""Tables 3-6 with all P-values of thirty patients, beside tableone for the same variables."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.cohorts import demo
from benchmarks.peers import TABLEONE, PeerMissingError, Worker
from benchmarks.rows import Row, against, alternate, seconds, timed
from esk_engine.report import COMPARED, analyse, tables

_CATEGORICAL = ("sex", "indication", "indication_group", "treatment_continued")


def _ours() -> None:
    tables(analyse(demo()))


def _frame() -> dict[str, list[object]]:
    """The classified patients' variables of tables 3-6, as tableone takes them."""
    cohort = demo()
    effects = cohort.adverse_events()
    columns: dict[str, list[object]] = {"group": [str(group) for group in cohort.groups]}
    for name in COMPARED:
        columns[name] = [None if np.isnan(value) else float(value) for value in cohort.column(name)]
    for name in _CATEGORICAL:
        columns[name] = list(cohort.codes(name))
    for index, term in enumerate(effects.terms):
        columns[term] = ["yes" if counted else "no" for counted in effects.counted[:, index]]
    return columns


def rows() -> list[Row]:
    """One row: median of alternating rounds, imports left out on both sides."""
    what = "tables 3-6 with all P-values, 30 patients"
    _ours()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.json"
        path.write_text(json.dumps({"columns": _frame(), "numeric": list(COMPARED)}), encoding="utf-8")
        try:
            with Worker(TABLEONE, "peer_tableone.py", str(path)) as worker:
                worker.seconds()
                ours, theirs = alternate(lambda: timed(_ours), worker.seconds, rounds=15)
        except PeerMissingError as missing:
            (ours,) = alternate(lambda: timed(_ours), rounds=15)
            return [Row(what, seconds(ours), str(missing), "<= 0.1 x tableone")]
    return [against(what, ours, theirs, "tableone", 0.1)]
