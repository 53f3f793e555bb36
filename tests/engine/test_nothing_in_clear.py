"""Nothing of a protected study stands in clear on the disk: no file of Esk's, at no time, whatever went wrong."""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from openpyxl import Workbook

from esk_engine.study import Key, Person, Study
from tests.engine import clear_play, in_clear

ROOT = Path(__file__).resolve().parents[2]


def test_that_what_is_planted_would_be_found(tmp_path: Path) -> None:
    for number, form in enumerate(in_clear.forms()):
        (tmp_path / f"{number}.bin").write_bytes(b"\x00junk" + form + b"junk")
    found = in_clear.clear_copies(tmp_path)
    assert {line.partition(":")[0] for line in found} == {str(path) for path in tmp_path.iterdir()}
    (tmp_path / in_clear.STUDY_NO).mkdir()
    (tmp_path / in_clear.STUDY_NO / f"{in_clear.STUDY_NO}.txt").write_bytes(b"")
    assert any(f"{in_clear.STUDY_NO}.txt: {in_clear.STUDY_NO} (" in line for line in in_clear.clear_copies(tmp_path))


class Stage:
    """The play in its process: every file below ``folder`` is its own but those in ``elsewhere``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.elsewhere = folder, folder / "elsewhere"
        for name in ("home", "tmp", "studies", "elsewhere", "here"):
            (folder / name).mkdir()
        _write_workbooks(self.elsewhere)
        home, tmp = str(folder / "home"), str(folder / "tmp")
        names = (
            "HOME",
            "USERPROFILE",
            "LOCALAPPDATA",
            "APPDATA",
            "XDG_STATE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
        )
        own = dict.fromkeys(names, home) | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), tmp)
        self._errors = (folder / "stderr").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-W", "always", "-m", "tests.engine.clear_play", str(folder)],
            env={**os.environ, **own, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            cwd=folder / "here",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )

    def scene(self) -> str:
        """The scene that was just played."""
        return _pipe(self.process.stdout).readline().strip()

    def go_on(self) -> None:
        line = _pipe(self.process.stdin)
        line.write("\n")
        line.flush()

    def found(self) -> list[str]:
        keys = (self.elsewhere / "recovery.txt").read_text(encoding="utf-8").split()
        return in_clear.clear_copies(self.folder, but=(self.elsewhere,), recovery_keys=keys)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)
        for stream in (self.process.stdin, self.process.stdout):
            _pipe(stream).close()
        self._errors.close()


def _note(path: Path) -> dict[str, str]:
    """What the note beside the study says, but the moment."""
    told: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    assert set(told) == {"who", "pc", "since"}
    return {name: told[name] for name in ("who", "pc")}


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _write_workbooks(folder: Path) -> None:
    """Two workbooks that cannot come in: one with faults in its cells, one that breaks off."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "patients"
    sheet.append(["study_no", "weight_kg", "remarks", "dose_mg"])
    sheet.append([in_clear.STUDY_NO, in_clear.DRAFT, in_clear.REMARK, in_clear.DOSE])
    book.save(folder / "faulty.xlsx")
    whole = (folder / "faulty.xlsx").read_bytes()
    (folder / "damaged.xlsx").write_bytes(whole[: len(whole) // 2])


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.kill()


def test_that_no_file_holds_a_planted_name_or_number_at_any_time(stage: Stage) -> None:
    played: list[str] = []
    while (scene := stage.scene()) and scene != "killed":
        assert (scene, stage.found()) == (scene, [])
        played.append(scene)
        assert _note(stage.folder / "studies" / "pilot.esk.who") == {"who": "AB", "pc": platform.node()}
        stage.go_on()
    errors = (stage.folder / "stderr").read_text(encoding="utf-8")
    assert errors == ""
    assert [name for name in played if name not in ("born", "an export under way")] == [n for n, _ in clear_play.SCENES]
    assert "an export under way" in played
    logs = list((stage.folder / "home").rglob("esk.log"))
    assert len(logs) == 1  # the crashes were written down
    for _ in range(3):
        stage.go_on()
        time.sleep(random.Random(20261122).uniform(0.05, 0.3))
        assert stage.found() == []
    stage.kill()
    assert stage.found() == []
    key = Key.of_passphrase(in_clear.NEW_PASSPHRASE)
    with Study.open(stage.folder / "studies" / "pilot.esk", person=Person("AB"), key=key) as study:
        assert any(patient.study_no == in_clear.STUDY_NO for patient in study.patients)
    assert stage.found() == []


def test_that_the_command_line_leaves_nothing_whatever_it_refuses(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name in ("home", "tmp", "elsewhere", "studies"):
        (tmp_path / name).mkdir()
    _write_workbooks(elsewhere)
    path = tmp_path / "studies" / "pilot.esk"
    key = Key.of_passphrase(in_clear.PASSPHRASE)
    Study.create(path, person=clear_play.PERSON, patients=[clear_play.patient()], key=key).close()
    held = {"weight_kg": "83,8"}, {"weight_kg": in_clear.DRAFT}, {"remarks": in_clear.REMARK * 2}
    lines = [json.dumps({"patient": in_clear.STUDY_NO, "set": values, "reason": in_clear.REASON}) for values in held]
    commands: list[tuple[list[str], str]] = [
        (["edit", str(path), "--who", "AB"], "\n".join(lines)),
        (["edit", str(path), "--who", "AB"], in_clear.REMARK),
        (["import", str(elsewhere / "faulty.xlsx"), str(path)], ""),
        (["import", str(elsewhere / "damaged.xlsx"), str(path)], ""),
        (["check", str(path)], ""),
        (["backup", str(path)], ""),
        (["export", str(path), str(elsewhere / "out.xlsx")], ""),
    ]
    places = dict.fromkeys(("HOME", "LOCALAPPDATA", "XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(tmp_path / "home"))
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path / "tmp"))
    own = {**os.environ, **places, **temporary, "ESK_PASSPHRASE": in_clear.PASSPHRASE, "PYTHONUTF8": "1"}
    for arguments, typed in commands:
        command = [sys.executable, "-B", str(ROOT / "main.py"), *arguments]
        done = subprocess.run(command, env=own, input=typed, capture_output=True, encoding="utf-8", check=False)
        assert "Traceback" not in done.stderr
        assert in_clear.clear_copies(tmp_path, but=(elsewhere,)) == []
    assert (elsewhere / "out.xlsx").exists()
    assert not list((tmp_path / "home").rglob("esk.log"))
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where Linux puts a dump is known")
def test_that_an_interpreter_that_crashes_leaves_nothing_behind(tmp_path: Path) -> None:
    import resource

    def as_large_as_may_be() -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import ctypes\nfrom esk_engine.fault_log import watch\nwatch(print)\n"
            f"held = {in_clear.REMARK!r}\nctypes.string_at(0)\n",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        preexec_fn=as_large_as_may_be,
        check=False,
    )
    assert done.returncode < 0
    assert list(tmp_path.iterdir()) == []
