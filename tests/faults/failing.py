"""The process in which the disk fails: the real engine over a file system that raises at one operation, or is full."""

from __future__ import annotations

import errno
import os
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.recorder import take_over

if TYPE_CHECKING:
    from concurrent.futures import Future

    from esk_engine.errors import Fault
    from esk_engine.study import Study

ACTS = 6
_PATIENCE = 20.0  # seconds until something that should be saved counts as lost


@dataclass(slots=True)
class Outcome:
    """What a person met with while the disk failed."""

    at: int
    operation: str = ""  # that failed
    faults: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    last: int = 0  # number of the last line that must be in the file in the end


def operations(seed: int) -> int:
    """How many operations the script makes where none fails."""
    take_over()
    from tests.faults.processes import folder

    with folder() as place:
        outcome, count = _session(place, seed, -1, for_good=False)
        if outcome.wrong or outcome.faults:
            raise RuntimeError(f"a sound disk gives {outcome}")
        return count


def fail_at(place: str, seed: int, points: tuple[int, ...], for_good: bool) -> list[Outcome]:
    """Work on a study while one operation fails, or all from that one on until the disk is mended; one study each.

    The studies stay in ``place``, in folders named for the number of the operation.
    """
    take_over()
    return [_session(Path(place) / str(at), seed, at, for_good=for_good)[0] for at in points]


def _session(place: Path, seed: int, at: int, *, for_good: bool) -> tuple[Outcome, int]:
    """Open, work, close, and whatever a patient person does about the faults that are told."""
    import apsw

    from esk_engine.errors import Fault
    from esk_engine.study import Study
    from esk_engine.study_file import connection, writer
    from tests.faults import work
    from tests.faults.disk import Op
    from tests.faults.filesystem import Watcher, watched

    connection.BUSY_SECONDS, writer.RETRY_SECONDS = 0.05, 0.02
    os.environ["ESK_STRICT_WORDING"] = "1"

    class Failing(Watcher):
        """Counts operations and raises at one, or from one on."""

        def __init__(self) -> None:
            self.count, self.armed, self.failed = 0, True, ""

        def before(self, what: str, path: str, until: int = 0) -> None:
            if not path.startswith(str(place)):
                return
            number, self.count = self.count, self.count + 1
            if self.armed and at >= 0 and (number >= at if for_good else number == at):
                self.failed = self.failed or f"{what} of {Path(path).name}"
                if not what.startswith("x"):
                    raise OSError(errno.EIO, os.strerror(errno.EIO), path)
                raise apsw.exception_for(_CODES[what])

        def after(self, op: Op) -> None:
            pass

    place.mkdir(parents=True, exist_ok=True)
    path, chance, outcome = place / "study.esk", random.Random(seed), Outcome(at)
    work.new_study(path, chance).close()
    watcher = Failing()

    def mend() -> None:
        watcher.armed = False

    with watched(watcher):
        try:
            study = _patiently(lambda: Study.open(path, person=work.WHO), outcome, mend)
            promised = [_patiently(lambda: work.step(study, chance), outcome, mend) for _ in range(ACTS)]
            _keep_saving(study, promised, outcome, mend)
            outcome.last = study.version
            _patiently(study.close, outcome, mend)
        except Exception as error:  # noqa: BLE001 - what a user would see as a traceback
            outcome.wrong.append(f"traceback: {error!r}")
        mend()
        try:  # whatever went before, the disk is sound now and the study opens
            with Study.open(path, person=work.WHO, read_only=True):
                pass
        except Fault as fault:
            outcome.wrong.append(f"does not open afterwards: {fault}")
    outcome.operation = watcher.failed
    return outcome, watcher.count


_CODES = {  # SQLite's own
    "xOpen": 14,
    "xRead": 10 | 1 << 8,
    "xWrite": 10 | 3 << 8,
    "xSync": 10 | 4 << 8,
    "xTruncate": 10 | 6 << 8,
    "xFileSize": 10 | 7 << 8,
    "xDelete": 10 | 10 << 8,
    "xAccess": 10 | 13 << 8,
    "xLock": 10 | 15 << 8,
}


def _patiently(do, outcome: Outcome, mend):  # noqa: ANN001, ANN202 - whatever ``do`` gives
    """Do something; where a fault is told, have the disk mended and do it again."""
    from esk_engine.errors import Fault

    try:
        return do()
    except Fault as fault:
        _hear(fault, outcome)
        mend()
        return do()


def _hear(fault: Fault, outcome: Outcome) -> None:
    from tests.faults.messages import untold

    outcome.faults.append(fault.code)
    if wrong := untold(fault):
        outcome.wrong.append(wrong)


def _keep_saving(study: Study, promised: list[Future[int]], outcome: Outcome, mend) -> None:  # noqa: ANN001
    """Wait until everything is on disk, pressing "try again" once the disk is mended; what was typed stays in sight."""
    shown = study.patients
    until = time.monotonic() + _PATIENCE
    while not study.settle(1.0):
        fault = study.save_state.fault
        if fault is not None:
            _hear(fault, outcome)
        if study.patients != shown:
            outcome.wrong.append("what was typed is gone from sight")
        mend()
        study.retry()
        if time.monotonic() > until:
            outcome.wrong.append(f"never saved: {fault}")
            return
    numbers = [saved.result(1.0) for saved in promised]
    if numbers != sorted(numbers):
        outcome.wrong.append("acts reached the disk in another order")
