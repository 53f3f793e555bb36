"""Files that are no workbook that may be opened: each a calm message, none of them read any further."""

from __future__ import annotations

import contextlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.errors import Fault
from esk_engine.exchange.workbook_in import read_workbook
from esk_engine.wording import Wording
from tests.engine.exchange.workbooks import TODAY, read, write_book

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "book.xlsx", {"patients": [["study_no", "remarks"], ["P01", "unremarkable"]]})


def rewritten(book: Path, change: Callable[[str, bytes], bytes], **added: bytes) -> Path:
    """The workbook with its parts changed, and some added."""
    path = book.with_name("rewritten.xlsx")
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(item.filename, change(item.filename, source.read(item)))
        for name, content in added.items():
            target.writestr(name.replace("__", "/"), content)
    return path


def fault_code(path: Path) -> str:
    with pytest.raises(Fault) as caught:
        read(path)
    assert path.name in Wording("nl").fault(caught.value)
    assert path.name in Wording("en").fault(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_empty"),
        (b"study_no;age\nP01;45\n", "not_a_workbook"),
        (OLE + b"\0" * 600, "workbook_old"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
        (b"PK\x03\x04 and then nothing", "workbook_damaged"),
    ],
)
def test_that_a_file_of_another_kind_is_named_as_such(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "some.xlsx"
    path.write_bytes(content)
    assert fault_code(path) == code


def test_that_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert fault_code(tmp_path / "nowhere.xlsx") == "workbook_missing"
    assert fault_code(tmp_path) == "not_a_workbook"


def test_that_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert fault_code(tmp_path / "a.xlsx") == "not_a_workbook"
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    assert fault_code(tmp_path / "b.xlsx") == "workbook_not_xlsx"


def test_that_macros_are_refused(book: Path) -> None:
    assert fault_code(rewritten(book, lambda _, content: content, **{"xl__vbaProject.bin": b"x"})) == "workbook_macros"


def test_that_a_bomb_is_refused_before_it_is_unpacked(book: Path) -> None:
    bomb = rewritten(book, lambda name, old: old + b" " * 20_000_000 if name.endswith("sheet1.xml") else old)
    assert fault_code(bomb) == "workbook_ratio"


def test_that_a_sheet_of_too_many_bytes_is_refused(book: Path) -> None:
    big = book.with_name("big.xlsx")
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(big, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            grown = b" " * (51 * 1024 * 1024) if item.filename.endswith("sheet1.xml") else b""
            target.writestr(item.filename, source.read(item) + grown)
    assert fault_code(big) == "workbook_too_large"


def test_that_a_large_sheet_that_is_not_read_keeps_nobody_out(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", {"patients": [["study_no"], ["P01"]], "Logboek": [["x"]]})
    big = tmp_path / "big.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(big, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            grown = b" " * (51 * 1024 * 1024) if item.filename.endswith("sheet2.xml") else b""
            target.writestr(item.filename, source.read(item) + grown)
    assert [patient.study_no for patient in read(big).patients] == ["P01"]


@pytest.mark.parametrize("declaration", [b'<!DOCTYPE x [<!ENTITY a "ha">]>', b"<!DOCTYPE worksheet>"])
def test_that_declarations_are_refused(book: Path, declaration: bytes) -> None:
    def declare(name: str, old: bytes) -> bytes:
        return declaration + old if name.endswith("sheet1.xml") else old

    assert fault_code(rewritten(book, declare)) == "workbook_entities"


def test_that_a_sheet_that_is_not_xml_is_damage(book: Path) -> None:
    assert fault_code(rewritten(book, lambda name, old: old[:-40] if "sheet1" in name else old)) == "workbook_damaged"


@given(at=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_that_a_flipped_byte_never_ends_in_anything_but_a_fault(
    tmp_path_factory: pytest.TempPathFactory, at: float, flip: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = folder / "whole.xlsx"
    if not whole.exists():
        write_book(whole, {"patients": [["study_no", "age_years"], ["P01", 40]], "samples": [["study_no"], ["P01"]]})
    damaged = folder / "damaged.xlsx"
    shutil.copy(whole, damaged)
    content = bytearray(whole.read_bytes())
    content[int(at * len(content))] ^= flip
    damaged.write_bytes(content)
    with contextlib.suppress(Fault):  # any other exception fails the test
        read_workbook(damaged, TODAY)
