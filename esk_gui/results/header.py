"""The head of a table: a thick rule, the columns' names with their mark, what each holds in small, a thin rule."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget
from typing_extensions import override

from esk_gui.theme import Theme
from esk_gui.widgets.marks import paint_mark

HEAD_ROLE = int(Qt.ItemDataRole.UserRole) + 1
LINE, RULE = 15, 2
PADDING_RIGHT = 12
_MARK = 15
_PADDING = 3


@dataclass(frozen=True, slots=True)
class HeadText:
    """What stands above a column.

    Attributes
    ----------
    title
        The column's name, bold; "" where a column has none.
    small
        Lines under it, in small.
    group
        Whose mark stands before the name.
    is_right
        Numbers of this column end at its right edge, so does its head.
    is_tinted
        The column that the eye meets first.
    tip
        What the column holds, in full.
    """

    title: str
    small: tuple[str, ...] = ()
    group: str | None = None
    is_right: bool = False
    is_tinted: bool = False
    is_italic: bool = False
    tip: str = ""


def head_font(base: QFont, pixels: int, *, bold: bool = False, italic: bool = False) -> QFont:
    """The table's font at a size of the look."""
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setItalic(italic)
    return font


class TableHeader(QHeaderView):
    """Draws ``HEAD_ROLE`` of its model; nothing in it can be dragged or sorted, as on paper."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def head(self, section: int) -> HeadText:
        text = self.model().headerData(section, Qt.Orientation.Horizontal, HEAD_ROLE)
        return text if isinstance(text, HeadText) else HeadText("")

    def widest(self, section: int) -> float:
        """The width that a section's words need, in pixels."""
        head = self.head(section)
        title = QFontMetricsF(head_font(self.font(), 12, bold=True, italic=head.is_italic)).horizontalAdvance(
            head.title
        )
        small = QFontMetricsF(head_font(self.font(), 11))
        mark = _MARK if head.group is not None else 0
        return max([title + mark, *(small.horizontalAdvance(line) + mark for line in head.small)])

    @override
    def sizeHint(self) -> QSize:
        sections = range(self.count())
        lines = max((len(self.head(section).small) for section in sections), default=0)
        return QSize(super().sizeHint().width(), RULE + 2 * _PADDING + LINE * (1 + lines))

    @override
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        both_labels = logicalIndex <= 1  # they have one head
        if both_labels:
            rect = QRect(rect)
            rect.setLeft(self.sectionViewportPosition(0))
            rect.setWidth(self.sectionSize(0) + self.sectionSize(1))
        head, theme = self.head(0 if both_labels else logicalIndex), self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.color("accent_tint" if head.is_tinted else "page"))
        wide = rect.width() + 1  # at 125 and 150 % sections leave hair's breadths between them
        painter.fillRect(QRect(rect.left(), rect.top(), wide, RULE), theme.color("ink"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), wide, 1), theme.color("ink"))
        inner = QRectF(rect).adjusted(0, RULE + _PADDING, -PADDING_RIGHT if head.is_right else 0, -_PADDING)
        self._paint_words(painter, inner, head)
        painter.restore()

    def _paint_words(self, painter: QPainter, inner: QRectF, head: HeadText) -> None:
        side = Qt.AlignmentFlag.AlignRight if head.is_right else Qt.AlignmentFlag.AlignLeft
        line = QRectF(inner.left(), inner.top(), inner.width(), LINE)
        if head.group is not None:
            paint_mark(painter, QRectF(line.left(), line.center().y() - 5.5, 11, 11), head.group, self._theme)
            line.setLeft(line.left() + _MARK)
        if not head.title:
            self._paint_caption(painter, inner.adjusted(0, 0, -4, 0), "\n".join(head.small))
            return
        painter.setFont(head_font(self.font(), 12, bold=True, italic=head.is_italic))
        painter.setPen(self._theme.color("ink"))
        painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, head.title)
        painter.setFont(head_font(self.font(), 11))
        painter.setPen(self._theme.color("ink_3"))
        for text in head.small:
            line.translate(0, LINE)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()) - 4)
            painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_caption(self, painter: QPainter, inner: QRectF, text: str) -> None:
        """A caption ends on the last line, beside the n of the groups, and begins a line higher where it is long."""
        painter.setFont(head_font(self.font(), 11))
        painter.setPen(self._theme.color("ink_3"))
        sides = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(inner, int(sides | Qt.TextFlag.TextWordWrap), text)
