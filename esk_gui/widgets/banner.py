"""A bar across the page for what holds for the whole study: it is only read, or its last values are not saved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.labels import icon_label, text_label


class Banner(QFrame):
    """One message with at most one button.

    Parameters
    ----------
    tint
        "warning" (calm) or "error" (something is to be done).
    """

    def __init__(
        self, theme: Theme, name: str, tint: str, icon_name: str, choice: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("tint", tint)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 7)
        row.setSpacing(8)
        row.addWidget(icon_label(icon_name, theme, tint, 16))
        self.label = text_label(wrap=True)
        row.addWidget(self.label, 1)
        if choice is not None:
            row.addWidget(button(choice[0], theme, choice[1], in_header=True, name=f"{name}_button"))
        self.hide()

    def show_text(self, text: str) -> None:
        """Show a text, or hide with ""."""
        self.label.setText(text)
        self.setVisible(bool(text))
