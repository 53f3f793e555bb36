"""The database driver's face over APSW, so that the real engine runs on a file system of ours.

APSW comes here with SQLite3 Multiple Ciphers, which reads and writes SQLCipher 4 files. ``install`` puts this module in
the place of ``sqlcipher3`` for the whole process, before the engine is imported there; only what the engine uses of
the driver is here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

import apsw

_NAMES: dict[object, object] = {**apsw.mapping_result_codes, **apsw.mapping_extended_result_codes}
# SQLCipher's own statements: SQLite3 Multiple Ciphers checks each page as it is read.
_UNKNOWN = ("PRAGMA cipher_log_level", "PRAGMA cipher_integrity_check", "PRAGMA cipher_memory_security")


class Error(Exception):
    """The driver's root of errors; ``sqlite_errorname`` is SQLite's own name of what happened."""

    sqlite_errorname: str = ""
    sqlite_errorcode: int = 0


class DatabaseError(Error):
    """An error of the database."""


class OperationalError(DatabaseError):
    """The environment's: the disk, a lock, a file that cannot be opened."""


class IntegrityError(DatabaseError):
    """A constraint."""


class ProgrammingError(DatabaseError):
    """The caller's."""


def _translated(error: apsw.Error) -> Error:
    code = int(getattr(error, "extendedresult", 0) or getattr(error, "result", 0) or 0)
    name = _NAMES.get(code) or _NAMES.get(code & 0xFF) or "SQLITE_ERROR"
    kind = {
        "SQLITE_CONSTRAINT": IntegrityError,
        "SQLITE_NOTADB": DatabaseError,
        "SQLITE_CORRUPT": DatabaseError,
    }.get(str(_NAMES.get(code & 0xFF)), OperationalError)
    found = kind(str(error))
    found.sqlite_errorname, found.sqlite_errorcode = str(name), code
    return found


class Cursor:
    """Rows of one statement, as they come."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while (row := self.fetchone()) is not None:
            yield row

    def fetchone(self) -> tuple[Any, ...] | None:
        try:
            return next(self._rows, None)
        except apsw.Error as error:
            raise _translated(error) from None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self)


class Connection:
    """A connection of the driver over one of APSW."""

    def __init__(self, inner: apsw.Connection) -> None:
        self._inner = inner
        self._closed = False

    @property
    def in_transaction(self) -> bool:
        return self._inner.in_transaction

    def execute(self, statement: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> Cursor:
        if self._closed:
            raise ProgrammingError("Cannot operate on a closed database.")
        if statement.startswith(_UNKNOWN):
            return Cursor(iter(()))
        if statement == "PRAGMA cipher_salt":
            statement = "SELECT sqlite3mc_codec_data('cipher_salt')"
        if SYNCHRONOUS and statement.startswith("PRAGMA synchronous"):
            statement = f"PRAGMA synchronous = {SYNCHRONOUS}"
        try:
            return Cursor(self._inner.cursor().execute(statement, parameters or None))
        except apsw.Error as error:
            raise _translated(error) from None

    def executemany(self, statement: str, sequence: Iterable[Sequence[Any]]) -> Cursor:
        try:
            return Cursor(self._inner.cursor().executemany(statement, sequence))
        except apsw.Error as error:
            raise _translated(error) from None

    def backup(self, target: Connection, *, pages: int = -1, name: str = "main", **_: Any) -> None:
        try:
            with target._inner.backup("main", self._inner, name) as copying:
                while not copying.done:
                    copying.step(pages)
        except apsw.Error as error:
            raise _translated(error) from None

    def interrupt(self) -> None:
        self._inner.interrupt()

    def close(self) -> None:
        self._closed = True
        try:
            self._inner.close()
        except apsw.Error as error:
            raise _translated(error) from None


SYNCHRONOUS = ""  # what is taken instead of what the engine asks for, for the negative control
_VFS = ""


def connect(place: str, *, timeout: float = 5.0, **_: Any) -> Connection:
    """A connection over the file system that ``install`` named."""
    vfs = f"{'&' if '?' in place else '?'}vfs=multipleciphers-{_VFS}"
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    try:
        inner = apsw.Connection(place + vfs, flags=flags)
    except apsw.Error as error:
        raise _translated(error) from None
    try:
        inner.pragma("cipher", "sqlcipher")
        inner.pragma("legacy", 4)
        inner.set_busy_timeout(int(timeout * 1000))
    except apsw.Error as error:
        inner.close()
        raise _translated(error) from None
    return Connection(inner)


def install(vfs: str, synchronous: str = "") -> None:
    """Be the database driver of this process, on the file system ``vfs``."""
    global _VFS, SYNCHRONOUS
    _VFS, SYNCHRONOUS = vfs, synchronous
    this = sys.modules[__name__]
    package = ModuleType("sqlcipher3")
    package.dbapi2 = this  # type: ignore[attr-defined]
    sys.modules["sqlcipher3"], sys.modules["sqlcipher3.dbapi2"] = package, this
