"""The writer: one thread that owns the connection and makes acts durable, in order, each in one transaction.

Nothing overtakes an act that failed: it is tried again, by itself every few seconds and at ``retry``, until it is on
disk. After a failure the file is opened anew, and the end of its log tells whether the act was written after all.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.fault_log import record
from esk_engine.study_file.connection import Key, connect, exists, fault_of
from esk_engine.study_file.lock import WriterLock
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import read_head
from esk_engine.study_file.schema import check_identity
from esk_engine.study_file.writing import Writing, write

RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SaveState:
    """Whether everything is on disk: ``status`` is "saved", "saving" or "failed" (with its fault).

    ``at`` is when the last act reached the disk, in this computer's time zone; None before the first.
    """

    status: str
    at: datetime | None = None
    fault: Fault | None = None


@dataclass(slots=True)
class Queued:
    """An act on its way to the disk, and the promise that it gets there."""

    writing: Writing
    saved: Future[int]


class Writer:
    """Takes acts, writes them in order; ``close`` waits for them and gives up the lock.

    Parameters
    ----------
    connection, lock, head
        A connection that may write, the writer's lock, and where the file's log ends: all the writer's from now on.
    on_state
        Called on the writer's thread whenever the save state changes.
    """

    def __init__(
        self,
        path: Path,
        key: Key,
        connection: sql.Connection,
        lock: WriterLock,
        head: Head,
        on_state: Callable[[SaveState], None],
    ) -> None:
        self._path, self._key, self._lock, self._head = path, key, lock, head
        self._connection: sql.Connection | None = connection
        self._on_state = on_state
        self._queue: deque[Queued] = deque()
        self._changed = threading.Condition()
        self._fault: Fault | None = None
        self._saved_at: datetime | None = None
        self._pending_head: Head | None = None
        self._told = "saved"
        self._retry_now = False
        self._closing = False
        self._lent = False
        self._is_at_it = False
        self._thread = threading.Thread(target=self._run, name="esk-writer", daemon=True)
        self._thread.start()

    @property
    def state(self) -> SaveState:
        with self._changed:
            return self._state()

    @property
    def head(self) -> Head:
        """Where the file's log ends."""
        return self._head

    def hand_over(self, who: str) -> None:
        """Tell other programs that somebody else is at work here."""
        self._lock.hand_over(who)

    def _state(self) -> SaveState:
        if self._fault is not None:
            return SaveState("failed", self._saved_at, self._fault)
        return SaveState("saving" if self._queue else "saved", self._saved_at)

    def submit(self, writing: Writing) -> Future[int]:
        """Queue one act; the future holds the number of its last log line once it is on disk."""
        saved: Future[int] = Future()
        with self._changed:
            self._queue.append(Queued(writing, saved))
            self._changed.notify_all()
        return saved

    @property
    def waiting(self) -> tuple[Queued, ...]:
        """What is not on disk yet, in order."""
        with self._changed:
            return tuple(self._queue)

    def go_on_after(self, head: Head, waiting: Iterable[Queued]) -> None:
        """Write these acts in place of what waits, behind what others wrote up to ``head``.

        For the writer that lost its lock for a while, with the folder, and has it again: ``file_changed`` told of it.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._is_at_it)
            self._queue = deque(waiting)
            self._head, self._pending_head = head, None
            self._fault = None
            state = self._state()
            self._retry_now = True
            self._changed.notify_all()
        self._tell(state)

    def retry(self) -> None:
        """Try again at once what failed."""
        with self._changed:
            self._retry_now = True
            self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is left to write; False where an act failed meanwhile or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: not self._queue or self._fault is not None, timeout)
            return not self._queue

    def close(self, *, discard: bool = False) -> None:
        """Write what is left, then close the file and give up the lock.

        Raises
        ------
        Fault
            Where something cannot be written: the writer goes on trying, unless ``discard`` gives it up.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._lent)
        if not self.wait():
            self.retry()
            with self._changed:
                self._changed.wait_for(lambda: not self._queue or not self._retry_now)
            if not self.wait() and not discard:
                raise self.state.fault or Fault("file_unreadable", path=str(self._path), detail="")
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        for queued in self._queue:
            queued.saved.set_exception(self._fault or Fault("study_closed"))
        self._let_go()
        self._lock.release()

    def exchange_file(self, key: Key, work: Callable[[Head, Callable[[], None]], Head]) -> None:
        """Let ``work`` put a file under another key in the place of this one, while nobody has it open to write.

        Parameters
        ----------
        work
            Is given where the log ends, and what raises a Fault where the writer's lock is ours no more; returns where
            the log of the new file ends. Where it raises, the old file has to be there as it was.
        """
        if not self.wait():
            raise self.state.fault or Fault("study_busy")
        with self._changed:
            if self._queue or self._lent or self._closing:
                raise Fault("study_busy")
            self._lent = True
        try:
            self._let_go()  # the next act opens the file anew, whichever it is then
            self._head = work(self._head, self._lock.renew)
            self._key = key
        finally:
            with self._changed:
                self._lent = False
                self._changed.notify_all()

    def _let_go(self) -> None:
        """Close the file, and leave no empty journal beside it."""
        if self._connection is not None:
            with contextlib.suppress(sql.Error):
                self._connection.execute("PRAGMA journal_mode = DELETE")
        self._drop_connection()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: (self._queue and not self._lent) or self._closing)
                if self._closing:
                    return
                queued = self._queue[0]
                self._is_at_it = True
            if self._told == "saved":
                self._tell(SaveState("saving", self._saved_at))
            fault = self._attempt(queued.writing)
            with self._changed:
                self._retry_now = self._is_at_it = False
                self._fault = fault
                if fault is None:
                    self._queue.popleft()
                    self._saved_at = datetime.now().astimezone()
                state = self._state()
                self._changed.notify_all()
            if fault is None:
                queued.saved.set_result(queued.writing.logged.last_seq)
            self._tell(state)
            if fault is not None:
                with self._changed:
                    self._changed.wait_for(lambda: self._retry_now or self._closing, RETRY_SECONDS)

    def _tell(self, state: SaveState) -> None:
        self._told = state.status
        try:
            self._on_state(state)
        except Exception as error:  # noqa: BLE001 - a listener's own trouble never keeps a value from the disk
            record(error)

    def _attempt(self, writing: Writing) -> Fault | None:
        """Write one act; the fault that kept it from the disk, or None."""
        try:
            connection = self._connection or self._reopen()
            if self._head.seq < writing.logged.last_seq:
                connection.execute("BEGIN IMMEDIATE")
                head = write(connection, writing, self._head)
                self._pending_head = head
                connection.execute("COMMIT")
                self._head = head
            return None
        except sql.Error as error:
            self._drop_connection()
            return fault_of(error, self._path)
        except Fault as fault:
            self._drop_connection()
            return fault
        except Exception as error:  # noqa: BLE001 - our own bug must not end the thread that holds other people's values
            self._drop_connection()
            record(error)  # its text may hold a value: what it is goes into the fault log, its name is told
            return Fault("file_unreadable", path=str(self._path), detail=type(error).__name__)

    def _reopen(self) -> sql.Connection:
        """The file anew, once it is sure that it still ends where we left it."""
        if not exists(self._path):
            raise Fault("file_vanished", path=str(self._path))
        self._lock.renew()
        connection = connect(self._path, self._key, "rw")
        try:
            check_identity(connection, self._path)
            found = read_head(connection)
            if found != self._head:
                if found != self._pending_head:
                    raise Fault("file_changed", path=str(self._path))
                self._head = found  # the act that failed had reached the disk after all
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sql.Error):
                self._connection.close()
        self._connection = None
