"""The way in: what opens a window, what does not, and what a start costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from esk_engine.errors import Fault
from esk_engine.fault_log import described, fault_log_path, record
from esk_gui import launch
from esk_gui.launch import wants_window

ROOT = Path(__file__).parents[2]


def _run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    own |= {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=own, capture_output=True, text=True, encoding="utf-8", check=False, cwd=ROOT
    )


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["study.esk"], ["P:\\Studie.ESK"]])
def test_that_these_open_the_window(arguments: list[str]) -> None:
    assert wants_window(arguments)


@pytest.mark.parametrize("arguments", [["demo", "x.esk"], ["--help"], ["log", "x.esk"], ["x.esk", "y.esk"], ["x.xlsx"]])
def test_that_these_are_the_command_lines(arguments: list[str]) -> None:
    assert not wants_window(arguments)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a screen")
def test_that_without_a_screen_a_calm_line_tells_so() -> None:
    result = _run("import sys; from esk_gui.launch import main; sys.exit(main([]))", QT_QPA_PLATFORM="", LANG="en_US")
    assert result.returncode == 1
    assert "screen" in result.stderr
    assert "Traceback" not in result.stderr


def test_that_a_sub_command_does_without_qt(tmp_path: Path) -> None:
    study = tmp_path / "demo.esk"
    result = _run(
        "import sys; from esk_gui.launch import main; code = main(sys.argv[1:] or "
        f"['demo', {str(study)!r}]); print(code, [m for m in sys.modules if m.startswith('PySide6')])"
    )
    assert result.stdout.splitlines()[-1] == "0 []", result.stderr
    assert study.is_file()


def test_that_an_export_says_nothing_of_the_computers_locale(tmp_path: Path) -> None:
    commands = [["demo", str(tmp_path / "d.esk")], ["export", str(tmp_path / "d.esk"), str(tmp_path / "o.xlsx")]]
    run = f"from esk_gui.launch import main; print([main(each) for each in {commands!r}])"
    result = _run(run, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert (result.stdout.splitlines()[-1], result.stderr) == ("[0, 0]", "")


def test_that_who_breaks_off_at_once_sees_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(arguments: list[str]) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "wants_window", broken_off)
    assert launch.main(["log", "x.esk"]) == 1


def test_that_the_start_page_needs_none_of_the_heavy_libraries() -> None:
    result = _run(
        "import sys\n"
        "from pathlib import Path\n"
        "from esk_gui.launch import make_application\n"
        "app = make_application()\n"
        "from esk_gui.app import Session\n"
        "from esk_gui.main_window import MainWindow\n"
        "from esk_gui.preferences import Preferences\n"
        "window = MainWindow(Session(app, Preferences(Path('.') / 'no-such-folder')))\n"
        "window.show()\n"
        "app.processEvents()\n"
        "heavy = ('numpy', 'pandas', 'scipy', 'openpyxl', 'pyqtgraph', 'sqlcipher3', 'filelock')\n"
        "print([name for name in heavy if name in sys.modules])\n",
        QT_QPA_PLATFORM="offscreen",
    )
    assert result.stdout.splitlines()[-1] == "[]", result.stderr


def test_that_the_heavy_libraries_come_in_behind_the_first_paint() -> None:
    result = _run(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from esk_gui.launch import make_application\n"
        "app = make_application()\n"
        "from esk_gui.app import Session\n"
        "from esk_gui.main_window import MainWindow\n"
        "from esk_gui.preferences import Preferences\n"
        "from esk_gui.warm_up import WarmUp\n"
        "window = MainWindow(Session(app, Preferences(Path('.') / 'no-such-folder')))\n"
        "warm_up = WarmUp(window)\n"
        "app.processEvents()\n"
        "before = 'numpy' in sys.modules\n"
        "window.show()\n"
        "until = time.monotonic() + 60\n"
        "while 'esk_engine.study' not in sys.modules and time.monotonic() < until:\n"
        "    app.processEvents()\n"
        "warm_up.wait()\n"
        "print(before, [name in sys.modules for name in ('numpy', 'esk_engine.report', 'openpyxl')])\n",
        QT_QPA_PLATFORM="offscreen",
    )
    assert result.stdout.splitlines()[-1] == "False [True, True, True]", result.stderr


def test_that_a_defect_is_written_down_without_any_value(home: Path) -> None:
    try:
        try:
            raise KeyError("P07 weighs 71.5")
        except KeyError as inner:
            raise Fault("file_damaged", value="secret") from inner
    except Fault as error:
        text = described(error)
        record(error)
    assert "KeyError" in text
    assert "file_damaged" in text
    assert "test_shell_launch.py" in text
    for value in ("P07", "71.5", "secret"):
        assert value not in text
    assert fault_log_path().is_relative_to(home)
    assert "KeyError" in fault_log_path().read_text(encoding="utf-8")
