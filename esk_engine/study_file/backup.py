"""Backups of a study: each an .esk file of its own, under the same key, in a folder beside the study or elsewhere.

``NAME.esk-backups/NAME_2026-11-22T18-05-12Z_1234.esk`` was made at that moment (UTC) and ends with line 1234 of the
log. A backup is copied under another name (``.part``), verified, synced and only then named. Nothing but files of
exactly this naming, of this study, whose lines the study still holds, is ever removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import threading
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.study_file.connection import PUBLIC, Key, bound, exists, sync_folder
from esk_engine.study_file.copying import copy_study, target_fault
from esk_engine.study_file.heads import hash_at, restores, study_id
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import FileContent, read_file, read_head, reader
from esk_engine.study_file.rekey import rekey_copy
from esk_engine.study_file.retention import BEFORE_RESTORE, Made, keep

_MOMENT = "%Y-%m-%dT%H-%M-%SZ"
_TOLD = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)_(0|[1-9]\d{0,17})\.esk", re.ASCII)
_PART = re.compile(r"[0-9a-f]{8}\.part", re.ASCII)
_LONGEST_STEM = 160  # bytes of the study's name in those of its backups, which have some more in all 255
_WAIT_SECONDS = 60.0  # for another program that is making a backup in the same folder


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup.

    Attributes
    ----------
    when
        When it was made (UTC), as its name tells.
    seq
        The last line of the log in it, as its name tells.
    patients, head
        How many patients it holds and the hash of its last line; None where it cannot be read.
    changes_since
        How many lines the study's log has after it; None where the study has not this line, or cannot be read.
    is_abandoned
        Whether a restore left it behind: it ends with a line that is the study's no more, and the log says so.
    fault
        Why it cannot be used: ``key_wrong`` (made under another passphrase), ``file_damaged``, ``backup_of_another``
        (of another study with the same name), ...
    """

    path: Path
    when: datetime
    seq: int
    size: int
    patients: int | None = None
    head: str | None = None
    changes_since: int | None = None
    is_abandoned: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class _Study:
    """What has to be known of a study to tell its own backups from others."""

    id: str
    head: Head
    folder: str


def backup_folder(path: Path, setting: str = "") -> Path:
    """Where the backups of a study are: beside it, or in the folder that the setting ``backup_folder`` names."""
    place = path.parent / setting.strip() if setting.strip() else path.parent
    return place / f"{path.name}-backups"


def make_backup(path: Path, key: Key, folder: Path, now: datetime | None = None) -> Backup | None:
    """Make a backup of what is on disk, whether the study is open or not; None where there is one of just this.

    Raises
    ------
    Fault
        ``backup_folder_missing``, ``backup_folder_read_only``, ``backup_full``, ``backup_busy``, ``backup_failed``
        (detail), or what is wrong with the study itself. Nothing is left half done, and the study is untouched.
    """
    key = bound(path, key)
    study = _read_study(path, key)
    with _alone_in(folder):
        for present in _named(path, folder):
            if present.seq == study.head.seq and _looked_into(present, key, study).head == study.head.hash:
                return None
        made = _write(path, key, folder, now or datetime.now(UTC))
    return _placed([_looked_into(made, key, study)], path, key)[0]


def list_backups(path: Path, folder: Path, key: Key = PUBLIC) -> tuple[Backup, ...]:
    """The backups of a study in a folder, the newest first: those that cannot be used too, each with its fault.

    Raises
    ------
    Fault
        ``backup_folder_unreadable`` where the folder is there and cannot be looked into. A study that cannot be read
        is none: its backups are listed all the same.
    """
    study: _Study | None = None
    with contextlib.suppress(Fault):
        study = _read_study(path, key)
    keys = _Keys(key)
    found = [_looked_into(each, keys.of(each.path), study) for each in _named(path, folder)]
    if study is not None and found:
        found = _placed(found, path, keys.of(path))
    return tuple(sorted(found, key=lambda each: (each.seq, each.when), reverse=True))


def prune(path: Path, folder: Path, key: Key, now: datetime) -> tuple[Path, ...]:
    """Remove the backups that need not be kept (see ``retention``) and return what was removed.

    Only what the study holds itself, or left behind by a restore 30 days ago, is removed: the backup of another study,
    one that cannot be read or one with lines that the study has not, stays. What was left behind stands for no day,
    week or month of the study itself.
    """
    named = tuple(_named(path, folder))
    if len(keep(_moments(named), now)) == len(named):
        return ()  # none would go by its moment: spares opening them all
    with reader(path, key) as connection:
        told = restores(connection)
    ours = [each for each in list_backups(path, folder, key) if each.fault is None]
    living = [each for each in ours if each.changes_since is not None]
    left = [each for each in ours if each.is_abandoned]
    kept = keep(_moments(living), now, [Made(each.when, each.seq) for each in told])
    lately = frozenset[str]().union(*(each.abandoned for each in told if each.when >= now - BEFORE_RESTORE))
    kept_left = keep(_moments(left), now) | set(_moments([each for each in left if each.head in lately]))
    going = [each for each in living if _moment(each) not in kept]
    going += [each for each in left if _moment(each) not in kept_left]
    removed: list[Path] = []
    for each in going:
        with contextlib.suppress(OSError):
            each.path.unlink()
            removed.append(each.path)
    return tuple(removed)


