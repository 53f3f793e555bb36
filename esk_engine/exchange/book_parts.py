"""A workbook opened for reading: which sheets it has, its shared texts and number formats, and its rows one by one.

Of the file as little is read as its cells need: charts, drawings, themes and styles of a foreign program cannot be the
reason that a list is not read. Sheets go past in pieces; the shared texts are all that is held whole.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.exchange.layout import name_key
from esk_engine.exchange.safe_zip import MAX_PART_BYTES, MAX_STREAMED_BYTES, calm, inspect_workbook, refuse_size
from esk_engine.exchange.sheet_rows import NumberFormat, Row, RowParser
from esk_engine.exchange.xml_events import listen, local, read_all

_TYPES = "[Content_Types].xml"
_MAIN = "spreadsheetml.sheet.main+xml"
_GENERAL = "General"
_MOST_FORMATS = 100_000  # Excel itself stops at 65,490
_MOST_SHEETS = 2_000


@dataclass(frozen=True, slots=True)
class BookSheet:
    """A worksheet: its title as written, the part that it is stored in and that part's size unpacked."""

    title: str
    part: str
    size: int
    is_hidden: bool


class Book:
    """The worksheets of a workbook; see ``open_book``.

    Attributes
    ----------
    sheets
        In the workbook's order; sheets that are a chart are none.
    """

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive, self._path = archive, path
        self._main = self._main_part()
        self._targets: dict[str, tuple[str, str]] = {}  # by relation id: kind, part
        self._uses_1904 = False
        self._streamed = 0
        self._read_relations()
        self.sheets = self._read_sheets()

    def rows(self, sheet: BookSheet, step: Callable[[int], None] | None = None) -> SheetRows:
        """The rows of one sheet, to be gone through once; ``step`` is told of the bytes that were read."""
        self._streamed += sheet.size
        refuse_size(self._streamed, MAX_STREAMED_BYTES, self._path.name)
        return SheetRows(self, sheet, step)

    def first_rows(self, sheet: BookSheet, n: int) -> Iterator[Row]:
        """The rows of a sheet up to row ``n``."""
        for row in self.rows(sheet):
            if row[0] > n:
                return
            yield row

    def parser(self) -> RowParser:
        return RowParser(self._path.name, self.strings, self.formats, self.epoch)

    def listen_to(self, part: str, parser: RowParser) -> Iterator[int]:
        with calm(self._path), self._archive.open(part) as stream:
            yield from listen(stream, parser.start, parser.end, parser.text, self._path.name)

    @property
    def epoch(self) -> datetime:
        """Day nought of the workbook's dates."""
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

        return MAC_EPOCH if self._uses_1904 else WINDOWS_EPOCH

    @cached_property
    def strings(self) -> list[str]:
        """The texts that cells share, read when the first cell needs them; readings for the eye only left out."""
        found: list[str] = []
        pieces: list[str] = []
        text: list[str] = []
        phonetic = 0

        def start(tag: str, _: Mapping[str, str]) -> None:
            nonlocal phonetic
            text.clear()
            phonetic += local(tag) == "rPh"

        def end(tag: str) -> None:
            nonlocal phonetic
            name = local(tag)
            if name == "t" and not phonetic:
                pieces.extend(text)
            elif name == "si":
                found.append("".join(pieces))
                pieces.clear()
            elif name == "rPh":
                phonetic -= 1
            text.clear()

        self._read(self._part("sharedStrings"), start, end, text)
        return found

    @cached_property
    def formats(self) -> list[NumberFormat]:
        """What each style of a cell says of its numbers."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        custom: dict[str, str] = {}
        ids: list[str] = []
        is_cells = False

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            nonlocal is_cells
            text.clear()
            name = local(tag)
            if name == "numFmt":
                custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", _GENERAL)
            elif name == "cellXfs":
                is_cells = True
            elif name == "xf" and is_cells:
                ids.append(attributes.get("numFmtId", "0"))
            if len(ids) + len(custom) > _MOST_FORMATS:
                raise Fault("workbook_damaged", file=self._path.name)

        def end(tag: str) -> None:
            nonlocal is_cells
            text.clear()
            is_cells = is_cells and local(tag) != "cellXfs"

        text: list[str] = []
        self._read(self._part("styles"), start, end, text)
        known: dict[str, NumberFormat] = {}
        for key in ids:
            if key not in known:
                code = custom[key] if key in custom else BUILTIN_FORMATS.get(int(key), _GENERAL)
                known[key] = NumberFormat(code, is_date_format(code), is_timedelta_format(code))
        return [known[key] for key in ids]

    def _read(
        self, part: str, start: Callable[[str, Mapping[str, str]], None], end: Callable[[str], None], text: list[str]
    ) -> None:
        """Go through one part of which something is held; nothing comes of one that is not there."""
        if part in self._archive.NameToInfo:
            refuse_size(self._archive.NameToInfo[part].file_size, MAX_PART_BYTES, self._path.name)
            with calm(self._path), self._archive.open(part) as stream:
                read_all(stream, start, end, text, self._path.name)

    def _attributes(self, part: str) -> list[tuple[str, Mapping[str, str]]]:
        """Name and attributes of every element of a small part."""
        found: list[tuple[str, Mapping[str, str]]] = []
        text: list[str] = []

        def start(tag: str, attributes: Mapping[str, str]) -> None:
            text.clear()
            name = local(tag)
            if name in ("Override", "Relationship", "sheet", "workbookPr"):
                found.append((name, {local(key): value for key, value in attributes.items()}))
                if len(found) > 4 * _MOST_SHEETS:
                    raise Fault("workbook_damaged", file=self._path.name)

        self._read(part, start, lambda _: text.clear(), text)
        return found

    def _main_part(self) -> str:
        for name, attributes in self._attributes(_TYPES):
            if name == "Override" and attributes.get("ContentType", "").endswith(_MAIN):
                return attributes.get("PartName", "").lstrip("/")
        return "xl/workbook.xml"

    def _read_relations(self) -> None:
        folder, name = posixpath.split(self._main)
        for kind, attributes in self._attributes(posixpath.join(folder, "_rels", f"{name}.rels")):
            if kind == "Relationship" and "Target" in attributes:
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
                self._targets[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    def _part(self, kind: str) -> str:
        """The part of the one relation of a kind, "" where there is none."""
        return next((part for found, part in self._targets.values() if found == kind), "")

    def _read_sheets(self) -> tuple[BookSheet, ...]:
        sheets: list[BookSheet] = []
        parts = self._archive.NameToInfo
        for name, attributes in self._attributes(self._main):
            if name == "workbookPr":
                self._uses_1904 = attributes.get("date1904", "").casefold() in ("1", "true")
            elif name == "sheet":
                kind, part = self._targets.get(attributes.get("id", ""), ("", ""))
                if not kind or not attributes.get("name") or (kind == "worksheet" and part not in parts):
                    raise Fault("workbook_damaged", file=self._path.name)
                if kind == "worksheet":
                    is_hidden = attributes.get("state", "visible") != "visible"
                    sheets.append(BookSheet(attributes["name"], part, parts[part].file_size, is_hidden))
        return tuple(sheets)


class SheetRows:
    """The rows of one sheet: iterated once, from the first to the last that holds a cell.

    Attributes
    ----------
    formulas, merged
        How many of its cells are formulas, and its merged ranges ("A2:A4"): known once the last row was read.
    """

    def __init__(self, book: Book, sheet: BookSheet, step: Callable[[int], None] | None) -> None:
        self._book, self._sheet, self._step = book, sheet, step
        self._parser: RowParser | None = None

    def __iter__(self) -> Iterator[Row]:
        parser = self._parser = self._book.parser()
        for size in self._book.listen_to(self._sheet.part, parser):
            yield from parser.taken()
            if self._step is not None:
                self._step(size)

    @property
    def formulas(self) -> int:
        return 0 if self._parser is None else self._parser.formulas

    @property
    def merged(self) -> list[str]:
        return [] if self._parser is None else self._parser.merged


@contextmanager
def open_book(path: Path) -> Generator[Book, None, None]:
    """Open a workbook, looked at from outside first.

    Raises
    ------
    Fault
        What ``safe_zip.inspect_workbook`` says; ``workbook_damaged``, ``workbook_entities`` and ``workbook_too_large``
        at any time while its rows are read, too.
    """
    inspect_workbook(path)
    with calm(path):
        archive = zipfile.ZipFile(path)
    with archive:
        with calm(path):
            book = Book(archive, path)
        yield book


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of a workbook's sheets in their compared form; none where it may not be opened as one."""
    try:
        with open_book(path) as book:
            return tuple(name_key(sheet.title) for sheet in book.sheets)
    except Fault:
        return ()
