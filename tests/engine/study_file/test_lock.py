"""One writer: who has the study open is told, a reader is let in, and nothing is broken by its age."""

from __future__ import annotations

import json
import os
import platform
import time
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Person, Study
from esk_engine.study_file.lock import WriterLock, lock_path, note_path, writer_of
from tests.engine.study_file.helpers import NURSE, closed_study, new_study, python

HOLD = """
import sys
from esk_engine.study import Person, Study
study = Study.open(sys.argv[1], person=Person("CD"))
print("open", flush=True)
sys.stdin.readline()
study.close()
print("closed", flush=True)
"""
CONTEND = """
import sys
from esk_engine.errors import Fault
from esk_engine.study import Person, Study
print("ready", flush=True)
sys.stdin.readline()
try:
    study = Study.open(sys.argv[1], person=Person(sys.argv[2]))
except Fault as fault:
    print(fault.code, flush=True)
else:
    print("open", flush=True)
    sys.stdin.readline()
    study.close()
"""


def test_that_a_second_writer_is_told_who_has_the_study_open_where_and_since_when(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with python(HOLD, path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(Fault) as caught:
            Study.open(path, person=NURSE)
        with Study.open(path, person=NURSE, read_only=True) as reader:
            assert len(reader.patients) == 2
        other.communicate("\n")
    fault = caught.value
    assert (fault.code, fault.params["who"], fault.params["pc"]) == ("file_locked", "CD", platform.node())
    since = fault.params["since"]
    assert isinstance(since, datetime)
    assert abs(datetime.now().astimezone() - since).total_seconds() < 60
    Study.open(path, person=NURSE).close()


def test_that_a_writer_in_the_same_program_is_refused_too(tmp_path: Path) -> None:
    with new_study(tmp_path) as study, pytest.raises(Fault) as caught:
        Study.open(study.path, person=Person("CD"))
    assert (caught.value.code, caught.value.params["who"]) == ("file_locked", "AB")


def test_that_a_writer_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with python(HOLD, path) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
    with Study.open(path, person=NURSE) as study:
        note = json.loads(path.with_name("study.esk.who").read_text(encoding="utf-8"))
        assert note["who"] == "AB"
        assert not study.read_only


def test_that_a_lock_that_is_held_is_not_broken_by_its_age(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        long_ago = time.time() - 30 * 24 * 3600
        for name in ("study.esk.lock", "study.esk.who"):
            os.utime(tmp_path / name, (long_ago, long_ago))
        with pytest.raises(Fault) as caught:
            Study.open(study.path, person=Person("CD"))
    assert caught.value.code == "file_locked"


@pytest.mark.parametrize("note", ["", "no json", "[1]", "{}"])
def test_that_a_note_that_says_nothing_does_not_hide_the_lock(tmp_path: Path, note: str) -> None:
    with new_study(tmp_path) as study:
        (tmp_path / "study.esk.who").write_text(note, encoding="utf-8")
        with pytest.raises(Fault) as caught:
            Study.open(study.path, person=Person("CD"))
    assert (caught.value.code, caught.value.params["who"]) == ("file_locked", "?")


def test_that_a_note_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed_study(tmp_path)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full)
    with Study.open(path, person=NURSE):
        assert [name.name for name in tmp_path.iterdir() if ".who" in name.name] == []


def forget(lock: WriterLock) -> None:
    """What a share does that drops out: the lock is gone, and who had it does not know."""
    held = lock._lock
    assert held is not None
    held.release()


def test_that_a_lock_that_a_share_forgot_is_taken_again(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    one, two = WriterLock(path), WriterLock(path)
    one.acquire("AB", "WARD-1")
    one.renew()
    forget(one)
    one.renew()
    with pytest.raises(Fault) as caught:
        two.acquire("CD", "WARD-2")
    assert caught.value.params["who"] == "AB"
    one.release()
    two.acquire("CD", "WARD-2")
    two.release()


def test_that_a_lock_that_a_share_forgot_and_gave_to_another_is_not_ours(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    one, two = WriterLock(path), WriterLock(path)
    one.acquire("AB", "WARD-1")
    forget(one)
    two.acquire("CD", "WARD-2")
    for _ in range(2):
        with pytest.raises(Fault) as caught:
            one.renew()
        assert (caught.value.code, caught.value.params["who"]) == ("file_locked", "CD")
    one.hand_over("EF")
    one.release()
    found = writer_of(path)
    assert found is not None
    assert found.params["who"] == "CD"
    two.release()
    one.renew()
    one.release()
    assert writer_of(path) is None


def test_that_who_lost_the_lock_does_not_take_the_note_of_another_along(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    one, two = WriterLock(path), WriterLock(path)
    one.acquire("AB", "WARD-1")
    forget(one)
    two.acquire("CD", "WARD-2")
    one.release()
    found = writer_of(path)
    assert found is not None
    assert found.params["who"] == "CD"
    two.release()
    assert not note_path(path).exists()


@pytest.mark.skipif(os.name == "nt", reason="a file is not marked so there")
def test_that_a_lock_that_cannot_be_looked_at_is_not_held(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    lock = WriterLock(path)
    lock.acquire("AB", "WARD-1")
    lock_path(path).unlink()
    lock_path(path).mkdir()
    with pytest.raises(Fault, match="file_read_only"):
        lock.renew()
    found = writer_of(path)
    assert found is not None
    assert found.params["who"] == "AB"  # the note is all there is to go by
    lock_path(path).rmdir()
    note_path(path).unlink()
    assert writer_of(path) is None


def test_that_a_lock_file_that_is_gone_is_made_again(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    one, two = WriterLock(path), WriterLock(path)
    one.acquire("AB", "WARD-1")
    lock_path(path).unlink()
    one.renew()
    with pytest.raises(Fault, match="file_locked"):
        two.acquire("CD", "WARD-2")
    one.release()


def test_that_a_lock_that_can_no_longer_be_tried_is_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = closed_study(tmp_path)
    lock = WriterLock(path)
    lock.acquire("AB", "WARD-1")
    stale = OSError(116, "Stale file handle")
    with monkeypatch.context() as patched:
        patched.setattr(FileLock, "acquire", lambda *_, **__: raised(stale))
        with pytest.raises(Fault, match="file_read_only"):
            lock.renew()
    lock.renew()
    lock.release()


def raised(error: Exception) -> None:
    raise error


def test_that_of_two_that_open_at_once_one_writes(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with python(CONTEND, path, "AB") as one, python(CONTEND, path, "CD") as two:
        processes = (one, two)
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for _ in range(1):
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
        answers = sorted(process.stdout.readline().strip() for process in processes if process.stdout is not None)
        for process in processes:
            process.communicate("\n")
    assert answers == ["file_locked", "open"]


def test_that_a_reader_sees_what_another_process_wrote(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        p01 = study.patients[0]
        study.set_value(p01.id, Kind.PATIENT, p01.id, "nrs_end", 3.0).result(5)
        script = "import sys; from esk_engine.study import Person, Study\n"
        script += "print(Study.open(sys.argv[1], person=Person('x'), read_only=True).patients[0].get('nrs_end'))"
        with python(script, study.path) as reader:
            said, _ = reader.communicate()
    assert said.strip() == "3.0"
