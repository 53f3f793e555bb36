"""The pieces of work that are cut off: edits, an import, the birth of a study, ... each told step by step."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from esk_engine.errors import Fault
from esk_engine.study import Key, Study
from esk_engine.study.backed import replace_damaged
from esk_engine.study_file.backup import backup_folder, list_backups
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
        What opens the study afterwards: the one whose name was told last; any of them at the beginning, and where
        ``changing`` was told after it.
    life
        Within how many seconds it is killed: about as long as it takes.
    """

    prepare: Callable[[Path, random.Random], None]
    run: Run
    keys: dict[str, Key]
    life: float = 0.25

    def may_open(self, told: Sequence[str]) -> list[Key]:
        """The keys one of which has to open the study, by what was told."""
        named = [other for other in told if other in self.keys or other == "changing"]
        return [self.keys[named[-1]]] if named and named[-1] in self.keys else list(self.keys.values())

    def hashes(self, path: Path) -> dict[int, str]:
        """The hash of every line of the log, at the end of the work."""
        for key in self.keys.values():
            with contextlib.suppress(Fault):
                return {line.seq: line.hash for line in read_log(path, key, LogFilter())}
        return {}


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


def _backups(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    """Edits and backups by turns, and now and then one of them is brought back."""
    with Study.open(path, person=work.WHO) as study:
        for number in range(max(1, acts // 5)):
            _act(study, chance, 2, told)
            made = study.back_up()
            told(study.version, f"{BACKUP}{made.path.name}" if made else "")
            if number % 3 == 2:
                _restore(study, chance, told)


def _restore(study: Study, chance: random.Random, told: Told) -> None:
    backup = chance.choice(study.backups()).path
    touched: set[str] = set()
    forget = study.subscribe(lambda change: touched.update(change.patients))
    with contextlib.suppress(Fault):  # what was signed since keeps it from being brought back
        saved = study.restore(study.read_backup(backup), backup, "by mistake").result()
        told(saved, "", work.digests(study, touched))
    forget()


def _rekeys(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    """A passphrase is set, changed and taken away, with a backup there that follows."""
    with Study.open(path, person=work.WHO) as study:
        _act(study, chance, 2, told)
        study.back_up()
        for name in ("one", "two", "none")[: max(1, acts // 4)]:
            told(study.version, "changing")
            study.change_passphrase(None if name == "none" else name)
            told(study.version, name)
            _act(study, chance, 2, told)


def _damaged(path: Path, chance: random.Random) -> None:
    """A study with a backup that nobody can read any more."""
    _some_study(path, chance)
    with Study.open(path, person=work.WHO) as study:
        work.step(study, chance)
        study.back_up()
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(content)


def _replacement(path: Path, chance: random.Random, acts: int, told: Told) -> None:
    (backup,) = list_backups(path, backup_folder(path))
    told(backup.seq, "")
    replaced = replace_damaged(path, backup.path, person=work.WHO, reason="damaged")
    told(replaced.head.seq, "replaced")
    _go_on(path, chance, min(acts, 2), told, only="")


BACKUP = "backup "
_FILES = Path(__file__).parents[1] / "engine" / "study_file" / "files"
_AS_BORN = {"none": PUBLIC}
_KEYS = {"none": PUBLIC, "one": Key.of_passphrase("one"), "two": Key.of_passphrase("two")}
SCRIPTS = {
    "edits": Script(_some_study, _edits, _AS_BORN),
    "import": Script(_some_study, _imports, _AS_BORN),
    "create": Script(_nothing, _birth, _AS_BORN),
    "migration": Script(_old, _migration, _AS_BORN, life=0.15),
    "backup": Script(_some_study, _backups, _AS_BORN, life=0.4),
    "rekey": Script(_some_study, _rekeys, _KEYS, life=2.0),
    "replacement": Script(_damaged, _replacement, _AS_BORN, life=0.3),
}
