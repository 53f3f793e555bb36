"""Power loss: recordings of real work, cut off anywhere, each state of the disk opened by the real engine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tests.faults.disk import Recording, lay_out
from tests.faults.figures import Figures
from tests.faults.processes import chunks, elsewhere, folder
from tests.faults.recorder import record

STATES = 50  # of each recording
_ACTS = 14


def run(n: int, seed: int, workers: int = 1, scripts: tuple[str, ...] = ()) -> Figures:
    """Look at ``n`` states; none may be corrupt, none may lack what was told as saved."""
    total = Figures("power loss")
    with total.timed():
        calls = [(seed + at, count, "", scripts) for at, (_, count) in enumerate(chunks(n, STATES))]
        for one in elsewhere(look, calls, workers):
            total.add(one)
    return total


def run_without_sync(n: int, seed: int, workers: int = 1) -> Figures:
    """The same with ``synchronous=OFF``: were there no loss, the cuts would not be cutting anything.

    Only cuts after something was told as saved count: before that there is nothing to lose.
    """
    total = Figures("power loss, synchronous=OFF")
    with total.timed():
        calls = [(seed + at, count, "OFF", ("edits",)) for at, (_, count) in enumerate(chunks(n, STATES))]
        for one in elsewhere(look, calls, workers):
            total.add(one)
    lost, states = total.counts.pop("broken promises", 0), total.counts.get("states after a first promise", 0)
    total.failures.clear()
    total.count("states with loss", lost)
    if lost <= 0.9 * states:
        total.fail(f"only {lost} of {states} states without syncs show a loss")
    return total


def look(seed: int, n: int, synchronous: str, scripts: tuple[str, ...]) -> Figures:
    """Record one piece of work, in a process of its own, and look at ``n`` states after a power cut."""
    from tests.faults.scripts import SCRIPTS

    chance = random.Random(seed)
    names = scripts or tuple(SCRIPTS)
    (recording,) = elsewhere(record, [(names[seed % len(names)], seed, _ACTS, synchronous)])
    found = Figures("power loss")
    found.count("recordings")
    found.count("operations recorded", len(recording.ops))
    with folder() as place:
        for number, (files, told, others) in enumerate(recording.states(chance, n)):
            found.count("states")
            found.count("states after a first promise", int(told > 0))
            if synchronous and not told:
                continue
            found.count("states with a hot journal", int(bool(files.get("study.esk-journal"))))
            state = place / str(number)
            lay_out(files, state)
            wrong = judge(state / "study.esk", recording, told, others)
            if wrong:
                found.fail(f"seed {seed}, {recording.name}, state {number}: {wrong}")
    return found


def judge(path: Path, recording: Recording, told: int, others: Sequence[str]) -> str:
    """What is wrong with a study after a power cut; "" where it is whole and holds all that was told."""
    from tests.faults.left import look as look_at

    left = look_at(path, recording.name, others)
    if left.wrong or left.report is None:
        return left.wrong
    if left.report.lines < told:
        return f"{told - left.report.lines} acknowledged lines are lost"
    return "" if recording.hashes.get(left.report.lines) == left.report.head else "the log is another one"
