"""Where a study's log ended once, as a backup or an export carries it, and whether the log still holds that line.

The chain of the log proves every line but the last ones: lines taken from the end, together with the values they tell
of, leave a log that is whole and shorter. What was once told elsewhere shows it (texts ``check.<code>``):

===========  ======================================================================================================
log_cut      the log ends before the line that a backup or an export ended with (seq, file)
log_forked   the log has another line there: rewritten, or two copies of the study went their own ways (seq, file)
===========  ======================================================================================================

A restore leaves lines behind on purpose; its own line names them, and they are not missed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlcipher3 import dbapi2 as sql

from esk_engine.study_file.check import Finding
from esk_engine.study_file.connection import Key
from esk_engine.study_file.reading import read_head, reader

_LINES_AT_ONCE = 200  # a whole patient is one line, of some pages


class KnownHead(NamedTuple):
    """Where the log ended when something was made of the study: number and hash of its last line, and what tells so."""

    seq: int
    hash: str
    file: str


@dataclass(frozen=True, slots=True)
class Restored:
    """One line that tells of a restore: when, its number, and the heads that were left behind."""

    when: datetime
    seq: int
    abandoned: frozenset[str]


def study_id(connection: sql.Connection) -> str:
    """The id that a study is born with and that every copy of it keeps."""
    row = connection.execute("SELECT record_id FROM log WHERE seq = 1 AND kind = 'study'").fetchone()
    return str(row[0]) if row else ""


def hash_at(connection: sql.Connection, seq: int) -> str:
    """The hash of one line of the log, "" where there is none."""
    row = connection.execute("SELECT hash FROM log WHERE seq = ?", (seq,)).fetchone()
    return str(row[0]) if row else ""


def has_passphrase(connection: sql.Connection) -> bool:
    """Whether a study has a passphrase by what its log says last."""
    row = connection.execute("SELECT new FROM log WHERE kind = 'passphrase' ORDER BY seq DESC LIMIT 1").fetchone()
    return bool(row) and row[0] is not None


def restores(connection: sql.Connection) -> tuple[Restored, ...]:
    """Every restore that the log tells of, the oldest first.

    The whole log is looked through for them, some lines at a time and in no transaction: a writer waits for some lines
    at the most.
    """
    connection.commit()  # where there is a transaction
    end, found = read_head(connection).seq, list[Restored]()
    for after in range(0, end, _LINES_AT_ONCE):
        places = (after, after + _LINES_AT_ONCE)
        query = "SELECT utc, seq, new FROM log WHERE seq > ? AND seq <= ? AND kind = 'restore' ORDER BY seq"
        rows = connection.execute(query, places).fetchall()
        found += (_restored(str(utc), int(seq), str(new)) for utc, seq, new in rows)
    return tuple(found)


def _restored(utc: str, seq: int, new: str) -> Restored:
    told: object = json.loads(new)
    named: object = cast("dict[str, Any]", told).get("abandoned") if isinstance(told, dict) else None
    left = cast("list[object]", named) if isinstance(named, list) else []
    return Restored(datetime.fromisoformat(utc), seq, frozenset(str(each) for each in left))


def missing_heads(connection: sql.Connection, known: Iterable[KnownHead]) -> Iterator[Finding]:
    """What the log of a study should hold and does not, by the heads that are known from elsewhere."""
    end = read_head(connection).seq
    left_behind = frozenset[str]().union(*(restored.abandoned for restored in restores(connection)))
    for head in known:
        if head.hash in left_behind or hash_at(connection, head.seq) == head.hash:
            continue
        code = "log_cut" if head.seq > end else "log_forked"
        yield Finding(code, {"seq": head.seq, "file": head.file})


def check_heads(path: Path, key: Key, known: Iterable[KnownHead]) -> tuple[Finding, ...]:
    """``missing_heads`` of a study file, by their numbers; a Fault where it cannot be read."""
    with reader(path, key) as connection:
        return tuple(missing_heads(connection, sorted(set(known))))
