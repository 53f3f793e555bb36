"""The one path finder for what Esk brings along, in a checkout, an installed copy and a frozen bundle."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resources_root() -> Path:
    """Folder that holds icons, themes, wording and the demo study.

    Returns
    -------
    Path
        ``esk_engine/_resources`` of an installed copy or a frozen bundle, else ``resources/`` of the checkout.
    """
    package = Path(__file__).resolve().parent
    bundle = Path(getattr(sys, "_MEIPASS", package.parent)) / "esk_engine"
    candidates = (bundle / "_resources", package / "_resources", package.parent / "resources")
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(candidates[-1])


def resource_path(*parts: str) -> Path:
    """Path of one resource, e.g. ``resource_path("wording", "nl", "LC_MESSAGES", "esk.mo")``."""
    return resources_root().joinpath(*parts)
