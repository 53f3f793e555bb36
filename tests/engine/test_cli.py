"""The command line as a shell sees it: what is printed where, and the exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from esk_engine.cli import main
from esk_engine.study import Person, Study
from tests.engine.exchange.workbooks import Rows, write_book

ROOT = Path(__file__).resolve().parents[2]
FAULT_LINE = re.compile(r"^(?P<place>.+?): (?P<variable>\S+): (?P<code>\w+): (?P<text>.+)$")
LENIENT = {"name": "Lenient", "criteria": [{"name": "pain", "conditions": []}]}
LENIENT["criteria"][0]["conditions"] = [{"variable": "nrs_reduction_percent", "operator": ">=", "threshold": 0}]  # type: ignore[index]


@dataclass(frozen=True)
class Run:
    """What one run of a sub-command came to."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """(place, variable, code) of every line of the error output."""
        found = [FAULT_LINE.match(line) for line in self.err.splitlines()]
        return [(match["place"], match["variable"], match["code"]) for match in found if match]

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Esk:
    """Runs sub-commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Run:
        code = main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return Run(code, captured.out, captured.err)


@pytest.fixture
def esk(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Esk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "state"))
    return Esk(capsys)


def as_shell(arguments: Sequence[object], folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": str(folder), **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_that_the_demo_is_written_checked_and_analysed(esk: Esk) -> None:
    assert esk("demo", "demo.esk").code == 0
    assert esk("check", "demo.esk").out.startswith("Het bestand is heel; patiënten: 30,")
    analysis = esk("analyse", "demo.esk", "--json").json
    assert analysis["study"]["responder"] == 10
    assert analysis["study"]["p_method"] == "asymptotic"
    text = esk("analyse", "demo.esk").out
    assert "Tabel 3. Kenmerken van de patiënten" in text
    assert re.search(r"Leeftijd \(jaar\)\s+57 \[28–75\]\s+56 \[28–75\]\s+57 \[30–74\]\s+0,741", text)
    assert re.search(r"\nTabel 7\. .*\nP-waarden\. .*\nWaarschuwingen\n.*\nMethoden\n", text, re.DOTALL)
    assert text.splitlines()[-1].startswith("12. Naranjo CA")
    assert analysis["methods"]["nl"] in text


def test_that_the_analysis_keeps_its_shape(esk: Esk) -> None:
    example = json.loads((ROOT / "tests" / "reference" / "analysis.example.json").read_text(encoding="utf-8"))
    esk("demo", "demo.esk")
    found = esk("analyse", "demo.esk", "--json").json

    def missing(wanted: Any, there: Any, place: str = "") -> list[str]:
        if isinstance(wanted, dict):
            gone = [f"{place}.{key}" for key in wanted if key not in there]
            return gone + [text for key in wanted if key in there for text in missing(wanted[key], there[key], key)]
        return missing(wanted[0], there[0], place) if isinstance(wanted, list) and wanted and there else []

    assert missing(example, found) == []


def test_that_a_demo_never_overwrites(esk: Esk, tmp_path: Path) -> None:
    (tmp_path / "mine.esk").write_text("precious")
    run = esk("demo", "mine.esk")
    assert (run.code, [code for _, _, code in run.faults]) == (1, ["file_exists"])
    assert (tmp_path / "mine.esk").read_text() == "precious"


def test_that_an_export_comes_in_again_as_the_same_study(esk: Esk) -> None:
    esk("demo", "demo.esk")
    assert esk("export", "demo.esk", "out.xlsx", "--lang", "en").code == 0
    assert load_workbook("out.xlsx").sheetnames[:2] == ["Overview", "Table 3"]
    assert esk("import", "out.xlsx", "again.esk").out == "30 patiënten geïmporteerd.\n"
    again, demo = (esk("analyse", name, "--json").out for name in ("again.esk", "demo.esk"))
    assert again == demo
    assert "30 patiënten stonden al hetzelfde in de studie." in esk("import", "out.xlsx", "demo.esk").out


def test_that_every_fault_of_a_workbook_is_a_line_with_its_cell(esk: Esk, tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"patients": [["study_no", "age_years", "kleur"], ["P01", "17"], ["P02", "oud"]]}
    write_book(tmp_path / "bad.xlsx", sheets)
    run = esk("import", "bad.xlsx", "new.esk")
    assert run.code == 1
    assert run.out == ""
    assert run.faults == [
        ("bad.xlsx:patients!B2", "age_years", "outside_hard"),
        ("bad.xlsx:patients!B3", "age_years", "not_a_number"),
        ("bad.xlsx:patients!C1", "kleur", "unknown_column"),
    ]
    assert "18–120 jaar" in run.err.splitlines()[0]
    assert run.err.splitlines()[2].partition("unknown_column: ")[2].startswith("let op: ")
    assert not (tmp_path / "new.esk").exists()


def test_that_warnings_do_not_change_the_exit_code(esk: Esk, tmp_path: Path) -> None:
    write_book(tmp_path / "soft.xlsx", {"patients": [["study_no", "age_years"], ["P01", 105]]})
    run = esk("import", "soft.xlsx", "new.esk", "--dry-run", "--lang", "en")
    assert (run.code, run.faults) == (0, [("soft.xlsx:patients!B2", "age_years", "outside_soft")])
    assert run.out == "1 patient imported.\nThis was a trial: nothing was written.\n"
    assert not (tmp_path / "new.esk").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import", "nowhere.xlsx", "new.esk"), "workbook_missing"),
        (("import", "text.xlsx", "new.esk"), "not_a_workbook"),
        (("analyse", "nowhere.esk"), "file_not_found"),
        (("analyse", "text.xlsx"), "not_a_study"),
        (("check", "text.xlsx"), "not_a_study"),
        (("log", "nowhere.esk"), "file_not_found"),
        (("export", "nowhere.esk", "out.xlsx"), "file_not_found"),
        (("export", "demo.esk", "demo.esk"), "target_not_xlsx"),
        (("export", "demo.esk", "no/folder/out.xlsx"), "folder_missing"),
        (("export", "demo.esk", f"{'x' * 300}.xlsx"), "file_name_long"),
        (("export", "demo.esk", "folder.xlsx"), "target_is_folder"),
        (("import", f"{'x' * 300}.xlsx", "new.esk"), "workbook_unreadable"),
        (("demo", f"{'x' * 300}.esk"), "file_name_long"),
        (("demo", "no/folder.esk"), "folder_missing"),
        (("demo", ""), "file_exists"),
        (("analyse", f"{'x' * 300}.esk"), "file_not_found"),
        (("analyse", "demo.esk", "--criteria", "nowhere.json"), "file_not_found"),
        (("analyse", "demo.esk", "--criteria", "text.xlsx"), "criteria_not_json"),
        (("edit", "nowhere.esk", "--who", "AB"), "file_not_found"),
    ],
)
def test_that_what_is_at_fault_is_named_calmly(esk: Esk, tmp_path: Path, arguments: Sequence[str], code: str) -> None:
    (tmp_path / "text.xlsx").write_text("just some text", encoding="utf-8")
    (tmp_path / "folder.xlsx").mkdir()
    esk("demo", "demo.esk")
    before = (tmp_path / "demo.esk").read_bytes()
    run = esk(*arguments)
    assert run.code == 1
    assert [found for _, _, found in run.faults] == [code]
    assert "Traceback" not in run.err
    assert (tmp_path / "demo.esk").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("analyse",),
        ("edit", "demo.esk"),
        ("edit", "demo.esk", "--who", " "),
        ("edit", "demo.esk", "--who", "x" * 61),
        ("demo", "a", "--lang", "fr"),
    ],
)
def test_that_wrong_usage_leaves_with_2(esk: Esk, arguments: Sequence[str]) -> None:
    run = esk(*arguments)
    assert (run.code, run.out) == (2, "")
    assert "usage" in run.err
    assert "niet te begrijpen" in run.err


