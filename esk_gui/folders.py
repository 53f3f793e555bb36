"""Folders of the person at this PC: where their choices are kept, and where their studies go first."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def config_folder() -> Path:
    """The folder of the preferences: ``%LOCALAPPDATA%\\Esk`` on Windows, ``~/.config/esk`` or its like elsewhere."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Esk"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Preferences" / "Esk"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "esk"


def documents_folder() -> Path:
    """Where a person's own studies go first; the home folder where there are no documents."""
    documents = Path.home() / "Documents"
    return documents if documents.is_dir() else Path.home()
