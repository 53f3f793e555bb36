"""Pictures of the window on the demo study: `python -m tests.gui.screenshots docs` makes those of the documentation.

`python -m tests.gui.screenshots FOLDER --all` makes every page in both languages and themes; `--scale 200` at 200 %.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import numpy as np
from PIL import Image
from PySide6.QtCore import QBuffer, QEvent, QIODevice, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Person, Study
from esk_engine.wording import Language
from esk_gui.app import PageName, Session
from esk_gui.launch import make_application
from esk_gui.main_window import MainWindow
from esk_gui.patients.page import PatientsPage
from esk_gui.preferences import Preferences, RecentStudy
from esk_gui.theme import ThemeName

MOST_BYTES = 150_000
_COLOURS = 256
_PATIENCE = 10.0
_SCREENS = {"100": (1366, 768), "125": (1092, 614), "150": (910, 512), "200": (683, 384)}
_PAGES: tuple[PageName, ...] = ("patients", "criteria", "results", "figures", "log", "settings", "backups")
_TABS = ("inclusion", "infusion", "side_effects", "evaluation")
EVERY_PAGE = ("start", *_TABS, *_PAGES[1:])
_SHOWN = "P16"


@dataclass(frozen=True)
class Shot:
    """One picture: its file's name, the page ("start" for the start page), and how the window is dressed."""

    name: str
    page: str
    language: Language = "nl"
    theme: ThemeName = "light"


DOCS = (
    Shot("patients-nl", "infusion"),
    Shot("patients-dark", "infusion", theme="dark"),
    Shot("criteria-nl", "criteria"),
    Shot("results-nl", "results"),
    Shot("figures-nl", "figures"),
    Shot("start-en", "start", "en"),
)


class Studio:
    """The window with the demo study, at one size; takes its picture page by page."""

    def __init__(self, app: QApplication, folder: Path, size: tuple[int, int]) -> None:
        self._app = app
        self._preferences = Preferences(folder / "preferences")
        self._preferences.change(language="nl", theme="light", initials="JB", role="nurse_specialist")
        self.session = Session(app, self._preferences)
        self.session.person = Person("JB", "nurse_specialist")
        self._is_busy = False
        self.session.jobs.busy_changed.connect(self._on_busy)
        self.window = MainWindow(self.session)
        self.window.showNormal()
        self.window.resize(*size)
        self.window.show()
        self.window.activateWindow()
        self._folder = folder
        self.settle()

    def open_demo(self) -> None:
        """Let the session adopt a study of the demo's patients."""
        settings, path = demo_settings("nl"), self._folder / "Esketamine-pilot.esk"
        study = Study.create(path, person=Person("JB", "nurse_specialist"), settings=settings, patients=demo_patients())
        self.session.adopt(study)
        self.settle()

    def close(self) -> None:
        """Close the study and let the window go."""
        self.session.jobs.wait()
        self.session.close_study(discard=True)
        self.window.close()
        self.window.deleteLater()
        self.session.deleteLater()
        self._app.processEvents()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def dress(self, language: Language, theme: ThemeName) -> None:
        """Switch language and theme as a person does."""
        self.session.set_language(language)
        self.session.set_theme(theme)
        self.settle()

    def show_page(self, page: str) -> None:
        """Bring a page, or a tab of a patient's form, to the front."""
        if page == "start":
            return
        if page in _TABS:
            study = self.session.open_study
            found = study.patient_by_study_no(_SHOWN)
            assert found is not None
            self.session.show_patient(found.id)
            shown = self.window.findChild(PatientsPage)
            assert shown is not None
            shown.show_tab(page)
        else:
            self.session.show_page(next(name for name in _PAGES if name == page))
        self.settle()

    def settle(self) -> None:
        """Let everything that is under way come to the screen."""
        quiet, last = 0, monotonic() + _PATIENCE
        while quiet < 5 and monotonic() < last:
            self._app.processEvents()
            self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            quiet = 0 if self._is_busy else quiet + 1
            sleep(0.01)

    def _on_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy

    def widen_limits(self) -> None:
        """Try out wider limits on the criteria page: the picture tells what they would change."""
        for name, text in (("condition_2_1_threshold", "2"), ("condition_3_1_threshold", "30")):
            field = self.window.findChild(QLineEdit, name)
            assert field is not None
            field.setFocus()
            field.setText(text)
            QTest.keyClick(field, Qt.Key.Key_Return)
        self.settle()

    def save(self, path: Path) -> None:
        """Write what the window shows as a PNG of few colours, without a blinking cursor in it."""
        focused = self._app.focusWidget()
        if focused is not None:
            focused.clearFocus()
        self.settle()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.window.grab().save(buffer, "PNG")
        image = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
        path.parent.mkdir(parents=True, exist_ok=True)
        _with_few_colours(image).save(path, optimize=True)


