"""The passphrase on the command line: said by a file, the environment or at a terminal; set, changed, taken away."""

from __future__ import annotations

import getpass
import io
import json
import sys
import time
from pathlib import Path

import pytest

from esk_engine.cli import main
from esk_engine.study import Person, Study
from esk_engine.study_file import rekey
from esk_engine.study_file.backup import backup_folder, make_backup
from esk_engine.study_file.connection import PUBLIC
from esk_engine.study_file.keys import is_protected, read_recovery, unlock
from tests.engine.exchange.workbooks import Rows, write_book

NEW = "één nieuw 'geheim'"


class Run:
    """One run of a sub-command: its exit code and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> None:
        self.code = main([str(each) for each in arguments])
        self.out, self.err = capsys.readouterr()

    @property
    def fault(self) -> str:
        """The code of the first fault."""
        return self.err.split(": ")[2] if self.err.count(": ") > 2 else ""


class Esk:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Run:
        return Run(self._capsys, *arguments)


@pytest.fixture
def esk(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Esk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("ESK_PASSPHRASE", "ESK_NEW_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    return Esk(capsys)


@pytest.fixture
def study(esk: Esk, tmp_path: Path) -> Path:
    """The demo study with the passphrase of the file ``old``; its recovery key stands in the file ``recovery``."""
    (tmp_path / "old").write_text("oud geheim\n", encoding="utf-8")
    (tmp_path / "new").write_text(f"\ufeff{NEW}\r\nno more\n", encoding="utf-8")
    esk("demo", "demo.esk")
    done = esk("passphrase", "demo.esk", "--set", "--new-passphrase-file", "old", "--who", "AB")
    assert done.code == 0
    (tmp_path / "recovery").write_text(done.out.splitlines()[-1], encoding="utf-8")
    return tmp_path / "demo.esk"


def test_that_a_passphrase_is_set_and_its_recovery_key_printed_on_a_line_of_its_own(
    esk: Esk, study: Path, tmp_path: Path
) -> None:
    assert is_protected(study)
    key = read_recovery((tmp_path / "recovery").read_text(encoding="utf-8"))
    assert key is not None
    assert key.raw == unlock(study, "oud geheim").raw
    assert esk("check", study, "--passphrase-file", "old").code == 0


@pytest.mark.parametrize("how", ["old", "recovery", "environment"])
def test_that_every_sub_command_opens_with_passphrase_or_recovery_key(
    esk: Esk, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    write_book(tmp_path / "more.xlsx", _one_patient())
    said = ("--passphrase-file", how)
    if how == "environment":
        said = ()
        monkeypatch.setenv("ESK_PASSPHRASE", "oud geheim")
    for arguments in (
        ("check", study),
        ("log", study, "--json"),
        ("analyse", study, "--json"),
        ("export", study, "out.xlsx"),
        ("import", "more.xlsx", study),
    ):
        done = esk(*arguments, *said)
        assert (done.code, done.err) == (0, ""), arguments
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"patient": "X1", "set": {"remarks": "ok"}}\n')))
    done = esk("edit", study, "--who", "AB", *said)
    assert "saved" in json.loads(done.out)
    assert is_protected(study)


def _one_patient() -> dict[str, Rows]:
    return {"patients": [["study_no"], ["X1"]]}


def test_that_without_or_with_a_wrong_passphrase_nothing_opens(esk: Esk, study: Path, tmp_path: Path) -> None:
    before = study.read_bytes()
    (tmp_path / "wrong").write_text("fout", encoding="utf-8")
    for command in ("check", "log", "analyse"):
        done = esk(command, study)
        assert (done.code, done.fault, done.out) == (1, "key_needed", "")
        done = esk(command, study, "--passphrase-file", "wrong")
        assert (done.code, done.fault, done.out) == (1, "key_wrong", "")
        assert "wachtwoord" in done.err
        assert "beschadigd" in done.err
    assert study.read_bytes() == before


def test_that_a_passphrase_for_a_study_without_one_is_not_needed(esk: Esk, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("oud geheim\n", encoding="utf-8")
    esk("demo", "demo.esk")
    assert esk("check", "demo.esk", "--passphrase-file", "old").code == 0


def test_that_a_passphrase_is_changed_and_taken_away(esk: Esk, study: Path, tmp_path: Path) -> None:
    said = ("--passphrase-file", "old", "--new-passphrase-file", "new", "--who", "AB", "--reason", "vertrokken")
    done = esk("passphrase", study, "--set", *said)
    assert (done.code, done.err) == (0, "")
    assert unlock(study, NEW).raw == unlock(study, done.out.splitlines()[-1]).raw
    assert esk("check", study, "--passphrase-file", "old").fault == "key_wrong"
    done = esk("passphrase", study, "--remove", "--passphrase-file", "new", "--who", "CD")
    assert done.code == 0
    assert len(done.out.splitlines()) == 1
    assert not is_protected(study)
    lines = json.loads(esk("log", study, "--json").out)
    told = [(line["new"], line["person"], line["reason"]) for line in lines if line["kind"] == "passphrase"]
    assert told == [("yes", "AB", None), ("yes", "AB", "vertrokken"), (None, "CD", None)]
    assert esk("passphrase", study, "--remove", "--who", "CD").fault == "passphrase_none"
    assert esk("check", study).code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--set",), "passphrase_untold"),
        (("--set", "--new-passphrase-file", "none"), "file_not_found"),
        (("--set", "--new-passphrase-file", "."), "file_unreadable"),
        (("--set", "--new-passphrase-file", "latin"), "file_unreadable"),
        (("--set", "--new-passphrase-file", "blank"), "passphrase_form"),
    ],
)
def test_that_what_is_no_new_passphrase_is_named_and_changes_nothing(
    esk: Esk, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    (tmp_path / "latin").write_bytes("één".encode("latin-1"))
    (tmp_path / "blank").write_bytes(b" \n")
    esk("demo", "demo.esk")
    before = (tmp_path / "demo.esk").read_bytes()
    done = esk("passphrase", "demo.esk", *arguments, "--who", "AB")
    assert (done.code, done.fault) == (1, code)
    assert (tmp_path / "demo.esk").read_bytes() == before


def test_that_set_or_remove_and_who_are_asked_for(esk: Esk) -> None:
    for arguments in (("--who", "AB"), ("--set", "--remove", "--who", "AB"), ("--set",)):
        assert esk("passphrase", "demo.esk", *arguments).code == 2


def test_that_an_import_founds_a_study_with_the_passphrase_that_is_said(esk: Esk, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("oud geheim\n", encoding="utf-8")
    write_book(tmp_path / "more.xlsx", _one_patient())
    assert esk("import", "more.xlsx", "new.esk", "--passphrase-file", "old", "--dry-run").code == 0
    assert not (tmp_path / "new.esk").exists()
    done = esk("import", "more.xlsx", "new.esk", "--passphrase-file", "old")
    assert done.code == 0
    key = unlock(tmp_path / "new.esk", done.out.splitlines()[-1])
    assert unlock(tmp_path / "new.esk", "oud geheim") == key
    with Study.open(tmp_path / "new.esk", person=Person("AB"), key=key) as opened:
        assert [one.study_no for one in opened.patients] == ["X1"]


def test_that_a_backup_that_keeps_the_old_key_is_told(
    esk: Esk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    esk("demo", "demo.esk")
    path = tmp_path / "demo.esk"
    made = make_backup(path, PUBLIC, backup_folder(path))
    assert made is not None
    real = Path.replace

    def held(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(rekey, "HELD_SECONDS", 0.1)
    monkeypatch.setenv("ESK_NEW_PASSPHRASE", NEW)
    done = esk("passphrase", "demo.esk", "--set", "--who", "AB")
    assert (done.code, done.fault) == (1, "backup_keeps_key")
    assert unlock(path, done.out.splitlines()[-1]).raw == unlock(path, NEW).raw
    assert not is_protected(made.path)


# -- at a terminal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed, prompt by prompt, unseen; the end of it is the end of the input."""
    texts: list[str] = []

    def prompt(_: str = "") -> str:
        if not texts:
            raise EOFError
        return texts.pop(0)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(getpass, "getpass", prompt)
    monkeypatch.setattr(sys, "stdin", Terminal())
    return texts


def test_that_a_terminal_is_asked_until_the_passphrase_is_right_and_slower_after_five(
    esk: Esk, study: Path, typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: waits.append(seconds) if seconds > 0.5 else None)
    typed += ["fout"] * 4 + ["oud geheim"]
    done = esk("check", study)
    assert done.code == 0
    assert done.err.count("key_wrong") == 4
    assert waits == []
    typed += ["fout"] * 5
    assert esk("check", study).fault == "key_wrong"
    assert waits == [pytest.approx(2, abs=0.1)]
    typed += [""]
    assert esk("check", study).fault == "key_needed"


def test_that_a_new_passphrase_is_typed_twice(esk: Esk, study: Path, typed: list[str]) -> None:
    typed += ["oud geheim", NEW, NEW + "x"]
    assert esk("passphrase", study, "--set", "--who", "AB").fault == "passphrase_differs"
    typed += ["oud geheim", NEW, NEW]
    assert esk("passphrase", study, "--set", "--who", "AB").code == 0
    assert unlock(study, NEW)
