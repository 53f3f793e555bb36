"""Text files: encoding, delimiter, decimal sign and order of dates recognised, told, and changeable.

Nothing is guessed silently: what the file itself decides is told as certain, the rest as a proposal.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.cells import is_blank
from esk_engine.exchange.flat import unguarded
from esk_engine.exchange.intake.headers import header_at
from esk_engine.exchange.intake.raw import DateOrder, DecimalSign, Encoding, RawTable, Source, TextForm
from esk_engine.exchange.layout import DATA_SHEETS
from esk_engine.exchange.safe_zip import calm

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

LARGEST_BYTES: Final = 50 * 1024 * 1024
DELIMITERS: Final = (";", "\t", ",", "|")
_LOOKED_AT = 2_000  # records that decide on delimiter, decimal sign and dates
_MOST_COLUMNS = 5_000
_LONGEST_FIELD = 1_000_000
_LONGEST_LINE = 2_000_000
_MOST_FILLED = 3_000_000  # cells with something in them; ten thousand patients have under two million
_ROW = 2  # what a row itself takes, in cells
_MOST_CELLS = 20_000_000
_MOST_KNOWN = 100_000
_SAMPLE = 200_000  # characters that decide on the delimiter
_CHUNK = 1024 * 1024
_COMMA = re.compile(r"<?\s*[-+]?\d+,\d+")
_POINT = re.compile(r"<?\s*[-+]?\d+\.\d+")
_THOUSANDS = re.compile(r"<?\s*[-+]?[1-9]\d{0,2}[.,]\d{3}")
_DAY_MONTH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T].*)?")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?")


def read_text(path: Path, form: TextForm | None = None) -> Source:
    """Open a CSV or TSV file.

    Parameters
    ----------
    form
        How to read it; recognised from the file where it is left out.

    Raises
    ------
    Fault
        ``workbook_missing``, ``workbook_empty``, ``workbook_too_large``, ``text_encoding`` where its bytes are no
        text of that encoding, ``text_binary``, ``text_quotes`` (line), ``text_columns``, ``text_line``,
        ``workbook_too_many_cells``.
    """
    with calm(path):
        if path.exists() and not path.is_file():
            raise Fault("not_a_workbook", file=path.name)
        if path.stat().st_size > LARGEST_BYTES:
            raise Fault("workbook_too_large", file=path.name, megabytes=LARGEST_BYTES // 1024**2)
        data = path.read_bytes()
    if not data.strip():
        raise Fault("workbook_empty", file=path.name)
    encoding, sure = _encoding(data, path)
    guessed = TextForm(encoding)
    text = _text(data, encoding if form is None else form.encoding, path)
    del data
    issues = text.issues
    delimiter, clear = _delimiter(text)
    guessed = replace(guessed, delimiter=delimiter)
    records = _records(text, delimiter if form is None else form.delimiter)
    if max(map(len, records), default=0) < 2:
        issues += (_warned(path, "delimiter_absent"),)
    cells = [cell.strip() for record in records[:_LOOKED_AT] for cell in record]
    guessed = replace(guessed, decimal=decimal_of(cells), date_order=date_order_of(cells))
    certain = {name for name, known in (("encoding", sure), ("delimiter", clear)) if known}
    certain |= {name for name in ("decimal", "date_order") if getattr(guessed, name)}
    table = _table(path.stem, records)
    return Source(path, "csv", (table,), issues, form or guessed, guessed, frozenset(certain))


def read_folder(folder: Path, form: TextForm | None = None) -> Source:
    """The data files of a CSV export as one source, a table each.

    Raises
    ------
    Fault
        ``not_a_workbook`` where the folder holds none of them; else as ``read_text``.
    """
    paths = [folder / f"{sheet.name}.csv" for sheet in DATA_SHEETS]
    read = [read_text(path, form) for path in paths if path.is_file()]
    if not read:
        raise Fault("not_a_workbook", file=folder.name)
    first = read[0]
    tables = tuple(table for source in read for table in source.tables)
    issues = tuple(issue for source in read for issue in source.issues)
    certain = frozenset[str].intersection(*(source.certain for source in read))
    return Source(folder, "csv", tables, issues, first.form, first.guessed, certain)


def _encoding(data: bytes, path: Path) -> tuple[Encoding, bool]:
    """The encoding, and whether the bytes leave no doubt."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", True
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", True
    nulls = data.count(b"\0")
    if nulls > len(data) // 100:
        if data[1::2].count(b"\0") > 0.9 * nulls > len(data) // 3:
            return "utf-16", False
        raise Fault("text_binary", file=path.name)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(data[at : at + _CHUNK], at + _CHUNK >= len(data))
    except UnicodeDecodeError:
        return "cp1252", False
    return "utf-8", True


@dataclass(frozen=True, slots=True)
class _Text:
    """A text file's bytes, decoded line by line: as a whole its text may take four times as much memory."""

    data: bytes
    encoding: str
    path: Path
    issues: tuple[Issue, ...]

    def lines(self) -> Iterator[str]:
        """Its lines, whatever ends them, each with ``\\n`` at its end.

        Raises
        ------
        Fault
            ``text_encoding`` where the bytes are no text of that encoding, ``text_line`` for one that has no end.
        """
        number = 0
        with io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding, newline=None) as stream:
            while True:
                try:
                    line = stream.readline(_LONGEST_LINE)
                except UnicodeDecodeError as error:
                    at = number + 1 + error.object.count(b"\n", 0, error.start)
                    raise _not_decoded(self.path, self.encoding, at) from None
                if not line:
                    return
                number += 1
                if len(line) >= _LONGEST_LINE:
                    raise Fault("text_line", file=self.path.name, line=number, longest=_LONGEST_LINE)
                yield line


