"""No room, no right, no folder, no turn: a disk that fills up, one that is read-only, goes away, or is held by others.

SQLite is told that the disk is full by the file system of ``filesystem`` (no file grows by more than some bytes). Where
this runs as root the same is done again on small disks in memory (tmpfs), mounted for it, and one of them read-only.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.figures import Figures
from tests.faults.processes import elsewhere, folder

if TYPE_CHECKING:
    from esk_engine.study import Study

ROOM = tuple(1024 * kilobytes for kilobytes in (0, 4, 8, 16, 40, 100, 200, 400))  # left on the disk
_DISK = 4 * 1024 * 1024
_PATIENCE = 20.0


def run(seed: int) -> Figures:
    """Every one of them once."""
    total = Figures("no room, no right, no folder")
    with total.timed():
        can_mount = _can_mount()
        calls = [(seed, room) for room in ROOM]
        for name, fill in (("tmpfs", fill_mounted), ("told by SQLite", fill_told)):
            for one in elsewhere(fill, calls if can_mount or fill is fill_told else ()):
                total.count(f"disks that filled up, {name}")
                total.add(one)
        for one in elsewhere(others, [(seed, can_mount)]):
            total.add(one)
    return total


def _can_mount() -> bool:
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    with folder() as place:
        try:
            with mounted(place / "disk"):
                return True
        except subprocess.CalledProcessError:
            return False


@contextlib.contextmanager
def mounted(place: Path) -> Generator[Path]:
    """A small disk in memory."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "none", str(place)], check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)


def _impatient() -> None:
    """Wait for nothing longer than a test needs."""
    from esk_engine.study_file import connection, writer

    connection.BUSY_SECONDS, writer.RETRY_SECONDS = 0.05, 600
    os.environ["ESK_STRICT_WORDING"] = "1"


# -- a disk that fills up ------------------------------------------------------------------------------------------


def fill_mounted(seed: int, room: int) -> Figures:
    """Work in a real small disk until it is full; then there is room again."""
    with folder() as place, mounted(place / "disk") as disk:
        ballast = disk / "ballast"

        def fill() -> None:
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            ballast.write_bytes(bytes(max(0, free - room)))

        return _fill_up(seed, room, disk, fill, ballast.unlink)


def fill_told(seed: int, room: int) -> Figures:
    """The same where SQLite is told that the disk is full."""
    from tests.faults.recorder import take_over

    take_over()
    import apsw

    from tests.faults.disk import Op
    from tests.faults.filesystem import Watcher, watched

    class Quota(Watcher):
        """A disk with so much room for files to grow."""

        def __init__(self) -> None:
            self.left = _DISK

        def before(self, what: str, path: str, until: int = 0) -> None:
            grows = until - Path(path).stat().st_size if what == "xWrite" else 0
            if grows > max(self.left, 0):
                raise apsw.exception_for(apsw.SQLITE_FULL)
            self.left -= max(grows, 0)

        def after(self, op: Op) -> None:
            pass

    quota = Quota()

    def fill() -> None:
        quota.left = room

    def make_room() -> None:
        quota.left = _DISK

    with folder() as place, watched(quota):
        return _fill_up(seed, room, place, fill, make_room)


def _fill_up(seed: int, room: int, disk: Path, fill: Callable[[], None], make_room: Callable[[], object]) -> Figures:
    from esk_engine.dictionary import Kind
    from esk_engine.errors import Fault
    from esk_engine.study import Study
    from esk_engine.study_file.check import check_file
    from tests.faults import work

    _impatient()
    found, chance = Figures("no room, no right, no folder"), random.Random(seed)
    told_as = f"seed {seed}, {room} bytes of room"
    path = disk / "study.esk"
    study = work.new_study(path, chance)
    one = study.patients[0].id
    study.settle()
    fill()
    last, text = 0, ""
    saved: list[Future[int]] = []
    for number in range(200):
        text = f"{number} " + "x" * 8000
        saved.append(study.set_value(one, Kind.PATIENT, one, "remarks", text, "the pump’s own log"))
        study.settle(_PATIENCE)
        if study.save_state.status != "saved":
            break
        last = study.version
    _hear(study.save_state.fault, "file_full", found, told_as)
    _expect(study.patient(one).get("remarks") == text, "what was typed is gone from sight", found, told_as)
    try:
        Study.create(disk / "new.esk", person=work.WHO, patients=[work.some_patient("P1", chance)] * 1)
        found.count("new studies that still fitted")
    except Fault as fault:
        _hear(fault, "file_full", found, told_as + ", a new study")
        left = {entry.name for entry in disk.iterdir() if "new.esk" in entry.name} - {"new.esk.lock"}
        _expect(not left, f"left behind: {left}", found, told_as)
    with Study.open(path, person=work.WHO, read_only=True) as reader:
        _expect(reader.version >= last, "what was saved before is not there", found, told_as)
    make_room()
    _saves(study, saved, found, told_as)
    study.close()
    _expect(check_file(path).is_whole, "not whole", found, told_as)
    found.count("acts kept and saved once there was room", sum(one.done() for one in saved))
    return found


# -- the others ----------------------------------------------------------------------------------------------------


