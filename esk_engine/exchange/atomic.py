"""A workbook is written beside its target and then moved in place: the target is whole, old or new, at any moment.

What a program that was killed left beside it goes when the same target is next written to.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from esk_engine.errors import Fault

_LEFT_SECONDS = 6 * 3600.0  # longer than any export takes


def _fault_of(error: OSError, target: Path) -> Fault:
    """What keeps a target from being written, as a calm message."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Fault("file_full", file=target.name)
    if error.errno == errno.ENAMETOOLONG:
        return Fault("file_name_long", file=target.name)
    if isinstance(error, PermissionError) and target.is_file() and os.access(target.parent, os.W_OK):
        # Windows refuses to replace a file that a program holds open; a write-protected one is said to be so.
        return Fault("target_open" if os.access(target, os.W_OK) else "target_not_writable", file=target.name)
    return Fault("target_not_writable", file=target.name)


def check_target(target: Path, suffix: str = ".xlsx") -> None:
    """Refuse at once what could not be moved in place later, or would not be known by its ending.

    Raises
    ------
    Fault
        ``target_not_xlsx``, ``target_is_folder``, ``folder_missing``, ``target_open``, ``target_not_writable``,
        ``file_name_long``.
    """
    if suffix == ".xlsx" and target.suffix.lower() != suffix:  # Excel opens no workbook under another ending
        raise Fault("target_not_xlsx", path=str(target))
    try:
        if not target.parent.is_dir():
            raise Fault("folder_missing", path=str(target.parent))
        if target.is_dir():
            raise Fault("target_is_folder", path=str(target))
        if not target.exists():
            return
        with target.open("r+b"):
            pass
    except OSError as error:
        raise _fault_of(error, target) from error


@contextmanager
def written_beside(target: Path, suffix: str = ".xlsx") -> Generator[Path, None, None]:
    """A path beside the target to write to; moved in place at the end, taken away where anything failed.

    Raises
    ------
    Fault
        ``target_not_xlsx``, ``target_open``, ``target_not_writable``, ``file_full``.
    """
    check_target(target, suffix)
    _sweep(target)
    beside = target.with_name(f".{target.stem[:40]}.{uuid.uuid4().hex[:8]}{target.suffix}")
    try:
        yield beside
        _to_disk(beside)
        beside.replace(target)
    except OSError as error:
        raise _fault_of(error, target) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _sweep(target: Path) -> None:
    """Take away what stands half written beside a target, and has stood so for hours."""
    names = f".{glob.escape(target.stem[:40])}.{'[0-9a-f]' * 8}{glob.escape(target.suffix)}"
    for left in target.parent.glob(names):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT_SECONDS:
                left.unlink()


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
