"""An open study's way to its file: the writer's role, the acts on their way to the disk, and whether they are there.

The role is one program's at a time. It is taken by an act, and given back when none came for five minutes, so that a
window that somebody left open keeps nobody from writing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from esk_engine.errors import Fault
from esk_engine.records import Change
from esk_engine.study.events import Person
from esk_engine.study.following import FollowingStudy
from esk_engine.study.held import author_of, forget
from esk_engine.study.meanwhile import Meanwhile
from esk_engine.study_file import Key, open_file, take_role
from esk_engine.study_file.encoding import repaired_text
from esk_engine.study_file.log import LoggedAct, LogLine, utc_now
from esk_engine.study_file.network import is_network_place
from esk_engine.study_file.reading import LogFilter, read_log
from esk_engine.study_file.writer import SaveState
from esk_engine.study_file.writing import Step, Writing

SaveListener = Callable[[SaveState], None]


class FiledStudy(FollowingStudy):
    """A study in memory with the file behind it."""

    RELEASE_SECONDS: ClassVar[float] = 300.0
    """How long after the last act ``tend`` gives the writer's role back."""

    def __init__(self, path: Path, person: Person, key: Key, *, read_only: bool = False, follow: bool = False) -> None:
        super().__init__(path, person, key)
        self._save_listeners: list[SaveListener] = []
        self._last_saved = SaveState("saved")
        self._acted = time.monotonic()
        opened = open_file(
            path,
            who=self._author.person,
            pc=self._author.pc,
            on_state=self._tell_saved,
            read_only=read_only,
            follow=follow,
            key=key,
        )
        self._key = opened.key  # raw: a passphrase is derived once
        self._writer, self._elsewhere = opened.writer, opened.elsewhere
        self._reason = Fault("read_only_study") if read_only else opened.read_only_reason
        self._hold(opened.content)

    def close(self, *, discard: bool = False) -> None:
        """Write what is left, close the file and give up the writer's lock.

        Raises
        ------
        Fault
            Where something cannot be written; the study stays open then, unless ``discard`` gives it up.
        """
        if self._writer is not None:
            self._writer.close(discard=discard)
            self._writer = None
        if not self._is_closed:
            self._reason = self._reason or Fault("study_closed")
        self._is_closed = True

    # -- the writer's role -----------------------------------------------------------------------------------------

    def release(self) -> None:
        """Write what is left, close the file and give the writer's role back; reading goes on.

        Raises
        ------
        Fault
            Where something cannot be written: the role is kept then, and the writer goes on trying.
        """
        if self._writer is None:
            return
        self._writer.close()
        self._last_saved, self._head = self._writer.state, self._writer.head
        self._writer = None

    def tend(self) -> None:
        """Called every second or so on the owner's thread: gives the role back when no act came for long enough."""
        if self._writer is None or time.monotonic() - self._acted < self.RELEASE_SECONDS:
            return
        if self._writer.state.status == "saved":
            self.release()

    def _take_role(self) -> Meanwhile | None:
        """Have the writer's role, and in memory what others wrote before; None where that was nothing new.

        Raises
        ------
        Fault
            ``file_locked`` (who, pc, since) where another program has the role; why it can only be read.
        """
        if self._reason is not None:
            raise self._reason
        if self._writer is not None:
            return None
        try:
            self._writer, update = take_role(
                self._path,
                self._head,
                who=self._author.person,
                pc=self._author.pc,
                on_state=self._tell_saved,
                key=self._key,
            )
        except Fault as fault:
            self._elsewhere = fault if fault.code == "file_locked" else self._elsewhere
            raise
        self._acted, self._elsewhere = time.monotonic(), None
        if update is None:
            return None
        meanwhile = Meanwhile(self._state.copy(), update.told)
        self._tell(self._catch_up(update))
        return meanwhile

    @cached_property
    def on_network(self) -> bool:
        """Whether the file lies on a network share, as far as the system tells."""
        return is_network_place(self._path)

    def hand_over(self, person: Person) -> None:
        """Let somebody else be at work: every act from here on is theirs in the log."""
        self._person, self._author = person, author_of(person)
        if self._writer is not None:
            self._writer.hand_over(self._author.person)

    @property
    def read_only(self) -> bool:
        """Whether it can never be written now; a study that another program writes is not that."""
        return self._reason is not None

    @property
    def read_only_reason(self) -> Fault | None:
        """Why it can only be read: ``file_read_only``, ``read_only_study``, ``study_closed``; None where it is not."""
        return self._reason

    def _submit(self, steps: tuple[Step, ...], reason: str, undoes: int | None) -> Future[int]:
        if self._writer is None:
            raise self._reason or Fault("read_only_study")
        changes: tuple[Change, ...] = tuple(step.change for step in steps)
        logged = LoggedAct(
            self._act + 1, self._seq + 1, utc_now(), self._author, changes, repaired_text(reason), undoes
        )
        self._act, self._seq, self._acted = logged.number, logged.last_seq, time.monotonic()
        return self._writer.submit(Writing(logged, steps))

    def _nothing_done(self) -> Future[int]:
        saved: Future[int] = Future()
        saved.set_result(self._seq)
        return saved

    def log(self, wanted: LogFilter = LogFilter()) -> list[LogLine]:  # noqa: B008 - frozen
        """The log's lines that pass a filter, the oldest first; waits for what is on its way to the disk."""
        self.settle(timeout=2.0)
        return read_log(self._path, self._key, wanted)

    @property
    def save_state(self) -> SaveState:
        return self._writer.state if self._writer is not None else self._last_saved

    def retry(self) -> None:
        """Try at once again to write what could not be written."""
        if self._writer is not None:
            self._writer.retry()

    def settle(self, timeout: float | None = None) -> bool:
        """Wait until everything is on disk; False where something cannot be written, or the time is up."""
        return self._writer is None or self._writer.wait(timeout)

    def wait_saved(self, saved: Future[int]) -> int:
        """The number of the last log line once it is on disk; raises the Fault that keeps it from there."""
        while not saved.done() and not self.settle():
            fault = self.save_state.fault
            if fault is not None:
                raise fault
        return saved.result()

    def subscribe_saved(self, listener: SaveListener) -> Callable[[], None]:
        """Be told of every change of the save state, on the writer's thread; the returned function ends it."""
        self._save_listeners.append(listener)
        return lambda: forget(self._save_listeners, listener)

    def _tell_saved(self, state: SaveState) -> None:
        for listener in tuple(self._save_listeners):
            listener(state)
