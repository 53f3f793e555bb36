"""What a person chose and which studies were open lately: one small JSON file of their own, no registry."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from esk_gui.theme import THEME_CHOICES, ThemeChoice

MOST_RECENT = 8
_FILE = "preferences.json"


@dataclass(frozen=True)
class RecentStudy:
    """A study that was open before, with the counts it had when it was left; of one with a passphrase its path only."""

    path: str
    name: str
    opened: str
    patients: int = 0
    responders: int = 0
    non_responders: int = 0
    undetermined: int = 0
    synthetic: bool = False
    is_protected: bool = False

    @property
    def opened_at(self) -> datetime | None:
        """Local time of the last use; None where the file of preferences held something else."""
        try:
            return datetime.fromisoformat(self.opened)
        except ValueError:
            return None


@dataclass(frozen=True)
class Choices:
    """What the preferences file holds. ``language`` None follows the system."""

    language: str | None = None
    theme: ThemeChoice = "system"
    initials: str = ""
    role: str = ""
    folder: str = ""
    geometry: str = ""
    backup_failed: str = ""
    recent: tuple[RecentStudy, ...] = field(default_factory=tuple[RecentStudy, ...])


class Preferences:
    """The choices of this person on this PC, read once and written at each change.

    A file that cannot be read counts as none; one that cannot be written is no reason to disturb anyone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / _FILE
        self.choices = _read(self._file)

    def change(self, **changed: Any) -> None:
        """Replace some of the choices and keep them."""
        self.choices = replace(self.choices, **changed)
        self._write()

    def remember_study(self, study: RecentStudy) -> None:
        """Put a study at the head of the recent ones."""
        others = (other for other in self.choices.recent if not _same(other.path, study.path))
        self.change(recent=(study, *others)[:MOST_RECENT])

    def forget_study(self, path: str) -> None:
        """Take a study out of the recent ones."""
        self.change(recent=tuple(other for other in self.choices.recent if not _same(other.path, path)))

    def _write(self) -> None:
        beside = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(asdict(self.choices), ensure_ascii=False, indent=1), encoding="utf-8")
            beside.replace(self._file)
        except OSError:
            return


def _same(one: str, other: str) -> bool:
    return os.path.normcase(one) == os.path.normcase(other)


def _read(file: Path) -> Choices:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Choices()
    if not isinstance(raw, dict):
        return Choices()
    kept: dict[str, Any] = {
        name: raw[name] for name in ("initials", "role", "folder", "geometry", "backup_failed") if _is_text(raw, name)
    }
    if raw.get("language") in ("nl", "en"):
        kept["language"] = raw["language"]
    if raw.get("theme") in THEME_CHOICES:
        kept["theme"] = raw["theme"]
    return Choices(**kept, recent=tuple(_recent(raw.get("recent"))))


def _is_text(raw: dict[str, Any], name: str) -> bool:
    return isinstance(raw.get(name), str)


def _recent(raw: object) -> Iterable[RecentStudy]:
    if not isinstance(raw, list):
        return
    names = {f.name for f in fields(RecentStudy)}
    for entry in raw[:MOST_RECENT]:
        if isinstance(entry, dict) and all(_is_text(entry, name) for name in ("path", "name", "opened")):
            known = {name: value for name, value in entry.items() if name in names}
            numbers = ("patients", "responders", "non_responders", "undetermined", "synthetic", "is_protected")
            if all(isinstance(known.get(name, 0), int) for name in numbers):
                yield RecentStudy(**known)
