"""What a program left that was cut off: the study must open, be whole, and hold all that was told; so must backups."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from esk_engine.errors import Fault
from esk_engine.study import Study
from esk_engine.study_file import connection
from esk_engine.study_file.backup import backup_folder
from esk_engine.study_file.check import check_file
from tests.faults import work
from tests.faults.scripts import BACKUP, SCRIPTS, Script

if TYPE_CHECKING:
    from esk_engine.study import LogLine
    from esk_engine.study_file.check import CheckReport
    from esk_engine.study_file.connection import Key

connection.derive = functools.cache(connection.derive)  # the same passphrase and salt, thousands of times


@dataclass(frozen=True, slots=True)
class Left:
    """A study that was left, as it was found; ``wrong``: what is wrong with it, "" for nothing."""

    wrong: str
    report: CheckReport | None = None
    lines: Sequence[LogLine] = ()
    seconds: float = 0.0  # to open

    @property
    def opened(self) -> bool:
        return self.report is not None


def look(path: Path, name: str, told: Sequence[str]) -> Left:
    """Open a study that was left, as the next person would, and check it and its backups."""
    script = SCRIPTS[name]
    if not path.exists():
        return Left("the study is gone" if told or name != "create" else "")
    damaged = name == "replacement" and "replaced" not in told
    refused: list[str] = []
    for key in script.may_open(told):
        try:
            begun = time.perf_counter()
            with Study.open(path, person=work.WHO, key=key) as study:
                seconds = time.perf_counter() - begun
                lines = study.log()
            report = check_file(path, key)
        except Fault as fault:
            refused.append(fault.code)
            continue
        wrong = "" if report.is_whole else f"not whole: {report.findings[:3]}"
        return Left(wrong or _backups(path, script, told), report, lines, seconds)
    if damaged:
        return Left(_backups(path, script, told))  # as it was before
    return Left(f"refused: {', '.join(refused)}")


def leftovers(path: Path) -> list[str]:
    """What lies about beside a study that nobody has open and is none of its files."""
    known = (path.name, f"{path.name}.lock", backup_folder(path).name)
    beside = (each.name for each in path.parent.iterdir() if each.name not in known)
    return [name for name in beside if not name.startswith(f"{path.stem}_damaged_")]


def _backups(path: Path, script: Script, told: Sequence[str]) -> str:
    """What is wrong with the backups: one that was told is missing, or one that has its name is not whole."""
    folder = backup_folder(path)
    there = {each.name for each in folder.glob("*.esk")}
    if missing := {text.removeprefix(BACKUP) for text in told if text.startswith(BACKUP)} - there:
        return f"backups are gone: {missing}"
    for each in sorted(there):
        if not any(_is_whole(folder / each, key) for key in script.keys.values()):
            return f"backup {each} is not whole"
    return ""


def _is_whole(path: Path, key: Key) -> bool:
    try:
        return check_file(path, key).is_whole
    except Fault:
        return False
