"""Who may write: one lock file beside the study, held by one writer, and a note that says who that is.

The lock (``NAME.esk.lock``) is the operating system's, so it goes with the process that held it and is never broken
by its age. The note (``NAME.esk.who``) is only read to tell the others who writes, on which computer, since when.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from esk_engine.errors import Fault
from esk_engine.study_file.connection import exists
from esk_engine.study_file.log import utc_now

if TYPE_CHECKING:
    from filelock import BaseFileLock


_A_MOMENT = 0.02  # seconds


def lock_path(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def note_path(path: Path) -> Path:
    return path.with_name(path.name + ".who")


def holder(path: Path, tries: int = 5) -> dict[str, str]:
    """Who has the study open for writing (who, pc, since), "?" for what the note does not say."""
    unknown = {"who": "?", "pc": "?", "since": "?"}
    for again in range(tries):  # the lock is there a moment before its note
        if again:
            time.sleep(_A_MOMENT)
        try:
            raw: object = json.loads(note_path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if not isinstance(raw, Mapping):
            break
        note = cast(Mapping[str, Any], raw)
        return {name: str(note.get(name) or "?") for name in unknown}
    return unknown


def writer_of(path: Path) -> Fault | None:
    """Who writes at this moment, as the Fault ``file_locked`` (who, pc, since); None where nobody does.

    A note without a lock is of a program that was cut off: it is taken away, under the lock. Without a note the lock
    is left alone, so that looking keeps nobody from writing.
    """
    from filelock import FileLock, Timeout

    if not exists(note_path(path)) or not exists(lock_path(path)):
        return None
    lock = FileLock(lock_path(path), timeout=0, thread_local=False)
    try:
        with lock.acquire(timeout=0), contextlib.suppress(OSError):
            note_path(path).unlink()
    except (Timeout, OSError, NotImplementedError):  # where no lock can be set, the note is all there is to go by
        return _locked(path, tries=1) if exists(note_path(path)) else None
    return None


def _locked(path: Path, tries: int = 5) -> Fault:
    note = holder(path, tries)
    return Fault("file_locked", path=str(path), who=note["who"], pc=note["pc"], since=_moment(note["since"]))


class WriterLock:
    """The writer's lock on one study; ``acquire`` to have it, ``release`` to give it up."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: BaseFileLock | None = None
        self._identity: tuple[int, int] | None = None
        self._who = ""
        self._pc = ""
        self._since = ""

    def acquire(self, who: str, pc: str) -> None:
        """Take the lock at once or not at all.

        Raises
        ------
        Fault
            ``file_locked`` (who, pc, since) where another has it, ``file_read_only`` where no lock can be set.
        """
        from filelock import FileLock, Timeout  # late: start-up does without it

        lock = FileLock(lock_path(self._path), timeout=0, thread_local=False)
        try:
            lock.acquire(timeout=_A_MOMENT, poll_interval=_A_MOMENT / 4)  # one who only looks holds it no longer
        except Timeout:
            raise _locked(self._path) from None
        except (OSError, NotImplementedError):
            raise Fault("file_read_only", path=str(self._path)) from None
        self._lock, self._who, self._pc, self._since = lock, who, pc, utc_now()
        self._identity = _identity(lock_path(self._path))
        self._write_note()

    def hand_over(self, who: str) -> None:
        """Tell the others that somebody else is at work here now."""
        if self._lock is not None and who != self._who:
            self._who = who
            self._write_note()

    def renew(self) -> None:
        """Make sure that the lock is still ours after the folder went away and came back; Fault where it is not."""
        if self._is_held():
            return
        if self._lock is not None:
            with contextlib.suppress(OSError):
                self._lock.release()  # the note stays: it may be another's by now
            self._lock = None
        self.acquire(self._who, self._pc)

    def _is_held(self) -> bool:
        """Whether the lock is ours still: a share that drops out may forget it, and another program take it then."""
        from filelock import FileLock, Timeout

        if self._lock is None or _identity(lock_path(self._path)) != self._identity:
            return False
        probe = FileLock(lock_path(self._path), timeout=0, thread_local=False)
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return self._is_our_note() or not exists(note_path(self._path))
        except (OSError, NotImplementedError):
            return False
        with contextlib.suppress(OSError):
            probe.release()
        return False

    def _is_our_note(self) -> bool:
        note = holder(self._path, tries=1)
        return (note["pc"], note["since"]) == (self._pc, self._since)

    def release(self) -> None:
        """Give the lock up; nothing happens where it is not held."""
        if self._lock is None:
            return
        if self._is_our_note():  # it may be another's, where the folder was away
            with contextlib.suppress(OSError):
                note_path(self._path).unlink()
        with contextlib.suppress(OSError):
            self._lock.release()
        self._lock = None

    def _write_note(self) -> None:
        note = {"who": self._who, "pc": self._pc, "since": self._since}
        beside = note_path(self._path).with_name(note_path(self._path).name + ".new")
        try:
            beside.write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
            beside.replace(note_path(self._path))
        except OSError:  # the note is a courtesy, the lock is what counts
            with contextlib.suppress(OSError):
                beside.unlink()


def _moment(text: str) -> datetime | str:
    """When, in this computer's time zone; what is no moment stays as it is."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        return text


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)
