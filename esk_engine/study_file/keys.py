"""The keys of a study as people hold them: a passphrase that is typed, a recovery key that is printed."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.study_file.connection import Key, bound
from esk_engine.study_file.reading import reader
from esk_engine.study_file.tries import Tries

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_MISREAD = str.maketrans("OIL", "011")
_RAW_BYTES, _CHECK_BYTES = 32, 3
_LENGTH = (_RAW_BYTES + _CHECK_BYTES) * 8 // 5
_LONGEST = 1024


def recovery_text(key: Key) -> str:
    """The raw key as it is printed and kept: 14 groups of four, with a checksum; "" without a passphrase.

    Raises
    ------
    ValueError
        Where the key is a passphrase that no file's salt was met with yet.
    """
    if key.is_public:
        return ""
    if len(key.raw) != _RAW_BYTES:
        raise ValueError("a passphrase has no recovery key before it is bound to a file")
    number = int.from_bytes(key.raw + _checksum(key.raw), "big")
    digits = "".join(_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return "-".join(digits[at : at + 4] for at in range(0, _LENGTH, 4))


def read_recovery(text: str) -> Key | None:
    """The key that a recovery text says, whatever its case, spaces and dashes; None where it is none, or misspelt."""
    bare = "".join(c for c in text.upper() if c.isalnum()).translate(_MISREAD)
    if len(bare) != _LENGTH or any(digit not in _ALPHABET for digit in bare):
        return None
    number = 0
    for digit in bare:
        number = number << 5 | _ALPHABET.index(digit)
    said = number.to_bytes(_RAW_BYTES + _CHECK_BYTES, "big")
    raw = said[:_RAW_BYTES]
    return Key(raw=raw) if said[_RAW_BYTES:] == _checksum(raw) else None


def _checksum(raw: bytes) -> bytes:
    return hashlib.sha256(b"Esk recovery key" + raw).digest()[:_CHECK_BYTES]


def is_protected(path: Path) -> bool:
    """Whether a file looks like a study with a passphrase: one that does not open without any."""
    try:
        with reader(path, Key()):
            return False
    except Fault as fault:
        return fault.code == "key_needed"


def unlock(path: Path, text: str, tries: Tries | None = None) -> Key:
    """The raw key of a study, from its passphrase or its recovery key as typed; some 0.15 s, beside the window.

    Parameters
    ----------
    tries
        Counts the wrong ones, where somebody may guess.

    Raises
    ------
    Fault
        ``key_wrong``, ``key_wait`` (seconds) while too many wrong ones were tried; what else keeps it from opening.
    """
    wait = tries.wait_seconds() if tries is not None else 0.0
    if wait > 0:
        raise Fault("key_wait", path=str(path), seconds=_whole(wait))
    fault = Fault("key_wrong", path=str(path))
    recovery = read_recovery(text)
    for key in (*((recovery,) if recovery is not None else ()), Key.of_passphrase(text)):
        key = bound(path, key)
        try:
            with reader(path, key):
                pass
        except Fault as error:
            fault = error
            if error.code != "key_wrong":
                break
        else:
            if tries is not None:
                tries.succeeded()
            return key
    if tries is not None and fault.code == "key_wrong":
        tries.failed()
    raise fault


def _whole(seconds: float) -> int:
    """Seconds as a message tells them: never none while there are some."""
    return int(-(-seconds // 1))


def opens(key: Key, text: str) -> bool:
    """Whether a passphrase or a recovery key, as typed, is this bound key."""
    recovery = read_recovery(text)
    said = [Key.of_passphrase(text).with_salt(key.salt), *((recovery,) if recovery is not None else ())]
    return any(hmac.compare_digest(one.raw, key.raw) for one in said)


def check_new(passphrase: str) -> None:
    """Fault ``passphrase_form`` where a text cannot be a passphrase: blank, too long, or not typed by anyone."""
    is_typed = all(unicodedata.category(c) not in ("Cc", "Cs", "Cn") for c in passphrase)
    if not passphrase.strip() or len(passphrase) > _LONGEST or not is_typed:
        raise Fault("passphrase_form", longest=_LONGEST)
