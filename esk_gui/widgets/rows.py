"""A row that is one button: an icon, two lines of text at the left and two at the right, a hairline below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QStyle, QStyleOption
from typing_extensions import override

from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, icon_label, text_label


class RowButton(QAbstractButton):
    """One thing that can be chosen, told in four texts.

    Parameters
    ----------
    title, detail
        The first line, in weight 600, and the one below it; a path is shortened in its middle where it does not fit.
    aside, aside_detail
        The same at the right-hand side, paler.
    is_dim
        Shown paler: it cannot be reached, ``aside`` says why.
    """

    def __init__(
        self,
        theme: Theme,
        icon_name: str,
        title: str,
        detail: str,
        aside: str = "",
        aside_detail: str = "",
        *,
        icon_token: str = "ink_2",
        height: int = 52,
        is_dim: bool = False,
        on_click: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setFixedHeight(height)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(", ".join(part for part in (title, detail, aside, aside_detail) if part))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = bare(QHBoxLayout(self), 16)
        row.setContentsMargins(2, 0, 0, 1)
        row.addWidget(icon_label(icon_name, theme, "ink_3" if is_dim else icon_token, 18))
        row.addLayout(_texts(title, detail, aside, aside_detail, "body_second" if is_dim else "strong"), 1)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if on_click is not None:
            self.clicked.connect(on_click)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.end()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


def _texts(title: str, detail: str, aside: str, aside_detail: str, title_role: str) -> QGridLayout:
    """Two lines of two texts; the lower left one takes the whole line where nothing stands beside it."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    grid.setRowStretch(0, 1)
    grid.setRowStretch(3, 1)
    right = Qt.AlignmentFlag.AlignRight
    grid.addWidget(ElidedLabel(title, title_role), 1, 0)
    grid.addWidget(text_label(aside, "aside"), 1, 1, right)
    is_path = "/" in detail or "\\" in detail
    mode = Qt.TextElideMode.ElideMiddle if is_path else Qt.TextElideMode.ElideRight
    below = ElidedLabel(detail, "third", mode)
    if aside_detail:
        grid.addWidget(below, 2, 0)
        grid.addWidget(text_label(aside_detail, "third"), 2, 1, right)
    else:
        grid.addWidget(below, 2, 0, 1, 2)
    return grid
