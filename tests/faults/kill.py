"""kill -9: work in a process of its own that is killed at a random moment; nothing that it was told may be gone.

One warm process forks the ones that work, so that each begins at once.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from tests.faults.figures import Figures
from tests.faults.processes import chunks, elsewhere, folder

if TYPE_CHECKING:
    from esk_engine.study import LogLine

_PORTION = 50
OPENS_WITHIN = 2.0  # seconds


def run(n: int, seed: int, workers: int = 1, scripts: tuple[str, ...] = ()) -> Figures:
    """Kill ``n`` processes at work."""
    total = Figures("kill -9")
    with total.timed():
        calls = [(seed + at, count, scripts) for at, (_, count) in enumerate(chunks(n, _PORTION))]
        for one in elsewhere(kill_some, calls, workers):
            total.add(one)
    return total


def kill_some(seed: int, n: int, scripts: tuple[str, ...]) -> Figures:
    """Kill ``n`` forks of this process, each over a study of its own, and look at what they left."""
    import filelock  # noqa: F401 - brought in once, so that no fork waits for it

    from tests.faults.scripts import SCRIPTS

    found, chance = Figures("kill -9"), random.Random(seed)
    names = scripts or tuple(SCRIPTS)
    for at in range(n):
        name = names[at % len(names)]
        with folder() as place:
            path = place / "study.esk"
            SCRIPTS[name].prepare(path, chance)
            told = _killed(name, path, chance.random(), chance.uniform(0, SCRIPTS[name].life))
            found.count("processes killed")
            found.count(f"during {name}")
            found.count("acts acknowledged", len(told.lines))
            wrong = _judge(name, path, told, found)
            if wrong:
                found.fail(f"seed {seed}, case {at}, {name}: {wrong}")
    return found


@dataclass(slots=True)
class Told:
    """What a process told before it was killed."""

    lines: set[int] = field(default_factory=set[int])
    others: list[str] = field(default_factory=list[str])
    patients: dict[str, str] = field(default_factory=dict[str, str])  # what was last seen of each


def _killed(name: str, path: Path, seed: float, life: float) -> Told:
    """Let a fork work for some time, and hear what it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(name, path, seed, writing)
    os.close(writing)
    try:
        time.sleep(life)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    told = Told()
    with os.fdopen(reading, encoding="utf-8") as source:
        for line in source.read().split("\n")[:-1]:
            seq, other, patients = json.loads(line)
            told.lines |= {seq} - {0}
            told.others += [other] if other else []
            told.patients |= patients
    return told


def _work(name: str, path: Path, seed: float, pipe: int) -> None:
    """What the fork does; it never returns."""
    from tests.faults.scripts import SCRIPTS

    def told(seq: int, other: str = "", patients: Mapping[str, str] = MappingProxyType({}), /) -> None:
        os.write(pipe, (json.dumps([seq, other, dict(patients)]) + "\n").encode())

    try:
        SCRIPTS[name].run(path, random.Random(seed), 1_000_000, told)
        time.sleep(60)  # until it is killed
    except BaseException as error:  # noqa: BLE001 - told to the parent, then the process goes at once
        told(0, f"error {error!r}")
    finally:
        os._exit(1)


def _judge(name: str, path: Path, told: Told, found: Figures) -> str:
    """What is wrong with what a killed process left; "" where all that was told is there and the study is whole."""
    from tests.faults.left import leftovers, look

    if errors := [other for other in told.others if other.startswith("error ")]:
        return errors[0]
    left = look(path, name, told.others)
    for leftover in leftovers(path):
        found.count(f"left behind after the next opening: {re.sub('[0-9a-f]{3,}|[0-9]+', 'N', leftover)}")
    if left.opened:
        found.measure("seconds to open", left.seconds)
    if left.seconds > OPENS_WITHIN:
        return f"opening took {left.seconds:.1f} s"
    if left.wrong or not left.opened:
        return left.wrong
    if lost := told.lines - {line.seq for line in left.lines}:
        return f"acknowledged lines are lost: {sorted(lost)[:5]}"
    return _differing(left.lines, told)


def _differing(lines: Sequence[LogLine], told: Told) -> str:
    """Which patient is not as it was told: the log up to the last line told of gives what each then held."""
    from esk_engine.study_file.check import Replay
    from tests.faults import work

    replay = Replay()
    for line in lines:
        if line.seq <= max(told.lines, default=0):
            replay.take(line)
    now = {one: work.digest(patient) for one, patient in replay.state.patients.items()}
    return ", ".join(f"patient {one} differs" for one, seen in told.patients.items() if now.get(one, "") != seen)
