"""Calm messages: what went wrong, what is still unsaved, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_engine.errors import Fault
from esk_engine.fault_log import fault_log_path
from esk_engine.wording import Wording
from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog
from esk_gui.widgets.frames import bare, scrolling
from esk_gui.widgets.labels import text_label


def fault_lines(error: Fault, wording: Wording) -> list[str]:
    """The message of a fault; where it carries issues, a line for each of those."""
    return [wording.issue(issue) for issue in error.issues] or [wording.fault(error)]


class ErrorDialog(EskDialog):
    """What went wrong. A fault of file or input is told in its own words; a defect names the log file.

    Parameters
    ----------
    choice
        What can be done instead: the text of a button and what it does.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        error: BaseException,
        choice: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        words = session.wording
        is_fault = isinstance(error, Fault)
        title = words("shell.error.fault_title" if is_fault else "shell.error.defect_title")
        super().__init__(session, parent, "error", title)
        self._choice = choice
        if is_fault:
            self.column.addWidget(_lines(fault_lines(error, words)), 1)
        else:
            self.add_text(words("shell.error.defect_text"), "")
            path = text_label(str(fault_log_path()), "second", "fault_log_path", wrap=True)
            path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.column.addWidget(path)
        self.column.addStretch(0)
        if choice is not None:
            self.add_button(words("shell.close"), self.reject, name="button_close")
            self.add_button(choice[0], self._choose, kind="primary", name="button_choice", is_default=True)
        else:
            self.add_close(words("shell.close"))

    def _choose(self) -> None:
        self.accept()
        if self._choice is not None:
            self._choice[1]()


class DraftsDialog(EskDialog):
    """Names what was typed and is not in the study, before it is closed."""

    def __init__(
        self, session: Session, parent: QWidget | None, drafts: Sequence[str], leave: Callable[[], object]
    ) -> None:
        words = session.wording
        super().__init__(session, parent, "drafts", words.plural("shell.drafts.title", len(drafts)))
        self._leave = leave
        self.add_text(words("shell.drafts.text"))
        self.column.addWidget(_lines(list(drafts)), 1)
        self.add_button(words("shell.drafts.leave"), self._close_anyway, kind="danger", name="button_leave")
        self.add_button(words("shell.drafts.stay"), self.reject, kind="primary", name="button_stay", is_default=True)

    def _close_anyway(self) -> None:
        self.accept()
        self._leave()


class UnsavedDialog(EskDialog):
    """The last values could not be written: closing now would lose them."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        fault: Fault | None,
        retry: Callable[[], object],
        leave: Callable[[], object],
    ) -> None:
        words = session.wording
        super().__init__(session, parent, "unsaved", words("shell.unsaved.title"))
        self._leave, self._retry = leave, retry
        self.add_text(words.fault(fault) if fault is not None else words("shell.unsaved.saving"), "")
        self.add_text(words("shell.unsaved.text"))
        self.add_button(words("shell.unsaved.leave"), self._close_anyway, kind="danger", name="button_leave")
        self.add_button(
            words("shell.unsaved.retry"), self._try_again, kind="primary", name="button_retry", is_default=True
        )

    def _try_again(self) -> None:
        self.accept()
        self._retry()

    def _close_anyway(self) -> None:
        self.accept()
        self._leave()


def _lines(lines: list[str]) -> QWidget:
    """Lines under one another; many of them scroll."""
    holder = QWidget()
    column = bare(QVBoxLayout(holder), 8)
    for line in lines:
        column.addWidget(text_label(line, wrap=True))
    column.addStretch(1)
    if len(lines) <= 6:
        return holder
    area = scrolling(holder)
    area.setMinimumHeight(220)
    return area
