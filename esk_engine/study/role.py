"""An open study's way to its file: the writer's role, the acts on their way to the disk, and whether they are there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.records import Change
from esk_engine.study.events import Person
from esk_engine.study.held import HeldStudy, author_of, forget
from esk_engine.study_file import Key, open_file
from esk_engine.study_file.encoding import repaired_text
from esk_engine.study_file.log import LoggedAct, LogLine, utc_now
from esk_engine.study_file.reading import LogFilter, read_log
from esk_engine.study_file.writer import SaveState, Writer
from esk_engine.study_file.writing import Step, Writing

SaveListener = Callable[[SaveState], None]


class FiledStudy(HeldStudy):
    """A study in memory with the file behind it."""

    def __init__(self, path: Path, person: Person, key: Key, read_only: bool) -> None:
        super().__init__(path, person, key)
        self._save_listeners: list[SaveListener] = []
        opened = open_file(
            path, who=self._author.person, pc=self._author.pc, on_state=self._tell_saved, read_only=read_only, key=key
        )
        self._key = opened.key  # raw: a passphrase is derived once
        self._writer: Writer | None = opened.writer
        self._reason = opened.read_only_reason or (None if opened.writer else Fault("read_only_study"))
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
            self._writer, self._reason = None, Fault("study_closed")

    def hand_over(self, person: Person) -> None:
        """Let somebody else be at work: every act from here on is theirs in the log."""
        self._person, self._author = person, author_of(person)

    @property
    def read_only(self) -> bool:
        return self._writer is None

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
        self._act, self._seq = logged.number, logged.last_seq
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
        return self._writer.state if self._writer is not None else SaveState("saved")

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
