"""What another program wrote into a study file since it was last read: the lines after ours, or everything anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.records import Change
from esk_engine.study_file.connection import Key
from esk_engine.study_file.log import Head, LogLine, change_of
from esk_engine.study_file.reading import (
    FileContent,
    LogFilter,
    damaged_pages,
    log_lines,
    read_content,
    reader,
    without_collector,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One change that another program made, and the initials of whoever made it."""

    change: Change
    person: str


@dataclass(frozen=True, slots=True)
class Update:
    """What brings a study in memory up to its file.

    Attributes
    ----------
    after, head
        Where the log ended for whom this is meant, and where it ends now.
    told
        The changes between both, in order.
    content
        Everything anew where the log does not go on from ``after``; ``told`` is empty then.
    """

    after: Head
    head: Head
    told: tuple[Told, ...] = ()
    content: FileContent | None = None


def read_update(path: Path, key: Key, known: Head) -> Update | None:
    """What the file holds beyond ``known``, read and let go; None where nothing is new.

    Raises
    ------
    Fault
        ``file_vanished`` where it is not there, and whatever keeps a study from being read.
    """
    try:
        with reader(path, key) as connection:
            return update_of(connection, path, known)
    except Fault as fault:
        if fault.code == "file_not_found":
            raise Fault("file_vanished", path=str(path)) from None
        raise


def goes_on(path: Path, key: Key, known: Head) -> bool:
    """Whether the file's log still holds the last line known, whatever came after it."""
    with reader(path, key) as connection:
        row = connection.execute("SELECT hash FROM log WHERE seq = ?", (known.seq,)).fetchone()
        return row is not None and row[0] == known.hash


def update_of(connection: sql.Connection, path: Path, known: Head) -> Update | None:
    """What the file holds beyond ``known``, over a connection in one transaction; None where nothing is new."""
    lines = list(log_lines(connection, LogFilter(after_seq=known.seq - 1)))
    if not _goes_on(lines, known):
        return _anew(connection, path, known)
    if len(lines) == 1:
        return None
    try:
        told = tuple(Told(change, line.person) for line in lines[1:] for change in (change_of(line),) if change)
    except (KeyError, ValueError, TypeError):
        return _anew(connection, path, known)  # the tables are read by rules of their own, and say what is wrong
    last = lines[-1]
    return Update(known, Head(last.seq, last.act, last.hash), told)


def _goes_on(lines: list[LogLine], known: Head) -> bool:
    """Whether these lines begin with the last one known, and none is missing."""
    if not lines or (lines[0].seq, lines[0].hash) != (known.seq, known.hash):
        return False
    return lines[-1].seq - known.seq == len(lines) - 1


def _anew(connection: sql.Connection, path: Path, known: Head) -> Update:
    with without_collector():
        damaged = damaged_pages(connection)
        if damaged:
            raise Fault("file_damaged", path=str(path), detail="; ".join(damaged[:5]))
        content = read_content(connection, path)
    return Update(known, content.head, content=content)
