"""Tables as a picture, by the same strokes as on paper: what is pasted where text would not do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QPainter

from esk_engine.exchange.document import grid_of
from esk_engine.report import Table
from esk_engine.wording import Wording
from esk_gui.report.drawings import Drawing
from esk_gui.report.grid_pieces import GridPieces
from esk_gui.report.ink import Ink
from esk_gui.report.piece import Piece

_WIDTH, _MARGIN = 660.0, 12.0


def table_drawing(tables: Sequence[Table], wording: Wording) -> Drawing:
    """Some tables one below another, with their titles and notes."""
    ink = Ink()
    placed: list[tuple[float, Piece]] = []
    top = _MARGIN
    for table in tables:
        for piece in GridPieces(grid_of(table, wording), ink, wording, _WIDTH).bundle().pieces:
            top += piece.space if placed else 0.0
            placed.append((top, piece))
            top += piece.height

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_MARGIN, 0)
        for at, piece in placed:
            piece.paint(painter, at)

    title = ", ".join(wording(f"table.{table.number}.name") for table in tables)
    return Drawing(QSizeF(_WIDTH + 2 * _MARGIN, top + _MARGIN), title, paint)
