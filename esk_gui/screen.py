"""Whether there is a screen to open a window on: asked before Qt, which would end the program without a calm word."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_X_PLACE = re.compile(r"(?P<host>[^:/]*):(?P<number>\d{1,5})(?:\.\d+)?")
_X_SOCKET = "/tmp/.X11-unix/X{number}"
_X_PORT = 6000
_PATIENCE = 3.0


def has_screen(environment: Mapping[str, str]) -> bool:
    """True where a window can be shown; systems other than Linux always have a screen.

    Parameters
    ----------
    environment
        The environment's variables; DISPLAY and WAYLAND_DISPLAY must name something that answers, unless
        QT_QPA_PLATFORM chose a platform that draws elsewhere.
    """
    if not sys.platform.startswith("linux"):
        return True
    platform = environment.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return True
    return _wayland_answers(environment) or _x_answers(environment.get("DISPLAY", ""))


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    return bool(name) and _connects(str(Path(environment.get("XDG_RUNTIME_DIR", "/")) / name))


def _x_answers(display: str) -> bool:
    if not display:
        return False
    place = _X_PLACE.fullmatch(display)
    if place is None:  # a form of its own: let Qt try
        return True
    number = int(place["number"])
    if place["host"] not in ("", "unix"):
        try:
            socket.create_connection((place["host"], _X_PORT + number), _PATIENCE).close()
        except (OSError, OverflowError, UnicodeError):
            return False
        return True
    path = _X_SOCKET.format(number=number)
    return _connects("\0" + path) or _connects(path)


def _connects(path: str) -> bool:
    """Whether a socket of this computer answers; a path that begins with a zero byte is an abstract one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
        made.settimeout(_PATIENCE)
        try:
            made.connect(path)
        except (OSError, ValueError):
            return False
    return True
