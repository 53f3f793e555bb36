"""A patient person at a disk that fails: hears what is told, has the disk mended, and does it again."""

from __future__ import annotations

import errno
import functools
import os
import random
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import apsw
from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.study import Study
from esk_engine.study_file import connection, writer
from tests.faults import work
from tests.faults.disk import Op
from tests.faults.failing import Outcome
from tests.faults.filesystem import Watcher, watched
from tests.faults.messages import untold

_R = TypeVar("_R")
_ACTS = 6
_PATIENCE = 20.0  # seconds until something that should be saved counts as lost
_OLD = Path(__file__).parents[1] / "engine" / "study_file" / "files" / "version_1.esk"
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

connection.BUSY_SECONDS, writer.RETRY_SECONDS = 0.05, 0.02
connection.derive = functools.cache(connection.derive)
os.environ["ESK_STRICT_WORDING"] = "1"


class Session(Watcher):
    """One piece of work; counts the operations on its folder and lets one fail, or all from one on."""

    def __init__(self, name: str, place: Path, seed: int, at: int, *, for_good: bool) -> None:
        self.count = 0
        self._name, self._place, self._at, self._for_good = name, place, at, for_good
        self._path = place / "study.esk"
        self._chance = random.Random(seed)
        self._armed = True
        self._outcome = Outcome(name, at)

    @override
    def before(self, what: str, path: str, until: int = 0) -> None:
        if not path.startswith(str(self._place)):
            return
        number, self.count = self.count, self.count + 1
        if self._armed and self._at >= 0 and (number >= self._at if self._for_good else number == self._at):
            self._outcome.operation = self._outcome.operation or f"{what} of {Path(path).name}"
            if not what.startswith("x"):
                raise OSError(errno.EIO, os.strerror(errno.EIO), path)
            raise apsw.exception_for(_CODES[what])

    @override
    def after(self, op: Op) -> None:
        pass

    def run(self) -> Outcome:
        """Do the work from beginning to end, whatever fails meanwhile."""
        self._place.mkdir(parents=True, exist_ok=True)
        if self._name == "migration":
            shutil.copy(_OLD, self._path)
        elif self._name != "create":
            work.new_study(self._path, self._chance).close()
        with watched(self):
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 - what a user would see as a traceback
                self._outcome.wrong.append(f"traceback: {error!r}")
            self._armed = False
        return self._outcome

    def _work(self) -> None:
        study = self._patiently(self._create if self._name == "create" else self._open)
        if self._name == "backup":
            self._patiently(study.back_up)
        if self._name == "rekey":
            self._patiently(lambda: study.change_passphrase("one"))
            self._outcome.passphrase = "one"
        acts = _ACTS if self._name == "edits" else 2
        self._keep_saving(study, [self._patiently(lambda: work.step(study, self._chance)) for _ in range(acts)])
        self._outcome.last = study.version
        self._patiently(study.close)

    def _open(self) -> Study:
        """The study to write; one that may only be read for now says why, and is opened again."""
        study = Study.open(self._path, person=work.WHO)
        if study.read_only_reason is not None:
            study.close()
            raise study.read_only_reason
        return study

    def _create(self) -> Study:
        try:
            return work.new_study(self._path, self._chance)
        except Fault as fault:
            if fault.code != "file_exists":  # it was made after all: what failed came later
                raise
            return self._open()

    def _patiently(self, do: Callable[[], _R]) -> _R:
        """Do something; where a fault is told, have the disk mended and do it again."""
        try:
            return do()
        except Fault as fault:
            self._hear(fault)
            self._armed = False
            return do()

    def _hear(self, fault: Fault) -> None:
        self._outcome.faults.append(fault.code)
        if wrong := untold(fault):
            self._outcome.wrong.append(wrong)

    def _keep_saving(self, study: Study, promised: list[Future[int]]) -> None:
        """Wait until all is on disk, pressing "try again" once the disk is mended; what was typed stays in sight."""
        shown = study.patients
        until = time.monotonic() + _PATIENCE
        while not study.settle(1.0):
            fault = study.save_state.fault
            if fault is not None:
                self._hear(fault)
            if study.patients != shown:
                self._outcome.wrong.append("what was typed is gone from sight")
            self._armed = False
            study.retry()
            if time.monotonic() > until:
                self._outcome.wrong.append(f"never saved: {fault}")
                return
        numbers = [saved.result(1.0) for saved in promised]
        if numbers != sorted(numbers):
            self._outcome.wrong.append("acts reached the disk in another order")