def _moment(backup: Backup) -> Made:
    return Made(backup.when, backup.seq)


def _moments(backups: Iterable[Backup]) -> list[Made]:
    return [_moment(each) for each in backups]


def back_up(path: Path, key: Key, now: datetime | None = None) -> Backup | None:
    """Make a backup where the study's setting says, and remove those that need not be kept any more.

    None where there is a backup of just this already; Fault as of ``make_backup``.
    """
    key = bound(path, key)
    folder = backup_folder(path, _read_study(path, key).folder)
    made = make_backup(path, key, folder, now)
    if not key.is_public:
        with contextlib.suppress(Fault):  # those that a change of passphrase was cut off before: strangers read them
            exchange_key(path, folder, PUBLIC, key)
    if made is not None:
        with contextlib.suppress(Fault):
            prune(path, folder, key, now or datetime.now(UTC))
    return made


def exchange_key(
    path: Path, folder: Path, old: Key, new: Key, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Path, ...]:
    """Put the backups that open with a study's old key under its new one; returns those that could not be.

    Raises
    ------
    Fault
        Where the folder cannot be used; a study without backups has none to exchange.
    """
    left: list[Path] = []
    if not exists(folder):
        return ()
    with reader(path, new) as connection:
        study = study_id(connection)
    with _alone_in(folder):
        older = [each.path for each in _named(path, folder) if bound(each.path, new).salt != new.salt]
        for done, each in enumerate(older, 1):
            try:
                rekey_copy(each, old, new, study)
            except Fault:
                left.append(each)
            on_progress(done, len(older))
    return tuple(left)


def read_backup(backup: Path, key: Key, study: str) -> FileContent:
    """All that a backup holds, its pages verified.

    Parameters
    ----------
    study
        The id of the study that it has to be of, "" for any.

    Raises
    ------
    Fault
        ``backup_of_another``, or what keeps the backup from being read.
    """
    key = bound(backup, key)
    with reader(backup, key) as connection:
        if study and study_id(connection) != study:
            raise Fault("backup_of_another", path=str(backup))
    return read_file(backup, key)


def backup_before_migration(path: Path, key: Key) -> Backup | None:
    """The backup of a study that is about to be brought to a newer form of the file; Fault where none can be made."""
    return back_up(path, key)


# -- names -------------------------------------------------------------------------------------------------------------


def _stem(path: Path) -> str:
    """The study's name in the names of its backups; a very long one is cut, the folder's name tells it whole."""
    return os.fsdecode(os.fsencode(path.stem)[:_LONGEST_STEM]) if _is_long(path.stem) else path.stem


def _is_long(text: str) -> bool:
    return len(os.fsencode(text)) > _LONGEST_STEM


def _named(path: Path, folder: Path) -> Iterator[Backup]:
    """The files of a folder that are named like a backup of this study, in no order."""
    beginning = _stem(path) + "_"
    for entry in _entries(folder):
        told = _TOLD.fullmatch(entry.name.removeprefix(beginning)) if entry.name.startswith(beginning) else None
        with contextlib.suppress(ValueError, OSError):
            if told is not None and entry.is_file():
                when = datetime.strptime(told[1], _MOMENT).replace(tzinfo=UTC)
                yield Backup(Path(entry.path), when, int(told[2]), entry.stat().st_size)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError):
        raise Fault("backup_folder_unreadable", path=str(folder)) from None


def _new_name(path: Path, folder: Path, now: datetime, seq: int) -> Path:
    """A name that is free: two copies of one line in one second are told a second apart."""
    while True:
        name = folder / f"{_stem(path)}_{now.astimezone(UTC).strftime(_MOMENT)}_{seq}.esk"
        if not exists(name):
            return name
        now += timedelta(seconds=1)


# -- writing -----------------------------------------------------------------------------------------------------------

_IN_THIS_PROGRAM = threading.Lock()


