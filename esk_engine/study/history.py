"""What can be undone and redone within the session: acts that were done, kept with both old and new."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.records import Act, Change
from esk_engine.study.events import ActName


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it was done: its number in the log, its changes, its name."""

    number: int
    changes: tuple[Change, ...]
    name: ActName


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
        """Note an act that was done: an undo, a redo, or a new one, after which nothing can be redone."""
        if act.name == "undo" and act.undoes is not None:
            self._redo.append(Done(done.number, done.changes, self._undo.pop().name))
        elif act.name == "redo" and act.undoes is not None:
            self._undo.append(Done(done.number, done.changes, self._redo.pop().name))
        else:
            self._undo.append(done)
            self._redo.clear()


def _inverse(done: Done, name: str) -> Act:
    changes = tuple(change.inverse() for change in reversed(done.changes))
    return Act(changes, name, undoes=done.number, params={"act": done.name.name, **done.name.params})