def others(seed: int, can_mount: bool) -> Figures:
    """Read-only, vanished, held: each told, nothing lost."""
    _impatient()
    found = Figures("no room, no right, no folder")
    for one in (_read_only, _vanishes, _held):
        with folder() as place:
            one(seed, place, can_mount, found)
    return found


def _read_only(seed: int, place: Path, can_mount: bool, found: Figures) -> None:
    """A folder that may not be written to: read, nothing is left in it, and a new study is refused."""
    from esk_engine.errors import Fault
    from esk_engine.study import Study
    from tests.faults import work

    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(mounted(place / "disk")) if can_mount else place
        path = disk / "study.esk"
        work.new_study(path, random.Random(seed)).close()
        path.with_name("study.esk.lock").unlink(missing_ok=True)
        before = path.read_bytes(), sorted(entry.name for entry in disk.iterdir())
        if can_mount:
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, capture_output=True)
        else:
            disk.chmod(0o555)
        try:
            with Study.open(path, person=work.WHO) as study:
                _expect(study.read_only, "opened to write", found, "read-only folder")
                _hear(study.read_only_reason, "file_read_only", found, "read-only folder")
            if not os.access(disk, os.W_OK):  # an administrator may, whatever its rights say
                try:
                    Study.create(disk / "new.esk", person=work.WHO)
                    found.fail("read-only folder: a new study was made in it")
                except Fault as fault:
                    _hear(fault, "file_read_only", found, "read-only folder, a new study")
            now = path.read_bytes(), sorted(entry.name for entry in disk.iterdir())
            _expect(now == before, "something was written", found, "read-only folder")
        finally:
            if not can_mount:
                disk.chmod(0o755)
    found.count("read-only folders")


def _vanishes(seed: int, place: Path, can_mount: bool, found: Figures) -> None:
    """The folder goes away in the middle of work and comes back."""
    from esk_engine.study import Study
    from esk_engine.study_file.check import check_file
    from tests.faults import work

    chance = random.Random(seed)
    home, away = place / "home", place / "away"
    for turn in range(4):
        (home if turn == 0 else away).mkdir()
        if turn:
            away.rmdir()
        path = home / f"study{turn}.esk"
        study = work.new_study(path, chance)
        saved = [work.step(study, chance) for _ in range(3)]
        study.settle()
        home.rename(away)
        saved += [work.step(study, chance) for _ in range(turn + 1)]
        shown = study.patients
        study.settle(_PATIENCE)
        _hear(study.save_state.fault, "file_vanished", found, f"folder that vanishes, turn {turn}")
        _expect(study.patients == shown, "what was typed is gone from sight", found, "folder that vanishes")
        away.rename(home)
        _saves(study, saved, found, f"folder that vanishes, turn {turn}")
        study.close()
        with Study.open(path, person=work.WHO, read_only=True) as reader:
            _expect(
                reader.version == max(one.result() for one in saved), "acts are lost", found, "folder that vanishes"
            )
        _expect(check_file(path).is_whole, "not whole", found, "folder that vanishes")
        found.count("folders that vanished and came back")


_HOLD = """
import sys
from pathlib import Path
from esk_engine.study_file.connection import PUBLIC, connect
connection = connect(Path(sys.argv[1]), PUBLIC, "rw")
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
"""


def _held(seed: int, place: Path, can_mount: bool, found: Figures) -> None:
    """Another program, a backup or a virus scanner, holds the file while somebody works."""
    from esk_engine.study_file.check import check_file
    from tests.engine.study_file.helpers import python
    from tests.faults import work

    chance = random.Random(seed)
    path = place / "study.esk"
    study = work.new_study(path, chance)
    with python(_HOLD, path) as other:
        assert other.stdout is not None
        other.stdout.readline()
        saved = [work.step(study, chance) for _ in range(3)]
        shown = study.patients
        study.settle(_PATIENCE)
        _hear(study.save_state.fault, "file_busy", found, "file held by another program")
        _expect(study.patients == shown, "what was typed is gone from sight", found, "file held by another program")
        other.communicate("\n")
    _saves(study, saved, found, "file held by another program")
    study.close()
    _expect(check_file(path).is_whole, "not whole", found, "file held by another program")
    found.count("files held by another program")


# -- what is asked of each -----------------------------------------------------------------------------------------


def _saves(study: Study, saved: list[Future[int]], found: Figures, told_as: str) -> None:
    """Everything reaches the disk, in order, once it can."""
    until = time.monotonic() + _PATIENCE
    study.retry()
    while not study.settle(0.2) and time.monotonic() < until:
        study.retry()
    numbers = [one.result(0) if one.done() else -1 for one in saved]
    _expect(-1 not in numbers and numbers == sorted(numbers), "never saved", found, told_as)


def _hear(fault: object, code: str, found: Figures, told_as: str) -> None:
    """The fault is the one that is due, told in both languages."""
    from esk_engine.errors import Fault
    from tests.faults.messages import untold

    if not isinstance(fault, Fault):
        found.fail(f"{told_as}: nothing was told")
        return
    found.count(f"told as {fault.code}")
    _expect(fault.code == code, f"told as {fault.code} instead of {code}", found, told_as)
    if wrong := untold(fault):
        found.fail(f"{told_as}: {wrong}")


def _expect(holds: bool, else_: str, found: Figures, told_as: str) -> None:
    if not holds:
        found.fail(f"{told_as}: {else_}")
