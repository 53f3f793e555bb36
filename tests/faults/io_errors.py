"""An I/O error at every single operation, once and for good: told calmly, nothing lost, nothing half written."""

from __future__ import annotations

from pathlib import Path

from tests.faults.failing import WORKS, Outcome, fail_at, operations
from tests.faults.figures import Figures
from tests.faults.processes import elsewhere, folder

_AT_ONCE = 25


def run(every: int, seed: int, workers: int = 1) -> Figures:
    """Let each ``every``-th operation of some pieces of work fail, once and then for good."""
    total = Figures("I/O errors")
    with total.timed(), folder() as place:
        calls: list[tuple[object, ...]] = []
        for work, count in zip(WORKS, elsewhere(operations, [(work, seed) for work in WORKS], workers), strict=True):
            total.count(f"operations of {work}", count)
            points = range(seed % every, count, every)
            for how in ("once", "for good"):
                base = place / how / work
                shares = (tuple(points[at : at + _AT_ONCE]) for at in range(0, len(points), _AT_ONCE))
                calls += [(work, str(base), seed, share, how == "for good") for share in shares]
        for call, outcomes in zip(calls, elsewhere(fail_at, calls, workers), strict=True):
            for outcome in outcomes:
                base = Path(str(call[1]))
                told_as = f"seed {seed}, {outcome.work}, {base.parent.name}"
                _judge(outcome, base / str(outcome.at) / "study.esk", told_as, total)
    return total


def _judge(outcome: Outcome, path: Path, told_as: str, found: Figures) -> None:
    from esk_engine.errors import Fault
    from esk_engine.study import Key
    from esk_engine.study_file.check import check_file

    found.count("errors let loose", int(bool(outcome.operation)))
    found.count("told to the user", int(bool(outcome.faults)))
    found.count("got over in silence, nothing lost", int(bool(outcome.operation) and not outcome.faults))
    for code in dict.fromkeys(outcome.faults):
        found.count(f"told as {code}")
    wrong = list(outcome.wrong)
    try:
        report = check_file(path, Key.of_passphrase(outcome.passphrase) if outcome.passphrase else Key())
        if not report.is_whole:
            wrong.append(f"not whole: {report.findings[:3]}")
        if report.lines != outcome.last:
            wrong.append(f"{report.lines} lines instead of {outcome.last}")
    except Fault as fault:
        wrong.append(f"does not open: {fault}")
    if wrong:
        found.fail(f"{told_as}, operation {outcome.at} ({outcome.operation}): {'; '.join(wrong)}")
