"""The fault log: types and places only, whatever goes wrong, and never a fault of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.fault_log import described, fault_log_path, note, record
from esk_engine.study import Person, Study
from esk_engine.study_file import writer
from tests.engine.builders import patient

ROOT = Path(__file__).resolve().parents[2]
SECRET = "P07 weighs 83.7531"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - whichever was asked for
        return caught


def _written() -> str:
    return fault_log_path().read_text(encoding="utf-8")


def test_that_an_error_is_told_by_its_type_and_its_places_alone() -> None:
    text = described(_raised(ValueError(SECRET)))
    assert text.splitlines()[0] == "builtins.ValueError"
    assert "test_fault_log.py" in text
    assert "_raised" in text
    assert SECRET not in text


def test_that_a_fault_is_told_by_its_code_and_not_by_what_it_names() -> None:
    text = described(_raised(Fault("file_damaged", value=SECRET)))
    assert "(file_damaged)" in text
    assert SECRET not in text


def test_that_causes_that_run_in_a_circle_come_to_an_end() -> None:
    one, other = ValueError("1"), KeyError("2")
    one.__cause__, other.__cause__ = other, one
    assert described(one).splitlines() == ["builtins.ValueError", "builtins.KeyError"]


def test_that_a_recursion_without_an_end_is_told_by_its_two_ends() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    lines = described(caught.value).splitlines()
    assert len(lines) < 60
    assert any("more" in line for line in lines)


def test_that_one_error_in_several_hands_is_written_down_once() -> None:
    error = _raised(ValueError(SECRET))
    assert record(error) == record(error) == fault_log_path()
    assert _written().count("ValueError") == 1


def test_that_the_same_defect_over_and_over_is_written_down_once() -> None:
    for _ in range(50):
        record(_raised(ValueError(SECRET)))
    assert _written().count("ValueError") == 1


def test_that_the_log_is_begun_anew_when_it_has_grown_large() -> None:
    fault_log_path().parent.mkdir(parents=True)
    fault_log_path().write_text("x" * 600_000, encoding="utf-8")
    note("ERROR", "here")
    assert _written().endswith("ERROR here\n")
    assert fault_log_path().stat().st_size < 100
    assert fault_log_path().with_suffix(".log.1").stat().st_size == 600_000


class _Odd(Exception):
    """An error that cannot be looked at without another one."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(SECRET)


def test_that_an_error_that_cannot_be_looked_at_is_dropped() -> None:
    record(_Odd())
    assert not fault_log_path().exists() or SECRET not in _written()


def _a_file_in_the_way(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_text("not a folder", encoding="utf-8")


def _a_folder_in_its_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault_log_path().mkdir(parents=True)


def _a_name_that_cannot_be(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "x" * 5000)
    monkeypatch.setenv("LOCALAPPDATA", "x" * 5000)


@pytest.mark.skipif(sys.platform == "win32", reason="the account always has a home there")
def test_that_an_account_without_a_home_gets_a_log_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(Path, "home", no_home)
    assert fault_log_path().is_relative_to(tmp_path)


@pytest.mark.parametrize("spoil", [_a_file_in_the_way, _a_folder_in_its_place, _a_name_that_cannot_be])
def test_that_what_cannot_be_written_down_raises_nothing(
    spoil: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(spoil)
    spoil(tmp_path / "home", monkeypatch)
    assert record(_raised(ValueError(SECRET))) is None
    assert note("ERROR", "here") is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_that_a_full_disk_raises_nothing() -> None:
    fault_log_path().parent.mkdir(parents=True)
    fault_log_path().symlink_to("/dev/full")
    assert note("ERROR", "here") is None


def test_that_a_name_with_half_a_character_is_written_out() -> None:
    assert note("ERROR", "/folder/\udce9/x.py:3") is not None
    assert "\\udce9" in _written()


_WATCHED = """
import sys, threading, warnings, logging, concurrent.futures
from esk_engine.fault_log import watch
told = []
watch(lambda error: told.append(type(error).__name__))
def fail(*_):
    raise ValueError({secret!r})
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Held:
    def __del__(self):
        raise KeyError({secret!r})
held = Held()
del held
warnings.warn({secret!r}, UserWarning)
done = concurrent.futures.Future()
done.add_done_callback(fail)
done.set_result(1)
logging.getLogger("somebody").error({secret!r})
print(told)
raise LookupError({secret!r})
"""


def _run(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(home), "LOCALAPPDATA": str(home)}
    return subprocess.run(
        [sys.executable, "-c", code], env=own, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_that_nothing_that_python_would_print_is_printed(tmp_path: Path) -> None:
    done = _run(_WATCHED.format(secret=SECRET), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "['ValueError']\n", "")
    [log] = tmp_path.rglob("esk.log")
    written = log.read_text(encoding="utf-8")
    for kind in ("ValueError", "KeyError", "UserWarning", "concurrent.futures", "somebody", "LookupError"):
        assert kind in written
    assert SECRET not in written


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads what Linux says of a process")
def test_that_a_crash_leaves_no_copy_of_the_memory(tmp_path: Path) -> None:
    done = _run(
        "import ctypes, resource\n"
        "from esk_engine.fault_log import watch\n"
        "watch(print)\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n",
        tmp_path,
    )
    assert done.stdout == "(0, 0) 0\n"


def test_that_a_bug_on_the_writers_thread_is_noted_by_type_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ValueError(SECRET)

    def listen(_: object) -> None:
        raise LookupError(SECRET)

    with Study.create(tmp_path / "s.esk", person=Person("AB"), patients=[patient("P07")]) as study:
        study.subscribe_saved(listen)
        with monkeypatch.context() as patched:
            patched.setattr(writer, "write", bug)
            held = study.patients[0]
            study.set_value(held.id, Kind.PATIENT, held.id, "age_years", 58)
            assert not study.settle(5)
            assert SECRET not in str(study.save_state.fault)
        until = time.monotonic() + 20
        while not study.settle(0.1) and time.monotonic() < until:
            study.retry()
            time.sleep(0.02)
        assert study.save_state.status == "saved"
    written = _written()
    assert "builtins.ValueError" in written
    assert "builtins.LookupError" in written
    assert SECRET not in written
