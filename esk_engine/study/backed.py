"""The backups of an open study: when one is due, making it beside the window, and bringing back what one holds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.records import Act, Change, CriteriaChange, Patient, PatientChange, RestoreChange, SettingChange
from esk_engine.settings import SETTINGS
from esk_engine.study.core import OpenStudy
from esk_engine.study.events import Person
from esk_engine.study.held import author_of
from esk_engine.study.history import History
from esk_engine.study.snapshot import StudySnapshot
from esk_engine.study_file.backup import Backup, back_up, backup_folder, list_backups, make_backup, read_backup
from esk_engine.study_file.connection import PUBLIC, Key
from esk_engine.study_file.heads import hash_at, study_id
from esk_engine.study_file.reading import FileContent, reader
from esk_engine.study_file.replacing import Replaced, restore_damaged, restored_json
from esk_engine.study_file.state import CriteriaState, StudyState

if TYPE_CHECKING:
    from esk_engine.study_file.check import CheckReport

BACKUP_EVERY = timedelta(minutes=30)
_SETTLE_SECONDS = 10.0
# How the study is guarded, and where its backups are, is no part of what was: it stays as it is now.
_STAY = frozenset(("pin_required", "auto_lock_minutes", "backup_folder"))


class _Last:
    """When a backup was last tried, and up to which line of the log there is one."""

    def __init__(self, seq: int) -> None:
        self.when, self.seq = datetime.now(UTC), seq


class Backed(OpenStudy):
    """The part of an open study that knows its backups. Act name: restore."""

    def __init__(self, path: Path, person: Person, key: Key, *, read_only: bool = False, follow: bool = False) -> None:
        super().__init__(path, person, key, read_only=read_only, follow=follow)
        self._last_backup = _Last(self.version)

    @property
    def backup_folder(self) -> Path:
        """Where this study's backups are made: beside it, or where its setting says."""
        return backup_folder(self._path, self.settings.backup_folder)

    def backup_due(self, now: datetime) -> bool:
        """Whether something changed since the last backup and 30 minutes went by (or the clock was set back)."""
        last = self._last_backup
        return self.version != last.seq and not timedelta() <= now.astimezone(UTC) - last.when < BACKUP_EVERY

    def back_up(self) -> Backup | None:
        """Make a backup, and remove those that need not be kept any more; on any thread.

        None where there is a backup of just this already.

        Raises
        ------
        Fault
            ``backup_folder_missing``, ``backup_folder_read_only``, ``backup_full``, ``backup_busy``, ``backup_failed``
            (detail), or what is wrong with the study itself. It keeps nobody from working.
        """
        last = self._last_backup
        self.settle(_SETTLE_SECONDS)  # what cannot be written now is in the next one
        last.when, before = datetime.now(UTC), self.version
        made = back_up(self._path, self._key)
        last.seq = before if made is None else made.seq
        return made

    def backups(self) -> tuple[Backup, ...]:
        """All backups of the study, the newest first, those beside it too where they are made elsewhere; any thread."""
        folders = dict.fromkeys((self.backup_folder, backup_folder(self._path)))
        found = [each for folder in folders for each in list_backups(self._path, folder, self._key)]
        return tuple(sorted(found, key=lambda each: (each.seq, each.when), reverse=True))

    def read_backup(self, backup: Path, key: Key | None = None) -> FileContent:
        """What a backup of this study holds, on any thread; ``key`` where it was made under another passphrase.

        Raises
        ------
        Fault
            ``backup_of_another``, ``key_wrong``, ``file_damaged``, ...
        """
        with reader(self._path, self._key) as connection:
            own = study_id(connection)
        return read_backup(backup, key or self._key, own)

    def restore(self, content: FileContent, backup: Path, reason: str) -> Future[int]:
        """Bring back patients, settings and criteria as a backup holds them, as one act; a backup of now comes first.

        Nothing is cut from the log, and people, PINs, signatures, locks and the passphrase stay as they are now.
        A signature of what changes becomes void. Where nothing differs nothing is done.

        Parameters
        ----------
        content
            What ``read_backup`` found.

        Raises
        ------
        Refused
            ``signed_locked`` where a signed moment would change, ``study_locked``; nothing was changed then.
        Fault
            ``reason_needed``; what keeps the backup of now from being made, or the study from being written.
        """
        if not reason.strip():
            raise Fault("reason_needed")
        changes = tuple(_differences(self._state, content.state))
        if not changes:
            return self._nothing_done()
        if not self.settle(_SETTLE_SECONDS):
            raise self.save_state.fault or Fault("file_busy", path=str(self._path))
        make_backup(self._path, self._key, self.backup_folder)
        told = RestoreChange(restored_json(backup, content.head))
        history, self._history = self._history, History()  # what was done before is not taken back across a restore
        try:
            return self.apply(Act((told, *changes), "restore", reason, params={"file": backup.name}))
        except Fault:
            self._history = history
            raise

    @override
    def check(self, on_share: Callable[[float], object] | None = None) -> CheckReport:
        """Also whether the log still holds every line that the backups end with: those cut from its end are missed."""
        report = super().check(on_share)
        if any(finding.code == "page_damaged" for finding in report.findings):
            return report
        from esk_engine.study_file.check import CheckReport
        from esk_engine.study_file.heads import KnownHead, check_heads

        known: list[KnownHead] = []
        with contextlib.suppress(Fault):  # a folder that cannot be looked into proves nothing either way
            found = ((each, each.head) for each in self.backups() if each.fault is None)
            known = [KnownHead(each.seq, head, each.path.name) for each, head in found if head is not None]
        missing = check_heads(self._path, self._key, known)
        return CheckReport((*report.findings, *missing), report.patients, report.lines, report.head)

    @override
    def snapshot(self) -> StudySnapshot:
        return replace(super().snapshot(), read_hash=self._hash_at)

    def _hash_at(self, seq: int) -> str:
        self.settle(_SETTLE_SECONDS)
        with reader(self._path, self._key) as connection:
            return hash_at(connection, seq)


