"""What can be undone and redone within the session: acts that were done, kept with both old and new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from esk_engine.records import Act, Change, Undoable
from esk_engine.study.events import ActName


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it was done: its number in the log, its changes, its name, and why it was done."""

    number: int
    changes: tuple[Change, ...]
    name: ActName
    reason: str = ""


class History:
    """Two stacks. Undoing is a new act with the inverse changes; redoing undoes the undoing."""

    def __init__(self) -> None:
        self._undo: list[Done] = []
        self._redo: list[Done] = []

    @property
    def undo_name(self) -> ActName | None:
        return self._undo[-1].name if self._undo else None

    @property
    def redo_name(self) -> ActName | None:
        return self._redo[-1].name if self._redo else None

    def undoing(self) -> Act | None:
        """The act that takes the last one back."""
        return _inverse(self._undo[-1], "undo") if self._undo else None

    def redoing(self) -> Act | None:
        """The act that takes the last undoing back."""
        return _inverse(self._redo[-1], "redo") if self._redo else None

    def record(self, act: Act, done: Done) -> None:
        """Note an act that was done: an undo, a redo, or a new one, after which nothing can be redone.

        A signature, a lock, a PIN, a passphrase or a restore cannot be undone: it is reversed by a new act.
        """
        if not all(isinstance(change, Undoable) for change in done.changes):
            return
        if act.name == "undo" and act.undoes is not None:
            self._redo.append(replace(done, name=self._undo.pop().name))
        elif act.name == "redo" and act.undoes is not None:
            self._undo.append(replace(done, name=self._redo.pop().name))
        else:
            self._undo.append(done)
            self._redo.clear()

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Acts that were not on disk yet got other numbers, by their old ones."""
        for stack in (self._undo, self._redo):
            stack[:] = (replace(done, number=numbers.get(done.number, done.number)) for done in stack)


def _inverse(done: Done, name: str) -> Act:
    """The act that takes another back, for the reason that the other had."""
    changes = tuple(change.inverse() for change in reversed(done.changes) if isinstance(change, Undoable))
    params = {"act": done.name.name, **done.name.params}
    return Act(changes, name, done.reason, done.number, params)
