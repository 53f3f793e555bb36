"""What the command line says and where: results on the output, faults on the error output, all of it UTF-8."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import unicodedata
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
        self._write(self._out, text + "\n")
        self.flush()

    def write(self, text: str) -> None:
        """A piece of a long result."""
        self._write(self._out, text)

    def say_json(self, value: Any) -> None:
        """One JSON document; every number in it is finite."""
        self.write(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n")

    def complain(self, line: str) -> None:
        self._write(self._err, _visible(" ".join(line.splitlines())) + "\n")

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
        for stream in (self._out, self._err):
            self._write(stream, "")

    def _write(self, stream: TextIO, text: str) -> None:
        """Write, or say at once where it cannot be: an empty text hands on what was written before.

        Raises
        ------
        Fault
            ``output_failed`` where the output cannot be written, its disk being full for one; what cannot be said on
            the error output is lost. BrokenPipeError where whoever read us has gone.
        """
        try:
            stream.write(_readable(text))
            if not text or stream is self._err:
                stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            self._to_nowhere(stream)
            if stream is self._out:
                raise Fault("output_failed", detail=error.strerror or "") from error

    def let_go(self) -> None:
        """Whoever read us has gone: write to nowhere, so that nothing more is said of it at the end."""
        for stream in (self._out, self._err):
            self._to_nowhere(stream)

    @staticmethod
    def _to_nowhere(stream: TextIO) -> None:
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _readable(text: str) -> str:
    """A name from a file system whose encoding Python was not told, in the UTF-8 that it is."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # halves of characters that are no bytes of a name: the stream writes them out
        return text


def _visible(text: str) -> str:
    """Characters that would steer a terminal, written out."""
    return "".join(f"\\x{ord(c):02x}" if unicodedata.category(c) == "Cc" and c != "\t" else c for c in text)
