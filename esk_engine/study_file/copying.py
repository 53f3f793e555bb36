"""A copy of a study file, whole as at one moment, while others read and write it; under the same key and salt.

SQLite's backup API copies some pages at a time over a connection that only reads, so that a writer waits for one step
at the most. What is written meanwhile makes it begin again; where that happens too often, all goes in one piece.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.study_file.connection import Key, bound, connect, error_name, exists, fault_of
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import damaged_pages, read_head, reader

STEP_PAGES = 64
_BEGINNINGS = 12  # as often, at the most, it begins again before it keeps a writer waiting
_PAUSE = 1.0  # seconds before it goes on after it began again: whoever writes may be done by then
_LONGEST_PIECE = 4.0  # seconds that a writer may be kept waiting then: it gives up after ten
_TARGET_CACHE = 200  # pages: what is left to write with the last step, while the source is still held


class _TooOften(Exception):
    """The source was written again and again; holds how long all of it would take in one piece."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Watch:
    """Sees how a copy goes on: how often it began again, and how long a step takes."""

    def __init__(self) -> None:
        self._left, self._beginnings = -1, 0
        self._before, self._steps = time.perf_counter(), list[float]()

    def __call__(self, status: int, left: int, total: int) -> None:
        if status in (sql.SQLITE_BUSY, sql.SQLITE_LOCKED):
            raise Fault("file_busy")  # it was waited for already, as long as a connection waits
        now = time.perf_counter()
        self._steps.append(now - self._before)
        if 0 <= self._left < left:
            self._beginnings += 1
            if self._beginnings > _BEGINNINGS:
                usual = sorted(self._steps)[len(self._steps) // 2]
                raise _TooOften(usual * total / STEP_PAGES)
            time.sleep(_PAUSE)
        self._before, self._left = time.perf_counter(), left


def copy_study(source: Path, key: Key, target: Path) -> Head:
    """Copy a study to a file that is not there yet, verified and on disk; says where the log of the copy ends.

    Raises
    ------
    Fault
        What is wrong with the source, by its own code; else ``backup_full``, ``backup_folder_missing``,
        ``backup_folder_read_only``, ``backup_failed`` (detail). The target may be there half then.
    """
    key = bound(source, key)
    with reader(source, key) as connection:
        _begin_target(source, target)
        connection.execute("COMMIT")  # a transaction would hold the writer up until all is copied
        _copy(connection, source, key, target)
        _refuse_damaged(connection, source)
        head = _verified(target, key)
        row = connection.execute("SELECT hash FROM log WHERE seq = ?", (head.seq,)).fetchone()
        if row is None or row[0] != head.hash:
            raise Fault("backup_failed", path=str(target.parent), detail=f"log {head.seq}")
    try:
        with target.open("rb+") as file:
            os.fsync(file.fileno())
    except OSError as error:
        raise target_fault(error, target.parent) from None
    return head


def _copy(connection: sql.Connection, source: Path, key: Key, target: Path) -> None:
    try:
        try:
            with contextlib.closing(_connect_target(target, key)) as copy:
                connection.backup(copy, pages=STEP_PAGES, progress=_Watch(), sleep=0.0)
        except _TooOften as often:
            if often.seconds > _LONGEST_PIECE:
                raise Fault("file_busy", path=str(source)) from None
            target.unlink()  # what was copied of several moments is no database
            _begin_target(source, target)
            with contextlib.closing(_connect_target(target, key)) as copy:
                connection.backup(copy)
    except sql.Error as error:
        raise _fault_of_copy(error, source, target) from None
    except Fault as fault:
        if fault.code == "file_busy":
            raise Fault("file_busy", path=str(source)) from None
        raise


def _refuse_damaged(connection: sql.Connection, source: Path) -> None:
    """Fault ``file_damaged`` where a page of the source is: it was copied as zeros, under a seal of its own.

    SQLCipher reads past every lock for this, so that a page may be seen while it is written: then once more, alone.
    """
    if damaged_pages(connection):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        damaged = damaged_pages(connection)
        connection.execute("COMMIT")
        if damaged:
            raise Fault("file_damaged", path=str(source), detail="; ".join(damaged[:5]))


def _begin_target(source: Path, target: Path) -> None:
    """The empty copy, for nobody else's eyes than the source; a file without a passphrase has but this to keep it."""
    try:
        target.touch(mode=0o600, exist_ok=False)
        with contextlib.suppress(OSError):
            target.chmod(stat.S_IMODE(source.stat().st_mode) | stat.S_IRUSR | stat.S_IWUSR)
    except OSError as error:
        raise target_fault(error, target.parent) from None


def _connect_target(target: Path, key: Key) -> sql.Connection:
    """A connection to a new file, which needs no journal: half a copy is none."""
    try:
        connection = connect(target, key, "rwc")
    except Fault as fault:
        raise _fault_of_target(fault, target.parent) from None
    with contextlib.ExitStack() as closing:
        closing.callback(connection.close)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA cache_size = {_TARGET_CACHE}")
        closing.pop_all()
    return connection


def _fault_of_copy(error: sql.Error, source: Path, target: Path) -> Fault:
    """Whose trouble it is, as far as SQLite's one error tells it."""
    name = error_name(error)
    if not exists(source):
        return Fault("file_vanished", path=str(source))
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Fault("file_damaged", path=str(source), detail=str(error))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return fault_of(error, source)
    if name.startswith("SQLITE_FULL"):
        return Fault("backup_full", path=str(target.parent))
    if not exists(target.parent):
        return Fault("backup_folder_missing", path=str(target.parent))
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")):
        return Fault("backup_folder_read_only", path=str(target.parent))
    return Fault("backup_failed", path=str(target.parent), detail=f"{name} {error}".strip())


def _fault_of_target(fault: Fault, folder: Path) -> Fault:
    """What is wrong with a copy, told of the folder that it is made in."""
    if not exists(folder):
        return Fault("backup_folder_missing", path=str(folder))
    code = {"file_full": "backup_full", "file_read_only": "backup_folder_read_only"}.get(fault.code, "backup_failed")
    return Fault(code, path=str(folder), detail=str(fault.params.get("detail") or fault.code))


def _verified(target: Path, key: Key) -> Head:
    """Where the log of a copy ends, once all of its pages carry their seal."""
    try:
        with reader(target, key) as connection:
            damaged = damaged_pages(connection)
            if damaged:
                raise Fault("file_damaged", path=str(target), detail="; ".join(damaged[:5]))
            return read_head(connection)
    except Fault as fault:
        raise _fault_of_target(fault, target.parent) from None


def target_fault(error: OSError, folder: Path) -> Fault:
    """What keeps a folder from taking a copy."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault("backup_full", path=str(folder))
    if not exists(folder):
        return Fault("backup_folder_missing", path=str(folder))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Fault("backup_folder_read_only", path=str(folder))
    return Fault("backup_failed", path=str(folder), detail=error.strerror or str(error))