def replace_damaged(path: Path, backup: Path, *, person: Person, key: Key = PUBLIC, reason: str = "") -> Replaced:
    """Put a backup in the place of a study that cannot be opened; see ``study_file.replacing``."""
    return restore_damaged(path, backup, key, author_of(person), reason)


def _differences(now: StudyState, then: StudyState) -> Iterator[Change]:
    """The changes that make of what is what was."""
    for patient_id in now.patients.keys() - then.patients.keys():  # first: their study numbers may be wanted
        yield PatientChange(patient_id, now.patients[patient_id], None)
    for patient_id, patient in then.patients.items():
        present = now.patients.get(patient_id)
        if present is None or _as_rows(present) != _as_rows(patient):
            yield PatientChange(patient_id, present, patient)
    for declared in SETTINGS:
        old, new = now.settings.stored(declared.name), then.settings.stored(declared.name)
        if old != new and declared.name not in _STAY:
            yield SettingChange(declared.name, old, new)
    yield from _criteria_differences(now, then)


def _as_rows(patient: Patient) -> object:
    """A patient whatever the order in which its rows came."""
    return {row.id: (row.kind, dict(row.values)) for row in patient.records()}


def _criteria_differences(now: StudyState, then: StudyState) -> Iterator[Change]:
    for set_id in dict.fromkeys((*then.criteria, *now.criteria)):
        old = now.criteria.get(set_id) or CriteriaState(set_id)
        new = then.criteria.get(set_id) or CriteriaState(set_id)
        if old.version != new.version:
            yield CriteriaChange(set_id, "version", old.version, new.version)
        if old.deleted != new.deleted:
            yield CriteriaChange(set_id, "deleted", "yes" if old.deleted else None, "yes" if new.deleted else None)
    if now.in_use != then.in_use:
        yield CriteriaChange(then.in_use, "in_use", now.in_use, then.in_use)
