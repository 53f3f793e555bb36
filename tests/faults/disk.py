"""A disk as a power cut leaves it: what was synced, and of the rest whatever chance let through.

The model, no kinder than SQLite's own assumptions: writes reach the platter in any order until their file is synced,
each 512-byte sector by itself; the new part of a file that grew may hold garbage; names (created, deleted, moved) are
durable only once their folder is synced. SQLite syncs the folder itself where it deletes a journal and at the first
sync of a journal that it created.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

SECTOR = 512

What = Literal["write", "truncate", "sync", "create", "delete", "link", "move", "folder", "told"]


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that was done to the disk, or told to the user (``told``: ``at`` is the log's number, say)."""

    what: What
    name: str = ""
    at: int = 0
    content: bytes = b""
    other: str = ""  # where a link or a move goes


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list[Op])

    def now(self) -> bytearray:
        content = bytearray(self.durable)
        for op in self.pending:
            _do(content, op, None)
        return content


def _do(content: bytearray, op: Op, chance: random.Random | None, *, torn: bool = False) -> None:
    """Let one pending write or truncation reach the platter; ``torn``: only some of its sectors do."""
    if op.what == "truncate":
        del content[op.at :]
        content.extend(bytes(op.at - len(content)))
        return
    end = op.at + len(op.content)
    if len(content) < end:
        grown = end - len(content)
        garbage = chance is not None and chance.random() < 0.3
        content.extend(chance.randbytes(grown) if garbage and chance is not None else bytes(grown))
    at = op.at
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        if not torn or chance is None or chance.random() < 0.5:
            content[at:until] = op.content[at - op.at : until - op.at]
        at = until


class Disk:
    """What is durable and what is on its way, operation by operation."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = {number: _File(bytearray(content)) for number, content in enumerate(files.values())}
        self._names = dict(zip(files, self._files, strict=True))  # as programs see them
        self._durable_names = dict(self._names)
        self._moves: list[Op] = []  # of names, since the folder was synced
        self._next = len(files)

    def do(self, op: Op) -> None:
        """Take one operation."""
        match op.what:
            case "write" | "truncate":
                self._file(op.name).pending.append(op)
            case "sync":
                file = self._file(op.name)
                file.durable, file.pending = file.now(), []
            case "create" | "delete" | "link" | "move":
                self._moves.append(self._numbered(op))
                _rename(self._names, self._moves[-1])
            case "folder":
                self._sync_folder(op.name)
            case "told":
                pass

    def _sync_folder(self, folder: str) -> None:
        """Make the names of one folder durable."""
        waiting: list[Op] = []
        for op in self._moves:
            if str(PurePosixPath(op.other or op.name).parent) == folder:
                _rename(self._durable_names, op)
            else:
                waiting.append(op)
        self._moves = waiting

    def _file(self, name: str) -> _File:
        return self._files[self._names[name]]

    def _numbered(self, op: Op) -> Op:
        """The same operation on names, with the number of the file that it is about."""
        if op.what == "create":
            self._files[self._next] = _File()
            self._next += 1
            return Op("create", op.name, self._next - 1)
        return Op(op.what, op.name, self._names.get(op.name, -1), b"", op.other)

    def after_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """One of the states that the disk may be in when the power comes back."""
        fate = chance.random()
        names = dict(self._durable_names)
        reached = chance.randint(0, len(self._moves))  # a journal of the file system keeps names in order
        for op in self._moves[:reached]:
            _rename(names, op)
        return {name: bytes(self._survived(self._files[number], chance, fate)) for name, number in names.items()}

    @staticmethod
    def _survived(file: _File, chance: random.Random, fate: float) -> bytearray:
        content = bytearray(file.durable)
        pending = list(file.pending)
        if not pending or fate < 0.2:  # nothing of it
            return content
        if fate < 0.35:  # the first ones, the last of them torn
            cut = chance.randint(0, len(pending))
            for at, op in enumerate(pending[:cut]):
                _do(content, op, chance, torn=at == cut - 1)
            return content
        kept, torn = chance.random(), chance.random() * 0.7
        chance.shuffle(pending)
        for op in pending:
            if chance.random() < kept:
                _do(content, op, chance, torn=chance.random() < torn)
        return content


def _rename(names: dict[str, int], op: Op) -> None:
    match op.what:
        case "create":
            names[op.name] = op.at
        case "delete":
            names.pop(op.name, None)
        case "link" if op.at >= 0:
            names[op.other] = op.at
        case "move" if op.at >= 0:
            names.pop(op.name, None)
            names[op.other] = op.at
        case _:
            pass


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that one piece of scripted work did to a folder.

    Attributes
    ----------
    before
        The folder's files at the beginning, durable.
    hashes
        The hash of every line that the log held at the end, by number: what was told as saved must be among them.
    """

    name: str
    before: dict[str, bytes]
    ops: tuple[Op, ...]
    hashes: dict[int, str]

    def states(self, chance: random.Random, n: int) -> list[tuple[dict[str, bytes], int, Sequence[str]]]:
        """Some states after a power cut: the files, the last number told as saved by then, other things told."""
        cuts = sorted(chance.randint(1, len(self.ops)) for _ in range(n))
        disk, told, others = Disk(self.before), 0, list[str]()
        found: list[tuple[dict[str, bytes], int, Sequence[str]]] = []
        done = 0
        for cut in cuts:
            for op in self.ops[done:cut]:
                disk.do(op)
                if op.what == "told":
                    told = max(told, op.at)
                    others += [op.name] if op.name else []
            done = cut
            found.append((disk.after_power_cut(chance), told, tuple(others)))
        return found


def lay_out(files: dict[str, bytes], place: Path) -> None:
    """Write the files of a state into a folder."""
    place.mkdir(parents=True)
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
