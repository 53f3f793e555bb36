"""A study that cannot be opened any more is replaced by a backup; what is left of it is kept beside.

The backup is copied beside the study, brought to this Esk's form and given a line that tells of the restore, verified
and synced. Only then the damaged file gets another name and the copy its own: cut off at any moment, there is the one
or the other, and the backup itself.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.records import Change, KeyChange, RestoreChange
from esk_engine.study_file.backup import backup_folder, list_backups
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import PUBLIC, Key, bound, connect, exists, fault_of, sync_folder
from esk_engine.study_file.copying import copy_study, target_fault
from esk_engine.study_file.encoding import canonical_json, repaired_text
from esk_engine.study_file.heads import has_passphrase, hash_at, study_id
from esk_engine.study_file.lock import WriterLock
from esk_engine.study_file.log import Author, Head, LoggedAct, utc_now
from esk_engine.study_file.migrations import migrate
from esk_engine.study_file.reading import read_file, read_head, reader
from esk_engine.study_file.schema import add_absent_columns, check_identity
from esk_engine.study_file.writing import Step, Writing, write

_BEYOND_READING = ("not_a_study", "file_damaged", "file_unreadable")
_CLOSED = ("key_needed", "key_wrong", "key_changed")
_AS_OF_A_STUDY = {"backup_full": "file_full", "backup_folder_missing": "folder_missing"}


@dataclass(frozen=True, slots=True)
class Replaced:
    """What came of it: where the damaged file is now (None: there was none), and where the log ends."""

    aside: Path | None
    head: Head


def restored_json(backup: Path, head: Head, abandoned: Iterable[str] = ()) -> str:
    """What the log's line tells of a restore."""
    told = {"abandoned": sorted(abandoned), "file": repaired_text(backup.name), "head": head.hash, "seq": head.seq}
    return canonical_json(told)


def restore_damaged(path: Path, backup: Path, key: Key, author: Author, reason: str = "") -> Replaced:
    """Put a backup in the place of a study that cannot be read, or is not there; the damaged file is kept beside it.

    Raises
    ------
    Fault
        ``study_is_whole`` (restore from within it), ``study_unsure`` (it may be whole under another passphrase: whoever
        knows better gives it another name first), ``file_newer``, ``file_locked`` (who, pc, since), what keeps the
        backup from being read (``backup_damaged`` where its log does not prove it), ``file_full``,
        ``file_read_only``, ``folder_missing``, ...: all is as it was then.
    """
    if path.is_symlink():
        path = path.resolve()  # the link stays one
    if not exists(path.parent):
        raise Fault("folder_missing", path=str(path.parent))
    key = bound(backup, key)
    if not check_file(backup, key).is_whole:
        raise Fault("backup_damaged", path=str(backup))
    lock = WriterLock(path)
    lock.acquire(author.person, author.pc)
    lock.release()  # reading plays back a journal that a writer left, which wants the lock for itself
    _refuse_whole(path, backup, key)
    lock.acquire(author.person, author.pc)
    fresh = path.with_name(f".{path.name}.restore")
    try:
        _remove(fresh)
        head = _prepare(path, backup, fresh, key, author, reason)
        return Replaced(_exchange(fresh, path), head)
    except OSError as error:
        raise _of_study(target_fault(error, path.parent), path) from None
    finally:
        _remove(fresh)
        lock.release()


def _remove(fresh: Path) -> None:
    """Take away a new study that did not take its place, one that was cut off before too."""
    for leftover in (fresh, _journal(fresh)):
        with contextlib.suppress(OSError):
            leftover.unlink()


def _refuse_whole(path: Path, backup: Path, key: Key) -> None:
    """Only what nobody can read is replaced."""
    if path.is_dir():
        raise Fault("target_is_folder", path=str(path))
    try:
        if not exists(path) or path.stat().st_size == 0:
            return
        read_file(path, key)
    except OSError as error:
        raise Fault("file_unreadable", path=str(path), detail=error.strerror or "") from None
    except Fault as fault:
        same_salt = bound(path, PUBLIC).salt == bound(backup, PUBLIC).salt
        if fault.code in _BEYOND_READING or (fault.code in _CLOSED and same_salt):
            return
        raise Fault("study_unsure", path=str(path)) if fault.code in _CLOSED else fault from None
    raise Fault("study_is_whole", path=str(path))


