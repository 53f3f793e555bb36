"""A document laid out on A4: the same pages for a PDF, a printer and the preview."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QPainter, QPen

from esk_engine.exchange.document import Document
from esk_engine.wording import Wording
from esk_gui.figures.files import need_application
from esk_gui.report.blocks import BlockWriter
from esk_gui.report.drawings import Drawings
from esk_gui.report.ink import SMALL, Ink
from esk_gui.report.piece import Filler

PAGE = QSizeF(210 / 25.4 * 96, 297 / 25.4 * 96)
_SIDE, _TOP, _BOTTOM = 68.0, 36.0, 36.0
_WIDTH = PAGE.width() - 2 * _SIDE


class Pages:
    """The pages of one document.

    Parameters
    ----------
    drawings
        By the figures' keys; a figure that is not there is left out.
    """

    def __init__(self, document: Document, drawings: Drawings, wording: Wording) -> None:
        need_application()
        self.document = document
        ink = self._ink = Ink()
        self._head = ink.wrapped(document.head, SMALL, _WIDTH - ink.width(document.mark, SMALL) - 24)
        self._foot = ink.wrapped(document.made, SMALL, _WIDTH - 120)
        line = ink.line_height(SMALL)
        self._content_top = _TOP + len(self._head) * line + 18
        self._foot_top = PAGE.height() - _BOTTOM - len(self._foot) * line
        filler = Filler(self._foot_top - 12 - self._content_top)
        filler.fill(tuple(BlockWriter(self._ink, drawings, wording, _WIDTH).bundles(document.blocks)))
        self._sheets = filler.sheets

    @property
    def count(self) -> int:
        return len(self._sheets)

    def paint(self, painter: QPainter, number: int) -> None:
        """Draw page ``number``, from 0, in logical pixels from its upper left corner; ``PAGE`` is its size."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.translate(_SIDE, 0)
        self._paint_head(painter)
        self._paint_foot(painter, number)
        for top, piece in self._sheets[number].placed:
            piece.paint(painter, self._content_top + top)
        painter.restore()

    def _paint_head(self, painter: QPainter) -> None:
        ink, line = self._ink, self._ink.line_height(SMALL)
        for at, text in enumerate(self._head):
            ink.write(painter, 0, _TOP + at * line, text, SMALL, "ink_3")
        mark = self.document.mark
        ink.write(painter, _WIDTH - ink.width(mark, SMALL), _TOP, mark, SMALL, "ink_3")
        self._hairline(painter, _TOP + len(self._head) * line + 4)

    def _paint_foot(self, painter: QPainter, number: int) -> None:
        ink, line = self._ink, self._ink.line_height(SMALL)
        self._hairline(painter, self._foot_top - 5)
        for at, text in enumerate(self._foot):
            ink.write(painter, 0, self._foot_top + at * line, text, SMALL, "ink_3")
        page = self.document.page_text.format(n=number + 1, m=self.count)
        ink.write(painter, _WIDTH - ink.width(page, SMALL), self._foot_top, page, SMALL, "ink_3")

    def _hairline(self, painter: QPainter, y: float) -> None:
        painter.setPen(QPen(self._ink.theme.color("hairline"), 0.8))
        painter.drawLine(QPointF(0, y), QPointF(_WIDTH, y))
