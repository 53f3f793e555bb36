"""Buttons by their kind; the looks are in the stylesheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from esk_gui.icons import icon
from esk_gui.theme import Theme


def button(
    text: str,
    theme: Theme,
    on_click: Callable[[], object] | None = None,
    *,
    kind: str = "",
    icon_name: str = "",
    name: str = "",
    tooltip: str = "",
    in_header: bool = False,
) -> QPushButton:
    """A push button.

    Parameters
    ----------
    on_click
        A bound method (lambdas on signals leak).
    kind
        "" (a box), "primary" (filled, one a page), "quiet" (no box), "chip" (checkable), "link" or "danger".
    in_header
        28 px high instead of 32.
    """
    made = QPushButton(text)
    if name:
        made.setObjectName(name)
    if kind:
        made.setProperty("kind", kind)
    if in_header:
        made.setProperty("fit", "header")
    if icon_name:
        made.setIcon(icon(icon_name, theme, "on_accent" if kind == "primary" else "ink_2", "ink"))
        made.setIconSize(QSize(16, 16))
    if kind == "chip":
        made.setCheckable(True)
    if tooltip:
        made.setToolTip(tooltip)
        if not text:
            made.setAccessibleName(tooltip)
    made.setAutoDefault(False)
    made.setCursor(Qt.CursorShape.ArrowCursor)
    if on_click is not None:
        made.clicked.connect(on_click)
    return made
