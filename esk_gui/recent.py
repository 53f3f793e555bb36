"""Whether a study that was open before can be reached now, and if not, why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

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
