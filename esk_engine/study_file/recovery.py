"""Whether the journal beside a study may be played back into it: tried on a copy before the study itself is touched.

SQLite plays back any journal that stands under the right name, in whole or in part: one of another study, one of last
month that a backup program put back, one that is damaged. Each would ruin a study that was whole. So the study and its
journal are copied, recovered there, and checked; the study follows only where that gives a whole study.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from struct import unpack

from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import Key, connect

_MAGIC = bytes.fromhex("d9d505f920a163d7")
_STEP = 200  # of every 200 bytes SQLite's checksum takes one
# What a study may have had wrong with it before: somebody's edit from outside, which is no reason to lock it now.
_OF_OLD = frozenset(
    {
        "value_differs",
        "record_unlogged",
        "record_missing",
        "setting_differs",
        "criteria_differs",
        "person_differs",
        "signature_differs",
        "lock_differs",
        "schema_differs",
        "passphrase_differs",
    }
)


def gives_whole_study(path: Path, journal: Path, key: Key) -> bool:
    """Whether a study is whole once its journal is played back, tried on a copy; neither file is touched.

    Values that are not as the log says are let pass where the journal itself is whole: they were there before.

    Raises
    ------
    OSError
        Where no copy can be made.
    Fault
        ``key_needed``, ``key_wrong``: nobody can tell without the key.
    """
    with tempfile.TemporaryDirectory(prefix="esk-") as folder:
        copy = Path(folder) / "study.esk"
        shutil.copyfile(path, copy)
        is_open = _opens(copy, key)
        beside = copy.with_name(copy.name + "-journal")
        shutil.copyfile(journal, beside)
        is_complete = _is_complete(beside.read_bytes())
        try:
            play_back(copy, key)
            found = {finding.code for finding in check_file(copy, key).findings}
        except sql.Error:
            return False
        except Fault as fault:
            if fault.code.startswith("key_") and not is_open:
                raise Fault(fault.code, path=str(path)) from None
            return False
    return found <= _OF_OLD if is_complete else not found


def _opens(path: Path, key: Key) -> bool:
    """Whether the first page carries the seal of the key as it stands."""
    try:
        connect(path, key, "ro").close()
    except Fault:
        return False
    return True


def play_back(path: Path, key: Key) -> None:
    """Let SQLite take back what its journal says; the caller has the writer's lock."""
    connection = connect(path, key, "rw")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    finally:
        connection.close()


def _is_complete(journal: bytes) -> bool:
    """Whether a journal is one unbroken row of parts to its end, every page in them with its checksum.

    Each part is a header, filled up to a sector (mark, number of pages, nonce, size of the file, sector, page), and
    its pages: number, content, checksum.
    """
    at = 0
    while at < len(journal):
        if len(journal) < at + 28:
            return False
        pages, nonce, _, sector, size = unpack(">5I", journal[at + 8 : at + 28])
        if not 32 <= sector <= 65_536 or not 512 <= size <= 65_536:
            return False
        if journal[at : at + 12] == bytes(12):  # just begun: of its pages none went into the study yet
            return at > 0
        if journal[at : at + 8] != _MAGIC:
            return False
        at += sector
        for _ in range(pages):
            content, sealed = journal[at + 4 : at + 4 + size], journal[at + 4 + size : at + 8 + size]
            if (
                len(sealed) < 4
                or (nonce + sum(content[size - _STEP : 0 : -_STEP])) & 0xFFFFFFFF != unpack(">I", sealed)[0]
            ):
                return False
            at += size + 8
        at = -(-at // sector) * sector
    return True
