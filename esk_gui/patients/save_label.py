"""Says whether everything is on disk: saved and when, saving, or not saved with a way to try again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from esk_gui.widgets.buttons import button
from esk_gui.widgets.labels import icon_label, set_property, text_label

if TYPE_CHECKING:
    from esk_engine.study import SaveState
    from esk_gui.app import Session

_SHOW_SAVING_AFTER_MS = 150  # what is on disk sooner only says when


class SaveLabel(QWidget):
    """The label is ``save_state``; ``short`` leaves its word away."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._is_short = False
        self._drafts = 0
        self._icon = icon_label("check", session.theme, "ink_2", 14)
        self._text = text_label("", "body_second", "save_state")
        self._retry = button(
            session.wording("patients.retry"), session.theme, self._try_again, kind="link", in_header=True
        )
        self._retry.setObjectName("save_retry")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._icon, self._text, self._retry):
            row.addWidget(widget)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SHOW_SAVING_AFTER_MS)
        self._slow.timeout.connect(self._show_saving)
        session.save_state_changed.connect(self.show_state)

    def set_short(self, short: bool) -> None:
        """Only the time, where there is little room."""
        if short != self._is_short:
            self._is_short = short
            self.refresh()

    def show_drafts(self, count: int) -> None:
        """How many fields hold text that was not taken: until then nothing says that all is saved."""
        if count != self._drafts:
            self._drafts = count
            self.refresh()

    def refresh(self) -> None:
        """Show the state as it is now."""
        if self._session.study is not None:
            self.show_state(self._session.study.save_state)

    def show_state(self, state: SaveState) -> None:
        study, words = self._session.study, self._session.wording
        if state.status == "saving":
            if not self._slow.isActive():
                self._slow.start()
            return
        self._slow.stop()
        failed, why = state.status == "failed", ""
        if failed:
            text = words("patients.not_saved")
            why = words.fault(state.fault) if state.fault else ""
        elif study is not None and study.read_only:
            text = words("patients.read_only")
        elif self._drafts:
            why = words.plural("patients.not_taken", self._drafts)
            text = "" if self._is_short else why
        elif state.at is None:
            text = "" if self._is_short else words("patients.saved")
        else:
            clock = f"{state.at:%H:%M}"
            text = clock if self._is_short else words("patients.saved_at", time=clock)
        name, token = ("error", "error") if failed else ("warning", "warning") if self._drafts else ("check", "ink_2")
        self._icon.set_icon(name, token)  # type: ignore[attr-defined]
        set_property(self._text, "message", "error" if failed else "")
        self._text.setText(text)
        self._text.setToolTip(why)
        self.setToolTip("" if text else why or words("patients.saved"))
        self._retry.setVisible(failed)

    def _show_saving(self) -> None:
        self._text.setText(self._session.wording("patients.saving"))

    def _try_again(self) -> None:
        if self._session.study is not None:
            self._session.study.retry()
