"""A connection to a study file: its key, how it is set up, and what SQLCipher's errors mean."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault

# SHA-256 of "Esk study file without a passphrase": no secret. It is there so that every page is authenticated.
PUBLIC_KEY = bytes.fromhex("4545d714ed58a1240c73d6366c06fa70a7ae0c2bfe399558e94f529b73e3e3b0")
BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a study file: a passphrase (SQLCipher derives the key from it), or the raw 32 bytes."""

    passphrase: str = ""
    raw: bytes = PUBLIC_KEY

    @classmethod
    def of_passphrase(cls, passphrase: str) -> Key:
        return cls(passphrase, b"")

    def pragma(self) -> str:
        if self.passphrase:
            return "PRAGMA key = '" + self.passphrase.replace("'", "''") + "'"
        return f"PRAGMA key = \"x'{self.raw.hex()}'\""

    def __repr__(self) -> str:
        return "Key(...)"  # a key never reaches a log or a traceback


PUBLIC = Key()


def connect(path: Path, key: Key, mode: str) -> sql.Connection:
    """Open the file; ``mode`` is "ro" (never writes), "rw" or "rwc" (creates).

    The connection commits nothing by itself (``BEGIN`` and ``COMMIT`` are written out) and may move to the writer's
    thread; it is used by one thread at a time.

    Raises
    ------
    Fault
        Where the file cannot be opened at all; whether it is a study shows at the first query.
    """
    place = path.absolute().as_posix()
    # Three slashes before C:/..., four before a share: SQLite takes no host in a URI.
    uri = f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place))}?mode={mode}"
    try:
        connection = sql.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, cached_statements=512
        )
    except sql.Error as error:
        raise fault_of(error, path) from None
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(key.pragma())
        connection.execute("PRAGMA temp_store = MEMORY")
        if mode != "ro":
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = EXTRA")
    except sql.Error as error:
        connection.close()
        raise fault_of(error, path) from None
    return connection


def fault_of(error: sql.Error, path: Path, shown_as: Path | None = None) -> Fault:
    """The calm name of what SQLCipher reports; wrong key, foreign file and damaged first page look alike to it."""
    name = str(getattr(error, "sqlite_errorname", "") or "")
    shown = str(shown_as or path)
    if not exists(path):
        return Fault("file_vanished", path=shown)
    if name.startswith("SQLITE_NOTADB"):
        return Fault("not_a_study", path=shown)
    if name.startswith("SQLITE_CORRUPT"):
        return Fault("file_damaged", path=shown)
    if name.startswith("SQLITE_FULL"):
        return Fault("file_full", path=shown)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Fault("file_busy", path=shown)
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN")) and os.access(path, os.R_OK):
        return Fault("file_read_only", path=shown)
    return Fault("file_unreadable", path=shown, detail=f"{name} {error}".strip())


def exists(path: Path) -> bool:
    """Whether there is anything under this name; a name that cannot be, or be reached, has nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_writable(path: Path) -> bool:
    """Whether file and folder may be written, by their attributes and by the rights of who asks."""
    try:
        return _may_write(path)
    except OSError:
        return False


def _may_write(path: Path) -> bool:
    for place, need in ((path, os.W_OK), (path.parent, os.W_OK | os.X_OK)):
        # The attribute counts for an administrator too: a file that is marked read-only was meant to be.
        marked = not place.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        windows_folder = os.name == "nt" and place.is_dir()  # there the attribute of a folder means something else
        if (marked and not windows_folder) or not os.access(place, need):
            return False
    return True
