"""The files that an import meets and ought not to: each made here, with what is to become of it on both ways in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook

from esk_engine.errors import Fault, Issue
from esk_engine.exchange.import_study import import_workbook
from esk_engine.exchange.intake import open_source, propose, read
from esk_engine.exchange.intake.into_study import all_or_fault, import_intake
from esk_engine.study import Person
from esk_engine.wording import Wording
from tests.engine.exchange.workbooks import TODAY

WHO = Person("AB")
Way = Literal["strict", "listed"]
Make = Callable[[], bytes]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
LAUGHS += b"]>"
_SHEET, _MAIN = "xl/worksheets/sheet1.xml", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True, slots=True)
class BadFile:
    """One of them.

    Attributes
    ----------
    strict, listed
        What comes of it as the import workbook, and as a list of others: the fault's code, or, where it is read, the
        codes of what is said of it ("read" where nothing needs to be said).
    """

    name: str
    suffix: str
    make: Make
    strict: str
    listed: str


@dataclass(frozen=True, slots=True)
class Met:
    """What came of a file that was imported into a study that is not there yet.

    Attributes
    ----------
    codes
        The fault's, and of everything that was said; "read" where nothing was.
    left
        Names of files that were not there before, where no study was made.
    untold
        Codes that lack a text in one of the languages.
    """

    codes: frozenset[str]
    left: list[str]
    untold: list[str]


def meet(path: Path, way: Way) -> Met:
    """Import a file one of the two ways."""
    target = path.with_name("study.esk")
    fault: Fault | None = None
    issues: Sequence[Issue] = ()
    try:
        if way == "strict":
            issues = import_workbook(path, target, person=WHO, today=TODAY).warnings
        else:
            source = open_source(path)
            found = read(source, propose(source), TODAY)
            issues = found.issues
            import_intake(found, target, person=WHO, choose=all_or_fault)
    except Fault as refused:
        fault, issues = refused, (*refused.issues, *issues)
    left = sorted(each.name for each in path.parent.iterdir() if each != path) if fault is not None else []
    codes = {issue.code for issue in issues} | ({fault.code} if fault is not None else set[str]())
    return Met(frozenset(codes or {"read"}), left, _untold(fault, {issue.code: issue for issue in issues}.values()))


def _untold(fault: Fault | None, issues: Iterable[Issue]) -> list[str]:
    found: list[str] = []
    nl, en = Wording("nl"), Wording("en")
    pairs = [(issue.code, nl.issue(issue), en.issue(issue)) for issue in issues]
    pairs += [] if fault is None else [(fault.code, nl.fault(fault), en.fault(fault))]
    for code, dutch, english in pairs:
        if not dutch or dutch == english or code in (dutch, english):
            found.append(code)
    return found


def book_bytes(change: Callable[[Any], None] | None = None, rows: list[list[object]] | None = None) -> bytes:
    """A small import workbook, changed before it is saved."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "patients"
    for row in rows or [["study_no", "age_years", "weight_kg"], ["P01", 45, 71.5], ["P02", 52, 80]]:
        sheet.append(row)
    if change is not None:
        change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_parts(
    content: bytes, changed: Mapping[str, Callable[[bytes], bytes]], added: Mapping[str, bytes] | None = None
) -> bytes:
    """A zip with some parts changed and some added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in source.infolist():
            part = source.read(item)
            archive.writestr(item.filename, changed[item.filename](part) if item.filename in changed else part)
        for name, part in (added or {}).items():
            archive.writestr(name, part)
    return target.getvalue()


def sheet_of(rows: str) -> bytes:
    """A workbook whose one sheet holds these rows, as XML."""
    text = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return with_parts(book_bytes(), {_SHEET: lambda _: text.encode()})


def _texts(number: int, *cells: str) -> str:
    inside = "".join(f'<c r="{"ABCDE"[at]}{number}" t="str"><v>{text}</v></c>' for at, text in enumerate(cells))
    return f'<row r="{number}">{inside}</row>'


_HEAD = _texts(1, "study_no", "age_years")


def _zip(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def _declared(declaration: bytes, encoding: str = "utf-8") -> bytes:
    def declare(part: bytes) -> bytes:
        return (declaration + part.replace(b"P01", b"P01")).decode().encode(encoding)

    return with_parts(book_bytes(), {_SHEET: declare})


def with_strings(texts: bytes) -> bytes:
    """A workbook with a table of shared texts, to which no cell refers."""
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Id="s" Type="%b" Target="sharedStrings.xml"/></Relationships>' % kind
    relations = {"xl/_rels/workbook.xml.rels": lambda old: old.replace(b"</Relationships>", relation)}
    head = f'<sst xmlns="{_MAIN}">'.encode()
    cell = b'<c r="B2" t="s"><v>0</v></c>'
    changed = {_SHEET: lambda old: old.replace(b'<c r="B2" t="n"><v>45</v></c>', cell), **relations}
    return with_parts(book_bytes(), changed, {"xl/sharedStrings.xml": head + texts + b"</sst>"})


def _formula(value: str) -> bytes:
    return with_parts(book_bytes(), {_SHEET: lambda old: old.replace(b"<v>45</v>", b"<f>40+5</f>" + value.encode())})


def _hide(sheet: Any) -> None:
    sheet.parent.create_sheet("samples").append(["study_no"])
    sheet.parent["samples"].sheet_state = "hidden"


def _million_rows() -> bytes:
    return sheet_of(_HEAD + "".join(f'<row r="{n}"/>' for n in range(2, 1_048_577)))


def _far_right() -> bytes:
    return sheet_of(_HEAD + "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 200_002)))


def _all_wrong(n: int) -> Make:
    return lambda: sheet_of(_HEAD + "".join(_texts(at, f"P{at}", "oud") for at in range(2, n + 2)))


def _many_parts() -> bytes:
    return with_parts(book_bytes(), {}, {f"xl/media/{n}": b"" for n in range(6_000)})


def _many_strings(n: int) -> Make:
    return lambda: with_strings(b"".join(b"<si><t>%07d</t></si>" % at for at in range(n)))


_ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
_READ = "read"
BOOKS = (
    BadFile("nothing at all", ".xlsx", lambda: b"", "workbook_empty", "workbook_empty"),
    BadFile(
        "text under a workbook's name", ".xlsx", lambda: b"study_no;age\nP01;45\n", "not_a_workbook", "not_a_workbook"
    ),
    BadFile("half a workbook", ".xlsx", lambda: book_bytes()[:2000], "workbook_damaged", "workbook_damaged"),
    BadFile("some other zip", ".xlsx", lambda: _zip({"readme.txt": b"hello"}), "not_a_workbook", "not_a_workbook"),
    BadFile("LibreOffice's own", ".xlsx", lambda: _zip(_ODS), "workbook_not_xlsx", "workbook_not_xlsx"),
    BadFile("an old workbook", ".xls", lambda: OLE + bytes(600), "workbook_old", "workbook_old"),
    BadFile(
        "an encrypted workbook",
        ".xlsx",
        lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "workbook_encrypted",
        "workbook_encrypted",
    ),
    BadFile(
        "a workbook with macros",
        ".xlsm",
        lambda: with_parts(book_bytes(), {}, {"xl/vbaProject.bin": b"x"}),
        "workbook_macros",
        "workbook_macros",
    ),
    BadFile(
        "a document type", ".xlsx", lambda: _declared(b"<!DOCTYPE worksheet>"), "workbook_entities", "workbook_entities"
    ),
    BadFile("a bomb of entities", ".xlsx", lambda: _declared(LAUGHS), "workbook_entities", "workbook_entities"),
    BadFile(
        "the same in UTF-16", ".xlsx", lambda: _declared(LAUGHS, "utf-16"), "workbook_entities", "workbook_entities"
    ),
    BadFile(
        "a bomb of a ratio",
        ".xlsx",
        lambda: with_parts(book_bytes(), {_SHEET: lambda old: old + b" " * 20_000_000}),
        "workbook_ratio",
        "workbook_ratio",
    ),
    BadFile(
        "more than 50 MB that would be held",
        ".xlsx",
        lambda: with_strings(b"".join(b"<si><t>%07d</t></si>" % (n * 7919 % 9999991) for n in range(2_400_000))),
        "workbook_too_large",
        "workbook_too_large",
    ),
    BadFile("six thousand parts", ".xlsx", _many_parts, "workbook_damaged", "workbook_damaged"),
    BadFile("very many shared texts", ".xlsx", _many_strings(300_000), "outside_hard", "outside_hard"),
    BadFile("a million empty rows", ".xlsx", _million_rows, _READ, _READ),
    BadFile("values in the last column of all", ".xlsx", _far_right, "column_without_name", "workbook_too_many_cells"),
    BadFile("every cell wrong", ".xlsx", _all_wrong(6_000), "reading_stopped", "errors_left_out"),
    BadFile(
        "merged cells",
        ".xlsx",
        lambda: book_bytes(lambda sheet: sheet.merge_cells("B2:B3")),
        "merged_cells_named",
        "merged_cells",
    ),
    BadFile(
        "a formula with its value",
        ".xlsx",
        lambda: _formula("<v>45</v>"),
        "formulas_read_by_value",
        "formulas_read_by_value",
    ),
    BadFile(
        "a formula never computed", ".xlsx", lambda: _formula(""), "formula_without_value", "formula_without_value"
    ),
    BadFile(
        "an error of Excel",
        ".xlsx",
        lambda: book_bytes(rows=[["study_no", "age_years"], ["P01", "#N/A"]]),
        "formula_error",
        "formula_error",
    ),
    BadFile(
        "numbers as text", ".xlsx", lambda: book_bytes(rows=[["study_no", "age_years"], ["P01", "45"]]), _READ, _READ
    ),
    BadFile(
        "a number where a date belongs",
        ".xlsx",
        lambda: book_bytes(rows=[["study_no", "inclusion_date"], ["P01", 45307]]),
        "number_in_date_column",
        "number_in_date_column",
    ),
    BadFile(
        "a date where a number belongs",
        ".xlsx",
        lambda: book_bytes(rows=[["study_no", "nrs_before"], ["P01", date(2024, 5, 3)]]),
        "date_in_number_column",
        "date_in_number_column",
    ),
    BadFile(
        "a heading twice",
        ".xlsx",
        lambda: book_bytes(rows=[["study_no", "age_years", "age_years"], ["P01", 45, 46]]),
        "duplicate_column",
        "duplicate_column",
    ),
    BadFile("a hidden sheet", ".xlsx", lambda: book_bytes(_hide), "hidden_sheet_read", "hidden_sheet_read"),
    BadFile(
        "spaces around everything",
        ".xlsx",
        lambda: book_bytes(rows=[[" study_no ", "age_years  ", "sex"], ["P01 ", " 45 ", " man  "]]),
        _READ,
        _READ,
    ),
    BadFile(
        "a NUL byte",
        ".xlsx",
        lambda: sheet_of(_HEAD + _texts(2, "P01", "4\0005")),
        "workbook_damaged",
        "workbook_damaged",
    ),
    BadFile(
        "a NUL that is spelt out",
        ".xlsx",
        lambda: sheet_of(_HEAD + _texts(2, "P_x0000_01", "45")),
        "not_text",
        "not_text",
    ),
    BadFile(
        "lines that end in all ways in a cell",
        ".xlsx",
        lambda: book_bytes(rows=[["study_no", "remarks"], ["P01", "een\r\ntwee\ndrie\rvier"]]),
        _READ,
        _READ,
    ),
    BadFile(
        "a cell under another's name",
        ".xlsx",
        lambda: sheet_of(_HEAD + '<row r="2"><c r="A3" t="str"><v>P01</v></c></row>'),
        "workbook_damaged",
        "workbook_damaged",
    ),
    BadFile(
        "a row twice",
        ".xlsx",
        lambda: sheet_of(_HEAD + _texts(2, "P01") + _texts(2, "P02")),
        "workbook_damaged",
        "workbook_damaged",
    ),
)


def _table(*lines: str, encoding: str = "utf-8", end: str = "\n") -> Make:
    return lambda: end.join(lines).encode(encoding)


_LINES = ("study_no;sex;remarks;age_years", "P01;m;één;45", "P02;v;twee;52", "P03;v;drie;60")


def _beyond_the_plane() -> bytes:
    line = "P01;" + "x" * 900
    return "\n".join(("study_no;remarks", line + "\U0001f600", *[line] * 50_000)).encode()


LISTS = (
    BadFile("nothing but spaces", ".csv", lambda: b" \r\n \n", "", "workbook_empty"),
    BadFile("Windows-1252", ".csv", _table(*_LINES, encoding="cp1252"), "", _READ),
    BadFile("UTF-8 with its mark", ".csv", _table(*_LINES, encoding="utf-8-sig"), "", _READ),
    BadFile("UTF-16", ".csv", _table(*_LINES, encoding="utf-16"), "", _READ),
    BadFile("UTF-16 without its mark", ".csv", _table(*_LINES, encoding="utf-16-le"), "", _READ),
    BadFile("UTF-32", ".csv", _table(*_LINES, encoding="utf-32"), "", "nul_left_out"),
    BadFile("bytes that no encoding has", ".csv", lambda: b"study_no;remarks\nP01;\x81\x8d\n", "", "text_encoding"),
    BadFile("a picture", ".csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40 + bytes(400), "", "text_binary"),
    BadFile("a workbook under a list's name", ".csv", book_bytes, "", _READ),
    BadFile(
        "quotation marks that do not match", ".csv", lambda: b'study_no;remarks\nP01;"x\nP02;y\n', "", "text_quotes"
    ),
    BadFile("a hundred thousand columns", ".csv", lambda: b"x;" * 100_000 + b"\nP01;\n", "", "text_columns"),
    BadFile("one line of 45 MB", ".csv", lambda: b"study_no;remarks " * 2_800_000, "", "text_line"),
    BadFile("one line of 60 MB", ".csv", lambda: b"x" * 60_000_000, "", "workbook_too_large"),
    BadFile(
        "45 MB of cells",
        ".csv",
        lambda: b"study_no;age_years\n" + b"".join(b"P%07d;45\n" % n for n in range(3_700_000)),
        "",
        "workbook_too_many_cells",
    ),
    BadFile(
        "45 MB with one sign beyond the plane",
        ".csv",
        _beyond_the_plane,
        "",
        "differs_within_file",
    ),
    BadFile("no delimiter", ".csv", lambda: b"study_no\nP01\nP02\n", "", "delimiter_absent"),
    BadFile("a delimiter of no list", ".csv", lambda: b"study_no~age_years\nP01~45\n", "", "delimiter_absent"),
    BadFile("NUL bytes", ".csv", lambda: b"study_no;age_years\nP01;4\0005\n" + b"P02;52\n" * 30, "", "nul_left_out"),
    BadFile(
        "lines that end in all ways",
        ".csv",
        lambda: b"study_no;age_years\r\nP01;45\nP02;52\rP03;60\n",
        "",
        "line_ends_mixed",
    ),
    BadFile(
        "a heading twice in a list",
        ".csv",
        lambda: b"study_no;age_years;age_years\nP01;45;46\n",
        "",
        "duplicate_column",
    ),
    BadFile("spaces around everything in a list", ".csv", lambda: b" study_no ; age_years\nP01 ; 45 \n", "", _READ),
    BadFile("an error of Excel in a list", ".csv", lambda: b"study_no;age_years\nP01;#N/A\n", "", "not_a_number"),
    BadFile(
        "a number where a date belongs in a list",
        ".csv",
        lambda: b"study_no;inclusion_date\nP01;45307\n",
        "",
        "not_a_date",
    ),
)
# For the benchmark alone: the same at the size at which it would hurt.
LARGE = (
    BadFile("2.2 million shared texts", ".xlsx", _many_strings(2_200_000), "outside_hard", "outside_hard"),
    BadFile("40,000 wrong cells", ".xlsx", _all_wrong(40_000), "reading_stopped", "errors_left_out"),
)
