"""The passphrase of an open study: set, changed, taken away, asked for again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.records import Act, KeyChange
from esk_engine.study.core import OpenStudy
from esk_engine.study.events import Person
from esk_engine.study_file import PUBLIC, Key
from esk_engine.study_file.backup import backup_folder, exchange_key
from esk_engine.study_file.connection import exists
from esk_engine.study_file.encoding import repaired_text
from esk_engine.study_file.heads import has_passphrase
from esk_engine.study_file.keys import check_new, opens, recovery_text
from esk_engine.study_file.log import LoggedAct, utc_now
from esk_engine.study_file.reading import reader
from esk_engine.study_file.rekey import NewKey, rekey_study
from esk_engine.study_file.writing import Step, Writing

Progress = Callable[[int, int], None]


class Keyed(OpenStudy):
    """A study whose key can be exchanged. While it is, the study is busy: it can be read and not changed."""

    def __init__(self, path: Path, person: Person, key: Key, *, read_only: bool = False, follow: bool = False) -> None:
        self._turn = threading.RLock()
        self._stale_backups: tuple[Path, ...] = ()
        super().__init__(path, person, key, read_only=read_only, follow=follow)

    @property
    def has_passphrase(self) -> bool:
        """Whether the file opens by a passphrase (or its recovery key) alone."""
        return not self._key.is_public

    @property
    def recovery_key(self) -> str:
        """What opens the study when the passphrase is forgotten, to be printed and kept; "" without a passphrase."""
        return recovery_text(self._key)

    @property
    def stale_backups(self) -> tuple[Path, ...]:
        """What the last change of passphrase could not put under the new key: backups, or the folder of them all."""
        return self._stale_backups

    def check_key(self, text: str) -> bool:
        """Whether a text is the passphrase of this study, or its recovery key; some 0.15 s."""
        return opens(self._key, text)

    def become_writer(self) -> None:
        """Have the writer's role and be on the list of people, on the owner's thread: what a change begins with.

        Raises
        ------
        Fault
            ``file_locked`` (who, pc, since), or why the study can only be read.
        """
        with self._turn:
            self._take_role()
            self._introduce()

    def change_passphrase(self, new: str | None, reason: str = "", on_progress: Progress | None = None) -> str:
        """Give the study another passphrase, or with None no more; waits until it is on disk (beside the window).

        The file is written anew under another key and takes the old one's place whole; backups follow one by one. The
        study cannot be changed meanwhile (``study_busy``). Subscribers are not told: the caller knows. Where it runs
        beside the window, ``become_writer`` comes before it on the window's own thread.

        Parameters
        ----------
        on_progress
            Is told how many files are done, and of how many: the study itself, then its backups.

        Returns
        -------
        str
            The new recovery key; "" where the study has no passphrase any more.

        Raises
        ------
        Fault
            ``passphrase_form``, ``passphrase_none`` (there is none to take away), ``file_full``, ``file_read_only``,
            ``rekey_held``, ``file_locked``, ...: all is as it was then.
        """
        if new is not None:
            check_new(new)
        elif not self.has_passphrase:
            raise Fault("passphrase_none", path=str(self._path))
        with self._turn:
            if not exists(self._path):
                raise Fault("file_vanished", path=str(self._path))
            self.become_writer()
            wanted = _new_key(new)
            old = self._key
            self._exchange(wanted, KeyChange(self._has_by_log(), new is not None), reason)
            self._stale_backups = self._exchange_backups(old, on_progress or _nobody)
            return recovery_text(wanted.key)

    def _has_by_log(self) -> bool:
        with reader(self._path, self._key) as connection:
            return has_passphrase(connection)

    def _exchange(self, new: NewKey, change: KeyChange, reason: str) -> None:
        writer = self._writer
        if writer is None:
            raise self._reason or Fault("read_only_study")
        if not self.settle():
            raise self.save_state.fault or Fault("study_busy")
        act, seq = self._act + 1, self._seq + 1
        logged = LoggedAct(act, seq, utc_now(), self._author, (change,), repaired_text(reason))
        writing = Writing(logged, (Step(change),))
        writer.exchange_file(
            new.key, lambda head, still_ours: rekey_study(self._path, self._key, new, writing, head, still_ours)
        )
        self._key = new.key
        self._act, self._seq = act, seq
        self._state.apply(change)

    def _exchange_backups(self, old: Key, on_progress: Progress) -> tuple[Path, ...]:
        on_progress(1, 1)
        left: list[Path] = []
        files = 1
        # Those beside the study too, where newer ones are made elsewhere.
        for folder in dict.fromkeys(
            (backup_folder(self._path, self.settings.backup_folder), backup_folder(self._path))
        ):

            def told(done: int, total: int, before: int = files) -> None:
                nonlocal files
                files = before + total
                on_progress(before + done, files)

            try:
                left += exchange_key(self._path, folder, old, self._key, told)
            except Fault:  # the folder is away or busy: the study itself has its new key all the same
                left.append(folder)
        return tuple(left)

    # -- what waits meanwhile --------------------------------------------------------------------------------------

    @override
    def apply(self, act: Act) -> Future[int]:
        if not self._turn.acquire(blocking=False):
            raise Fault("study_busy", path=str(self._path))
        try:
            return super().apply(act)
        finally:
            self._turn.release()

    @override
    def release(self) -> None:
        if self._turn.acquire(blocking=False):  # else the role is needed: it is given back another time
            try:
                super().release()
            finally:
                self._turn.release()


def _new_key(passphrase: str | None) -> NewKey:
    if passphrase is None:
        return NewKey(PUBLIC)
    typed = Key.of_passphrase(passphrase)
    return NewKey(typed.for_new_file(), typed.passphrase)


def _nobody(done: int, total: int) -> None:
    """Nobody asked how far it is."""
