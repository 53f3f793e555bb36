"""The process that runs the real engine over a file system of ours; nothing of the engine comes in at the top."""

from __future__ import annotations

import random

from tests.faults.disk import Recording
from tests.faults.processes import files_of, folder


def take_over(synchronous: str = "") -> None:
    """Make this process run the engine over APSW; to be called before the engine is imported."""
    from tests.faults import filesystem, shim

    shim.install(filesystem.NAME, synchronous)
    with filesystem.watched(filesystem.Watcher()):
        pass


def record(script: str, seed: int, acts: int, synchronous: str = "") -> Recording:
    """Do a piece of scripted work and hand back what it did to its folder.

    Parameters
    ----------
    synchronous
        Taken instead of the engine's own ``PRAGMA synchronous``, for the negative control.
    """
    take_over(synchronous)
    from tests.faults.filesystem import Recorder, watched
    from tests.faults.scripts import SCRIPTS

    with folder() as place:
        path, chance = place / "study.esk", random.Random(seed)
        done = SCRIPTS[script]
        done.prepare(path, chance)
        before = files_of(place)
        watcher = Recorder(place)
        with watched(watcher):
            done.run(path, chance, acts, watcher.told)
        return Recording(script, before, tuple(watcher.ops), done.hashes(path))
