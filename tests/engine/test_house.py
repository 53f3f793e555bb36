"""The house: what a checkout, a wheel and the start of the program hold, and what they leave out."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from esk_engine import __version__

ROOT = Path(__file__).resolve().parents[2]
OURS = ("esk_engine", "esk_gui", "tests", "benchmarks")
TEXTS = {".py", ".pyi", ".md", ".toml", ".po", ".qss", ".json", ".svg", ".yml", ".cfg", ".txt", ""}
LATE = ("pandas", "scipy.stats", "openpyxl", "pyqtgraph", "PIL")
HOME = re.compile(r"/home/\w|/roo[t]/|/Users/\w|[A-Z]:\\+Users\\+\w")


def python_files() -> list[Path]:
    return [ROOT / "main.py", *(path for folder in OURS for path in sorted((ROOT / folder).rglob("*.py")))]


def run_python(code: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_that_every_file_says_in_its_first_line_what_it_is_for() -> None:
    def is_told(path: Path) -> bool:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        return bool((ast.get_docstring(tree) or "").strip()) and tree.body[0].lineno == 1

    assert [str(path.relative_to(ROOT)) for path in python_files() if not is_told(path)] == []


def test_that_no_file_knows_the_machine_it_was_written_on() -> None:
    folders = [ROOT / name for name in (*OURS, "resources", "docs", ".ci")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix in TEXTS]
    files += [path for path in ROOT.glob("*") if path.is_file() and path.suffix in TEXTS]

    beside = re.compile(rf"(?<![\w./-]){re.escape(str(ROOT.parent))}[/\\]") if len(ROOT.parts) > 2 else HOME

    def knows(path: Path) -> bool:
        text = path.read_text(encoding="utf-8", errors="replace")
        return beside.search(text) is not None or HOME.search(text) is not None

    known = [str(path.relative_to(ROOT)) for path in files if knows(path)]
    assert known == []


def test_that_the_way_in_is_short() -> None:
    assert len((ROOT / "main.py").read_text(encoding="utf-8").splitlines()) < 30


def test_that_one_version_is_told_everywhere() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_that_the_release_check_runs_the_test_command_of_the_readme() -> None:
    found = re.search(r"\| the tests \| `([^`]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    assert found[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_that_every_link_in_the_documents_leads_somewhere() -> None:
    for document in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{document.name}: {target}"


@pytest.mark.parametrize("modules", ["esk_engine.study, esk_gui.launch", "esk_gui.main_window"])
def test_that_heavy_libraries_stay_off_the_start_path(modules: str) -> None:
    code = f"import sys, {modules}; print([name for name in {LATE!r} if name in sys.modules])"
    assert run_python(code, ROOT) == "[]"


def test_that_the_command_line_starts_without_qt() -> None:
    code = "import sys, esk_gui.launch, esk_engine.cli; print('PySide6' in sys.modules)"
    assert run_python(code, ROOT) == "False"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, timeout=300)
    return next(folder.glob("esk-*.whl"))


def test_that_a_wheel_brings_the_resources_and_no_top_level_main(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/", 1)[0] for name in names}
    assert tops == {"esk_engine", "esk_gui", f"esk-{__version__}.dist-info"}
    brought = {
        name.removeprefix("esk_engine/_resources/") for name in names if name.startswith("esk_engine/_resources/")
    }
    held = {
        path.relative_to(ROOT / "resources").as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert brought == held
    assert "esk_engine/py.typed" in names


def test_that_an_installed_copy_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    code = "from esk_engine import wording; print(wording.__file__, wording.Wording('nl')('code.female'))"
    path, _, text = run_python(code, tmp_path, PYTHONPATH=str(installed)).rpartition(" ")
    assert Path(path).is_relative_to(installed)
    assert text == "vrouw"
    demo = "import sys; from esk_gui.launch import main; sys.exit(main(['demo', 'COPY.esk']))"
    run_python(demo, tmp_path, PYTHONPATH=str(installed))
    assert (tmp_path / "COPY.esk").is_file()
