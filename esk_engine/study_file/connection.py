"""A connection to a study file: its key, how it is set up, and what SQLCipher's errors mean."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault

# SHA-256 of "Esk study file without a passphrase": no secret. It is there so that every page is authenticated.
PUBLIC_KEY = bytes.fromhex("4545d714ed58a1240c73d6366c06fa70a7ae0c2bfe399558e94f529b73e3e3b0")
BUSY_SECONDS = 10.0


PAGE_BYTES = 4096
_SALT_BYTES = 16
_ROUNDS = 256_000  # SQLCipher 4's own
_FEWEST_PAGES = 8  # an empty study has three times as many
_ERRORS = {
    "database or disk is full": "SQLITE_FULL",
    "disk image is malformed": "SQLITE_CORRUPT",
    "file is not a database": "SQLITE_NOTADB",
    "is locked": "SQLITE_BUSY",
    "a readonly database": "SQLITE_READONLY",
    "unable to open database": "SQLITE_CANTOPEN",
}
_READABLE = frozenset((*range(0x20, 0x7F), 9, 10, 13))


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a study file: a passphrase that has still to be derived for a file, or the raw 32 bytes.

    Attributes
    ----------
    passphrase
        "" once the raw key is derived: it is not kept any longer than it is needed.
    raw
        SQLCipher's own derivation of the passphrase with the file's salt, or the public key; it is the recovery key.
    salt
        The first 16 bytes of the file that this key was bound to; b"" where it was bound to none.
    """

    passphrase: str = ""
    raw: bytes = PUBLIC_KEY
    salt: bytes = b""

    @classmethod
    def of_passphrase(cls, passphrase: str) -> Key:
        """A passphrase as it was typed, whichever way its accents were composed."""
        return cls(unicodedata.normalize("NFC", passphrase), b"")

    @property
    def is_public(self) -> bool:
        """Whether it is the constant that keeps nothing secret."""
        return self.raw == PUBLIC_KEY

    def with_salt(self, salt: bytes) -> Key:
        """The key of the file that begins with this salt; a passphrase is derived, some 0.15 s."""
        return Key("", derive(self.passphrase, salt) if not self.raw else self.raw, salt)

    def for_new_file(self) -> Key:
        """The key of a file that is to be made, with a salt of its own."""
        return self if self.salt else self.with_salt(secrets.token_bytes(_SALT_BYTES))

    def pragma(self, *, new: bool = False) -> str:
        """The statement that gives a connection its raw key; a ``new`` file takes its salt from it too."""
        return f"PRAGMA key = \"x'{self.raw.hex()}{self.salt.hex() if new else ''}'\""

    def __repr__(self) -> str:
        return "Key(...)"  # a key never reaches a log or a traceback


def derive(passphrase: str, salt: bytes) -> bytes:
    """The raw key of a passphrase, as SQLCipher 4 derives it (PBKDF2-HMAC-SHA512, 256,000 rounds)."""
    return hashlib.pbkdf2_hmac("sha512", passphrase.encode("utf-8", "surrogatepass"), salt, _ROUNDS, 32)


PUBLIC = Key()


def connect(path: Path, key: Key, mode: str) -> sql.Connection:
    """Open the file; ``mode`` is "ro" (never writes), "rw", or "rwc" (a new file, which takes the key's salt).

    The connection commits nothing by itself (``BEGIN`` and ``COMMIT`` are written out) and may move to the writer's
    thread; it is used by one thread at a time.

    Raises
    ------
    Fault
        Where the file cannot be opened, or not with this key: ``key_needed``, ``key_wrong``, ``key_changed``,
        ``not_a_study``, ``file_damaged``; whether it is a study shows at the first query.
    """
    try:
        connection = _opened(path, mode)
    except sql.Error as error:
        raise fault_of(error, path) from None
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        if not key.raw:
            key = key.with_salt(salt_of(connection))
        connection.execute(key.pragma(new=mode == "rwc"))
        connection.execute("PRAGMA temp_store = MEMORY")
        if mode != "rwc":
            _prove(connection, path, key)
        if mode != "ro":
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = EXTRA")
    except sql.Error as error:
        connection.close()
        raise fault_of(error, path) from None
    except BaseException:
        connection.close()
        raise
    return connection


