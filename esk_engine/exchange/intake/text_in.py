"""Text files: encoding, delimiter, decimal sign and order of dates recognised, told, and changeable.

Nothing is guessed silently: what the file itself decides is told as certain, the rest as a proposal.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
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
        text of that encoding, ``text_binary``, ``text_quotes`` (line), ``text_columns``.
    """
    with calm(path):
        if path.stat().st_size > LARGEST_BYTES:
            raise Fault("workbook_too_large", file=path.name, megabytes=LARGEST_BYTES // 1024**2)
        data = path.read_bytes()
    if not data.strip():
        raise Fault("workbook_empty", file=path.name)
    encoding, sure = _encoding(data, path)
    guessed = TextForm(encoding)
    text, issues = _decoded(data, encoding if form is None else form.encoding, path)
    delimiter, clear = _delimiter(text)
    guessed = replace(guessed, delimiter=delimiter)
    records = _records(text, delimiter if form is None else form.delimiter, path)
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
    if data.count(b"\0") > len(data) // 100:
        raise Fault("text_binary", file=path.name)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", False
    return "utf-8", True


def _decoded(data: bytes, encoding: Encoding, path: Path) -> tuple[str, tuple[Issue, ...]]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault("text_encoding", file=path.name, encoding=encoding, line=line) from None
    found: list[Issue] = []
    if "\0" in text:
        found.append(_warned(path, "nul_left_out", count=text.count("\0")))
        text = text.replace("\0", "")
    counts = (text.count("\r\n"), _lone(text, "\n"), _lone(text, "\r"))
    if sum(count > 0 for count in counts) > 1:
        found.append(_warned(path, "line_ends_mixed"))
    return text, tuple(found)


def _lone(text: str, end: str) -> int:
    return text.count(end) - text.count("\r\n")


def _warned(path: Path, code: str, **params: object) -> Issue:
    return Issue(code, "", Severity.WARNING, {"value": path.name, **params}, Place(str(path)))


def _delimiter(text: str) -> tuple[str, bool]:
    """The delimiter under which the first records have the most columns of one width; whether no other does."""
    best, runner_up = (";", 0.0), 0.0
    for candidate in DELIMITERS:
        widths = [len(record) for record in _first_records(text, candidate) if any(cell.strip() for cell in record)]
        if not widths or max(widths) < 2:
            continue
        width, count = Counter(widths).most_common(1)[0]
        score = count / len(widths) * (2 - 1 / width) if width > 1 else 0.0
        if score > best[1]:
            best, runner_up = (candidate, score), best[1]
        else:
            runner_up = max(runner_up, score)
    return best[0], best[1] > 1.4 * runner_up


def _first_records(text: str, delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        records += islice(_reader(text[:200_000], delimiter), 200)
    except csv.Error:  # not under this delimiter, or cut in the middle of a field
        return records
    return records


def _reader(text: str, delimiter: str) -> CsvReader:
    csv.field_size_limit(_LONGEST_FIELD)
    return csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)


def _records(text: str, delimiter: str, path: Path) -> list[list[str]]:
    reader = _reader(text, delimiter)
    records: list[list[str]] = []
    try:
        for record in reader:
            if len(record) > _MOST_COLUMNS:
                raise Fault("text_columns", file=path.name, line=reader.line_num, most=_MOST_COLUMNS)
            records.append(record)
    except csv.Error:
        raise Fault("text_quotes", file=path.name, line=reader.line_num) from None
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
