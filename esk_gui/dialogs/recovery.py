"""The recovery key, shown once: to be printed or copied and kept; going on takes typing its last group."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog, labelled
from esk_gui.recovery_sheet import recovery_sheet
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import TintBlock, bare
from esk_gui.widgets.labels import MessageLabel, text_label

_GROUPS_A_LINE = 5


class RecoveryDialog(EskDialog):
    """Stays until the key was kept: the last group of four, typed, says so."""

    def __init__(self, session: Session, parent: QWidget | None, key: str) -> None:
        words = session.wording
        super().__init__(session, parent, "recovery", words("shell.recovery.title"), 480)
        self._key = key
        body = QWidget()
        column = bare(QVBoxLayout(body), 8)
        column.addWidget(text_label(words("shell.recovery.text"), "body_second", wrap=True))
        block = TintBlock()
        self.shown = text_label(in_lines(key), "recovery_key", "recovery_key")
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        block.column.addWidget(self.shown)
        column.addWidget(block)
        row = bare(QHBoxLayout(), 8)
        row.addWidget(button(words("shell.recovery.print"), self.theme, self._print, icon_name="print", name="print"))
        row.addWidget(button(words("shell.recovery.copy"), self.theme, self._copy, icon_name="copy", name="copy"))
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(8)
        self.last = EntryLine("recovery_last", self.theme)
        self.last.setMaxLength(8)
        self.last.setFixedWidth(112)
        self.message = MessageLabel(self.theme, "message_recovery_last")
        column.addLayout(labelled(words("shell.recovery.last"), self.last, self.message))
        column.addStretch(1)
        self.add_scrolling(body)
        self.add_button(
            words("shell.recovery.kept"), self._confirm, kind="primary", name="button_confirm", is_default=True
        )
        self.last.setFocus()

    @override
    def reject(self) -> None:
        """Escape and the window's cross do not lose a key that nobody kept."""
        self._refuse()

    def _confirm(self) -> None:
        if self.last.text().strip().upper() == self._key.rpartition("-")[2]:
            self.accept()
        else:
            self._refuse()

    def _refuse(self) -> None:
        self.message.show_message(self.wording("shell.recovery.needed"))
        self.last.set_state("error")
        self.last.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._key)
        self.message.show_message(self.wording("shell.recovery.copied"), "info")

    def _print(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName("Esk")
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(self._print_now)
        self._printer = printer
        QDialog.open(dialog)  # its own wants a slot

    def _print_now(self) -> None:
        study = self.session.open_study
        recovery_sheet(study.path.name, self._key, self.wording, self.session.today()).print_(self._printer)
        self.message.show_message(self.wording("shell.recovery.printed"), "info")


def in_lines(key: str) -> str:
    """The groups of four as they are read off: five on a line."""
    groups = key.split("-")
    lines = (groups[at : at + _GROUPS_A_LINE] for at in range(0, len(groups), _GROUPS_A_LINE))
    return "\n".join("-".join(line) for line in lines)