def _prepare(path: Path, backup: Path, fresh: Path, key: Key, author: Author, reason: str) -> Head:
    """The backup beside the study, in this Esk's form, with the line that tells of it, verified and on disk."""
    try:
        head = copy_study(backup, key, fresh)
    except Fault as fault:
        raise _of_study(fault, path) from None
    told = restored_json(backup, head, _left_behind(path, backup, key))
    connection = connect(fresh, key, "rw")
    try:
        changes: tuple[Change, ...] = (RestoreChange(told),)
        had, has = has_passphrase(connection), not key.is_public
        if had != has:  # the backup followed its study to another key; its log did not
            changes = (*changes, KeyChange(had, has))
        logged = LoggedAct(head.act + 1, head.seq + 1, utc_now(), author, changes, repaired_text(reason))
        migrate(connection, check_identity(connection, fresh))
        add_absent_columns(connection)
        connection.execute("BEGIN IMMEDIATE")
        after = write(connection, Writing(logged, tuple(Step(change) for change in changes)), head)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sql.Error as error:
        raise fault_of(error, fresh, path) from None
    finally:
        connection.close()
    if read_file(fresh, key).head != after:
        raise Fault("file_unreadable", path=str(path), detail=f"log {after.seq}")
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    return after


def _of_study(fault: Fault, path: Path) -> Fault:
    """What keeps a copy from being made, told of the study that it is to be."""
    if fault.code in _AS_OF_A_STUDY:
        return Fault(_AS_OF_A_STUDY[fault.code], path=str(path if fault.code == "backup_full" else path.parent))
    if fault.code == "backup_folder_read_only":
        return Fault("file_read_only", path=str(path))
    if fault.code == "backup_failed":
        return Fault("file_unreadable", path=str(path), detail=str(fault.params.get("detail", "")))
    return fault


def _left_behind(path: Path, backup: Path, key: Key) -> set[str]:
    """The heads of backups of the same study that end with a line which the restored one has not."""
    heads: set[str] = set()
    for folder in {backup.parent, backup_folder(path)}:
        for each in list_backups(path, folder, key):
            if each.head is not None and each.fault is None and each.path != backup:
                heads |= _foreign_to(backup, each.path, each.head, key)
    return heads


def _foreign_to(backup: Path, other: Path, head: str, key: Key) -> set[str]:
    with reader(backup, key) as ours, reader(other, bound(other, key)) as theirs:
        same_study = study_id(ours) == study_id(theirs)
        return {head} if same_study and hash_at(ours, read_head(theirs).seq) != head else set()


def _exchange(fresh: Path, path: Path) -> Path | None:
    """Give the new file the study's name; the damaged one gets another, its journal with it, so that they never mix."""
    if not exists(path):
        _set_aside(_journal(path), _journal(_aside_name(path)))
        fresh.replace(path)
        sync_folder(path.parent)
        return None
    aside = _aside_name(path)
    with contextlib.suppress(OSError):
        shutil.copymode(path, fresh)
    try:
        os.link(path, aside)  # the study's name is never without a file
    except (OSError, AttributeError):
        path.rename(aside)
    try:
        _set_aside(_journal(path), _journal(aside))
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.replace(path)  # of two names of one file this leaves both: the damaged file is there as it was
            _set_aside(_journal(aside), _journal(path))
        raise
    sync_folder(path.parent)
    return aside


def _journal(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _aside_name(path: Path) -> Path:
    """A free name beside the study that says what happened when."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    names = (
        path.with_name(f"{path.stem}_damaged_{now}{more}{path.suffix}")
        for more in chain(("",), (f"_{n}" for n in count(2)))
    )
    return next(name for name in names if not exists(name))


def _set_aside(path: Path, aside: Path) -> None:
    if exists(path):
        path.rename(aside)
        sync_folder(path.parent)  # before the new file comes: it must never meet this journal
