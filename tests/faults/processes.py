"""Fresh processes for what must not share one: another SQLite library, a parent that forks; and folders that go."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

_R = TypeVar("_R")
_QUICK = Path("/dev/shm")  # memory, where there is any: thousands of files are made and what is tested is not the disk


def elsewhere(function: Callable[..., _R], calls: Iterable[tuple[object, ...]], workers: int = 1) -> Iterator[_R]:
    """Call a function in processes of their own, started anew with nothing imported; the results in order."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for waiting in [pool.submit(function, *arguments) for arguments in calls]:
            yield waiting.result()


@contextmanager
def folder() -> Generator[Path]:
    """A folder that goes with all that is in it."""
    place = Path(tempfile.mkdtemp(prefix="esk-faults-", dir=_QUICK if _QUICK.is_dir() else None))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def chunks(total: int, size: int) -> list[tuple[int, int]]:
    """``total`` cases in portions: (number of the first, how many)."""
    return [(first, min(size, total - first)) for first in range(0, total, size)]


def files_of(place: Path) -> dict[str, bytes]:
    """What a folder holds, by relative name, without the files of the writer's lock."""
    found = (path for path in sorted(place.rglob("*")) if path.is_file() and path.suffix not in (".lock", ".who"))
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}