def test_that_another_criteria_set_can_be_tried(esk: Esk, tmp_path: Path) -> None:
    (tmp_path / "set.json").write_text(json.dumps(LENIENT), encoding="utf-8")
    esk("demo", "demo.esk")
    found = esk("analyse", "demo.esk", "--json", "--criteria", "set.json").json
    assert (found["study"]["criteria_set"], found["study"]["responder"]) == ("Lenient", 30)
    assert "30 van 30" in esk("analyse", "demo.esk", "--criteria", "set.json").out
    assert esk("export", "demo.esk", "out.xlsx", "--criteria", "set.json").code == 0
    texts = [cell.value for row in load_workbook("out.xlsx")["Overzicht"].iter_rows() for cell in row]
    assert "Criteria: Lenient" in texts
    assert esk("analyse", "demo.esk", "--json").json["study"]["criteria_set"] == "Table 2"
    esk("import", "out.xlsx", "again.esk")
    assert esk("analyse", "again.esk", "--json").json["study"]["criteria_set"] == "Lenient"


def test_that_a_tried_set_never_goes_by_the_name_of_the_studys_own(esk: Esk, tmp_path: Path) -> None:
    (tmp_path / "set.json").write_text(json.dumps({**LENIENT, "name": "table 2"}), encoding="utf-8")
    esk("demo", "demo.esk")
    found = esk("analyse", "demo.esk", "--json", "--criteria", "set.json").json
    assert found["study"]["criteria_set"] == "table 2 (set.json)"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("null", "criteria_shape"),
        ('{"criteria": []}', "criteria_empty"),
        ('{"criteria": 1, "criteria": 2}', "line_name_twice"),
        ("{", "criteria_not_json"),
        ("[" * 100_000, "criteria_not_json"),
        (json.dumps({**LENIENT, "name": 7}), "criteria_shape"),
        (json.dumps({**LENIENT, "locked": "no"}), "criteria_shape"),
        (json.dumps({**LENIENT, "name": "half \ud800"}), "criteria_shape"),
    ],
)
def test_that_a_faulty_criteria_file_is_the_one_that_is_named(
    esk: Esk, tmp_path: Path, content: str, code: str
) -> None:
    (tmp_path / "set.json").write_text(content, encoding="utf-8")
    esk("demo", "demo.esk")
    run = esk("analyse", "demo.esk", "--criteria", "set.json")
    assert (run.code, run.faults) == (1, [("set.json", "-", code)])