def _opened(path: Path, mode: str) -> sql.Connection:
    place = path.absolute().as_posix()
    # Three slashes before C:/..., four before a share: SQLite takes no host in a URI.
    uri = f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place))}?mode={mode}"
    return sql.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, cached_statements=512
    )


def salt_of(connection: sql.Connection) -> bytes:
    """The first 16 bytes of the file, by SQLite's own hands.

    Opening the file a second time would do too, but closing it again gives up, on POSIX, every lock that this process
    has on it, the writer's in the middle of an act among them. Leaves the connection with the public key.
    """
    connection.execute(PUBLIC.pragma())
    (salt,) = connection.execute("PRAGMA cipher_salt").fetchone() or ("",)
    return bytes.fromhex(str(salt))


def bound(path: Path, key: Key) -> Key:
    """The key as this file takes it: derived, with the file's salt; as it was where there is no file to read."""
    try:
        if path.stat().st_size < PAGE_BYTES:
            return key
        with contextlib.closing(_opened(path, "ro")) as connection:
            connection.execute("PRAGMA cipher_log_level = NONE")
            return key.with_salt(salt_of(connection))
    except (sql.Error, OSError, ValueError):
        return key


def opens_as_typed(path: Path, passphrase: str) -> bool:
    """Whether SQLCipher opens the file with a passphrase by its own derivation, as any shell would."""
    quoted = passphrase.replace("'", "''")
    with contextlib.closing(_opened(path, "ro")) as connection:
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = '{quoted}'")
            return connection.execute("SELECT count(*) FROM log").fetchone() is not None
        except sql.Error:
            return False


def _prove(connection: sql.Connection, path: Path, key: Key) -> None:
    """Fault where the key does not open the file; any other trouble shows at the first query."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except sql.Error as error:
        if error_name(error).startswith("SQLITE_NOTADB"):
            raise _closed_to(connection, path, key) from None


def _closed_to(connection: sql.Connection, path: Path, key: Key) -> Fault:
    """What a file may be that a key does not open: SQLCipher says the same of all that this tells apart."""
    shown = str(path)
    try:
        size = path.stat().st_size
        # Wherever some page carries the seal of this key, it is the right one and the first page is damaged.
        is_ours = not key.salt or salt_of(connection) == key.salt
        connection.execute(key.pragma())
        broken = sum(1 for _ in connection.execute("PRAGMA cipher_integrity_check")) if is_ours else size
        salt = salt_of(connection)
    except OSError:
        return Fault("file_vanished", path=shown)
    if broken < size // PAGE_BYTES:
        return Fault("file_damaged", path=shown, detail="page 1")
    if size % PAGE_BYTES or size < _FEWEST_PAGES * PAGE_BYTES or _is_known(salt):
        return Fault("not_a_study", path=shown)
    if not is_ours:
        return Fault("key_changed", path=shown)
    return Fault("key_needed" if key.is_public else "key_wrong", path=shown)


def _is_known(beginning: bytes) -> bool:
    """Whether a file begins like one of another program (a workbook, a plain database, a text), not like noise."""
    is_text = all(byte in _READABLE for byte in beginning)
    return beginning.startswith((b"PK\x03\x04", b"SQLite format 3\0")) or is_text or len(set(beginning)) == 1


def error_name(error: sql.Error) -> str:
    """SQLite's name of an error; the driver leaves it out where a backup fails, and tells it in words alone."""
    name = str(getattr(error, "sqlite_errorname", "") or "")
    return name or next((name for said, name in _ERRORS.items() if said in str(error)), "")


def fault_of(error: sql.Error, path: Path, shown_as: Path | None = None) -> Fault:
    """The calm name of what SQLCipher reports."""
    name = error_name(error)
    shown = str(shown_as or path)
    if not exists(path):
        return Fault("file_vanished", path=shown)
    if name.startswith("SQLITE_NOTADB"):
        return Fault("not_a_study", path=shown)
    if name.startswith("SQLITE_CORRUPT") or (name == "SQLITE_ERROR" and str(error).startswith(("no such ", "near "))):
        return Fault("file_damaged", path=shown, detail=str(error))  # a table that every study has is not there
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


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable, where the system knows how."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
