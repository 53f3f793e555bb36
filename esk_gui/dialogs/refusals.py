"""Why the study did not take an act, in the words that stand beside what was asked."""

from __future__ import annotations

from esk_engine.errors import Fault
from esk_engine.wording import Wording


def refusal(fault: Fault, words: Wording) -> str:
    """A wrong PIN is told without its wait, which counts down by itself; that somebody writes, without the file."""
    if fault.code == "pin_wrong":
        return words("shell.pin.wrong")
    if fault.code == "file_locked":
        return words("shell.someone_writes", **fault.params)
    return words.issue(fault.issues[0]) if fault.issues else words.fault(fault)


def wait_of(fault: Fault) -> float:
    """Seconds until the next try is looked at."""
    wait = fault.params.get("wait")
    return float(wait) if isinstance(wait, (int, float)) else 0.0
