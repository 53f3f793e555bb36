"""A file system in front of the real one: it notes every operation, or lets some of them fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from struct import unpack
from typing import Any

import apsw
from typing_extensions import override

from tests.faults.disk import Op

NAME = "watched"
_DIRSYNC = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


class Watcher:
    """What is asked before an operation reaches the real file system, and told after it; does nothing by itself."""

    def before(self, what: str, path: str, until: int = 0) -> None:
        """Raise an ``apsw`` error to let the operation fail; ``until``: where a write would end."""

    def after(self, op: Op) -> None:
        """An operation that changed something, with its full path."""


class WatchedFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, watcher: Watcher, base: str, name: Any, flags: list[int]) -> None:
        self._watcher = watcher
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name or "")
        is_new = bool(flags[0] & apsw.SQLITE_OPEN_CREATE) and not Path(self._path).exists()
        watcher.before("xOpen", self._path)
        super().__init__(base, name, flags)
        if is_new:
            watcher.after(Op("create", self._path))
        self._syncs_folder = is_new and bool(flags[0] & _DIRSYNC)

    @override
    def xRead(self, amount: int, offset: int) -> bytes:
        self._watcher.before("xRead", self._path)
        return super().xRead(amount, offset)

    @override
    def xWrite(self, data: Any, offset: int) -> None:
        self._watcher.before("xWrite", self._path, offset + len(data))
        super().xWrite(data, offset)
        self._watcher.after(Op("write", self._path, offset, bytes(data)))

    @override
    def xTruncate(self, newsize: int) -> None:
        self._watcher.before("xTruncate", self._path)
        super().xTruncate(newsize)
        self._watcher.after(Op("truncate", self._path, newsize))

    @override
    def xSync(self, flags: int) -> None:
        self._watcher.before("xSync", self._path)  # the real disk is left alone: it is not what is tested
        self._watcher.after(Op("sync", self._path))
        if self._syncs_folder:
            self._syncs_folder = False
            self._watcher.after(Op("folder", str(Path(self._path).parent)))

    @override
    def xFileSize(self) -> int:
        self._watcher.before("xFileSize", self._path)
        return super().xFileSize()

    @override
    def xLock(self, level: int) -> None:
        self._watcher.before("xLock", self._path)
        super().xLock(level)


class WatchedFolder(apsw.VFS):
    """The file system itself; it stays for as long as its process does, whoever watches it."""

    def __init__(self) -> None:
        self.watcher = Watcher()
        self._base = "unix" if os.name != "nt" else "win32"
        super().__init__(NAME, self._base)

    @override
    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return WatchedFile(self.watcher, self._base, name, flags)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.watcher.before("xDelete", filename)
        super().xDelete(filename, syncdir)
        self.watcher.after(Op("delete", filename))
        if syncdir:
            self.watcher.after(Op("folder", str(Path(filename).parent)))

    @override
    def xAccess(self, pathname: str, flags: int) -> bool:
        self.watcher.before("xAccess", pathname)
        return super().xAccess(pathname, flags)


@cache
def _the_one() -> WatchedFolder:
    return WatchedFolder()


@contextmanager
def watched(watcher: Watcher) -> Generator[None]:
    """Let a watcher see, and steer, all that happens to files in the block."""
    the_one = _the_one()
    the_one.watcher = watcher
    try:
        with own_hand(watcher):
            yield
    finally:
        the_one.watcher = Watcher()


class Recorder(Watcher):
    """Notes what is done to one folder, by SQLite and by the engine's own hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ops: list[Op] = []
        self._known: set[str] = {path.name for path in folder.iterdir()}
        self._page: dict[str, bytes] = {}  # the last page written to each journal, until its checksum comes
        self._nonce: dict[str, int] = {}

    def told(self, seq: int, other: str = "", _: object = None, /) -> None:
        """Note that the user was told that something is saved."""
        self.ops.append(Op("told", other, seq))

    def after(self, op: Op) -> None:
        name = self._relative(op.name)
        if name is None:
            return
        if op.what == "create":
            self._known.add(name)
        elif op.what != "folder" and name not in self._known:
            self._known.add(name)
            self.ops.append(Op("create", name))
            if op.what not in ("write", "truncate"):  # it was filled without SQLite
                self._fill(name, Path(op.other if op.what in ("link", "move") else op.name))
        content = self._as_sqlcipher(name, op) if op.what == "write" and name.endswith("-journal") else op.content
        self.ops.append(Op(op.what, name, op.at, content, self._relative(op.other) or ""))
        if op.what in ("delete", "move"):
            self._known.discard(name)
        if op.what in ("link", "move"):
            self._known.add(self._relative(op.other) or "")

    def _fill(self, name: str, path: Path) -> None:
        with suppress(OSError):
            self.ops.append(Op("write", name, 0, path.read_bytes()))

    def _relative(self, path: str) -> str | None:
        """The name within the folder that is watched; None for what lies outside and for the lock's files."""
        if not path or path.endswith((".lock", ".who", ".who.new")):
            return None
        place = Path(path)
        return place.relative_to(self._folder).as_posix() if place.is_relative_to(self._folder) else None

    def _as_sqlcipher(self, name: str, op: Op) -> bytes:
        """What SQLCipher would have written there.

        A journal's record is a page number, the page, a checksum. Of the same pages SQLite3 Multiple Ciphers takes
        the checksum before it encrypts them and SQLCipher after, so the checksum is computed anew.
        """
        content = op.content
        if len(content) == 512 and content[:8] in (
            _JOURNAL_MAGIC,
            bytes(8),
        ):  # a header, its mark perhaps still to come
            (self._nonce[name],) = unpack(">I", content[12:16])
        if len(content) > 512:
            self._page[name] = content
        elif len(content) == 4 and name in self._page:
            page, total = self._page.pop(name), self._nonce.get(name, 0)
            total += sum(page[at] for at in range(len(page) - 200, 0, -200))
            return (total & 0xFFFFFFFF).to_bytes(4, "big")
        return content


@contextmanager
def own_hand(watcher: Watcher) -> Generator[None]:
    """Let the watcher see what the engine does to files without SQLite: links, moves, removals, syncs."""
    real: dict[str, Callable[..., Any]] = {
        name: getattr(os, name) for name in ("link", "rename", "replace", "unlink", "fsync")
    }

    def link(source: Any, target: Any, **options: Any) -> None:
        watcher.before("link", os.fspath(target))
        real["link"](source, target, **options)
        watcher.after(Op("link", os.fspath(source), other=os.fspath(target)))

    def move(name: str) -> Callable[..., None]:
        def moved(source: Any, target: Any, **options: Any) -> None:
            watcher.before(name, os.fspath(target))
            real[name](source, target, **options)
            watcher.after(Op("move", os.fspath(source), other=os.fspath(target)))

        return moved

    def unlink(path: Any, **options: Any) -> None:
        watcher.before("unlink", os.fspath(path))
        real["unlink"](path, **options)
        watcher.after(Op("delete", os.fspath(path)))

    def fsync(descriptor: int) -> None:
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        watcher.before("fsync", path)
        watcher.after(Op("folder", path) if Path(path).is_dir() else Op("sync", path))

    ours = {"link": link, "rename": move("rename"), "replace": move("replace"), "unlink": unlink, "fsync": fsync}
    for name, function in ours.items():
        setattr(os, name, function)
    try:
        yield
    finally:
        for name, function in real.items():
            setattr(os, name, function)
