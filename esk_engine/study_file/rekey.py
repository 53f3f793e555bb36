"""A study under another key: a whole new file beside the old one, verified and on disk, that then takes its name.

Whenever it is cut off, the old file or the new one has the name, never a mixture, and either holds everything: the new
one also the line of the log that tells of it. What was left beside the study goes when it is next opened to write.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.study_file.connection import (
    Key,
    bound,
    connect,
    exists,
    fault_of,
    is_writable,
    opens_as_typed,
    sync_folder,
)
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import damaged_pages, read_head, reader
from esk_engine.study_file.writing import Writing, write

HELD_SECONDS = 5.0  # how long it is waited for whoever has the old file open, where that keeps it from being replaced
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class NewKey:
    """The key that a study is to have; ``passphrase`` as typed, "" where it is to have none."""

    key: Key
    passphrase: str = ""


def rekey_path(path: Path) -> Path:
    """Where the new file is made."""
    real = _real(path)
    return real.with_name(f".{real.name}.rekey")


def _real(path: Path) -> Path:
    """The file itself where its name is a link to it: the link stays one."""
    return path.resolve() if path.is_symlink() else path


def remove_leftovers(path: Path) -> None:
    """Take away what a change of key, a birth or a replacement left that was cut off; the caller has the lock."""
    real = _real(path)
    ours = re.compile(re.escape(f".{real.name}.") + r"(rekey|restore|[0-9a-f]{8}\.new)(-journal)?")
    with contextlib.suppress(OSError), os.scandir(real.parent) as entries:
        for leftover in [entry.path for entry in entries if ours.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):
                Path(leftover).unlink()


def rekey_study(
    path: Path, old: Key, new: NewKey, writing: Writing, head: Head, still_ours: Callable[[], None] = lambda: None
) -> Head:
    """Put the study under its new key; the caller has the writer's lock and no connection.

    Parameters
    ----------
    writing
        The act that the log tells of it with.
    head
        Where the log ends now.
    still_ours
        Raises a Fault where the writer's lock was lost meanwhile.

    Returns
    -------
    Head
        Where the log ends then.

    Raises
    ------
    Fault
        ``file_full``, ``file_read_only``, ``rekey_held``, ``rekey_unverified``, ``file_changed``, what is wrong with
        the old file, ...: the old file is as it was then.
    """
    beside, path = rekey_path(path), _real(path)
    if not is_writable(path):
        raise Fault("file_read_only" if exists(path) else "file_vanished", path=str(path))
    remove_leftovers(path)
    try:
        _copy(path, old, beside, new.key, head)
        after = _tell(beside, new.key, writing, head)
        _verify(beside, new, after)
        _sync(beside)
        still_ours()
        _must_end_at(path, old, head)  # the lock may have been lost for a while
        _refuse_journal(path)
        _replace(beside, path, new.key)
    except sql.Error as error:
        raise fault_of(error, beside, path) from None
    except OSError as error:
        raise _fault_of(error, path) from None
    finally:
        remove_leftovers(path)
    sync_folder(path.parent)
    return after


def rekey_copy(path: Path, old: Key, new: Key, study: str) -> bool:
    """Put one backup under another key; False where it is not of this study, or does not open with the old one.

    Parameters
    ----------
    study
        The id of the study, as the first line of its log tells it.

    Raises
    ------
    Fault
        As of ``rekey_study``: the backup is as it was then.
    """
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        with reader(path, old) as connection:
            row = connection.execute("SELECT record_id FROM log WHERE seq = 1").fetchone()
            head = read_head(connection)
        if row is None or row[0] != study:
            return False
    except Fault:
        return False
    try:
        _copy(path, old, part, new, head)
        _verify(part, NewKey(new), head)
        _sync(part)
        _replace(part, path, new)
    except OSError as error:
        raise _fault_of(error, path) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    sync_folder(path.parent)
    return True


# -- the steps ---------------------------------------------------------------------------------------------------------


def _copy(path: Path, old: Key, beside: Path, new: Key, head: Head) -> None:
    """Every page of one file into a new one, under the key and salt of that."""
    with beside.open("xb"):
        pass
    with contextlib.suppress(OSError):
        shutil.copymode(path, beside)
    with reader(path, old) as source:
        _refuse_damaged(source, path)
        if read_head(source) != head:
            raise Fault("file_changed", path=str(path))
        with _unsafe(beside, new, "rwc") as target:
            source.backup(target)
    # A page that could not be read at that moment was copied as zeros, under a seal of its own: all is read again.
    with reader(path, old) as source, _unsafe(beside, new, "rw") as target:
        if not _are_the_same(source, target):
            _refuse_damaged(source, path)
            raise Fault("rekey_unverified", path=str(path), detail="copy")


def _are_the_same(one: sql.Connection, other: sql.Connection) -> bool:
    """Whether two databases say the same in every row of every table."""
    marks = ("PRAGMA application_id", "PRAGMA user_version", "SELECT type, name, tbl_name, sql FROM sqlite_master")
    tables = one.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    rows = (f'SELECT * FROM "{name}"' for (name,) in tables)
    try:
        return all(
            row == copied
            for query in (*marks, *rows)
            for row, copied in zip_longest(one.execute(query), other.execute(query))
        )
    except sql.Error:
        return False


def _refuse_damaged(connection: sql.Connection, path: Path) -> None:
    damaged = damaged_pages(connection)
    if damaged:
        raise Fault("file_damaged", path=str(path), detail="; ".join(damaged[:5]))


@contextlib.contextmanager
def _unsafe(path: Path, key: Key, mode: str) -> Generator[sql.Connection]:
    """A connection without a journal: half of a new file is none, and whole it is synced once."""
    connection = connect(path, key, mode)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        yield connection
    finally:
        connection.close()


def _tell(beside: Path, key: Key, writing: Writing, head: Head) -> Head:
    """Write the act's line into the new file."""
    with _unsafe(beside, key, "rw") as connection:
        connection.execute("BEGIN IMMEDIATE")
        after = write(connection, writing, head)
        connection.execute("COMMIT")
    return after


