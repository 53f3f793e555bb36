"""The process in which the disk fails: the real engine over a file system that raises at some operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.processes import folder
from tests.faults.recorder import take_over

WORKS = ("edits", "create", "migration", "backup", "rekey")


@dataclass(slots=True)
class Outcome:
    """What a person met with while the disk failed."""

    work: str
    at: int
    operation: str = ""  # that failed
    faults: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    last: int = 0  # number of the last line that must be in the file in the end
    passphrase: str = ""  # that the file has in the end


def operations(work: str, seed: int) -> int:
    """How many operations a piece of work makes where none fails."""
    take_over()
    from tests.faults.session import Session

    with folder() as place:
        session = Session(work, place, seed, -1, for_good=False)
        outcome = session.run()
        if outcome.wrong or outcome.faults:
            raise RuntimeError(f"a sound disk gives {outcome}")
        return session.count


def fail_at(work: str, place: str, seed: int, points: tuple[int, ...], for_good: bool) -> list[Outcome]:
    """Work on a study while one operation fails, or all from that one on until the disk is mended; one study each.

    The studies stay in ``place``, in folders named for the number of the operation.
    """
    take_over()
    from tests.faults.session import Session

    return [Session(work, Path(place) / str(at), seed, at, for_good=for_good).run() for at in points]
