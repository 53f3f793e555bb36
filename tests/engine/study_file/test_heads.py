"""Lines taken from the end of the log: found by what backups and exports say of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.exchange.heads_in import head_of_file
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.study import Study
from esk_engine.study_file import PUBLIC
from esk_engine.study_file.backup import backup_folder, make_backup
from esk_engine.study_file.check import check_file
from esk_engine.study_file.heads import KnownHead, check_heads
from esk_engine.wording import Language, Wording
from tests.engine.study_file.helpers import NURSE, from_outside, new_study


def edit(study: Study, value: float) -> int:
    first = study.patients[0]
    return study.wait_saved(study.set_value(first.id, Kind.PATIENT, first.id, "nrs_end", value))


def cut(path: Path, lines: int) -> None:
    """Take the last lines away, and set back the value that they tell of: the rest proves itself whole."""
    with from_outside(path) as connection:
        rows = connection.execute("SELECT seq, record_id, old FROM log ORDER BY seq DESC LIMIT ?", (lines,)).fetchall()
        for seq, record_id, old in rows:
            connection.execute("UPDATE patient SET nrs_end = ? WHERE id = ?", (json.loads(old), record_id))
            connection.execute("DELETE FROM log WHERE seq = ?", (seq,))


def missed(path: Path, *known: KnownHead) -> list[tuple[str, object, object]]:
    return [(found.code, found.params["seq"], found.params["file"]) for found in check_heads(path, PUBLIC, known)]


def exported(study: Study, folder: Path, language: Language = "nl") -> Path:
    target = folder / f"export_{language}.xlsx"
    export_workbook(study.snapshot(), target, Wording(language))
    return target


def test_that_a_log_which_goes_on_misses_nothing(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        made = make_backup(study.path, PUBLIC, backup_folder(study.path))
        edit(study, 3.0)
    assert made is not None
    assert missed(study.path, head_of_file(made.path)) == []


def test_that_a_cut_tail_is_found_by_a_backup_though_what_is_left_is_whole(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        edit(study, 3.0)
        last = edit(study, 2.0)
        made = make_backup(study.path, PUBLIC, backup_folder(study.path))
    assert made is not None
    cut(study.path, 1)
    assert check_file(study.path).is_whole
    assert missed(study.path, head_of_file(made.path)) == [("log_cut", last, made.path.name)]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_a_cut_tail_is_found_by_an_export_in_either_language(tmp_path: Path, language: Language) -> None:
    with new_study(tmp_path) as study:
        last = edit(study, 3.0)
        target = exported(study, tmp_path, language)
    assert missed(study.path, head_of_file(target)) == []
    cut(study.path, 1)
    assert missed(study.path, head_of_file(target)) == [("log_cut", last, target.name)]


def test_that_other_lines_in_the_place_of_those_cut_are_found(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        last = edit(study, 3.0)
        target = exported(study, tmp_path)
    cut(study.path, 1)
    with Study.open(study.path, person=NURSE) as again:
        edit(again, 1.0)
        edit(again, 1.5)
    assert check_file(study.path).is_whole
    assert missed(study.path, head_of_file(target)) == [("log_forked", last, target.name)]


def test_that_a_chain_which_was_wholly_recomputed_is_found_by_what_was_told_before(tmp_path: Path) -> None:
    from esk_engine.study_file.reading import LogFilter, log_lines

    with new_study(tmp_path) as study:
        edit(study, 3.0)
        last = edit(study, 2.0)
        target = exported(study, tmp_path)
    with from_outside(study.path) as connection:
        connection.execute("UPDATE log SET person = 'XX' WHERE seq = ?", (last - 1,))
        before = ""
        for line in list(log_lines(connection, LogFilter())):
            before = line.sealed(before)
            connection.execute("UPDATE log SET hash = ? WHERE seq = ?", (before, line.seq))
    assert check_file(study.path).is_whole
    assert missed(study.path, head_of_file(target)) == [("log_forked", last, target.name)]


def test_that_the_overview_tells_the_hash_below_the_number_of_its_line(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        edit(study, 3.0)
        target = exported(study, tmp_path, "en")
        line = study.log()[-1]
    sheet = load_workbook(target)["Overview"]
    told = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0]}
    assert (told["Up to log line"], told["Hash of that line"]) == (line.seq, line.hash)
    assert head_of_file(target) == KnownHead(line.seq, line.hash, target.name)


def test_that_an_export_tells_the_line_of_its_own_moment(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        snapshot, then = study.snapshot(), study.log()[-1]
        edit(study, 3.0)
        export_workbook(snapshot, tmp_path / "o.xlsx", Wording("nl"))
    assert head_of_file(tmp_path / "o.xlsx") == KnownHead(then.seq, then.hash, "o.xlsx")


def test_that_a_file_that_tells_no_head_is_named(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.save(tmp_path / "empty.xlsx")
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "other.json").write_text('{"log_seq": true, "log_head": "x"}', encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "no.json").write_bytes(b"\xff")
    (tmp_path / "no.xlsx").write_bytes(b"nothing")
    (tmp_path / "no.esk").write_bytes(b"nothing")
    expected = {
        "empty.xlsx": "head_missing",
        "list.json": "head_missing",
        "other.json": "head_missing",
        "deep.json": "head_missing",
        "no.json": "head_missing",
        "away.json": "file_not_found",
        "no.xlsx": "not_a_workbook",
        "away.xlsx": "workbook_missing",
        "no.esk": "not_a_study",
        "away.esk": "file_not_found",
    }
    for name, code in expected.items():
        with pytest.raises(Fault) as caught:
            head_of_file(tmp_path / name)
        assert (name, caught.value.code) == (name, code)


def test_that_what_a_restore_left_behind_is_not_missed(tmp_path: Path) -> None:
    from esk_engine.study import replace_damaged

    with new_study(tmp_path) as study:
        early = make_backup(study.path, PUBLIC, backup_folder(study.path))
        edit(study, 3.0)
        late = make_backup(study.path, PUBLIC, backup_folder(study.path))
    assert early is not None
    assert late is not None
    shutil.copy(study.path, tmp_path / "before.esk")
    study.path.write_bytes(b"")
    replace_damaged(study.path, early.path, person=NURSE)
    assert missed(study.path, head_of_file(early.path), head_of_file(late.path)) == []
    # A line that no backup told of when it was left behind is missed, however.
    unknown = KnownHead(late.seq, "f" * 64, "note")
    assert missed(study.path, unknown) == [("log_forked", late.seq, "note")]
