"""Whether a file lies on another computer: there one may write at a time, and the way to it can be lost."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_SHARED = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "gfs2"),
        *("ocfs2", "beegfs", "gpfs", "9p", "davfs", "ftpfs", "sshfs"),
    }
)
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW
_LONG_PREFIX = re.compile(r"^\\\\[?.]\\(UNC\\)?", re.IGNORECASE)


def is_network_place(path: Path) -> bool:
    """Whether a file of this name would lie on a network share; False where the system does not tell."""
    if sys.platform == "win32":
        return is_windows_share(os.path.abspath(path), _drive_type)  # noqa: PTH100 - keeps the drive's letter
    try:
        return is_mounted_share(os.path.realpath(path), _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return False


def is_windows_share(place: str, drive_type: Callable[[str], int]) -> bool:
    r"""Whether an absolute Windows path is on a share: by its name (``\\server\share``), or its drive is one."""
    prefix = _LONG_PREFIX.match(place)
    if prefix is not None:
        if prefix.group(1):
            return True
        place = place[prefix.end() :]
    if place.startswith("\\\\"):
        return True
    return place[1:2] == ":" and drive_type(place[:2] + "\\") == _REMOTE_DRIVE


def is_mounted_share(place: str, mounts: str) -> bool:
    """Whether an absolute POSIX path is on a share, by a table of mounts as Linux prints it."""
    deepest, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), fields[1])
        holds = place == point or place.startswith(point.rstrip("/") + "/")
        if holds and len(point) >= len(deepest):  # of two on one point the later hides the other
            deepest, kind = point, fields[2]
    return kind.removeprefix("fuse.") in _SHARED


def _drive_type(root: str) -> int:
    """What kind of drive Windows says this is."""
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(root))  # type: ignore[attr-defined]
