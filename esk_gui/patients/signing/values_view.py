"""The values of a moment as they are read before signing and afterwards: headed blocks of small tables."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from esk_gui.patients.signing.values import Cells
from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import icon_label, text_label

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_LABEL_WIDTH = 184


class ValuesView(QWidget):
    """Filled from above by its ``add_`` methods; every text can be selected."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self._column = bare(QVBoxLayout(self), 4)
        self._column.addStretch(1)

    def add_heading(self, text: str) -> None:
        """The title of a block, with air above it."""
        label = text_label(text, "heading")
        label.setContentsMargins(0, 8 if self._column.count() > 1 else 0, 0, 0)
        self._add(label)

    def add_lines(self, lines: Sequence[str], icon_name: str = "", token: str = "ink_2") -> None:
        """A paragraph each, with an icon before it where one is named."""
        for line in lines:
            holder = QWidget()
            row = bare(QHBoxLayout(holder), 6)
            if icon_name:
                row.addWidget(icon_label(icon_name, self._theme, token, 14), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(_selectable(line, "body_second"), 1)
            self._add(holder)

    def add_table(self, cells: Cells) -> None:
        """One table: headings pale, numbers to the right, the last column takes the rest."""
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        for at, head in enumerate(cells.heads):
            grid.addWidget(text_label(head, "label"), 0, at, _RIGHT if at in cells.numbers else _LEFT)
        for number, row in enumerate(cells.rows, 1):
            for at, text in enumerate(row):
                cell = _selectable(text, "body_second" if at == 0 and cells.has_names else "")
                grid.addWidget(cell, number, at, _RIGHT if at in cells.numbers else Qt.AlignmentFlag.AlignTop)
        width = max((len(row) for row in cells.rows), default=0)
        if cells.has_names:
            grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        grid.setColumnStretch(width - 1 if width - 1 not in cells.numbers else width, 1)
        self._add(holder)

    def _add(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)


def _selectable(text: str, role: str) -> QWidget:
    label = text_label(text, role, wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
