"""The writer: acts reach the disk in order, what fails is kept and tried again, and nothing is written twice."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import SaveState, Study
from esk_engine.study_file import connection as connection_room
from esk_engine.study_file import writer as writer_room
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import PUBLIC, connect
from tests.engine.study_file.helpers import NURSE, new_study


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """An open study that waits for the disk 0.05 s and tries again only when it is told to."""
    monkeypatch.setattr(connection_room, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(writer_room, "RETRY_SECONDS", 600)
    opened = new_study(tmp_path)
    yield opened
    opened.close(discard=True)


def age(study: Study, value: int) -> None:
    p01 = study.patients[0]
    study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", value)


def stored_age(path: Path) -> object:
    with Study.open(path, person=NURSE, read_only=True) as study:
        return study.patients[0].get("age_years")


def test_that_a_value_that_is_promised_is_on_disk(study: Study) -> None:
    p01 = study.patients[0]
    for years in range(20, 60):
        study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", years + 1).result(5)
        assert stored_age(study.path) == years + 1
    assert study.save_state.status == "saved"
    assert study.save_state.at is not None


def test_that_the_state_is_told_as_saving_then_saved(study: Study) -> None:
    told: list[str] = []
    done = threading.Event()

    def listen(state: SaveState) -> None:
        told.append(state.status)
        if state.status == "saved":
            done.set()

    forget = study.subscribe_saved(listen)
    age(study, 60)
    assert done.wait(5)
    assert told == ["saving", "saved"]
    forget()
    age(study, 61)
    assert study.settle(5)
    assert told == ["saving", "saved"]


def test_that_acts_wait_behind_one_that_fails_and_then_follow_in_order(study: Study) -> None:
    reader = connect(study.path, PUBLIC, "ro")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM patient").fetchall()  # holds the writer up, as a slow backup program would
    for years in (58, 59, 60):
        age(study, years)
    assert not study.settle(5)
    assert study.save_state.status == "failed"
    assert study.save_state.fault is not None
    assert study.save_state.fault.code == "file_busy"
    assert study.patients[0].get("age_years") == 60
    with pytest.raises(Fault, match="file_busy"):
        study.close()
    reader.close()
    assert _settles(study)
    assert [line.new for line in study.log()[-3:]] == ["58", "59", "60"]
    assert stored_age(study.path) == 60


def _settles(study: Study) -> bool:
    """Whether everything reaches the disk once the writer has tried again."""
    done = threading.Event()
    forget = study.subscribe_saved(lambda state: done.set() if state.status == "saved" else None)
    study.retry()
    assert done.wait(5)
    forget()
    return study.settle(5)


def test_that_waiting_for_a_value_that_cannot_be_saved_raises_why(study: Study) -> None:
    reader = connect(study.path, PUBLIC, "ro")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM patient").fetchall()
    p01 = study.patients[0]
    saved = study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", 70)
    with pytest.raises(Fault, match="file_busy"):
        study.wait_saved(saved)
    reader.close()
    assert _settles(study)
    assert study.wait_saved(saved) == study.version


def test_that_a_folder_that_vanishes_and_comes_back_loses_nothing(study: Study, tmp_path: Path) -> None:
    away = tmp_path.with_name(tmp_path.name + "-away")
    tmp_path.rename(away)
    age(study, 58)
    age(study, 59)
    assert not study.settle(5)
    assert study.save_state.fault is not None
    assert study.save_state.fault.code == "file_vanished"
    away.rename(tmp_path)
    assert _settles(study)
    assert stored_age(study.path) == 59
    assert check_file(study.path).is_whole


def test_that_a_copy_of_the_folder_that_comes_back_in_its_place_is_written_on(study: Study, tmp_path: Path) -> None:
    away = tmp_path.with_name(tmp_path.name + "-away")
    shutil.copytree(tmp_path, away)
    shutil.rmtree(tmp_path)
    age(study, 58)
    assert not study.settle(5)
    away.rename(tmp_path)
    assert _settles(study)
    assert stored_age(study.path) == 58
    with pytest.raises(Fault, match="file_locked"):
        Study.open(study.path, person=NURSE)


def test_that_a_file_that_was_replaced_by_another_state_is_not_written_to(study: Study, tmp_path: Path) -> None:
    old = tmp_path / "old.copy"
    shutil.copy(study.path, old)
    age(study, 58)
    assert study.settle(5)
    study.path.unlink()
    age(study, 59)
    assert not study.settle(5)
    old.rename(study.path)
    before = study.path.read_bytes()
    done = threading.Event()
    study.subscribe_saved(lambda state: done.set() if state.fault and state.fault.code == "file_changed" else None)
    study.retry()
    assert done.wait(5)
    assert study.path.read_bytes() == before


def test_that_a_disk_that_is_full_is_named_and_the_value_is_saved_once_there_is_room(study: Study) -> None:
    def pages(limit: int) -> None:
        connection = study._writer._connection  # type: ignore[union-attr]
        assert connection is not None
        connection.execute(f"PRAGMA max_page_count = {limit}")

    pages(1)  # SQLite takes it as "no more than there are now"
    p01 = study.patients[0]
    saved = study.set_value(p01.id, Kind.PATIENT, p01.id, "remarks", "x" * 10_000)
    with pytest.raises(Fault, match="file_full"):
        study.wait_saved(saved)
    assert _settles(study)  # the file is opened anew, without the limit
    assert saved.result(5) == study.version
    assert check_file(study.path).is_whole


def test_that_an_act_whose_commit_was_in_doubt_is_not_written_twice(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Doubtful:
        """A connection that commits, and then says that it could not."""

        def __init__(self, inner: sql.Connection) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def execute(self, statement: str, *parameters: object) -> object:
            result = self._inner.execute(statement, *parameters)  # type: ignore[arg-type]
            if statement == "COMMIT":
                raise sql.OperationalError("disk I/O error")
            return result

    writer = study._writer
    assert writer is not None
    assert writer._connection is not None
    monkeypatch.setattr(writer, "_connection", Doubtful(writer._connection))
    age(study, 58)
    assert not study.settle(5)
    assert _settles(study)
    assert [line.new for line in study.log() if line.variable == "age_years"] == ["58"]
    assert check_file(study.path).is_whole


def test_that_a_listener_that_fails_keeps_no_value_from_the_disk(study: Study) -> None:
    def listen(_: SaveState) -> None:
        raise RuntimeError("a window that is gone")

    study.subscribe_saved(listen)
    age(study, 58)
    assert study.settle(5)
    assert stored_age(study.path) == 58


def test_that_giving_up_what_cannot_be_saved_ends_its_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_room, "RETRY_SECONDS", 600)
    study = new_study(tmp_path)
    study.path.unlink()
    p01 = study.patients[0]
    saved = study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", 58)
    with pytest.raises(Fault, match="file_vanished"):
        study.close()
    study.close(discard=True)
    with pytest.raises(Fault, match="file_vanished"):
        saved.result(5)
    with pytest.raises(Fault, match="study_closed"):
        study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", 59)


def test_that_a_bug_of_ours_while_writing_loses_no_value(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(writer_room, "write", bug)
        age(study, 58)
        assert not study.settle(5)
    assert study.save_state.fault is not None
    assert study.save_state.fault.code == "file_unreadable"
    assert _settles(study)
    assert stored_age(study.path) == 58