def _with_few_colours(image: Image.Image) -> Image.Image:
    """The picture in its 256 most frequent colours; these stay as they are (Pillow's own mapping shifts them)."""
    pixels = np.asarray(image).reshape(-1, 3)
    colours, where, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-counts)[:_COLOURS]].astype(np.int16)
    nearest = np.abs(colours[:, np.newaxis].astype(np.int16) - palette).sum(axis=2).argmin(axis=1).astype(np.uint8)
    few = Image.fromarray(nearest[where.ravel()].reshape(image.height, image.width), "P")
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few


@contextmanager
def _studio(app: QApplication, size: tuple[int, int]) -> Iterator[Studio]:
    with tempfile.TemporaryDirectory() as folder:
        here = Path.cwd()
        os.chdir(folder)
        made = Studio(app, Path(folder), size)
        try:
            yield made
        finally:
            made.close()
            os.chdir(here)


def _make_docs(app: QApplication, target: Path) -> None:
    """The pictures of the documentation; the start page first, while no study is open."""
    with _studio(app, _SCREENS["100"]) as studio:
        _remember_studies(studio.session.preferences)
        for shot in sorted(DOCS, key=lambda shot: shot.page != "start"):
            if shot.page != "start" and studio.session.study is None:
                studio.open_demo()
            studio.dress(shot.language, shot.theme)
            studio.show_page(shot.page)
            if shot.page == "criteria":
                studio.widen_limits()
            path = target / f"{shot.name}.png"
            studio.save(path)
            size = path.stat().st_size
            sys.stdout.write(f"{path.name}: {size // 1000} kB\n")
            if size > MOST_BYTES:
                raise SystemExit(f"{path.name}: {size} bytes are more than {MOST_BYTES}")


def _remember_studies(preferences: Preferences) -> None:
    """Studies that might have been open on a ward PC: files of those names, so that they count as reached."""
    folder = "P:\\Pain clinic"
    names = ("Esketamine pilot", "Esketamine follow-up 2025", "Copy for the statistician")
    at = datetime.now().replace(hour=14, minute=2).isoformat(timespec="minutes")
    when = (at, "2025-11-18T10:00", "2025-11-02T16:20")
    counts = ((30, 10, 20), (7, 2, 4), (30, 10, 20))
    recent: list[RecentStudy] = []
    for name, opened, (patients, responders, others) in zip(names, when, counts, strict=True):
        path = f"{folder}\\{name}.esk"
        Path(path).write_bytes(b"")
        recent.append(RecentStudy(path, name, opened, patients, responders, others))
    preferences.change(recent=tuple(recent))


def _make_all(app: QApplication, target: Path, scale: str) -> None:
    """Every page and tab in both languages and themes."""
    with _studio(app, _SCREENS[scale]) as studio:
        for page in EVERY_PAGE:
            if page != "start" and studio.session.study is None:
                studio.open_demo()
            for language in ("nl", "en"):
                for theme in ("light", "dark"):
                    studio.dress(language, theme)
                    studio.show_page(page)
                    studio.save(target / f"{page}-{language}-{theme}-{scale}.png")


def main() -> int:
    """Make the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description="Pictures of the window on the demo study.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--all", action="store_true", help="every page instead of those of the documentation")
    parser.add_argument("--scale", choices=tuple(_SCREENS), default="100", help="per cent; for --all")
    arguments = parser.parse_args()
    target = arguments.folder.resolve()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(int(arguments.scale) / 100) if arguments.all else "1"
    app = make_application()
    make: Callable[[], None] = (
        (lambda: _make_all(app, target, arguments.scale)) if arguments.all else (lambda: _make_docs(app, target))
    )
    make()
    return 0


if __name__ == "__main__":
    sys.exit(main())
