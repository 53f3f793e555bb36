"""The whole study locked before the analysis, or unlocked again: with the person, and to unlock with a reason."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from esk_gui.app import Session
from esk_gui.dialogs.reason import ReasonDialog


def ask_study_lock(session: Session, parent: QWidget, lock: bool) -> None:
    """Ask why, and for the PIN where the study has them, then lock or unlock."""
    study = session.open_study

    def act(reason: str, pin: str) -> object:
        change = study.lock_study if lock else study.unlock_study
        return change(initials=study.person.initials, pin=pin, reason=reason)

    ReasonDialog(
        session,
        parent,
        "lock_study" if lock else "unlock_study",
        act,
        needs_reason=not lock,
        asks_pin=study.pin_needed,
    ).open()
