"""Is this file a workbook that may be opened: looked at from outside, before anything in it is read.

Zip's own reader stops at the size that the directory declares, so declared sizes are an upper bound.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.exchange.layout import READ_SHEETS, name_key

MAX_PART_BYTES = 50 * 1024 * 1024
MAX_TOTAL_BYTES = 250 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 5_000
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SMALL = 1024 * 1024  # a small part may be as dense as it likes
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old Office container: .xls, and .xlsx under a password
_CONTENT_TYPES = "[Content_Types].xml"
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)")
_FORMULA = re.compile(rb"<(?:[A-Za-z]+:)?f[\s>/]")
_SHEETS = "xl/worksheets/"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What the look from outside found: ``has_formulas`` decides whether they are sought one by one."""

    has_formulas: bool


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


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part that each sheet is stored in, by the sheet's compared name."""
    from defusedxml.ElementTree import fromstring

    if _WORKBOOK not in archive.namelist() or _RELATIONS not in archive.namelist():
        return {}
    targets = {
        str(found.get("Id")): posixpath.normpath(posixpath.join("/xl", str(found.get("Target")))).lstrip("/")
        for found in fromstring(archive.read(_RELATIONS)).iter()
        if found.get("Target")
    }
    sheets = (found for found in fromstring(archive.read(_WORKBOOK)).iter() if found.tag.endswith("}sheet"))
    return {
        name_key(str(sheet.get("name"))): targets.get(str(value), "")
        for sheet in sheets
        for key, value in sheet.attrib.items()
        if key.endswith("}id")
    }


def _refuse_sizes(archive: zipfile.ZipFile, file: str) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise Fault("workbook_encrypted", file=file)
    if len(parts) > MAX_PARTS or len({part.filename for part in parts}) < len(parts):
        raise Fault("workbook_damaged", file=file)
    if any(part.file_size > max(_SMALL, MAX_RATIO * part.compress_size) for part in parts):
        raise Fault("workbook_ratio", file=file, ratio=MAX_RATIO)
    _refuse_read_sizes((part for part in parts if not part.filename.startswith(_SHEETS)), file)


def _refuse_read_sizes(read: Iterable[zipfile.ZipInfo], file: str) -> None:
    sizes = [part.file_size for part in read]
    for size, limit in ((max(sizes, default=0), MAX_PART_BYTES), (sum(sizes), MAX_TOTAL_BYTES)):
        if size > limit:
            raise Fault("workbook_too_large", file=file, megabytes=limit // 1024**2)


def _scan(archive: zipfile.ZipFile, read: Iterable[zipfile.ZipInfo], file: str) -> Contents:
    """Read every part once in pieces: no declarations of entities, and is there any formula."""
    has_formulas = False
    for part in read:
        is_sheet, tail = part.filename.startswith(_SHEETS), b""
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                text = tail + chunk
                if _DECLARATION.search(text):
                    raise Fault("workbook_entities", file=file)
                has_formulas = has_formulas or (is_sheet and _FORMULA.search(text) is not None)
                tail = text[-40:]
    return Contents(has_formulas)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a workbook's sheets in their compared form; none where it may not be opened as one."""
    try:
        inspect_workbook(path)
        with calm(path), zipfile.ZipFile(path) as archive:
            return tuple(_sheet_parts(archive))
    except Fault:
        return ()


def inspect_workbook(path: Path, *, every_sheet: bool = False) -> Contents:
    """Refuse what is no plain, honest .xlsx workbook.

    Parameters
    ----------
    every_sheet
        Whether all sheets are going to be read, not only those of the import workbook.

    Raises
    ------
    Fault
        ``workbook_missing``, ``workbook_unreadable``, ``workbook_empty``, ``not_a_workbook``, ``workbook_old``,
        ``workbook_encrypted``, ``workbook_macros``, ``workbook_not_xlsx``, ``workbook_ratio``,
        ``workbook_too_large``, ``workbook_entities`` or ``workbook_damaged``.
    """
    with calm(path):
        if path.is_dir():
            raise Fault("not_a_workbook", file=path.name)
        with path.open("rb") as file:
            head = file.read(8)
        if not head:
            raise Fault("workbook_empty", file=path.name)
        _refuse_foreign(path, head)
        if not zipfile.is_zipfile(path):
            raise Fault("workbook_damaged" if head.startswith(b"PK") else "not_a_workbook", file=path.name)
        with zipfile.ZipFile(path) as archive:
            _refuse_sizes(archive, path.name)
            _refuse_kind(archive, path.name)
            sheets = {} if every_sheet else _sheet_parts(archive)
            unread = {part for name, part in sheets.items() if name not in READ_SHEETS}
            read = [
                part
                for part in archive.infolist()
                if part.filename.endswith((".xml", ".rels")) and part.filename not in unread
            ]
            _refuse_read_sizes(read, path.name)
            return _scan(archive, read, path.name)


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
        raise Fault("workbook_unreadable", file=path.name, reason=error.strerror or "") from error
    except MemoryError as error:
        raise Fault("workbook_too_large", file=path.name, megabytes=MAX_TOTAL_BYTES // 1024**2) from error
    except Exception as error:  # a library has no closed list of what a damaged file makes it raise
        raise Fault("workbook_damaged", file=path.name) from error
