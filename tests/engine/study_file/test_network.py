"""Whether a study lies on a share, by the names and tables that Windows and Linux have for it."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from esk_engine.study_file.network import is_mounted_share, is_network_place, is_windows_share

# As /proc/self/mounts prints them; \040 is a space (proc(5), fstab(5)).
MOUNTS = r"""
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw,nosuid 0 0
server:/export/wards /mnt/wards nfs4 rw,vers=4.2 0 0
//fileserver/pain /media/pain\040clinic cifs rw,vers=3.1.1 0 0
/dev/sdb1 /mnt/wards/local ext4 rw 0 0
nurse@host:/home /srv/far fuse.sshfs rw 0 0
gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
server:/other /mnt/twice nfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("place", "is_share"),
    [
        ("/data/study.esk", False),
        ("/mnt/wards/study.esk", True),
        ("/mnt/wards/local/study.esk", False),
        ("/mnt/wards-too/study.esk", False),
        ("/media/pain clinic/2026/study.esk", True),
        ("/srv/far/study.esk", True),
        ("/mnt/twice/study.esk", True),
    ],
)
def test_that_a_mounted_share_is_known_by_its_kind(place: str, is_share: bool) -> None:
    assert is_mounted_share(place, MOUNTS) is is_share


def test_that_nothing_is_a_share_where_no_mounts_are_told() -> None:
    assert not is_mounted_share("/mnt/wards/study.esk", "")


@pytest.mark.parametrize(
    ("place", "is_share"),
    [
        (r"\\server\wards\study.esk", True),
        (r"\\?\UNC\server\wards\study.esk", True),
        (r"\\?\C:\data\study.esk", False),
        (r"\\?\H:\study.esk", True),
        (r"C:\data\study.esk", False),
        (r"H:\study.esk", True),
        (r"study.esk", False),
    ],
)
def test_that_windows_tells_a_share_by_name_or_drive(place: str, is_share: bool) -> None:
    assert is_windows_share(place, lambda root: {"H:\\": 4, "C:\\": 3}[root]) is is_share


@pytest.mark.skipif(sys.platform != "linux", reason="another system tells otherwise")
def test_that_a_folder_of_this_computer_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"//server/share {tmp_path} cifs rw 0 0\n", encoding="utf-8")
    assert not is_network_place(Path("/study.esk"))
    monkeypatch.setattr("esk_engine.study_file.network._MOUNTS", table)
    assert is_network_place(tmp_path / "study.esk")
    table.unlink()
    assert not is_network_place(tmp_path / "study.esk")


def test_that_windows_is_asked_for_the_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def drive_type(root: str) -> int:
        asked.append(root)
        return 4

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("os.path.abspath", lambda path: "H:\\wards\\" + str(path))
    kernel = SimpleNamespace(kernel32=SimpleNamespace(GetDriveTypeW=drive_type))
    monkeypatch.setattr(ctypes, "windll", kernel, raising=False)
    assert is_network_place(Path("study.esk"))
    assert asked == ["H:\\"]