def _text(data: bytes, encoding: Encoding, path: Path) -> _Text:
    """The file as text of an encoding; what is odd about it is told."""
    found: list[Issue] = []
    known: str = encoding
    if encoding == "utf-16":  # its bytes are not those of its characters
        try:
            data, known = data.decode(encoding).encode(), "utf-8"
        except UnicodeDecodeError as error:
            raise _not_decoded(path, encoding, data.count(b"\n", 0, error.start) + 1) from None
    nulls = data.count(b"\0")
    if nulls:
        found.append(_warned(path, "nul_left_out", count=nulls))
        data = data.replace(b"\0", b"")
    both = data.count(b"\r\n")
    if sum(count > 0 for count in (both, data.count(b"\n") - both, data.count(b"\r") - both)) > 1:
        found.append(_warned(path, "line_ends_mixed"))
    return _Text(data, known, path, tuple(found))


def _not_decoded(path: Path, encoding: str, line: int) -> Fault:
    return Fault("text_encoding", file=path.name, encoding=encoding, line=line)


def _warned(path: Path, code: str, **params: object) -> Issue:
    return Issue(code, "", Severity.WARNING, {"value": path.name, **params}, Place(str(path)))


def _delimiter(text: _Text) -> tuple[str, bool]:
    """The delimiter under which the first records have the most columns of one width; whether no other does."""
    best, runner_up = (";", 0.0), 0.0
    first = _first_lines(text)
    for candidate in DELIMITERS:
        widths = [len(record) for record in _first_records(first, candidate) if any(cell.strip() for cell in record)]
        if not widths or max(widths) < 2:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = count / len(widths) * (2 - 1 / width) if width > 1 else 0.0
        if score > best[1]:
            best, runner_up = (candidate, score), best[1]
        else:
            runner_up = max(runner_up, score)
    return best[0], best[1] > 1.4 * runner_up


def _first_lines(text: _Text) -> list[str]:
    found: list[str] = []
    size = 0
    for line in islice(text.lines(), _LOOKED_AT):
        found.append(line)
        size += len(line)
        if size > _SAMPLE:
            break
    return found


def _first_records(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        records += islice(_reader(lines, delimiter), 200)
    except csv.Error:  # not under this delimiter, or cut in the middle of a field
        return records
    return records


def _reader(lines: Iterable[str], delimiter: str) -> CsvReader:
    csv.field_size_limit(_LONGEST_FIELD)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _records(text: _Text, delimiter: str) -> list[list[str]]:
    """Every record, without the empty cells at its end; texts that are alike are held once."""
    reader, file = _reader(text.lines(), delimiter), text.path.name
    records: list[list[str]] = []
    known: dict[str, str] = {}
    cells = filled = 0
    try:
        for record in reader:
            if len(record) > _MOST_COLUMNS:
                raise Fault("text_columns", file=file, line=reader.line_num, most=_MOST_COLUMNS)
            while record and not record[-1]:
                record.pop()
            cells += len(record)
            filled += len(record) - record.count("") + _ROW
            if filled > _MOST_FILLED or cells > _MOST_CELLS:
                raise Fault("workbook_too_many_cells", file=file, cells=_MOST_FILLED)
            if len(known) > _MOST_KNOWN:
                known.clear()
            records.append([known.setdefault(cell, cell) for cell in record])
    except csv.Error:
        raise Fault("text_quotes", file=file, line=reader.line_num) from None
    return records


def _table(name: str, records: Sequence[Sequence[str]]) -> RawTable:
    records = [_unguarded(record) for record in records]
    at = header_at(records)
    header = tuple("" if is_blank(value) else value.strip() for value in records[at]) if records else ()
    return RawTable(name, header, records[at + 1 :], at + 1, at + 2, above=records[:at])


def _unguarded(record: Sequence[str]) -> Sequence[str]:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    if not any(cell.startswith("'") for cell in record):
        return record
    return [unguarded(cell) for cell in record]


def decimal_of(cells: Iterable[str]) -> DecimalSign:
    """The decimal sign that some texts show beyond doubt; "" where they show none, or both."""
    comma = point = False
    for text in cells:
        if _THOUSANDS.fullmatch(text):
            continue
        comma = comma or _COMMA.fullmatch(text) is not None
        point = point or _POINT.fullmatch(text) is not None
    if comma == point:
        return ""
    return "," if comma else "."


def date_order_of(cells: Iterable[str]) -> DateOrder:
    """The order of day and month that some texts show beyond doubt; "" where they show none, or both."""
    found: set[DateOrder] = set()
    for text in cells:
        match = _DAY_MONTH.fullmatch(text)
        if match is not None and int(match[1]) > 12:
            found.add("dmy")
        elif match is not None and int(match[2]) > 12:
            found.add("mdy")
        elif _ISO.fullmatch(text):
            found.add("ymd")
    marked = found - {"ymd"}
    if len(marked) == 1:
        return marked.pop()
    return "ymd" if found == {"ymd"} else ""
