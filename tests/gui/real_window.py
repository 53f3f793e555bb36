"""A real X server of its own, Esk as a program on it, and the keys, clicks and eyes of a person in front of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from esk_engine.study import Person, Study
from esk_gui.theme import ThemeName, load_theme

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 1366, 768
PATIENCE = 20.0
READER = Person("TEST", "researcher")
_TOOLS = ("Xvfb", "xdotool")
_RAIL_TOP, _RAIL_ITEM = 37, 56
_DARK = 100
_LOOKS = 4

needs_screen = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in _TOOLS),
    reason=f"a real window needs {' and '.join(_TOOLS)}, and not both are installed",
)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for a condition, and say what did not come about where it does not."""
    until = monotonic() + seconds
    while not condition():
        if monotonic() > until:
            pytest.fail(f"not within {seconds:g} s: {what}")
        sleep(0.04)


class Screen:
    """What an X server without a monitor shows, read from the file that it paints in."""

    def __init__(self, display: str, frame: Path) -> None:
        self.display, self._frame = display, frame

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Red, green and blue of the whole screen, shape (height, width, 3)."""
        raw = self._frame.read_bytes()
        # XWD: 25 big-endian words; 0 the header's size, 4 width, 5 height, 12 bytes a line, 19 colours of 12 bytes each
        words = struct.unpack(">25I", raw[:100])
        start, line, height, width = words[0] + 12 * words[19], words[12], words[5], words[4]
        lines = np.frombuffer(raw, np.uint8, line * height, start).reshape(height, line)
        return lines[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1]

    def count(self, colour: str, theme: ThemeName = "light", within: tuple[int, int, int, int] | None = None) -> int:
        """How many pixels have a colour of the theme, of the whole screen or within (left, top, right, bottom)."""
        wanted = load_theme(theme).color(colour)
        left, top, right, bottom = within or (0, 0, WIDTH, HEIGHT)
        seen = self.pixels()[top:bottom, left:right]
        return int((seen == (wanted.red(), wanted.green(), wanted.blue())).all(axis=2).sum())

    def dark(self, within: tuple[int, int, int, int]) -> int:
        """How many pixels within (left, top, right, bottom) are dark, as those of text and of a cursor are."""
        left, top, right, bottom = within
        return int((self.pixels()[top:bottom, left:right].max(axis=2) < _DARK).sum())

    def marked_page(self, theme: ThemeName = "light") -> int:
        """The number of the page whose item on the rail has the accent's bar, 0 for none."""
        for page in range(1, 6):
            top = _RAIL_TOP + _RAIL_ITEM * (page - 1)
            if self.count("accent", theme, (0, top, 10, top + _RAIL_ITEM)) > 20:
                return page
        return 0


