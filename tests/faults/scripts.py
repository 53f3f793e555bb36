"""The pieces of work that are cut off: edits, an import, the birth of a study, ... each told step by step."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from esk_engine.study import Key, Study
from esk_engine.study_file.connection import PUBLIC
from esk_engine.study_file.reading import LogFilter, read_log
from tests.faults import work


class Told(Protocol):
    """Hears what the user is told."""

    def __call__(self, seq: int, other: str = "", patients: Mapping[str, str] = {}, /) -> None:
        """``seq``: the number of the last line that is on disk now; what else was told; what was last seen of those
        patients of whom anything changed since it was told before."""


Run = Callable[[Path, random.Random, int, Told], None]


@dataclass(frozen=True, slots=True)
class Script:
    """One piece of work.

    Attributes
    ----------
    prepare
        Makes the study that the work begins with.
    run
        Does the work, with so many acts, and tells each as it reached the disk.
    keys
        What opens the study afterwards; the one whose name was told opens it, before that any of them.
    """

    prepare: Callable[[Path, random.Random], None]
    run: Run
    keys: dict[str, Key]

    def hashes(self, path: Path) -> dict[int, str]:
        """The hash of every line of the log, at the end of the work."""
        key = list(self.keys.values())[-1]
        return {line.seq: line.hash for line in read_log(path, key, LogFilter())}


def _some_study(path: Path, chance: random.Random) -> None:
    study = work.new_study(path, chance)
    for _ in range(chance.randint(0, 5)):
        work.step(study, chance)
    study.close()


def _nothing(path: Path, chance: random.Random) -> None:
    pass


def _edits(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    _go_on(path, chance, acts, told, only="")


def _imports(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    _go_on(path, chance, max(1, acts // 4), told, only="import")


def _go_on(path: Path, chance: random.Random, acts: int, told: Told, only: str) -> None:
    with Study.open(path, person=work.WHO) as study:
        _act(study, chance, acts, told, only)


def _act(study: Study, chance: random.Random, acts: int, told: Told, only: str = "") -> None:
    touched: set[str] = set()
    study.subscribe(lambda change: touched.update(change.patients))
    for _ in range(acts):
        touched.clear()
        saved = work.step(study, chance, only=only).result()
        told(saved, "", work.digests(study, touched))


def _birth(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    with work.new_study(path, chance, patients=chance.randint(0, 12)) as study:
        told(study.version, "born")
        _act(study, chance, min(acts, 2), told)


def _old(path: Path, chance: random.Random) -> None:
    """A study of the first version of the file, as an Esk of that time wrote it."""
    shutil.copy(_FILES / "version_1.esk", path)


def _migration(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    with Study.open(path, person=work.WHO) as study:
        told(study.version, "migrated")
        _act(study, chance, min(acts, 3), told)


_FILES = Path(__file__).parents[1] / "engine" / "study_file" / "files"
_AS_BORN = {"": PUBLIC}
SCRIPTS = {
    "edits": Script(_some_study, _edits, _AS_BORN),
    "import": Script(_some_study, _imports, _AS_BORN),
    "create": Script(_nothing, _birth, _AS_BORN),
    "migration": Script(_old, _migration, _AS_BORN),
}
