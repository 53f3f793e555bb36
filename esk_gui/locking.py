"""The automatic lock: after minutes without a key or a move of the mouse, and by Ctrl+L, nothing of a study shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMainWindow, QToolTip, QWidget
from shiboken6 import isValid

from esk_gui.idle import IdleWatch
from esk_gui.widgets.notice import Notice

if TYPE_CHECKING:
    from esk_engine.study import Person
    from esk_engine.study_file.tries import Tries
    from esk_gui.app import Session
    from esk_gui.lock_screen import LockScreen


class Locking(QObject):
    """Locks and opens again; what was typed stays in memory, saving goes on.

    The window shows ``screen`` while there is one, and nothing else.
    """

    changed = Signal()

    def __init__(self, session: Session, window: QMainWindow, app: QApplication) -> None:
        super().__init__(window)
        self._session, self._window, self._app = session, window, app
        self.screen: LockScreen | None = None
        self._hidden: list[QWidget] = []
        self._focused: QWidget | None = None
        self._tries: Tries | None = None
        self.idle = IdleWatch(app, self._minutes)
        self.idle.went_idle.connect(self.lock)
        session.study_closed.connect(self._drop)
        window.destroyed.connect(self.idle.deleteLater)

    def lock(self) -> None:
        """Let nothing of the open study show."""
        if self._session.study is None or self.screen is not None:
            return
        self._focused = self._app.focusWidget()
        if self._focused is not None:
            self._focused.clearFocus()  # what was typed is taken, or stays a draft
        self._make_screen()
        self._hide_others()
        self._session.set_locked(True)
        self.changed.emit()
        if self.screen is not None:
            self.screen.take_focus()

    def rebuild(self) -> None:
        """The lock screen anew, in the session's words and theme."""
        if self.screen is not None:
            self._make_screen()

    def _make_screen(self) -> None:
        from esk_engine.study_file.tries import Tries
        from esk_gui.lock_screen import LockScreen

        self._tries = self._tries or Tries()
        self.screen = LockScreen(self._session, self._tries)
        self.screen.unlocked.connect(self._open)

    def _minutes(self) -> int | None:
        study = self._session.study
        return None if study is None or self.screen is not None else study.settings.auto_lock_minutes

    def _open(self, person: Person | None) -> None:
        if person is not None:
            self._session.set_person(person)
        self._drop()
        for widget in (*self._hidden, *self._window.findChildren(Notice)):
            if isValid(widget):
                widget.show()
        self._hidden.clear()
        if self._focused is not None and isValid(self._focused) and self._focused.isVisible():
            self._focused.setFocus()
        self._focused = None

    def _drop(self) -> None:
        if self.screen is None:
            return
        self.screen = None
        self._session.set_locked(False)
        self.changed.emit()

    def _hide_others(self) -> None:
        """Menus and file dialogs go, Esk's own dialogs and notices come back afterwards."""
        QToolTip.hideText()
        while (popup := self._app.activePopupWidget()) is not None and popup.close():
            pass
        for widget in self._app.topLevelWidgets():
            if widget is self._window or not widget.isVisible():
                continue
            if isinstance(widget, QFileDialog):
                widget.reject()
            elif isinstance(widget, QDialog):
                widget.hide()
                self._hidden.append(widget)
            else:
                widget.close()
        for notice in self._window.findChildren(Notice):
            notice.hide()
