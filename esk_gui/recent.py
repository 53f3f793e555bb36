"""The studies that were open before: what is kept of them, and whether they can be reached now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from esk_gui.preferences import RecentStudy

if TYPE_CHECKING:
    from esk_engine.study import Study

Reach = Literal["reached", "drive_missing", "folder_missing", "file_missing", "no_access"]


def reach(path: str) -> Reach:
    """Why a file cannot be reached, or that it can; never raises."""
    file = Path(path)
    try:
        if file.is_file():
            with file.open("rb"):
                return "reached"
        if file.anchor and not Path(file.anchor).exists():
            return "drive_missing"
        return "file_missing" if file.parent.is_dir() else "folder_missing"
    except OSError:
        return "no_access"


def reach_all(paths: Iterable[str]) -> dict[str, Reach]:
    """``reach`` of every path."""
    return {path: reach(path) for path in paths}


def remembered(study: Study) -> RecentStudy:
    """What the preferences keep of an open study: its place, its name and its counts of now.

    The preferences stand in clear on the disk, so of a study with a passphrase its place is all: no name that it was
    given inside, and nothing of what it holds.
    """
    path, opened = str(study.path), datetime.now().isoformat(timespec="minutes")
    if study.has_passphrase:
        return RecentStudy(path, study.path.stem, "", is_protected=True)
    groups = Counter(str(group) for group in study.cohort.groups)
    return RecentStudy(
        path,
        study.settings.study_name or study.path.stem,
        opened,
        len(study.patients),
        groups["responder"],
        groups["non_responder"],
        groups["undetermined"],
        study.settings.synthetic,
    )
