"""Backups on the command line: made beside work, listed, restored, and held against the study by ``check``."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from esk_engine.cli import main
from esk_engine.dictionary import Kind
from esk_engine.study import Key, Study
from esk_engine.study_file.backup import backup_folder
from tests.engine.exchange.workbooks import write_book
from tests.engine.study_file.helpers import NURSE, closed_study, digest, from_outside, new_study, two_patients


class Run(NamedTuple):
    """What came of one sub-command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Esk:
    """Runs sub-commands in one folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: str, lines: str = "", lang: str = "en") -> Run:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode("utf-8"))))
        code = main([*arguments, "--lang", lang])
        captured = self._capsys.readouterr()
        return Run(code, captured.out, captured.err)

    def edit(self, value: str) -> Run:
        line = json.dumps({"patient": "P01", "set": {"nrs_end": value}})
        return self("edit", "study.esk", "--who", "ND", lines=line + "\n")

    def backups(self) -> list[dict[str, Any]]:
        return self("backups", "study.esk", "--json").json


@pytest.fixture
def esk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Esk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    return Esk(capsys, monkeypatch)


def nrs_end(path: Path) -> object:
    with Study.open(path, person=NURSE, read_only=True) as study:
        return study.patients[0].get("nrs_end")


# -- making ------------------------------------------------------------------------------------------------------------


def test_that_a_backup_is_made_and_told(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    run = esk("backup", "study.esk")
    (made,) = [each for each in backup_folder(path).iterdir() if each.suffix == ".esk"]
    assert (run.code, run.err) == (0, "")
    assert made.name in run.out
    assert "2 patients" in run.out
    again = esk("backup", "study.esk")
    assert (again.code, again.out) == (0, "There is a backup of just this state already.\n")


def test_that_a_backup_is_made_while_the_study_is_open(esk: Esk, tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        assert esk("backup", "study.esk").code == 0
        study.wait_saved(study.add_patient({"study_no": "P03"}).saved)


def test_that_a_backup_goes_to_the_folder_that_is_named(esk: Esk, tmp_path: Path) -> None:
    closed_study(tmp_path)
    assert esk("backup", "study.esk", "stick").code == 0
    assert [each.suffix for each in (tmp_path / "stick").glob("study_*")] == [".esk"]
    run = esk("backup", "study.esk", "away/stick")
    assert run.code == 1
    assert "backup_folder_missing" in run.err


def test_that_editing_leaves_a_backup_of_before_and_of_after(esk: Esk, tmp_path: Path) -> None:
    closed_study(tmp_path)
    assert esk.edit("3").code == 0
    first = esk.backups()
    assert [each["changes_since"] for each in first] == [0, 1]
    assert esk.edit("2").code == 0
    assert [each["changes_since"] for each in esk.backups()] == [0, 1, 2]  # what was there before is there once
    assert esk("edit", "study.esk", "--who", "ND", lines="").code == 0
    assert len(esk.backups()) == 3


def test_that_importing_leaves_a_backup_of_before_and_of_after(esk: Esk, tmp_path: Path) -> None:
    closed_study(tmp_path)
    write_book(tmp_path / "more.xlsx", {"patients": [["study_no", "age_years"], ["P08", 44], ["P09", 45]]})
    assert esk("import", "more.xlsx", "study.esk", "--dry-run").code == 0
    assert esk.backups() == []
    assert esk("import", "more.xlsx", "study.esk").code == 0
    assert [each["patients"] for each in esk.backups()] == [4, 2]
    assert esk("import", "more.xlsx", "fresh.esk").code == 0
    assert [each["patients"] for each in esk("backups", "fresh.esk", "--json").json] == [2]


def test_that_a_backup_that_cannot_be_made_is_told_and_keeps_no_edit_from_the_disk(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    backup_folder(path).write_text("a file in its place", encoding="utf-8")
    run = esk.edit("3")
    assert run.code == 0
    assert "saved" in run.out
    assert "No backup was made." in run.err
    assert nrs_end(path) == 3.0


# -- listing -----------------------------------------------------------------------------------------------------------


def test_that_backups_are_listed_for_a_person_and_for_a_program(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    empty = esk("backups", "study.esk", lang="nl")
    assert (empty.code, empty.out) == (0, f"Er zijn nog geen reservekopieën in {backup_folder(Path('study.esk'))}.\n")
    assert esk.backups() == []
    esk.edit("3")
    told = esk("backups", "study.esk", lang="nl").out.splitlines()
    assert told[0].split("\t") == ["gemaakt", "patiënten", "regels sindsdien", "MB", "bestand"]
    assert [line.split("\t")[1:3] for line in told[1:]] == [["2", "0"], ["2", "1"]]
    newest = esk.backups()[0]
    with Study.open(path, person=NURSE, read_only=True) as study:
        line = study.log()[-1]
    assert (newest["log_seq"], newest["log_head"], newest["fault"]) == (line.seq, line.hash, None)
    assert newest["bytes"] == Path(newest["file"]).stat().st_size


def test_that_a_backup_that_cannot_be_used_is_listed_with_its_reason(esk: Esk, tmp_path: Path) -> None:
    closed_study(tmp_path)
    esk("backup", "study.esk")
    damaged = Path(esk.backups()[0]["file"])
    raw = bytearray(damaged.read_bytes())
    raw[60] ^= 1
    damaged.write_bytes(raw)
    assert esk.backups()[0]["fault"]["code"] == "file_damaged"
    run = esk("backups", "study.esk")
    assert run.code == 0
    assert "is damaged" in run.out


def test_that_the_backups_of_a_study_that_is_gone_are_listed(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    esk("backup", "study.esk")
    path.unlink()
    (found,) = esk.backups()
    assert (found["patients"], found["changes_since"]) == (2, None)
    run = esk("backups", "never.esk")
    assert run.code == 1
    assert "file_not_found" in run.err


# -- restoring ---------------------------------------------------------------------------------------------------------


def test_that_a_backup_is_restored_by_its_name(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    esk.edit("3")
    early = Path(esk.backups()[-1]["file"]).name
    run = esk("restore", "study.esk", early, "--who", "ND", "--reason", "verkeerde patiënt")
    assert (run.code, run.err) == (0, "")
    assert nrs_end(path) == 4.5
    with Study.open(path, person=NURSE, read_only=True) as study:
        last = study.log()[-1]
        assert (last.person, last.reason) == ("ND", "verkeerde patiënt")
    assert [each["changes_since"] for each in esk.backups()] == [0, 2, 3]
    again = esk("restore", "study.esk", early, "--who", "ND", "--reason", "nog eens")
    assert again.code == 0
    assert "nothing was changed" in again.out


def test_that_a_damaged_study_is_replaced_and_the_file_told(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    esk("backup", "study.esk")
    (backup,) = [each["file"] for each in esk.backups()]
    path.write_bytes(b"")
    run = esk("restore", "study.esk", backup, "--who", "ND", "--reason", "schijf kapot")
    assert run.code == 0
    assert "study_damaged_" in run.out
    assert nrs_end(path) == 4.5
    assert esk("check", "study.esk").code == 0
    path.unlink()
    assert esk("restore", "study.esk", backup, "--who", "ND", "--reason", "weg").code == 0
    assert nrs_end(path) == 4.5


def test_that_a_study_with_a_passphrase_is_restored_with_it(
    esk: Esk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Key.of_passphrase("geheim")
    Study.create(tmp_path / "study.esk", person=NURSE, patients=two_patients(), key=key).close()
    monkeypatch.setenv("ESK_PASSPHRASE", "geheim")
    assert esk.edit("3").code == 0
    backup = esk.backups()[-1]["file"]
    assert esk("restore", "study.esk", backup, "--who", "ND", "--reason", "terug").code == 0
    (tmp_path / "study.esk").unlink()
    assert esk("restore", "study.esk", backup, "--who", "ND", "--reason", "weg").code == 0
    with Study.open(tmp_path / "study.esk", person=NURSE, read_only=True, key=key) as study:
        assert study.patients[0].get("nrs_end") == 4.5
    monkeypatch.delenv("ESK_PASSPHRASE")
    run = esk("restore", "study.esk", backup, "--who", "ND", "--reason", "terug")
    assert run.code == 1
    assert "key_needed" in run.err


def test_that_a_restore_that_cannot_be_is_refused(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    before = digest(path)
    for arguments, code in (
        (("study.esk", "away.esk", "--who", "ND", "--reason", "x"), "file_not_found"),
        (("study.esk", "notes.txt", "--who", "ND", "--reason", "x"), "not_a_study"),
        (("study.esk", "notes.txt", "--who", "ND", "--reason", " "), "not_a_study"),
    ):
        (tmp_path / "notes.txt").write_text("notes", encoding="utf-8")
        run = esk("restore", *arguments)
        assert (run.code, code in run.err) == (1, True), run
    assert esk("restore", "study.esk", "notes.txt", "--who", "ND").code == 2
    assert digest(path) == before


def test_that_a_study_that_somebody_writes_is_not_restored(esk: Esk, tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        esk("backup", "study.esk")
        study.wait_saved(study.set_value(study.patients[0].id, Kind.PATIENT, study.patients[0].id, "nrs_end", 3.0))
        backup = esk.backups()[0]["file"]
        run = esk("restore", "study.esk", backup, "--who", "ND", "--reason", "terug")
        assert run.code == 1
        assert "file_locked" in run.err


# -- checking ----------------------------------------------------------------------------------------------------------


def cut(path: Path) -> None:
    with from_outside(path) as connection:
        connection.execute("UPDATE patient SET nrs_end = 4.5 WHERE study_no = 'P01'")
        connection.execute("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)")


def test_that_check_finds_a_cut_tail_by_the_backups_beside_the_study(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    esk.edit("3")
    assert esk("check", "study.esk").code == 0
    cut(path)
    run = esk("check", "study.esk")
    assert run.code == 1
    assert "log_cut" in run.err
    (finding,) = esk("check", "study.esk", "--json").json["findings"]
    assert (finding["code"], finding["file"]) == ("log_cut", Path(esk.backups()[0]["file"]).name)


def test_that_check_finds_a_cut_tail_by_an_export_and_a_printed_log(esk: Esk, tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    esk.edit("3")
    esk("export", "study.esk", "out.xlsx")
    (tmp_path / "out.json").write_text(esk("log", "study.esk", "--json").out, encoding="utf-8")
    assert esk("check", "study.esk", "--against", "out.xlsx", "out.json").code == 0
    shutil.rmtree(backup_folder(path))
    cut(path)
    assert esk("check", "study.esk").code == 0  # what nobody told of is not missed
    run = esk("check", "study.esk", "--against", "out.xlsx", "--against", "out.json", "--json")
    assert run.code == 1
    assert [(each["code"], each["file"]) for each in run.json["findings"]] == [
        ("log_cut", "out.json"),
        ("log_cut", "out.xlsx"),
    ]
    assert run.json["whole"] is False


def test_that_a_file_to_check_against_must_tell_its_line(esk: Esk, tmp_path: Path) -> None:
    closed_study(tmp_path)
    (tmp_path / "list.json").write_text("{}", encoding="utf-8")
    run = esk("check", "study.esk", "--against", "list.json")
    assert run.code == 1
    assert "list.json: -: head_missing" in run.err
