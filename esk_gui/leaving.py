"""Leaving a study: what was typed and is not in it is named first; what is not on disk is not given up unasked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.backing import Backing
from esk_gui.pages import PageStack
from esk_gui.studies import Studies

if TYPE_CHECKING:
    from esk_engine.study import Study

Handler = Callable[[], object]


class Leaving(QObject):
    """Goes on with what leaves the open study once nothing would be lost, or a person said that it may."""

    def __init__(
        self, session: Session, window: QWidget, pages: Callable[[], PageStack], studies: Studies, backing: Backing
    ) -> None:
        super().__init__(window)
        self._session, self._window, self._pages = session, window, pages
        self._studies, self._backing = studies, backing
        self._may_close = False

    def before(self, then: Handler) -> None:
        """Name what would be lost, then go on."""
        from esk_gui.dialogs.messages import DraftsDialog, UnsavedDialog

        leave_field(self._window)
        session = self._session
        study = session.study
        drafts = self._pages().drafts() if study is not None else []
        if drafts:
            DraftsDialog(session, self._window, drafts, then).open()
        elif study is not None and study.save_state.status == "failed":
            give_up = partial(self._give_up, then)
            UnsavedDialog(session, self._window, study.save_state.fault, study.retry, give_up).open()
        else:
            then()

    def close_study(self, *, discard: bool = False) -> None:
        """Close the open study, with a last backup beside the window."""
        study = self._written_study()
        self._studies.remember()
        self._session.close_study(discard=discard)
        if study is not None:
            self._backing.back_up_left(study)

    def may_close(self) -> bool:
        """Whether the window may close now; where not, a dialog asks and closes it afterwards."""
        session = self._session
        if session.study is None or self._may_close:
            return True
        if session.is_locked:  # nobody is here who could be asked: only where there is nothing to ask
            return not self._pages().drafts() and session.study.save_state.status != "failed"
        self.before(self._close_now)
        return self._may_close

    def close_for_good(self) -> bool:
        """Close the study of a window that goes; False where something does not arrive on disk: it is asked about."""
        study = self._written_study()
        try:
            self._studies.remember()
            self._session.close_study()
        except Fault:
            self._may_close = False
            self.before(self._close_now)
            return False
        if study is not None:
            self._window.hide()
            self._backing.back_up_at_the_end(study)
        return True

    def _written_study(self) -> Study | None:
        """The open study, where it is one that can be written: of what is only read no backup is made."""
        study = self._session.study
        return None if study is None or study.read_only else study

    def _close_now(self) -> None:
        self._may_close = True
        self._window.close()

    def _give_up(self, then: Handler) -> None:
        """Close the study without what could not be written, as a person chose, then go on."""
        self.close_study(discard=True)
        then()


def leave_field(window: QWidget) -> None:
    """Let the field that has the focus give up its text, as leaving it would, and keep the focus."""
    field = QApplication.focusWidget()
    if field is not None and window.isAncestorOf(field):
        field.clearFocus()
        if field.isVisible():
            field.setFocus(Qt.FocusReason.OtherFocusReason)
