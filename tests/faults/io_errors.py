"""An I/O error at every single operation, once and for good: told calmly, nothing lost, nothing half written."""

from __future__ import annotations

from pathlib import Path

from tests.faults.failing import Outcome, fail_at, operations
from tests.faults.figures import Figures
from tests.faults.processes import elsewhere, folder

_AT_ONCE = 25


def run(every: int, seed: int, workers: int = 1) -> Figures:
    """Let each ``every``-th operation of a short piece of work fail, once and then for good."""
    total = Figures("I/O errors")
    with total.timed(), folder() as place:
        (count,) = elsewhere(operations, [(seed,)])
        total.count("operations of the script", count)
        points = range(0, count, every)
        for for_good in (False, True):
            base = place / ("for good" if for_good else "once")
            calls = [
                (str(base), seed, tuple(points[at : at + _AT_ONCE]), for_good) for at in range(0, len(points), _AT_ONCE)
            ]
            for outcomes in elsewhere(fail_at, calls, workers):
                for outcome in outcomes:
                    _judge(outcome, base / str(outcome.at) / "study.esk", f"seed {seed}, {base.name}", total)
    return total


def _judge(outcome: Outcome, path: Path, told_as: str, found: Figures) -> None:
    from esk_engine.errors import Fault
    from esk_engine.study_file.check import check_file

    found.count("errors let loose", int(bool(outcome.operation)))
    found.count("told to the user", int(bool(outcome.faults)))
    found.count("got over in silence, nothing lost", int(bool(outcome.operation) and not outcome.faults))
    for code in dict.fromkeys(outcome.faults):
        found.count(f"told as {code}")
    wrong = list(outcome.wrong)
    try:
        report = check_file(path)
        if not report.is_whole:
            wrong.append(f"not whole: {report.findings[:3]}")
        if report.lines != outcome.last:
            wrong.append(f"{report.lines} lines instead of {outcome.last}")
    except Fault as fault:
        wrong.append(f"does not open: {fault}")
    if wrong:
        found.fail(f"{told_as}, operation {outcome.at} ({outcome.operation}): {'; '.join(wrong)}")
