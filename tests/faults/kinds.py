"""Every kind of fault by its name, with its size in a short run (that of every test run) and in a long one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import doubles, edits, files, flips, full, io_errors, kill, machine, power
from tests.faults.figures import Figures

Runner = Callable[[int, int, int], Figures]  # size, seed, workers


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a kind: who runs it, and how much of it.

    Attributes
    ----------
    portions
        Into how many tests the short run falls, so that they run beside each other.
    """

    run: Runner
    short: int
    long: int
    portions: int = 1


KINDS: dict[str, tuple[Part, ...]] = {
    "kill": (Part(kill.run, 200, 5000, portions=2),),
    "power": (Part(power.run, 2000, 10_000, portions=4), Part(power.run_without_sync, 200, 1000)),
    "io": (Part(io_errors.run, 30, 1),),  # every so many operations
    "full": (Part(lambda size, seed, workers: full.run(seed), 1, 1),),
    "flips": (Part(flips.run, 400, 10_000),),
    "doubles": (Part(doubles.run, 60, 1000), Part(lambda size, seed, workers: doubles.clock(size, seed), 3, 50)),
    "edits": (Part(edits.run, 300, 1000),),
    "files": (Part(files.run, 500, 10_000, portions=2),),
    "machine": (Part(machine.run, 10, 1000),),
}
