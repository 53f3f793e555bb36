"""What a person chose on this PC survives, and no broken file keeps Esk from starting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from esk_engine.settings import Settings
from esk_engine.study import Person, Study
from esk_gui.preferences import MOST_RECENT, Preferences, RecentStudy
from esk_gui.recent import reach, remembered


def _study(path: str) -> RecentStudy:
    return RecentStudy(path, Path(path).stem, "2026-11-22T14:02", 30, 10, 20, 0)


def test_that_choices_are_there_after_a_restart(tmp_path: Path) -> None:
    Preferences(tmp_path).change(language="en", theme="dark", initials="JB", role="researcher")
    choices = Preferences(tmp_path).choices
    assert (choices.language, choices.theme, choices.initials, choices.role) == ("en", "dark", "JB", "researcher")


def test_that_the_last_opened_study_comes_first_and_once(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path)
    for name in ("a", "b", "a"):
        preferences.remember_study(_study(f"/studies/{name}.esk"))
    assert [study.name for study in Preferences(tmp_path).choices.recent] == ["a", "b"]


def test_that_only_a_handful_of_studies_is_remembered(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path)
    for number in range(MOST_RECENT + 4):
        preferences.remember_study(_study(f"/studies/{number}.esk"))
    assert len(Preferences(tmp_path).choices.recent) == MOST_RECENT


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"theme": "pink", "language": "de", "initials": 3, "recent": 5}',
        '{"recent": [1, {"path": "x"}, {"path": 1, "name": "n", "opened": "o"}]}',
        json.dumps({"recent": [{"path": "p", "name": "n", "opened": "o", "patients": "many"}]}),
    ],
)
def test_that_a_broken_file_counts_as_no_choice(tmp_path: Path, content: str) -> None:
    (tmp_path / "preferences.json").write_text(content, encoding="utf-8")
    choices = Preferences(tmp_path).choices
    assert (choices.language, choices.theme, choices.recent) == (None, "system", ())


def test_that_a_time_that_is_none_is_told_as_unknown() -> None:
    assert RecentStudy("p", "n", "yesterday").opened_at is None


def test_that_choices_hold_for_the_session_where_the_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    preferences = Preferences(tmp_path / "file" / "esk")
    preferences.change(language="en")
    assert preferences.choices.language == "en"


def test_that_it_says_why_a_study_cannot_be_reached(tmp_path: Path) -> None:
    there = tmp_path / "there.esk"
    there.write_bytes(b"x")
    assert reach(str(there)) == "reached"
    assert reach(str(tmp_path / "gone.esk")) == "file_missing"
    assert reach(str(tmp_path / "no" / "folder.esk")) == "folder_missing"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    named = Settings(study_name="Esketamine pilot", clinic_name="Pain clinic")
    with Study.create(tmp_path / "pilot.esk", person=Person("AB", "pharmacist"), settings=named) as made:
        made.add_patient({"study_no": "P01"})
        yield made


def test_that_of_a_study_its_name_and_counts_are_kept(study: Study) -> None:
    kept = remembered(study)
    assert (kept.name, kept.patients, kept.undetermined, kept.is_protected) == ("Esketamine pilot", 1, 1, False)


def test_that_of_a_study_with_a_passphrase_its_place_is_all_that_is_kept(study: Study, tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "own")
    preferences.remember_study(remembered(study))
    study.change_passphrase("correct horse battery")
    preferences.remember_study(remembered(study))
    [kept] = Preferences(tmp_path / "own").choices.recent
    assert kept == RecentStudy(str(study.path), "pilot", "", is_protected=True)
    written = (tmp_path / "own" / "preferences.json").read_text(encoding="utf-8")
    assert "Esketamine pilot" not in written
    assert "Pain clinic" not in written