def test_that_a_study_that_cannot_be_written_is_told_before_a_workbook_comes_in(esk: Esk, tmp_path: Path) -> None:
    esk("demo", "demo.esk")
    esk("export", "demo.esk", "out.xlsx")
    for target, code in ((f"{'x' * 300}.esk", "file_name_long"), ("no/new.esk", "folder_missing")):
        run = esk("import", "out.xlsx", target)
        assert (run.code, run.out, [found for *_, found in run.faults]) == (1, "", [code])


def test_that_the_log_is_one_json_document(esk: Esk) -> None:
    esk("demo", "demo.esk")
    lines = esk("log", "demo.esk", "--json").json
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    cutoff = next(line for line in lines if line["variable"] == "naranjo_cutoff")
    assert (cutoff["kind"], cutoff["old"], cutoff["new"]) == ("setting", None, 5)
    assert len(esk("log", "demo.esk").out.splitlines()) == len(lines)


def test_that_a_damaged_file_is_found(esk: Esk, tmp_path: Path) -> None:
    esk("demo", "demo.esk")
    content = bytearray((tmp_path / "demo.esk").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "demo.esk").write_bytes(content)
    run = esk("check", "demo.esk", "--json")
    assert run.code == 1
    assert run.json["whole"] is False
    assert "page_damaged" in {code for _, _, code in run.faults}


