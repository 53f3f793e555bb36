"""Is this file a workbook that may be opened: looked at from outside, before anything in it is read.

Two limits stand. What is held whole while a workbook is read (its shared texts, its list of sheets, its styles) may
unpack to 50 MB a part, whoever made the file. Sheets are not held: their rows go past in pieces of some kilobytes
(``xml_events``), so that their size costs time and no memory; all that are read may unpack to 250 MB together, which is
a full sheet of vital signs, a million rows. What a reader makes of the rows has limits of its own: the import workbook
stops at too many faults, a foreign list at too many cells. No part may be compressed by more than 100 to 1.
Zip's own reader stops at the size that the directory declares, so declared sizes are an upper bound. Declarations of
entities are refused by the parser itself, in whatever encoding they stand.
"""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from esk_engine.errors import Fault

MAX_PART_BYTES = 50 * 1024 * 1024
MAX_STREAMED_BYTES = 250 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 5_000
_MAX_DIRECTORY = 5 * 1024 * 1024
_TAIL = 22 + 65_535  # the end of a zip file, with the longest comment that it may have
_SMALL = 1024 * 1024  # a small part may be as dense as it likes
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old Office container: .xls, and .xlsx under a password
_CONTENT_TYPES = "[Content_Types].xml"
_SHEETS = "xl/worksheets/"
_CHUNK = 1024 * 1024


def _refuse_foreign(path: Path, head: bytes) -> None:
    if not head.startswith(_OLE):
        return
    with path.open("rb") as file:
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in file.read(8 * _CHUNK)
    raise Fault("workbook_encrypted" if is_encrypted else "workbook_old", file=path.name)


def _refuse_kind(archive: zipfile.ZipFile, file: str) -> None:
    names = set(archive.namelist())
    if "mimetype" in names or "content.xml" in names:
        raise Fault("workbook_not_xlsx", file=file)
    if _CONTENT_TYPES not in names:
        raise Fault("not_a_workbook", file=file)
    types = archive.read(_CONTENT_TYPES)
    if b"vbaProject" in types or b"macroEnabled" in types or any("vbaProject" in name for name in names):
        raise Fault("workbook_macros", file=file)
    if b"sheet.binary" in types or "xl/workbook.bin" in names:
        raise Fault("workbook_not_xlsx", file=file)
    if b"spreadsheetml" not in types:
        raise Fault("not_a_workbook", file=file)


def _refuse_directory(path: Path, file: str) -> None:
    """The list of parts is read whole before any of them: refuse one that is longer than any workbook's."""
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - _TAIL))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
        locator = tail[max(0, at - 20) : max(0, at)]
        if locator.startswith(b"PK\x06\x07"):  # a large file's own record, whatever the plain one says
            stream.seek(int.from_bytes(locator[8:16], "little"))
            size = int.from_bytes(stream.read(56)[40:48], "little")
    if size > _MAX_DIRECTORY:
        raise Fault("workbook_damaged", file=file)


def _refuse_sizes(archive: zipfile.ZipFile, file: str) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise Fault("workbook_encrypted", file=file)
    if len(parts) > MAX_PARTS or len({part.filename for part in parts}) < len(parts):
        raise Fault("workbook_damaged", file=file)
    if any(part.file_size > max(_SMALL, MAX_RATIO * part.compress_size) for part in parts):
        raise Fault("workbook_ratio", file=file, ratio=MAX_RATIO)
    held = [part.file_size for part in parts if not part.filename.startswith(_SHEETS)]
    refuse_size(max(held, default=0), MAX_PART_BYTES, file)
    refuse_size(sum(held), MAX_STREAMED_BYTES, file)


def refuse_size(size: int, limit: int, file: str) -> None:
    """Fault ``workbook_too_large`` for more bytes than may be."""
    if size > limit:
        raise Fault("workbook_too_large", file=file, megabytes=limit // 1024**2)


def inspect_workbook(path: Path) -> None:
    """Refuse what is no plain, honest .xlsx workbook.

    Raises
    ------
    Fault
        ``workbook_missing``, ``workbook_unreadable``, ``workbook_empty``, ``not_a_workbook``, ``workbook_old``,
        ``workbook_encrypted``, ``workbook_macros``, ``workbook_not_xlsx``, ``workbook_ratio``,
        ``workbook_too_large`` or ``workbook_damaged``.
    """
    with calm(path):
        if path.exists() and not path.is_file():
            raise Fault("not_a_workbook", file=path.name)
        with path.open("rb") as file:
            head = file.read(8)
        if not head:
            raise Fault("workbook_empty", file=path.name)
        _refuse_foreign(path, head)
        _refuse_directory(path, path.name)
        if not zipfile.is_zipfile(path):
            raise Fault("workbook_damaged" if head.startswith(b"PK") else "not_a_workbook", file=path.name)
        with zipfile.ZipFile(path) as archive:
            _refuse_sizes(archive, path.name)
            _refuse_kind(archive, path.name)


@contextmanager
def calm(path: Path) -> Generator[None, None, None]:
    """Whatever a wrong file makes the libraries raise becomes one of our faults."""
    from defusedxml.common import DefusedXmlException

    try:
        yield
    except Fault:
        raise
    except FileNotFoundError as error:
        raise Fault("workbook_missing", file=path.name) from error
    except DefusedXmlException as error:
        raise Fault("workbook_entities", file=path.name) from error
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # a place in the file that is none
            raise Fault("workbook_damaged", file=path.name) from error
        raise Fault("workbook_unreadable", file=path.name, reason=error.strerror or "") from error
    except MemoryError as error:
        raise Fault("workbook_too_large", file=path.name, megabytes=MAX_STREAMED_BYTES // 1024**2) from error
    except Exception as error:  # a library has no closed list of what a damaged file makes it raise
        raise Fault("workbook_damaged", file=path.name) from error
