"""Esk in a real window: a patient from inclusion to verdict by keyboard, the plug pulled; the demo walked through."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from esk_engine.judge import Group
from esk_engine.records import BelowLloq, Patient
from tests.gui.real_window import ROOT, Desk, needs_screen, real_desk, wait_until

_ADDER = (80, 712, 296, 766)  # the foot of the patient list, where a study number is typed
_VERDICT = (1071, 86, 1366, 166)  # the tinted block of the verdict
_FORM = (300, 124, 1070, 768)
_READINGS = ((75, 120, 69), (78, 126, 68), (73, 122, 67), (73, 126, 70), (81, 127, 72), *((77, 134, 71),) * 12)
_NARANJO = {"j": "yes", "n": "no", "o": "unknown"}
_ANSWERS = "jjjonooonn"
_SECONDS = 60


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with real_desk(tmp_path) as made:
        yield made


def _begin_study(desk: Desk) -> Path:
    """From the start page: who is at work, then a new study."""
    desk.start()
    wait_until(lambda: desk.screen.count("accent") > 1000, "the filled button of the start page")
    desk.press("ctrl+n")
    desk.look_at("Wie werkt er?")
    desk.write("MV\n")
    desk.look_at("Nieuwe studie")
    desk.write("Pijn op proef\n")
    desk.look_at("Pijn op proef.esk")
    wait_until(lambda: desk.screen.dark(_ADDER) > 100, "the button that adds a patient")
    return desk.documents / "Pijn op proef.esk"


def _include(desk: Desk, study: Path) -> None:
    """Add P01 and fill in the first tab; the weight is a slip of the finger first."""
    desk.press("alt+t")
    wait_until(lambda: desk.screen.dark(_ADDER) < 40, "the line for the study number")
    desk.write("p01\n")
    desk.wait_for_value(study, "P01", "study_no", "P01")
    desk.write("16-01-2024\t")
    desk.press("space", "Tab")  # man
    desk.write("58\t170\t7x\t")
    wait_until(lambda: desk.screen.count("error", within=_FORM) > 100, "a refused value, marked where it stands")
    desk.wait_for_value(study, "P01", "height_cm", 170)
    with desk.reading(study) as read:
        assert _patient(read.patients, "P01").get("weight_kg") is None
    desk.press("shift+Tab", "ctrl+a")
    desk.write("71,5\t")
    wait_until(lambda: desk.screen.count("error", within=_FORM) == 0, "the mark gone")
    desk.press("space", "Tab", "space", "Tab")  # perifeer, na operatie of trauma
    desk.write("50\t")
    desk.wait_for_value(study, "P01", "dose_planned_mg", 50)


def _infuse(desk: Desk, study: Path) -> None:
    """The day of the infusion: start, dose and NRS, the readings row by row, the blood sample."""
    desk.press("alt+f")
    desk.write("48,5\t16-01-2024 08:45\t480\t8\t4,5\t")
    desk.wait_for_value(study, "P01", "nrs_end", 4.5)
    desk.write("".join(f"{rate}\t{systolic}\t{diastolic}\t" for rate, systolic, diastolic in _READINGS))
    desk.press("Tab")  # past the button for one more reading
    desk.write("72\t83\t")  # the monitor's extremes
    desk.press("Tab", "Tab")
    desk.write("95\t<5\t")


def _report_side_effect(desk: Desk, study: Path) -> None:
    """Dizziness during the infusion, judged by the ten questions."""
    desk.press("alt+j")
    desk.press("space")  # the button that adds one has the focus where there is none yet
    desk.write("duizeligheid\t")
    desk.press("t", "Return")  # tijdens de infusie
    wait_until(lambda: _events(desk, study) == ["dizziness"], "the side effect on disk")
    desk.write(_ANSWERS)


def _events(desk: Desk, study: Path) -> list[object]:
    with desk.reading(study) as read:
        return [event.get("term") for event in _patient(read.patients, "P01").adverse_events]


def _evaluate(desk: Desk, study: Path) -> None:
    """Six weeks later; the verdict shows when weeks of relief and the decision are entered."""
    desk.press("alt+e")
    desk.write("27-02-2024\t4\t")
    desk.wait_for_value(study, "P01", "relief_weeks", 4)
    assert desk.screen.count("responder_tint", within=_VERDICT) == 0, "who scores is not steered"
    desk.press("Right", "space", "Tab", "space", "Tab")  # houdt niet aan; behandeling voortgezet
    wait_until(lambda: desk.screen.count("responder_tint", within=_VERDICT) > 5000, "the verdict: responder")
    desk.write("Belt na drie maanden\t")
    desk.wait_for_value(study, "P01", "remarks", "Belt na drie maanden")


def _patient(patients: tuple[Patient, ...], study_no: str) -> Patient:
    return next(patient for patient in patients if patient.study_no == study_no)


@pytest.mark.screen
@needs_screen
def test_that_a_course_typed_at_the_bed_survives_the_plug(desk: Desk) -> None:
    study = _begin_study(desk)
    _include(desk, study)
    _infuse(desk, study)
    _report_side_effect(desk, study)
    _evaluate(desk, study)
    desk.kill()
    with desk.reading(study) as read:
        patient = _patient(read.patients, "P01")
        _assert_values(patient)
        assert read.cohort.group(patient.id) is Group.RESPONDER
        typed = [line for line in read.log() if line.variable == "weight_kg"]
        assert [(line.person, line.old, line.new) for line in typed] == [("MV", None, "71.5")]
    assert "Traceback" not in desk.complaints


def _assert_values(patient: Patient) -> None:
    single = {
        "inclusion_date": date(2024, 1, 16),
        "sex": "male",
        "age_years": 58,
        "height_cm": 170,
        "weight_kg": 71.5,
        "indication": "peripheral",
        "indication_group": "post_surgical_or_traumatic",
        "dose_planned_mg": 50,
        "dose_mg": 48.5,
        "infusion_start": datetime(2024, 1, 16, 8, 45),
        "infusion_minutes": 480,
        "nrs_before": 8,
        "nrs_end": 4.5,
        "heart_rate_lowest_bpm": 72,
        "heart_rate_highest_bpm": 83,
        "evaluation_date": date(2024, 2, 27),
        "relief_weeks": 4,
        "relief_ongoing": "no",
        "treatment_continued": "yes",
    }
    assert {name: patient.get(name) for name in single} == single
    names = ("minute", "heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg")
    readings = [tuple(reading.get(name) for name in names) for reading in patient.readings]
    assert readings == [(30 * at, *row) for at, row in enumerate(_READINGS)]
    samples = {sample.get("analyte"): sample.get("concentration_ug_l") for sample in patient.samples}
    assert samples == {"esketamine": 95, "norketamine": BelowLloq(5)}
    (event,) = patient.adverse_events
    assert event.get("phase") == "during"
    assert [event.get(f"naranjo_{number}") for number in range(1, 11)] == [_NARANJO[key] for key in _ANSWERS]


@pytest.mark.screen
@needs_screen
def test_that_the_demo_study_is_walked_through_and_exported(desk: Desk) -> None:
    desk.start("--demo")
    desk.look_at("(synthetisch)")
    for number in (2, 3, 4, 5, 1):
        desk.press(f"ctrl+{number}")
        wait_until(lambda wanted=number: desk.screen.marked_page() == wanted, f"page {number}")
    desk.choose("alt+l", "t", "e")  # Beeld, Taal, English
    desk.look_at("(synthetic)")
    assert desk.preferences["language"] == "en"
    desk.choose("alt+v", "t", "d")  # View, Theme, Dark
    wait_until(lambda: desk.screen.marked_page("dark") == 1, "the same page in the dark")
    assert desk.preferences["theme"] == "dark"
    target = desk.documents / "Out.xlsx"
    desk.press("ctrl+e")
    desk.look_at("Export to Excel")
    desk.press("ctrl+a")
    desk.write(f"{target}\n")
    wait_until(target.exists, "the workbook")
    _assert_workbook(target)
    desk.look_at("(synthetic)")
    desk.press("ctrl+q")
    assert desk.wait_for_end() == 0
    assert "Traceback" not in desk.complaints


def _assert_workbook(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book["patients"].iter_rows(values_only=True))
    assert rows[0][0] == "study_no"
    assert [row[0] for row in rows[1:]] == [f"P{number:02}" for number in range(1, 31)]
    assert {"Overview", "Table 3", "Table 4", "Table 5", "Table 6", "Figure 1", "Classification"} <= set(
        book.sheetnames
    )
    book.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
@pytest.mark.parametrize("display", [None, ":4093"], ids=["no display", "a display that is not there"])
def test_that_without_a_screen_the_program_says_so_and_ends(display: str | None, tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    own = {name: value for name, value in os.environ.items() if name not in hidden}
    own |= {"HOME": str(tmp_path), "LC_ALL": "nl_NL.UTF-8", "LANGUAGE": "nl", "PYTHONUTF8": "1"}
    if display is not None:
        own["DISPLAY"] = display
    ended = subprocess.run(
        [sys.executable, str(ROOT / "main.py")], env=own, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    assert ended.returncode == 1
    assert "scherm" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