def test_that_a_defect_is_written_down_and_its_place_told(
    esk: Esk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("P01 weighs 71.5 kg")

    monkeypatch.setattr("esk_engine.cli.imports.import_workbook", broken)
    run = esk("import", "any.xlsx", "any.esk")
    log = tmp_path / "state" / ("Esk" if os.name == "nt" else "esk") / "esk.log"
    assert run.code == 1
    assert "Traceback" not in run.err
    assert str(log) in run.err
    written = log.read_text(encoding="utf-8")
    assert "RuntimeError" in written
    assert "71.5" not in written  # a log of defects holds no patient's values


def test_that_a_study_that_is_open_can_still_be_read(esk: Esk, tmp_path: Path) -> None:
    with Study.create(tmp_path / "s.esk", person=Person("AB")):
        for arguments in (("analyse", "s.esk"), ("log", "s.esk"), ("check", "s.esk"), ("export", "s.esk", "o.xlsx")):
            assert esk(*arguments).code == 0


def test_that_pictures_are_drawn_by_whoever_can(esk: Esk, tmp_path: Path) -> None:
    esk("demo", "demo.esk")
    asked: list[str] = []

    def without_qt(snapshot: object, wording: object) -> dict[str, bytes]:
        asked.append("1a")
        raise ImportError("libEGL.so.1")

    assert main(["export", "demo.esk", str(tmp_path / "out.xlsx")], pictures=without_qt) == 0
    assert asked == ["1a"]
    assert len(load_workbook(tmp_path / "out.xlsx")["Figuur 1"]._charts) == 3  # type: ignore[union-attr]


def test_that_a_shell_gets_utf_8_whatever_its_console(tmp_path: Path) -> None:
    made = as_shell(["demo", "démo.esk", "--lang", "nl"], tmp_path, PYTHONIOENCODING="cp437", PYTHONUTF8="0")
    assert (made.returncode, made.stdout.decode("utf-8").strip()) == (0, "De demostudie staat in démo.esk.")
    done = as_shell(["analyse", "démo.esk", "--lang", "nl"], tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "patiënten" in done.stdout.decode("utf-8")
    assert done.stderr == b""


def test_that_a_reader_that_leaves_early_is_no_disaster(tmp_path: Path) -> None:
    Study.create(tmp_path / "s.esk", person=Person("AB")).close()
    assert as_shell(["demo", "demo.esk"], tmp_path).returncode == 0
    with subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "log", "demo.esk", "--json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to write to is only here on Linux")
@pytest.mark.parametrize("command", [("analyse", "s.esk", "--json"), ("log", "s.esk"), ("check", "s.esk"), ("--help",)])
def test_that_an_output_that_is_full_is_named(tmp_path: Path, command: Sequence[str]) -> None:
    Study.create(tmp_path / "s.esk", person=Person("AB")).close()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *command],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "en_GB.UTF-8", "XDG_STATE_HOME": str(tmp_path)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 1
    assert [line.split(": ")[2] for line in done.stderr.splitlines()] == ["output_failed"]


def test_that_no_character_of_an_input_steers_a_terminal(esk: Esk, tmp_path: Path) -> None:
    esk("demo", "demo.esk")
    (tmp_path / "set.json").write_text(
        json.dumps({"criteria": [{"name": "a", "conditions": [{"variable": "\x1b[31m"}]}]})
    )
    run = esk("analyse", "demo.esk", "--criteria", "set.json")
    assert "\x1b" not in run.err
    assert "\\x1b[31m" in run.err


def test_that_a_template_is_written_and_comes_in_as_no_patient(esk: Esk) -> None:
    assert esk("template", "fill.xlsx").code == 0
    run = esk("import", "fill.xlsx", "new.esk")
    assert (run.code, run.out) == (0, "0 patiënten geïmporteerd.\n")
    assert [code for _, _, code in esk("template", "fill.txt").faults] == ["target_not_xlsx"]
