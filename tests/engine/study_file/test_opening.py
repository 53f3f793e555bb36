"""Opening: what is wrong with a file is named, and a file that is refused is left as it was, to the byte."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine import study_file
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Key, Study
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import connect
from esk_engine.study_file.schema import APPLICATION_ID
from tests.engine.builders import patient
from tests.engine.study_file.helpers import NURSE, ROOT, closed_study, digest, from_outside, new_study, two_patients

PAGE = 4096


def refusal(path: Path, **options: object) -> Fault:
    """The fault that opening raises; the file is checked to be untouched, and nothing stays locked."""
    before = digest(path)
    with pytest.raises(Fault) as caught:
        Study.open(path, person=NURSE, **options)  # type: ignore[arg-type]
    assert digest(path) == before
    assert not path.with_name(path.name + ".who").exists()
    return caught.value


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"PK\x03\x04" + bytes(5000), b"SQLite format 3\0" + bytes(8192), os.urandom(3 * PAGE), bytes(PAGE)],
    ids=["empty", "one byte", "a workbook", "a plain database's head", "noise", "zeros"],
)
def test_that_a_foreign_file_is_named_as_no_study_and_nothing_is_made_beside_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.esk"
    path.write_bytes(content)
    assert refusal(path).code == "not_a_study"
    assert [entry.name for entry in tmp_path.iterdir()] == ["foreign.esk"]


def test_that_a_plain_database_is_no_study(tmp_path: Path) -> None:
    path = tmp_path / "plain.esk"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE patient (id TEXT)")
    connection.close()
    assert refusal(path).code == "not_a_study"


def test_that_an_encrypted_database_of_another_program_is_no_study(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID + 1}")
    assert refusal(path).code == "not_a_study"


def test_that_a_folder_or_nothing_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault) as nothing:
        Study.open(tmp_path / "none.esk", person=NURSE)
    with pytest.raises(Fault) as folder:
        Study.open(tmp_path, person=NURSE)
    assert (nothing.value.code, folder.value.code) == ("file_not_found", "not_a_study")
    assert list(tmp_path.iterdir()) == []


def test_that_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute("PRAGMA user_version = 3")
    assert refusal(path).code == "file_newer"
    assert refusal(path, read_only=True).code == "file_newer"


def test_that_a_file_with_a_variable_of_a_later_esk_is_refused_as_newer(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute("ALTER TABLE patient ADD COLUMN pupil_mm REAL")
    assert refusal(path).code == "file_newer"


def test_that_every_page_that_is_damaged_is_noticed_at_opening(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    whole = path.read_bytes()
    for page in range(len(whole) // PAGE):
        path.write_bytes(whole)
        flip(path, page * PAGE + 1000)
        assert refusal(path).code == "file_damaged"


@pytest.mark.parametrize("cut", [512, PAGE, 3 * PAGE, PAGE + 1])
def test_that_a_file_that_was_cut_is_noticed(tmp_path: Path, cut: int) -> None:
    path = closed_study(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    assert refusal(path).code == "file_damaged"


def test_that_something_appended_is_noticed(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    path.write_bytes(path.read_bytes() + b"x" * 100)
    assert refusal(path).code == "file_damaged"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE patient SET inclusion_date = 'yesterday'", "DELETE FROM patient", "DELETE FROM criteria_in_use"],
)
def test_that_data_that_cannot_be_are_named_as_damage(tmp_path: Path, statement: str) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute(statement)
    assert refusal(path).code == "file_damaged"


def test_that_another_key_is_refused_as_what_it_may_all_be(tmp_path: Path) -> None:
    path = tmp_path / "secret.esk"
    Study.create(path, person=NURSE, key=Key.of_passphrase("it's a secret")).close()
    assert refusal(path).code == "key_needed"
    with Study.open(path, person=NURSE, key=Key.of_passphrase("it's a secret")) as study:
        study.add_patient({"study_no": "P1"}).saved.result(5)
        assert len(study.log()) > 1
    assert "secret" not in repr(Key.of_passphrase("secret"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("x" * 300 + ".esk", "file_name_long"), ("é" * 120 + ".esk", "file_name_long"), ("a\0b.esk", "file_read_only")],
)
def test_that_a_name_that_cannot_be_is_a_calm_fault(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(Fault, match="file_not_found"):
        Study.open(tmp_path / name, person=NURSE)
    with pytest.raises(Fault, match=code):
        Study.create(tmp_path / name, person=NURSE)
    assert list(tmp_path.iterdir()) == []


def test_that_a_name_that_is_no_utf8_is_a_name_too(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.esk")
    Study.create(path, person=NURSE).close()
    Study.open(path, person=NURSE).close()


def test_that_the_key_that_the_documentation_prints_opens_a_study(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    printed = re.search(r"PRAGMA key = \"x'([0-9a-f]{64})'\"", (ROOT / "docs" / "STUDY_FILE.md").read_text("utf-8"))
    assert printed is not None
    assert hashlib.sha256(b"Esk study file without a passphrase").hexdigest() == printed[1]
    Study.open(path, person=NURSE, key=Key(raw=bytes.fromhex(printed[1]))).close()


def mark_file(path: Path) -> None:
    path.chmod(0o444)


def mark_folder(path: Path) -> None:
    path.parent.chmod(0o555)


@pytest.mark.parametrize("mark", [mark_file, mark_folder])
def test_that_what_may_not_be_written_opens_for_reading(
    tmp_path: Path, mark: Callable[[Path], None], request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    request.addfinalizer(lambda: folder.chmod(0o755))
    path = closed_study(folder)
    before = digest(path)
    mark(path)
    with Study.open(path, person=NURSE) as study:
        assert study.read_only
        assert study.read_only_reason is not None
        assert study.read_only_reason.code == "file_read_only"
        p01 = study.patients[0]
        with pytest.raises(Fault) as caught:
            study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", 58)
        assert caught.value.code == "file_read_only"
        assert study.patients[0].get("age_years") == 57
        assert len(study.log()) > 10
    assert digest(path) == before


def test_that_opening_to_read_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    before, names = digest(path), sorted(entry.name for entry in tmp_path.iterdir())
    with Study.open(path, person=NURSE, read_only=True) as study:
        assert [one.study_no for one in study.patients] == ["P01", "P02"]
        assert study.read_only_reason is not None
        assert study.read_only_reason.code == "read_only_study"
    assert (digest(path), sorted(entry.name for entry in tmp_path.iterdir())) == (before, names)


def test_that_what_was_written_is_what_is_read(tmp_path: Path) -> None:
    patients = two_patients()
    path = tmp_path / "a name with % and # and ? é.esk"
    Study.create(path, person=NURSE, patients=patients).close()
    with Study.open(path, person=NURSE) as study:
        assert list(study.patients) == patients


def test_that_a_study_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "there.esk"
    path.write_bytes(b"mine")
    with pytest.raises(Fault) as caught:
        Study.create(path, person=NURSE)
    assert caught.value.code == "file_exists"
    assert path.read_bytes() == b"mine"


def test_that_a_study_that_cannot_be_written_whole_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Fault) as taken:
        Study.create(tmp_path / "new.esk", person=NURSE, patients=[patient("P1"), patient("p1")])
    with pytest.raises(Fault) as nowhere:
        Study.create(tmp_path / "no folder" / "new.esk", person=NURSE)
    assert (taken.value.code, nowhere.value.code) == ("refused", "folder_missing")
    assert list(tmp_path.iterdir()) == []


def test_that_a_disk_too_small_for_a_new_study_is_named_and_left_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_small_disk(path: Path, key: Key, mode: str) -> object:
        connection = connect(path, key, mode)
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    monkeypatch.setattr(study_file, "connect", on_a_small_disk)
    with pytest.raises(Fault) as caught:
        Study.create(tmp_path / "new.esk", person=NURSE, patients=two_patients())
    assert (caught.value.code, caught.value.params["path"]) == ("file_full", str(tmp_path / "new.esk"))
    assert list(tmp_path.iterdir()) == []


def test_that_two_that_create_one_study_at_once_do_not_take_each_others_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.esk"

    def while_another_creates(beside: Path, key: Key, mode: str) -> object:
        if not path.exists():
            path.write_bytes(b"the other's")
        return connect(beside, key, mode)

    monkeypatch.setattr(study_file, "connect", while_another_creates)
    with pytest.raises(Fault, match="file_exists"):
        Study.create(path, person=NURSE)
    assert path.read_bytes() == b"the other's"
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_drive_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", no_links)
    path = closed_study(tmp_path)
    assert check_file(path).is_whole
    assert {entry.name for entry in tmp_path.iterdir()} - {"study.esk.lock"} == {"study.esk"}


def test_that_where_no_lock_can_be_set_the_study_opens_for_reading(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    (tmp_path / "study.esk.lock").unlink(missing_ok=True)
    (tmp_path / "study.esk.lock").mkdir()
    with Study.open(path, person=NURSE) as study:
        assert study.read_only_reason is not None
        assert study.read_only_reason.code == "file_read_only"


def test_that_a_file_that_cannot_be_brought_up_to_date_is_given_up_and_unlocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed_study(tmp_path)
    for error, code in ((sql.OperationalError("disk I/O error"), "file_unreadable"), (Fault("x"), "x")):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr(study_file, "migrate", fail)
            assert refusal(path).code == code
    Study.open(path, person=NURSE).close()


def test_that_a_closed_study_leaves_no_note_and_no_journal(tmp_path: Path) -> None:
    closed_study(tmp_path)
    assert {entry.name for entry in tmp_path.iterdir()} - {"study.esk.lock"} == {"study.esk"}


def test_that_an_older_file_without_a_variable_opens_with_it_missing(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        for column in ("concentration_ug_l_lloq", "concentration_ug_l"):
            connection.execute(f"ALTER TABLE sample DROP COLUMN {column}")
    before = digest(path)
    with Study.open(path, person=NURSE, read_only=True) as study:
        assert study.patients[0].samples[0].values == {"minute": 480, "analyte": "esketamine"}
    assert digest(path) == before
    with Study.open(path, person=NURSE) as study:
        p01 = study.patients[0]
        study.set_value(p01.id, Kind.SAMPLE, p01.samples[0].id, "concentration_ug_l", 95.5).result(5)
    with new_study(tmp_path, "other.esk"), Study.open(path, person=NURSE) as study:
        assert study.patients[0].samples[0].get("concentration_ug_l") == 95.5


def test_that_a_study_that_could_not_be_made_can_be_made_at_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Fault("file_unreadable", path="", detail="")

    with monkeypatch.context() as patched:
        patched.setattr(study_file, "connect", fail)
        with pytest.raises(Fault, match="file_unreadable"):
            new_study(tmp_path)
    assert list(tmp_path.iterdir()) == []
    new_study(tmp_path).close()


def test_that_what_a_birth_or_a_replacement_left_that_was_killed_goes_at_the_next_opening(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    for name in (
        ".study.esk.0a1b2c3d.new",
        ".study.esk.0a1b2c3d.new-journal",
        ".study.esk.restore",
        ".study.esk.rekey",
    ):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / ".other.esk.0a1b2c3d.new").write_bytes(b"another's")
    Study.open(path, person=NURSE).close()
    assert {entry.name for entry in tmp_path.iterdir()} - {"study.esk.lock"} == {"study.esk", ".other.esk.0a1b2c3d.new"}
