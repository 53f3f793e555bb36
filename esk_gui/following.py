"""Once a second: whether the writer's role is given back, and what another program wrote meanwhile."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from esk_engine.errors import Fault

if TYPE_CHECKING:
    from esk_engine.study_file.updates import Update
    from esk_gui.app import Session
    from esk_gui.jobs import Cancelled, Progress

_EVERY_MS = 1000
_TOPIC = "poll"
_PASSING = ("file_busy",)
Role = tuple[bool, str, str]


class Following(QObject):
    """Keeps the open study up to date while this program does not write in it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._is_looking = False
        self._told: Role | None = None
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        session.study_opened.connect(self._begin)
        session.study_closed.connect(self._end)

    def look(self) -> None:
        """Tend to the role, and look for what others wrote."""
        study = self._session.study
        if study is None:
            return
        with contextlib.suppress(Fault):  # what could not be written stands in a banner of its own
            study.tend()
        if study.is_writer:
            self._session.trouble = None
        self._tell_role()
        if study.is_writer or self._is_looking:
            return
        self._is_looking = True

        def work(progress: Progress, cancelled: Cancelled) -> Update | None:
            return study.poll()

        self._session.jobs.run(work, self._on_looked, self._on_failed, topic=_TOPIC)

    def _begin(self) -> None:
        self._is_looking, self._told, self._session.trouble = False, None, None
        self._timer.start()

    def _end(self) -> None:
        self._timer.stop()

    def _on_looked(self, update: Update | None) -> None:
        self._is_looking = False
        self._session.trouble = None
        study = self._session.study
        if study is not None and update is not None:
            study.take(update)
        self._tell_role()

    def _on_failed(self, error: BaseException) -> None:
        """A folder that vanished comes back: what shows stays, and that it cannot be looked at now stands above it."""
        self._is_looking = False
        if not isinstance(error, Fault):
            self._timer.stop()
            self._session.show_error(error)
        elif error.code not in _PASSING:
            self._session.trouble = error
            self._tell_role()

    def _tell_role(self) -> None:
        study = self._session.study
        if study is None:
            return
        elsewhere, trouble = study.writer_elsewhere, self._session.trouble
        params = elsewhere.params if elsewhere is not None else {}
        who = ",".join(str(params.get(name, "")) for name in ("who", "pc", "since"))
        role: Role = (study.is_writer, who, trouble.code if trouble is not None else "")
        if role != self._told:
            self._told = role
            self._session.role_changed.emit()