class Desk:
    """Esk as a process on a screen, worked with keys and clicks alone.

    Attributes
    ----------
    home
        The home folder that the program has; its studies go to ``home / "Documents"``.
    """

    def __init__(self, screen: Screen, home: Path) -> None:
        self.screen, self.home = screen, home
        self.documents = home / "Documents"
        self.documents.mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = home / "stderr.txt"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_SCALE_FACTOR")},
            "DISPLAY": screen.display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": str(home),
            "LANG": "nl_NL.UTF-8",
            "LC_ALL": "nl_NL.UTF-8",
            "LANGUAGE": "nl",
            "ESK_STRICT_WORDING": "1",
        }

    # The program

    def start(self, *arguments: str) -> None:
        """Start ``python main.py`` and wait for its window."""
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "main.py"), *arguments], env=self._environment, cwd=self.home, stderr=errors
            )
        self.look_at("Esk")

    def kill(self) -> None:
        """The plug is pulled: no closing, no saving, no good-bye."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def wait_for_end(self) -> int:
        """The exit code of a program that is closing."""
        assert self._process is not None
        code = self._process.wait(PATIENCE)
        self._process = None
        return code

    @property
    def complaints(self) -> str:
        """What the program wrote to stderr."""
        return self._errors.read_text("utf-8", "replace") if self._errors.exists() else ""

    # The hands

    def look_at(self, title: str, *, exactly: bool = False) -> None:
        """Wait for a window whose title holds a text, and give it the keyboard as a window manager would."""
        pattern = f"^{re.escape(title)}$" if exactly else re.escape(title)
        found: list[str] = []

        def shows() -> bool:
            assert self._process is None or self._process.poll() is None, f"Esk ended: {self.complaints}"
            found[:] = self._xdotool("search", "--onlyvisible", "--name", pattern).split()
            return bool(found)

        wait_until(shows, f"a window called {title!r}; there are {self.titles()}")
        self._xdotool("windowfocus", "--sync", found[-1])

    def titles(self) -> list[str]:
        """The titles of all windows that show."""
        ids = self._xdotool("search", "--onlyvisible", "--name", ".+").split()
        return [self._xdotool("getwindowname", each).strip() for each in ids]

    def press(self, *keys: str) -> None:
        """Press keys one after another, by the names that X has for them: Tab, Return, ctrl+n, alt+f."""
        self._xdotool("key", "--delay", "15", *keys)

    def choose(self, *keys: str) -> None:
        """Open a menu and go down in it by its letters, each when the one before has shown its menu."""
        for key in keys[:-1]:
            before = self.screen.pixels()
            self.press(key)
            wait_until(lambda before=before: not np.array_equal(before, self.screen.pixels()), f"a menu after {key}")
            self.wait_for_stillness()
        self.press(keys[-1])

    def wait_for_stillness(self) -> None:
        """Wait until nothing on the screen changes from one look to the next few."""
        seen = [self.screen.pixels()]

        def is_still() -> bool:
            seen.append(self.screen.pixels())
            return len(seen) > _LOOKS and all(np.array_equal(seen[-1], each) for each in seen[-_LOOKS:])

        wait_until(is_still, "a screen that is still")

    def write(self, text: str) -> None:
        """Type a text; a tab in it is the Tab key, a newline is Enter."""
        orders: list[str] = []
        for part in re.findall(r"[^\t\n]+|[\t\n]", text):
            key = {"\t": "Tab", "\n": "Return"}.get(part)
            orders += ["key", key] if key else ["type", "--args", "1", "--delay", "8", part]
        self._xdotool(*orders)

    def click(self, x: int, y: int) -> None:
        """Click with the left button somewhere on the screen."""
        self._xdotool("mousemove", "--sync", str(x), str(y), "click", "1")

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return done.stdout

    # The eyes

    @property
    def preferences(self) -> dict[str, Any]:
        """What the program keeps of this person's choices."""
        try:
            return json.loads((self.home / "config" / "esk" / "preferences.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}

    @contextmanager
    def reading(self, path: Path) -> Iterator[Study]:
        """The study file read by somebody else, while the program has it open or after it is gone."""
        study = Study.open(path, person=READER, read_only=True)
        try:
            yield study
        finally:
            study.close()

    def wait_for_value(self, path: Path, study_no: str, name: str, value: object) -> None:
        """Wait until a value of a patient is on disk."""

        def is_there() -> bool:
            with self.reading(path) as study:
                patient = study.patient_by_study_no(study_no)
                return patient is not None and patient.get(name) == value

        wait_until(is_there, f"{name} = {value!r} of {study_no} on disk")

    def save_picture(self, path: Path) -> None:
        """Write what the screen shows as a PNG."""
        from PIL import Image

        Image.fromarray(np.ascontiguousarray(self.screen.pixels())).save(path)


@contextmanager
def real_screen(folder: Path) -> Iterator[Screen]:
    """An X server on a display that is free, gone at the end."""
    frames = folder / "frames"
    frames.mkdir()
    command: Sequence[str] = (
        *("Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24"),
        *("-nolisten", "tcp", "-noreset", "-fbdir", str(frames)),
    )
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            assert server.stdout is not None
            number = server.stdout.readline().decode().strip()
            assert number.isdigit(), "the X server did not start"
            yield Screen(f":{number}", frames / "Xvfb_screen0")
        finally:
            server.terminate()


@contextmanager
def real_desk(folder: Path) -> Iterator[Desk]:
    """A person's place: a screen and a home folder; the program is gone at the end, however it went."""
    with real_screen(folder) as screen:
        desk = Desk(screen, folder / "home")
        try:
            yield desk
        finally:
            desk.kill()
