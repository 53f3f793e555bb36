"""What the command line says and where: results on the output, faults on the error output, all of it UTF-8."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from esk_engine.errors import Fault, Issue
from esk_engine.wording import Wording

_NOTHING = "-"


def _as_utf8(stream: TextIO | None) -> TextIO:
    """The stream, writing UTF-8 whatever the console; a program without a console has none, then to nowhere."""
    if stream is None:
        return io.StringIO()
    reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


class Console:
    """Writes in one language.

    Parameters
    ----------
    wording
        The language of messages.
    """

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self._out, self._err = _as_utf8(sys.stdout), _as_utf8(sys.stderr)

    def say(self, text: str = "") -> None:
        """One line of result, handed on at once."""
        self._out.write(text + "\n")
        self._out.flush()

    def write(self, text: str) -> None:
        """A piece of a long result."""
        self._out.write(text)

    def say_json(self, value: Any) -> None:
        """One JSON document; every number in it is finite."""
        self.write(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n")

    def complain(self, line: str) -> None:
        self._err.write(" ".join(line.splitlines()) + "\n")

    def fault(self, fault: Fault, file: str = "") -> None:
        """A fault: a line for each of its issues, the errors first, or one line for itself."""
        if not fault.issues:
            self.complain(f"{file or _NOTHING}: {_NOTHING}: {fault.code}: {self.wording.fault(fault)}")
        self.issues(sorted(fault.issues, key=lambda issue: not issue.is_error), file)

    def issues(self, issues: Iterable[Issue], file: str = "") -> None:
        """A line each: ``FILE:SHEET!CELL: variable: code: text``; the text of a warning says that it is one."""
        for issue in issues:
            place = str(issue.place)
            if file and not issue.place.file:
                place = f"{file}:{place}" if place else file
            text = self.wording.issue(issue)
            if not issue.is_error:
                text = f"{self.wording('cli.warning')}: {text}"
            self.complain(f"{place or _NOTHING}: {issue.variable or _NOTHING}: {issue.code}: {text}")

    def flush(self) -> None:
        self._out.flush()
        self._err.flush()

    def let_go(self) -> None:
        """Whoever read us has gone: write to nowhere, so that nothing more is said of it at the end."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._out.fileno())
            os.close(nowhere)
