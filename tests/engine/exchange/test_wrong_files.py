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
from esk_engine.exchange.safe_zip import MAX_PART_BYTES
from esk_engine.exchange.workbook_in import read_workbook
from esk_engine.wording import Wording
from tests.engine.exchange.bad_files import BOOKS, BadFile, Way, meet
from tests.engine.exchange.workbooks import TODAY, Rows, read, write_book


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


@pytest.mark.parametrize("bad", BOOKS, ids=lambda bad: bad.name)
@pytest.mark.parametrize("way", ["strict", "listed"])
def test_that_a_bad_workbook_is_refused_or_read_with_its_reason(tmp_path: Path, bad: BadFile, way: Way) -> None:
    path = tmp_path / f"some{bad.suffix}"
    path.write_bytes(bad.make())
    met = meet(path, way)
    assert (bad.strict if way == "strict" else bad.listed) in met.codes
    assert met.left == []
    assert not met.untold


def test_that_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert fault_code(tmp_path / "nowhere.xlsx") == "workbook_missing"
    assert fault_code(tmp_path) == "not_a_workbook"


def test_that_a_sheet_may_be_larger_than_what_is_held(book: Path) -> None:
    spaces = b" " * (MAX_PART_BYTES + 1)
    big = book.with_name("big.xlsx")
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(big, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            grown = spaces if item.filename.endswith("sheet1.xml") else b""
            target.writestr(item.filename, source.read(item) + grown)
    assert [patient.study_no for patient in read(big).patients] == ["P01"]


def test_that_sheets_of_more_bytes_than_are_streamed_are_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esk_engine.exchange.book_parts.MAX_STREAMED_BYTES", 300)
    assert fault_code(book) == "workbook_too_large"


def test_that_no_more_warnings_are_held_than_anybody_reads(tmp_path: Path) -> None:
    rows: Rows = [["study_no", "age_years"], *([f"P{n}", 105] for n in range(30))]
    path = write_book(tmp_path / "old.xlsx", {"patients": rows})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("esk_engine.exchange.sheet_reader.MOST_ISSUES", 20)
        found = read(path)
    assert [issue.code for issue in found.issues].count("outside_soft") == 20
    (left,) = (issue for issue in found.issues if issue.code == "warnings_left_out")
    assert (left.params["count"], left.is_error, len(found.patients)) == (10, False, 30)


def test_that_a_directory_of_parts_longer_than_any_workbooks_is_not_read(tmp_path: Path) -> None:
    target = tmp_path / "many.xlsx"
    with zipfile.ZipFile(target, "w") as archive:
        for n in range(70_000):  # more than the plain record can count
            archive.writestr(f"xl/media/{n:060}", b"")
    assert fault_code(target) == "workbook_damaged"


def test_that_a_large_sheet_that_is_not_read_keeps_nobody_out(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", {"patients": [["study_no"], ["P01"]], "Logboek": [["x"]]})
    big = tmp_path / "big.xlsx"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(big, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            grown = b" " * (51 * 1024 * 1024) if item.filename.endswith("sheet2.xml") else b""
            target.writestr(item.filename, source.read(item) + grown)
    assert [patient.study_no for patient in read(big).patients] == ["P01"]


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
