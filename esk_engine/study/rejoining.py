"""After a folder went away and came back: what waits to be saved goes behind what others wrote there meanwhile.

A share that drops out takes the writer's lock along, and another program may write before it is back. Where the log
still holds our last line and nothing that waits touches what the others changed, the waiting acts go on behind theirs.
Where it does, or where the file is another, all stays as it is: ``file_changed`` tells that it is in this window only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.records import Act
from esk_engine.study.found import first_changed, is_done
from esk_engine.study.preparing import Preparation
from esk_engine.study.role import FiledStudy
from esk_engine.study.roster import Roster
from esk_engine.study_file.reading import FileContent, read_file
from esk_engine.study_file.updates import goes_on
from esk_engine.study_file.writer import Queued, Writer
from esk_engine.study_file.writing import Writing


class RejoiningStudy(FiledStudy):
    """An open study that finds its way back to a file on which others wrote while it could not be reached."""

    @override
    def tend(self) -> None:
        super().tend()
        if self._writer is None:
            return
        fault = self._writer.state.fault
        if fault is not None and fault.code == "file_changed":
            self._rejoin(self._writer)

    def _rejoin(self, writer: Writer) -> None:
        try:
            if not goes_on(self._path, self._key, writer.head):
                return
            content = read_file(self._path, self._key)
        except Fault:
            return  # it is away again
        waiting = writer.waiting
        replay = _Replay(content)
        for queued in waiting:
            if not replay.take(queued):
                return
        history = self._history
        told = self._hold_anew(FileContent(replay.state, content.head))
        self._seq, self._act = replay.seq, replay.act
        self._history = history
        history.renumber(replay.numbers)
        writer.go_on_after(content.head, replay.again)
        for keep_promise in replay.kept:
            keep_promise()
        self._tell(replace(told, saved=False))


class _Replay:
    """The acts that wait, made once more upon what the file holds now; ``numbers`` are their new ones by the old."""

    def __init__(self, content: FileContent) -> None:
        self.state = content.state
        self.seq: int = content.head.seq
        self.act: int = content.head.act
        self.numbers: dict[int, int] = {}
        self.again: list[Queued] = []
        self.kept: list[Callable[[], None]] = []
        self._roster = Roster(content.state.patients.values())

    def take(self, queued: Queued) -> bool:
        """Make one act once more; False where others changed what it changes."""
        logged = queued.writing.logged
        if all(is_done(change, self.state) for change in logged.changes):
            seq = self.seq  # it had reached the disk, or others did the same
            self.kept.append(lambda: queued.saved.set_result(seq))
            return True
        if first_changed(logged.changes, self.state) is not None:
            return False
        act = Act(logged.changes, reason=logged.reason, undoes=logged.undoes)
        preparation = Preparation(self.state, self._roster.id_of)
        try:
            steps = preparation.steps(act)
        except Fault:
            return False
        for step in steps:
            self.state.apply(step.change)
        for patient_id, now in preparation.patients.items():
            self._roster.replace(patient_id, now)
        self.numbers[logged.number] = self.act + 1
        undoes = None if logged.undoes is None else self.numbers.get(logged.undoes, logged.undoes)
        changes = tuple(step.change for step in steps)
        moved = replace(logged, number=self.act + 1, first_seq=self.seq + 1, changes=changes, undoes=undoes)
        self.act, self.seq = moved.number, moved.last_seq
        self.again.append(Queued(Writing(moved, steps), queued.saved))
        return True
