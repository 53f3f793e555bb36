"""Peers: programs that do the same work, each in an environment of its own, made where it is first asked for."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

HERE = Path(__file__).resolve().parent


def cache_folder() -> Path:
    """Where the environments are kept between runs; ``ESK_BENCHMARKS_CACHE`` names another folder."""
    named = os.environ.get("ESK_BENCHMARKS_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "esk-benchmarks"


class PeerMissingError(Exception):
    """A peer that cannot be installed here; its text says why."""


@dataclass(frozen=True)
class Peer:
    """One peer and the packages that it consists of."""

    name: str
    packages: tuple[str, ...]

    @cached_property
    def python(self) -> Path:
        """The interpreter of its environment, made and filled where there is none yet.

        Raises
        ------
        PeerMissingError
            Where its packages do not install.
        """
        folder = cache_folder() / f"{self.name}-{sys.version_info.major}.{sys.version_info.minor}"
        python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        stamp = folder / "complete"
        if not stamp.exists():
            print(f"installing {self.name} in {folder}", file=sys.stderr)
            venv.create(folder, with_pip=True, clear=True)
            command = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *self.packages]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise PeerMissingError(f"{self.name} does not install here")
            stamp.touch()
        return python


ORANGE = Peer("orange", ("Orange3", "PyQt6", "PyQt6-WebEngine"))
TABLEONE = Peer("tableone", ("tableone",))


class Worker:
    """A script in a peer's environment: for each line it does its work once and answers with its seconds."""

    def __init__(self, peer: Peer, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [str(peer.python), str(HERE / script), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def seconds(self) -> float:
        """One more round of its work."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())
