"""Text files that are none, or hardly: each refused with its reason, or read with what is odd about it told."""

from __future__ import annotations

from pathlib import Path

import pytest

from esk_engine.errors import Fault
from esk_engine.exchange.intake import TextForm, open_source, propose, read
from tests.engine.exchange.bad_files import LISTS, BadFile, meet
from tests.engine.exchange.workbooks import TODAY


@pytest.mark.parametrize("bad", LISTS, ids=lambda bad: bad.name)
def test_that_a_bad_list_is_refused_or_read_with_its_reason(tmp_path: Path, bad: BadFile) -> None:
    path = tmp_path / f"list{bad.suffix}"
    path.write_bytes(bad.make())
    met = meet(path, "listed")
    assert bad.listed in met.codes
    assert met.left == []
    assert not met.untold


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_that_a_list_says_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("study_no;sex;remarks\r\nP01;m;één € koffie\r\nP02;v;geen\r\n".encode(encoding))
    source = open_source(path)
    found = read(source, propose(source), TODAY)
    assert found.issues == ()
    assert [patient.get("remarks") for patient in found.patients] == ["één € koffie", "geen"]


def test_that_a_wrong_encoding_names_the_line_where_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"study_no;remarks\n" + b"P01;x\n" * 40_000 + "P02;één\n".encode("cp1252"))
    with pytest.raises(Fault) as refused:
        open_source(path, TextForm("utf-8", ";"))
    assert (refused.value.code, refused.value.params["line"]) == ("text_encoding", 40_002)


def test_that_lines_within_quotation_marks_stay_within_their_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b'study_no;remarks\r\nP01;"een\r\ntwee"\r\nP02;drie\r\n')
    source = open_source(path)
    found = read(source, propose(source), TODAY)
    assert [patient.get("remarks") for patient in found.patients] == ["een\ntwee", "drie"]


def test_that_something_that_is_no_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Fault) as refused:
        open_source(Path("/dev/zero") if Path("/dev/zero").exists() else tmp_path)
    assert refused.value.code == "not_a_workbook"


@pytest.mark.parametrize(("analyte", "code"), [("esketamine", "duplicate_sample"), ("", "duplicate_minute")])
def test_that_a_sample_that_comes_twice_is_told_whether_its_analyte_is_known(
    tmp_path: Path, analyte: str, code: str
) -> None:
    path = tmp_path / "list.csv"
    row = f"P01;480;{analyte};"
    path.write_text(f"study_no;minute;analyte;concentration_ug_l\n{row}5,5\n{row}6,5\n", encoding="utf-8")
    met = meet(path, "listed")
    assert code in met.codes
    assert not met.untold