def _verify(beside: Path, new: NewKey, head: Head) -> None:
    """Read the new file as the next opening will; Fault ``rekey_unverified`` where anything is not as it should be."""

    def wrong(detail: str) -> Fault:
        return Fault("rekey_unverified", path=str(beside), detail=detail)

    try:
        with reader(beside, new.key) as connection:
            damaged = damaged_pages(connection)
            if damaged:
                raise wrong("; ".join(damaged[:5]))
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise wrong(str(said))
            if read_head(connection) != head:
                raise wrong("log")
        if new.passphrase and not opens_as_typed(beside, new.passphrase):
            raise wrong("passphrase")
    except Fault as fault:
        raise fault if fault.code == "rekey_unverified" else wrong(fault.code) from None


def _sync(beside: Path) -> None:
    with beside.open("rb+") as file:
        os.fsync(file.fileno())


def _must_end_at(path: Path, key: Key, head: Head) -> None:
    with reader(path, key) as connection:
        if read_head(connection) != head:
            raise Fault("file_changed", path=str(path))


def _refuse_journal(path: Path) -> None:
    """The journal of the old file must never be taken for one of the new: an empty one goes, another forbids it."""
    journal = path.with_name(path.name + "-journal")
    with contextlib.suppress(FileNotFoundError):
        if journal.stat().st_size > 0:
            raise Fault("file_needs_recovery", path=str(path))
        journal.unlink()


def _replace(beside: Path, path: Path, new: Key) -> None:
    """Give the new file the old one's name; waits for whoever has the old one open, where the system asks for that."""
    deadline = time.monotonic() + HELD_SECONDS
    while True:
        try:
            beside.replace(path)
        except OSError as error:
            if not exists(beside) and bound(path, new).salt == new.salt:
                return  # a share may fail to tell that it was done
            if not isinstance(error, PermissionError) or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _fault_of(error: OSError, path: Path) -> Fault:
    """What the file system keeps from being done, as a calm message."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault("file_full", path=str(path))
    if not exists(path):
        return Fault("file_vanished", path=str(path))
    if isinstance(error, FileNotFoundError):  # another program had the role, and tidied up what we made
        return Fault("file_changed", path=str(path))
    if isinstance(error, PermissionError) and is_writable(path):
        return Fault("rekey_held", path=str(path))
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return Fault("file_read_only", path=str(path))
    return Fault("file_unreadable", path=str(path), detail=error.strerror or str(error))
