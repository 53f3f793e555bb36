"""The study file: one encrypted SQLCipher database that holds a study and the log of everything done to it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.study_file.connection import PUBLIC, Key, bound, connect, exists, fault_of, is_writable, sync_folder
from esk_engine.study_file.lock import WriterLock
from esk_engine.study_file.log import Head
from esk_engine.study_file.migrations import migrate
from esk_engine.study_file.reading import FileContent, has_journal, read_file, reader, without_collector
from esk_engine.study_file.rekey import remove_leftovers
from esk_engine.study_file.schema import VERSION, add_absent_columns, check_identity, create_tables
from esk_engine.study_file.updates import Update, update_of
from esk_engine.study_file.writer import SaveState, Writer
from esk_engine.study_file.writing import Writing, write

__all__ = ["PUBLIC", "Key", "OpenedFile", "create_file", "open_file", "take_role"]


_LONGEST_NAME = 230  # bytes: what stands beside the study bears its name and some more, in all 255


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A study file that was opened: what it holds, its raw key, and its writer, or why there is none.

    ``elsewhere`` is who writes in another program, where that is why there is none.
    """

    content: FileContent
    key: Key
    writer: Writer | None
    read_only_reason: Fault | None = None
    elsewhere: Fault | None = None


def create_file(path: Path, birth: Writing, key: Key = PUBLIC) -> Key:
    """Write a new study whole, or nothing; it appears under its name when it is complete.

    Returns
    -------
    Key
        The raw key of the new file.

    Raises
    ------
    Fault
        ``file_exists``, ``file_name_long``, ``folder_missing``, ``file_read_only``, ``file_full``, ...
    """
    if len(os.fsencode(path.name)) > _LONGEST_NAME:
        raise Fault("file_name_long", path=str(path))
    if exists(path):
        raise Fault("file_exists", path=str(path))
    if not exists(path.parent):
        raise Fault("folder_missing", path=str(path.parent))
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    key = key.for_new_file()
    try:
        connection = _connect_new(beside, path, key)
        try:
            connection.execute("BEGIN IMMEDIATE")
            create_tables(connection)
            write(connection, birth, Head())
            connection.execute("COMMIT")
        finally:
            connection.close()
        _appear(beside, path)
        sync_folder(path.parent)
    except sql.Error as error:
        raise fault_of(error, beside, path) from None
    except FileExistsError:
        raise Fault("file_exists", path=str(path)) from None
    except OSError:
        raise Fault("file_read_only", path=str(path)) from None
    finally:
        for leftover in (beside, beside.with_name(beside.name + "-journal")):
            with contextlib.suppress(OSError, ValueError):
                leftover.unlink()
    return key


def _connect_new(beside: Path, path: Path, key: Key) -> sql.Connection:
    """A connection to a file that is to become ``path``."""
    try:
        with beside.open("xb"):
            pass
        return connect(beside, key, "rwc")
    except (OSError, ValueError):
        raise Fault("file_read_only", path=str(path)) from None


def _appear(beside: Path, path: Path) -> None:
    """Give the finished file its name; FileExistsError where another took it meanwhile."""
    try:
        os.link(beside, path)  # unlike a rename, never takes the place of another file
    except FileExistsError:
        raise
    except (OSError, AttributeError):
        beside.rename(path)


def open_file(
    path: Path,
    *,
    who: str,
    pc: str,
    on_state: Callable[[SaveState], None],
    read_only: bool = False,
    follow: bool = False,
    key: Key = PUBLIC,
) -> OpenedFile:
    """Open a study to write, or to read where ``read_only`` asks for it or the file allows no more.

    A file that is refused is never written to. With ``follow`` one that another program writes is read, not refused.

    Raises
    ------
    Fault
        ``file_not_found``, ``not_a_study``, ``key_needed`` and ``key_wrong`` (or a damaged beginning),
        ``file_damaged``, ``file_newer``, ``file_locked`` (who, pc, since), ``file_needs_recovery``, ...
    """
    key = bound(path, key)
    with without_collector():
        if read_only:
            return OpenedFile(read_file(path, key), key, None)
        with reader(path, key):
            pass  # a file that is no study shows here, before anything is made beside it
        lock = WriterLock(path)
        try:
            if not is_writable(path):
                raise Fault("file_read_only", path=str(path))
            lock.acquire(who, pc)
        except Fault as fault:
            if fault.code == "file_locked" and follow:
                return OpenedFile(read_file(path, key), key, None, elsewhere=fault)
            if fault.code != "file_read_only":
                raise
            return OpenedFile(read_file(path, key), key, None, fault)
        try:
            content = read_file(path, key)
            connection = _connect_to_write(path, key)
        except BaseException as error:
            lock.release()
            if isinstance(error, Fault) and error.code.startswith("backup_"):
                # Of an older form, which is not touched without a backup: it is only read.
                return OpenedFile(read_file(path, key), key, None, error)
            raise
        return OpenedFile(content, key, Writer(path, key, connection, lock, content.head, on_state))


def take_role(
    path: Path, known: Head, *, who: str, pc: str, on_state: Callable[[SaveState], None], key: Key
) -> tuple[Writer, Update | None]:
    """The writer of a study that is in memory already, and what others wrote since the log ended at ``known``.

    Raises
    ------
    Fault
        ``file_locked`` (who, pc, since) where another has the role; whatever else keeps the study from being written.
    """
    if not exists(path):
        raise Fault("file_vanished", path=str(path))
    if not is_writable(path):
        raise Fault("file_read_only", path=str(path))
    lock = WriterLock(path)
    lock.acquire(who, pc)
    if has_journal(path):  # left by a program that was cut off meanwhile
        lock.release()
        with reader(path, key):
            pass  # takes back what it left half done, where that is sound
        lock.acquire(who, pc)
    try:
        connection = _connect_to_write(path, key)
        try:
            connection.execute("BEGIN")
            update = update_of(connection, path, known)
            connection.execute("COMMIT")
        except sql.Error as error:
            connection.close()
            raise fault_of(error, path) from None
        except BaseException:
            connection.close()
            raise
    except BaseException:
        lock.release()
        raise
    head = known if update is None else update.head
    return Writer(path, key, connection, lock, head, on_state), update


def _connect_to_write(path: Path, key: Key) -> sql.Connection:
    """A connection that may write, to a file that is brought up to this Esk's form; the caller has the lock.

    An older form is backed up before it is touched; Fault ``backup_...`` where that cannot be.
    """
    remove_leftovers(path)
    connection = connect(path, key, "rw")
    try:
        version = check_identity(connection, path)
        if version < VERSION:
            from esk_engine.study_file.backup import backup_before_migration

            backup_before_migration(path, key)
        migrate(connection, version)
        add_absent_columns(connection)
    except sql.Error as error:
        connection.close()
        raise fault_of(error, path) from None
    except BaseException:
        connection.close()
        raise
    return connection
