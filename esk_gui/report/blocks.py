"""A document's blocks as pieces of a column: headings, paragraphs, facts, figures; tables have a room of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from esk_engine.exchange.document import (
    Block,
    Facts,
    FigureBlock,
    Grid,
    Heading,
    PageBreak,
    Paragraph,
    Sides,
    TableBlock,
    grid_of,
)
from esk_engine.wording import Wording
from esk_gui.report.drawings import Drawing, Drawings
from esk_gui.report.grid_pieces import GridPieces
from esk_gui.report.ink import BODY, SMALL, TABLE, Ink
from esk_gui.report.piece import Bundle, Piece
from esk_gui.widgets.marks import paint_mark

_HEADINGS = {0: (24, 0.0, 2.0), 1: (16, 26.0, 4.0), 2: (12, 11.0, 1.0)}  # pixels, air above and below
_ROLES = {"": (BODY, "ink"), "lead": (15, "ink_2"), "second": (BODY, "ink_2"), "mark": (BODY, "ink_2")}
_SMALL_ROLE = SMALL, "ink_2"
_TOGETHER = 6  # lines of a paragraph that are not divided over two pages
_LABELS = 150.0
_FACT_GAP, _SIDE_GAP = 20.0, 32.0
_MOST_BESIDE = 240.0  # higher columns go below each other, where pages can end between their rows


class BlockWriter:
    """Makes bundles of blocks in a column of one width."""

    def __init__(self, ink: Ink, drawings: Drawings, wording: Wording, width: float) -> None:
        self._ink, self._drawings, self._wording, self._width = ink, drawings, wording, width

    def bundles(self, blocks: Sequence[Block]) -> Iterator[Bundle]:
        """All blocks, one after another."""
        breaks = False
        for at, block in enumerate(blocks):
            if isinstance(block, PageBreak):
                breaks = True
                continue
            is_introduction = isinstance(block, Paragraph) and isinstance(blocks[at - 1], Heading)
            leads_in = is_introduction and at + 1 < len(blocks) and isinstance(blocks[at + 1], Grid | TableBlock)
            for bundle in self._bundle(block):
                yield Bundle(bundle.pieces, breaks, bundle.holds_next or leads_in)
                breaks = False

    def _bundle(self, block: Block) -> Iterator[Bundle]:
        if isinstance(block, Heading):
            yield self._heading(block)
        elif isinstance(block, Paragraph):
            yield self._paragraph(block)
        elif isinstance(block, Facts):
            yield self._facts(block)
        elif isinstance(block, FigureBlock):
            drawing = self._drawings.get(block.key)
            if drawing is not None:
                yield self._figure(block, drawing)
        elif isinstance(block, Sides):
            beside = self._sides(block)
            if beside is not None:
                yield beside
            else:
                yield from self.bundles((*block.left, *block.right))
        elif not isinstance(block, PageBreak):
            grid = grid_of(block.table, self._wording) if isinstance(block, TableBlock) else block
            yield GridPieces(grid, self._ink, self._wording, self._width).bundle()

    def _heading(self, block: Heading) -> Bundle:
        ink, (pixels, above, below) = self._ink, _HEADINGS[block.level]
        line = ink.line_height(pixels)
        aside = 1.1 * pixels if block.group else 0.0
        lines = ink.wrapped(block.text, pixels, self._width - aside, bold=True)

        def paint(painter: QPainter, top: float) -> None:
            if block.group:
                side = 0.8 * pixels
                box = QRectF(0, top + (line - side) / 2, side, side)
                paint_mark(painter, box, block.group, ink.theme, on_band=True)
            for at, text in enumerate(lines):
                ink.write(painter, aside, top + at * line, text, pixels, "ink", bold=True)

        return Bundle((Piece(len(lines) * line + below, paint, above, holds_next=True),), holds_next=True)

    def _paragraph(self, block: Paragraph) -> Bundle:
        ink = self._ink
        pixels, token = _ROLES.get(block.role, _SMALL_ROLE)
        opening = f"{block.opening}. " if block.opening else ""
        aside = ink.width(opening, pixels, bold=True)
        lines = ink.wrapped(block.text, pixels, self._width, first=aside)
        line = ink.line_height(pixels)
        pieces: list[Piece] = []
        for at, text in enumerate(lines):

            def paint(painter: QPainter, top: float, at: int = at, text: str = text) -> None:
                if at == 0:
                    ink.write(painter, 0, top, opening, pixels, token, bold=True)
                ink.write(painter, aside if at == 0 else 0.0, top, text, pixels, token, bold=block.role == "mark")

            is_held = len(lines) <= _TOGETHER and at < len(lines) - 1
            is_lone = at == 0 or at == len(lines) - 2  # neither the first line nor the last stands alone
            space = (3.0 if block.role in ("note", "reference") else 7.0) if at == 0 else 0.0
            pieces.append(Piece(line, paint, space, holds_next=is_held or (is_lone and at < len(lines) - 1)))
        return Bundle(tuple(pieces))

    def _facts(self, block: Facts) -> Bundle:
        pieces = self._fact_list(block) if block.columns == 1 else self._fact_columns(block)
        return Bundle(tuple(pieces))

    def _fact_list(self, block: Facts) -> Iterator[Piece]:
        """Labels at the left, their values beside them."""
        ink, line = self._ink, self._ink.line_height(BODY)
        for at, (label, text) in enumerate(block.rows):
            labels = ink.wrapped(label, BODY, _LABELS - 12)
            texts = ink.wrapped(text, BODY, self._width - _LABELS)

            def paint(painter: QPainter, top: float, labels: list[str] = labels, texts: list[str] = texts) -> None:
                for number, each in enumerate(labels):
                    ink.write(painter, 0, top + number * line, each, BODY, "ink_2")
                for number, each in enumerate(texts):
                    ink.write(painter, _LABELS, top + number * line, each, BODY, "ink")

            yield Piece(max(len(labels), len(texts)) * line, paint, 10.0 if at == 0 else 1.0)

    def _fact_columns(self, block: Facts) -> Iterator[Piece]:
        """Values under their labels, side by side."""
        ink, count = self._ink, block.columns
        width = (self._width - (count - 1) * _FACT_GAP) / count
        small, line = ink.line_height(SMALL), ink.line_height(TABLE)
        for start in range(0, len(block.rows), count):
            cells = [
                (ink.wrapped(label, SMALL, width), ink.wrapped(text, TABLE, width))
                for label, text in block.rows[start : start + count]
            ]
            labels = max(len(label) for label, _ in cells)
            height = labels * small + max(len(text) for _, text in cells) * line

            def paint(
                painter: QPainter, top: float, cells: list[tuple[list[str], list[str]]] = cells, labels: int = labels
            ) -> None:
                for at, (names, texts) in enumerate(cells):
                    left = at * (width + _FACT_GAP)
                    for number, name in enumerate(names):
                        ink.write(painter, left, top + number * small, name, SMALL, "ink_3")
                    for number, text in enumerate(texts):
                        ink.write(painter, left, top + labels * small + number * line, text, TABLE, "ink")

            yield Piece(height, paint, 2.0 if start == 0 else 4.0)

    def _figure(self, block: FigureBlock, drawing: Drawing) -> Bundle:
        ink = self._ink
        scale = min(1.0, self._width / drawing.size.width())
        aside = ink.width(f"{block.name}  ", BODY, bold=True) if block.name else 0.0
        is_bold = not block.name
        caption = ink.wrapped(block.caption, BODY, self._width, bold=is_bold, first=aside)
        line, small = ink.line_height(BODY), ink.line_height(SMALL)
        notes = [text for note in block.notes for text in ink.wrapped(note, SMALL, self._width)]
        top_of_drawing = len(caption) * line + (8 if block.name else 2)
        height = top_of_drawing + scale * drawing.size.height() + 6 + len(notes) * small

        def paint(painter: QPainter, top: float) -> None:
            ink.write(painter, 0, top, block.name, BODY, "ink", bold=True)
            for at, text in enumerate(caption):
                ink.write(painter, aside if at == 0 else 0.0, top + at * line, text, BODY, "ink", bold=is_bold)
            painter.save()
            painter.translate(0, top + top_of_drawing)
            painter.scale(scale, scale)
            drawing.paint(painter)
            painter.restore()
            for at, text in enumerate(notes):
                ink.write(painter, 0, top + height - (len(notes) - at) * small, text, SMALL, "ink_2")

        return Bundle((Piece(height, paint, 14.0 if block.name else 10.0),))

    def _sides(self, block: Sides) -> Bundle | None:
        """Both columns as one piece, each as high as it is; None where there is too little room for that."""
        room = self._width - _SIDE_GAP
        left = block.share * room
        columns: list[tuple[float, list[tuple[float, Piece]]]] = []
        height = 0.0
        for start, width, blocks in ((0.0, left, block.left), (left + _SIDE_GAP, room - left, block.right)):
            grids = [each for each in blocks if isinstance(each, Grid)]
            if any(GridPieces(grid, self._ink, self._wording, width).is_cramped for grid in grids):
                return None
            writer = BlockWriter(self._ink, self._drawings, self._wording, width)
            placed: list[tuple[float, Piece]] = []
            top = 0.0
            for piece in (piece for bundle in writer.bundles(blocks) for piece in bundle.pieces):
                top += piece.space if placed else 0.0
                placed.append((top, piece))
                top += piece.height
            columns.append((start, placed))
            height = max(height, top)
        if height > _MOST_BESIDE:
            return None

        def paint(painter: QPainter, top: float) -> None:
            for start, column in columns:
                painter.save()
                painter.translate(start, 0)
                for below, piece in column:
                    piece.paint(painter, top + below)
                painter.restore()

        return Bundle((Piece(height, paint, _HEADINGS[2][1]),))
