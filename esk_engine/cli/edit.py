"""``edit``: a JSON line in, one act, a JSON line out once it is on disk; what is refused changes nothing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from esk_engine.cli.backups import back_up_beside_work
from esk_engine.cli.console import Console
from esk_engine.cli.edit_lines import LineEditor
from esk_engine.cli.json_in import NameTwice, read_json
from esk_engine.errors import Fault, Issue
from esk_engine.study import Key, Person, Study
from esk_engine.study_file.connection import PUBLIC

PIN_VARIABLE = "ESK_PIN"
_LONGEST_LINE = 1_000_000


def run_edit(path: Path, who: str, console: Console, key: Key = PUBLIC) -> int:
    """Carry out every line of the input; 1 where any was refused.

    Where the study asks for PINs, that of ``who`` is taken from the environment (``ESK_PIN``).
    """
    any_refused = False
    with Study.open(path, person=Person(who), key=key) as study:
        if study.read_only:
            raise study.read_only_reason or Fault("read_only_study")
        study.identify(study.person, os.environ.get(PIN_VARIABLE, ""))
        back_up_beside_work(path, key, console)
        editor = LineEditor(study, date.today)
        for line in _lines():
            try:
                saved, warnings = _carry_out(editor, line)
            except Fault as fault:
                any_refused = True
                _refuse(fault, console, str(path))
                if study.save_state.fault is not None:
                    study.close(discard=True)  # nothing more reaches the disk: what follows would not either
                    break
            else:
                console.issues(warnings, str(path))
                console.say(json.dumps({"saved": saved}))
    back_up_beside_work(path, key, console)
    return 1 if any_refused else 0


def _lines() -> Iterator[bytes]:
    """The lines of the input that hold anything."""
    source = getattr(sys.stdin, "buffer", None)
    if source is None:
        return
    while line := source.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            yield line
            while line and not line.endswith(b"\n"):
                line = source.readline(_LONGEST_LINE + 1)
        elif line.strip():
            yield line


def _carry_out(editor: LineEditor, line: bytes) -> tuple[int, tuple[Issue, ...]]:
    return editor.carry_out(parse_line(line))


def parse_line(line: bytes) -> Mapping[str, Any]:
    """One line as a JSON object; Fault ``line_not_json``, ``line_name_twice``, ``line_too_long`` where it is none."""
    if len(line) > _LONGEST_LINE:
        raise Fault("line_too_long", longest=_LONGEST_LINE)
    try:
        raw = read_json(line)
    except NameTwice as error:
        raise Fault("line_name_twice") from error
    except ValueError as error:
        raise Fault("line_not_json") from error
    if not isinstance(raw, dict):
        raise Fault("line_not_json")
    return cast("dict[str, Any]", raw)


def _refuse(fault: Fault, console: Console, file: str) -> None:
    console.fault(fault, file)
    issues = [issue for issue in fault.issues if issue.is_error]
    wording = console.wording
    if issues:
        told = [_told(issue.code, issue.variable, issue.params, wording.issue(issue)) for issue in issues]
        told = [each for at, each in enumerate(told) if each not in told[:at]]  # both rows of one minute say the same
    else:
        told = [_told(fault.code, "", fault.params, wording.fault(fault))]
    console.say(json.dumps({"refused": told}, ensure_ascii=False))


def _told(code: str, variable: str, params: Mapping[str, object], text: str) -> dict[str, object]:
    found: dict[str, object] = {"code": code, "variable": variable, "text": text}
    for name, value in params.items():
        if name not in found and name != "record_id":
            found[name] = _plain(value)
    return found


def _plain(value: object) -> object:
    """What JSON can hold of a parameter."""
    if isinstance(value, tuple):
        return [str(each) for each in cast("tuple[object, ...]", value)]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
