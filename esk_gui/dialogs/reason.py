"""An act that wants a reason, and sometimes the person once more: what will be done, why, and by whom."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog, labelled
from esk_gui.dialogs.refusals import refusal, wait_of
from esk_gui.dialogs.waiting import Waiting
from esk_gui.widgets.entry import EntryText
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.secret import SecretLine

_REASON_HEIGHT = 58


class ReasonDialog(EskDialog):
    """Does ``act(reason, pin)`` when it is confirmed; a Fault of it stands in the dialog, which stays open.

    Parameters
    ----------
    name
        Of its texts, ``reason.<name>.title``, ``.text`` and ``.confirm``, and of the dialog.
    needs_reason, asks_pin
        Whether a reason has to be given, and the PIN of the person at work.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        name: str,
        act: Callable[[str, str], object] | None,
        *,
        needs_reason: bool = True,
        asks_pin: bool = False,
        **params: object,
    ) -> None:
        words = session.wording
        super().__init__(session, parent, name, words(f"reason.{name}.title", **params), 460)
        self._act, self._needs_reason = act, needs_reason
        body = QWidget()
        column = bare(QVBoxLayout(body), 8)
        column.addWidget(text_label(words(f"reason.{name}.text", **params), "body_second", wrap=True))
        self.reason = EntryText("reason")
        self.reason.setFixedHeight(_REASON_HEIGHT)
        self.reason_message = MessageLabel(self.theme, "message_reason")
        label = words("reason.why" if needs_reason else "reason.why_optional")
        column.addLayout(labelled(label, self.reason, self.reason_message))
        self.pin = SecretLine("person_pin", is_pin=True)
        self.pin_message = MessageLabel(self.theme, "message_pin")
        if asks_pin:
            initials = session.open_study.person.initials
            column.addLayout(labelled(words("reason.pin", initials=initials), self.pin, self.pin_message))
        else:
            column.addWidget(self.pin_message)
        column.addStretch(1)
        self.add_scrolling(body)
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        confirm = words(f"reason.{name}.confirm", **params)
        self.confirm_button = self.add_button(
            confirm, self._confirm, kind="primary", name="button_confirm", is_default=True
        )
        self._waiting = Waiting(words, self.pin_message, (self.pin,), self)
        self.reason.setFocus()

    def _confirm(self) -> None:
        reason = " ".join(self.reason.toPlainText().split())
        self.reason_message.clear()
        self.reason.set_state("")
        if self._waiting.is_on:
            return
        if self._needs_reason and not reason:
            self.reason_message.show_message(self.wording("reason.needed"))
            self.reason.set_state("error")
            self.reason.setFocus()
            return
        self.pin_message.clear()
        self.do(reason, self.pin.text())

    def do(self, reason: str, pin: str) -> None:
        """Do it, now that the reason is there."""
        if self._act is None:
            return
        try:
            self._act(reason, pin)
        except Fault as fault:
            self.refuse(fault)
            return
        self.accept()

    def refuse(self, fault: Fault) -> None:
        """Say what keeps it from being done."""
        self.pin_message.show_message(refusal(fault, self.wording))
        self.pin.selectAll()
        self._waiting.begin(wait_of(fault))
