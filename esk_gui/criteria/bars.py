"""What may stand between the head and the table: a locked set that is tried out, or a set that is being named."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import TintBlock, bare
from esk_gui.widgets.labels import MessageLabel, icon_label, text_label


class TrialBar(TintBlock):
    """A locked set was changed on the screen only: keep it as a copy, or put it back."""

    copy_wanted = Signal()
    revert_wanted = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__("warning", 8)
        self.setObjectName("criteria_trial")
        self._wording = wording
        self.column.setContentsMargins(24, 8, 24, 8)
        line = bare(QHBoxLayout(), 8)
        self._text = text_label("", "", wrap=True)
        keep = button(
            wording("criteria_page.trial.copy"), theme, kind="primary", name="criteria_trial_copy", in_header=True
        )
        back = button(wording("criteria_page.trial.revert"), theme, name="criteria_trial_revert", in_header=True)
        keep.clicked.connect(self.copy_wanted)
        back.clicked.connect(self.revert_wanted)
        line.addWidget(icon_label("lock", theme, "warning", 16))
        line.addWidget(self._text, 1)
        line.addWidget(keep)
        line.addWidget(back)
        self.column.addLayout(line)
        self.hide()

    def show_set(self, name: str) -> None:
        self._text.setText(self._wording("criteria_page.trial", name=name))


class NameBar(QWidget):
    """The name of a set, typed in the page. Emits ``named(text)``; the owner calls ``refuse`` or hides it."""

    named = Signal(str)
    closed = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("criteria_naming")
        self._field = EntryLine("criteria_set_name", theme)
        self._field.setMaxLength(100)
        self._field.setMaximumWidth(320)
        self._field.setAccessibleName(wording("criteria_page.set_name"))
        self._field.returnPressed.connect(self._on_done)
        self._message = MessageLabel(theme, "message_criteria_set_name")
        done = button(
            wording("criteria_page.name_done"), theme, self._on_done, kind="primary", name="criteria_name_done"
        )
        cancel = button(wording("criteria_page.cancel"), theme, kind="quiet", name="criteria_name_cancel")
        cancel.clicked.connect(self.closed)
        line = bare(QHBoxLayout(), 8)
        line.addWidget(text_label(wording("criteria_page.set_name"), "label"))
        line.addWidget(self._field, 1)
        line.addWidget(done)
        line.addWidget(cancel)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 8)
        column.addLayout(line)
        column.addWidget(self._message)
        self.hide()

    def open_with(self, name: str) -> None:
        """Show the name, all of it selected, ready to be typed over."""
        self._field.show_text(name)
        self._message.clear()
        self.show()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()

    def refuse(self, text: str) -> None:
        """Say why the name was not taken; what was typed stays."""
        self._field.set_state("error")
        self._message.show_message(text)

    def _on_done(self) -> None:
        self._field.set_state("")
        self._message.clear()
        self.named.emit(" ".join(self._field.text().split()))
