"""Esk in a real window: a study with passphrase and PIN opened, covered by Ctrl+L and closed, by keyboard alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Key, Person, Study
from esk_engine.study_file.lock import note_path
from tests.gui.real_window import needs_screen, real_desk, wait_until

pytestmark = needs_screen
SECRET, PIN = "vier tamme paarden", "1234"


def test_that_a_study_is_opened_covered_and_closed_without_the_mouse(tmp_path: Path) -> None:
    with real_desk(tmp_path) as desk:
        path = desk.documents / "dicht.esk"
        settings = replace(demo_settings("nl"), pin_required=True)
        key = Key.of_passphrase(SECRET)
        person = Person("JB", "nurse_specialist")
        with Study.create(path, person=person, settings=settings, patients=demo_patients(), key=key) as study:
            study.set_pin("JB", PIN)
        desk.start(str(path))
        desk.look_at("dicht.esk openen")
        desk.wait_for_stillness()
        desk.write(f"{SECRET}\n")
        wait_until(note_path(path).exists, "the study held by the program that asks who is at work")
        desk.wait_for_stillness()
        desk.press("Down")  # the only one on the list
        desk.write(f"{PIN}\n")
        desk.look_at("dicht.esk (synthetisch)")
        wait_until(lambda: desk.screen.marked_page() == 1, "the first page")
        desk.press("ctrl+l")
        wait_until(lambda: not any("dicht" in title for title in desk.titles()), "a title without the study's name")
        desk.wait_for_stillness()
        assert desk.screen.marked_page() == 0, "nothing of the window shows"
        desk.write("9999\n")
        desk.wait_for_stillness()
        assert not any("dicht" in title for title in desk.titles())
        desk.write(f"{PIN}\n")
        wait_until(lambda: any("dicht" in title for title in desk.titles()), "the study again")
        desk.press("ctrl+l")
        wait_until(lambda: not any("dicht" in title for title in desk.titles()), "the lock screen again")
        desk.press("ctrl+q")
        assert desk.wait_for_end() == 0
        assert "Traceback" not in desk.complaints
        assert len(list((desk.documents / "dicht.esk-backups").glob("*.esk"))) == 1
