"""Where Esk keeps what is a person's own: choices, and the log of its own faults. Never study data."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def config_folder() -> Path:
    """The folder of the preferences: ``%LOCALAPPDATA%\\Esk`` on Windows, ``~/.config/esk`` or its like elsewhere."""
    return _folder("XDG_CONFIG_HOME", ".config", "Preferences")


def state_folder() -> Path:
    """The folder of the fault log: ``%LOCALAPPDATA%\\Esk`` on Windows, ``~/.local/state/esk`` or its like elsewhere."""
    return _folder("XDG_STATE_HOME", ".local/state", "Logs")


def documents_folder() -> Path:
    """Where a person's own studies go first; the home folder where there are no documents."""
    documents = Path.home() / "Documents"
    return documents if documents.is_dir() else Path.home()


def _folder(variable: str, fallback: str, library: str) -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Esk"
    if sys.platform == "darwin":
        return Path.home() / "Library" / library / "Esk"
    return Path(os.environ.get(variable) or Path.home() / fallback) / "esk"