@contextlib.contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """The folder, made where it is not there, and nobody else making a backup in it; what others left half is removed.

    Raises
    ------
    Fault
        ``backup_folder_missing``, ``backup_folder_read_only``, ``backup_full``, ``backup_busy``, ``backup_failed``.
    """
    from filelock import FileLock, Timeout  # late: start-up does without it

    _make_folder(folder)
    lock = FileLock(folder / ".lock", thread_local=False)
    with _IN_THIS_PROGRAM:
        try:
            lock.acquire(timeout=_WAIT_SECONDS, poll_interval=0.05)
        except Timeout:
            raise Fault("backup_busy", path=str(folder)) from None
        except NotImplementedError:
            pass  # a place without locks: two backups at once are a copy too many, no harm
        except OSError as error:
            raise target_fault(error, folder) from None
        try:
            if lock.is_locked:
                _remove_leftovers(folder)
            yield
        finally:
            with contextlib.suppress(OSError):
                lock.release()


def _make_folder(folder: Path) -> None:
    """Make the folder itself, never the one it is in: a share that is away is not to be made anew on this disk."""
    try:
        if not folder.parent.is_dir():
            raise Fault("backup_folder_missing", path=str(folder.parent))
        if not folder.is_dir():
            _refuse_marked(folder.parent)
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
        _refuse_marked(folder)
    except OSError as error:
        raise target_fault(error, folder) from None
    except ValueError:
        raise Fault("backup_folder_missing", path=str(folder)) from None


def _refuse_marked(folder: Path) -> None:
    """A folder that is marked read-only was meant to be, for an administrator too."""
    if os.name != "nt" and not folder.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise Fault("backup_folder_read_only", path=str(folder))


def _remove_leftovers(folder: Path) -> None:
    """Backups that were cut off half way; the caller is alone in the folder."""
    for entry in _entries(folder):
        beginning, _, end = entry.name.rpartition(".esk.")
        if beginning and entry.name.startswith(".") and _PART.fullmatch(end):
            with contextlib.suppress(OSError):
                Path(entry.path).unlink()


def _write(path: Path, key: Key, folder: Path, now: datetime) -> Backup:
    """Copy, verify, sync and name."""
    part = folder / f".{_stem(path)}.esk.{uuid.uuid4().hex[:8]}.part"
    try:
        head = copy_study(path, key, part)
        target = _new_name(path, folder, now, head.seq)
        part.rename(target)
        sync_folder(folder)
        when = datetime.strptime(target.name.rsplit("_", 2)[1], _MOMENT).replace(tzinfo=UTC)
        return Backup(target, when, head.seq, target.stat().st_size)
    except OSError as error:
        raise target_fault(error, folder) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


# -- reading -----------------------------------------------------------------------------------------------------------


class _Keys:
    """The key of each backup: a passphrase is derived once for all that have one salt, as most have."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._derived: dict[bytes, Key] = {}

    def of(self, path: Path) -> Key:
        if self._key.raw:
            return self._key
        salt = bound(path, PUBLIC).salt
        if salt and salt not in self._derived:
            self._derived[salt] = self._key.with_salt(salt)
        return self._derived.get(salt, self._key)


def _read_study(path: Path, key: Key) -> _Study:
    with reader(path, key) as connection:
        row = connection.execute("SELECT value FROM setting WHERE name = 'backup_folder'").fetchone()
        folder: object = json.loads(row[0]) if row else ""
        return _Study(study_id(connection), read_head(connection), str(folder or ""))


def _looked_into(backup: Backup, key: Key, study: _Study | None) -> Backup:
    """A backup with what it holds, or why it cannot be used."""
    try:
        with reader(backup.path, key) as connection:
            if study is not None and study_id(connection) != study.id:
                return replace(backup, fault=Fault("backup_of_another", path=str(backup.path)))
            (patients,) = connection.execute("SELECT count(*) FROM patient").fetchone()
            head = read_head(connection).hash
    except Fault as fault:
        is_closed = fault.code in ("key_needed", "key_changed")
        return replace(backup, fault=Fault("key_wrong", path=str(backup.path)) if is_closed else fault)
    return replace(backup, patients=int(patients), head=head)


def _placed(backups: list[Backup], path: Path, key: Key) -> list[Backup]:
    """The backups with what the study's log says of the line that they end with."""
    with reader(path, key) as connection:
        end = read_head(connection).seq

        def placed(backup: Backup) -> Backup:
            is_held = backup.head is not None and hash_at(connection, backup.seq) == backup.head
            return replace(backup, changes_since=end - backup.seq) if is_held else backup

        found = [placed(each) for each in backups]
        if all(each.changes_since is not None or each.head is None for each in found):
            return found
        left = frozenset[str]().union(*(each.abandoned for each in restores(connection)))
        return [replace(each, is_abandoned=each.changes_since is None and each.head in left) for each in found]
