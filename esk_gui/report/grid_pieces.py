"""A printed table as pieces: name and title, a head that is drawn again on every page, rows, notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from esk_engine.exchange.document import Grid, GridCell, GridRow
from esk_engine.wording import Wording
from esk_gui.report.grid_layout import INDENT, MARK, GridLayout, GridMeasure, Zone, number_widths, pale_left
from esk_gui.report.ink import SMALL, Ink
from esk_gui.report.piece import Bundle, Piece
from esk_gui.widgets.marks import paint_mark

_ROW_AIR, _HEAD_AIR, _SPACE = 2.0, 4.0, 6.0
_TITLE_SPACE = 24.0
_MOST_LINES = 40  # of a cell on one page; a longer one goes on in the next row


@dataclass(frozen=True)
class _Line:
    """A line of a cell: its text, where it begins beside the cell's left edge, and how it looks."""

    text: str
    aside: float
    token: str
    bold: bool
    pixels: int


_Cell = tuple[list[list[_Line]], str | None]
"""Lines, each of one or more runs of text; and the group whose mark stands before the first."""


class GridPieces:
    """Makes the pieces of one table."""

    def __init__(self, grid: Grid, ink: Ink, wording: Wording, room: float) -> None:
        self._grid, self._ink, self._wording, self._room = grid, ink, wording, room
        self._layout: GridLayout = GridMeasure(grid, ink, wording, room).layout()

    @property
    def is_cramped(self) -> bool:
        """Whether the type had to become smaller than is easily read."""
        return self._layout.pixels < SMALL

    def bundle(self) -> Bundle:
        """The whole table, its notes with its last row."""
        pieces: list[Piece] = [*self._titles()]
        head = self._head()
        pieces.append(Piece(head.height, head.paint, head.space if not pieces else 4.0, holds_next=True))
        rows = list(self._rows(head))
        if not rows:
            rows = [self._end(Piece(0.0, _nothing))]
        else:
            rows[-1] = self._end(rows[-1])
        pieces += rows
        notes = list(self._notes())
        if notes:
            pieces[-1] = Piece(
                pieces[-1].height, pieces[-1].paint, pieces[-1].space, holds_next=True, repeated=pieces[-1].repeated
            )
        return Bundle((*pieces, *notes))

    # Name, head, notes

    def _titles(self) -> Iterator[Piece]:
        ink, grid = self._ink, self._grid
        if not grid.name and not grid.caption:
            return
        aside = ink.width(f"{grid.name}  ", 12, bold=True) if grid.name else 0.0
        lines = ink.wrapped(grid.caption, 12, self._room, first=aside)

        def paint(painter: QPainter, top: float) -> None:
            ink.write(painter, 0, top, grid.name, 12, "ink", bold=True)
            for at, line in enumerate(lines):
                left = aside if at == 0 else 0.0
                ink.write(painter, left, top + at * ink.line_height(12), line, 12, "ink")

        yield Piece(len(lines) * ink.line_height(12), paint, _TITLE_SPACE, holds_next=True)

    def _head(self) -> Piece:
        ink, pixels = self._ink, self._layout.pixels
        small = min(SMALL, pixels)
        texts = []
        for column, zone in zip(self._grid.columns, self._layout.zones, strict=True):
            mark = MARK if column.group else 0.0
            names = ink.wrapped(column.text, pixels, zone.width - mark, bold=True) if column.text else []
            unders = ink.wrapped(column.under, small, zone.width) if column.under else []
            texts.append((names, unders, mark, column.group))
        line, under_line = ink.line_height(pixels), ink.line_height(small)
        height = max((len(n) * line + len(u) * under_line for n, u, _, _ in texts), default=line) + 2 * _HEAD_AIR

        def paint(painter: QPainter, top: float) -> None:
            self._rule(painter, top, "ink")
            for zone, (names, unders, mark, group) in zip(self._layout.zones, texts, strict=True):
                y = top + height - _HEAD_AIR - len(names) * line - len(unders) * under_line
                for at, name in enumerate(names):
                    if at == 0 and group is not None:
                        self._mark(painter, zone.left, y, line, group)
                    left = self._head_left(zone, name, pixels, mark, bold=True)
                    ink.write(painter, left, y, name, pixels, "ink", bold=True)
                    y += line
                for under in unders:
                    left = self._head_left(zone, under, small, 0.0, bold=False)
                    ink.write(painter, left, y, under, small, "ink_2")
                    y += under_line
            self._rule(painter, top + height, "ink")

        return Piece(height, paint, _SPACE, holds_next=True)

    def _head_left(self, zone: Zone, text: str, pixels: int, mark: float, *, bold: bool) -> float:
        if zone.is_right:
            return zone.left + zone.width - self._ink.width(text, pixels, bold=bold)
        return zone.left + mark

    def _mark(self, painter: QPainter, left: float, top: float, line: float, group: str) -> None:
        side = 9.0
        paint_mark(painter, QRectF(left, top + (line - side) / 2, side, side), group, self._ink.theme, on_band=True)

    def _rule(self, painter: QPainter, y: float, token: str) -> None:
        painter.setPen(QPen(self._ink.theme.color(token), 0.8 if token == "ink" else 0.6))
        painter.drawLine(QPointF(0, y), QPointF(self._layout.width, y))

    def _notes(self) -> Iterator[Piece]:
        ink = self._ink
        for at, note in enumerate(self._grid.notes):
            lines = ink.wrapped(note, SMALL, self._room)

            def paint(painter: QPainter, top: float, lines: list[str] = lines) -> None:
                for number, line in enumerate(lines):
                    ink.write(painter, 0, top + number * ink.line_height(SMALL), line, SMALL, "ink_2")

            yield Piece(len(lines) * ink.line_height(SMALL), paint, 5.0 if at == 0 else 1.0)

    # Rows

    def _rows(self, head: Piece) -> Iterator[Piece]:
        for number, row in enumerate(self._grid.rows):
            cells = [self._cell(row, at) for at in range(len(row.cells))]
            count = max((len(lines) for lines, _ in cells), default=1)
            for start in range(0, count, _MOST_LINES):
                part = [(lines[start : start + _MOST_LINES], group if start == 0 else None) for lines, group in cells]
                has_rule = row.starts_block and number > 0 and start == 0
                yield self._row(part, min(count - start, _MOST_LINES), has_rule, head)

    def _row(self, cells: list[_Cell], count: int, has_rule: bool, head: Piece) -> Piece:
        line = self._ink.line_height(self._layout.pixels)

        def paint(painter: QPainter, top: float) -> None:
            if has_rule:
                self._rule(painter, top, "hairline")
            for zone, (lines, group) in zip(self._layout.zones, cells, strict=True):
                if group is not None:
                    self._mark(painter, zone.left, top + _ROW_AIR, line, group)
                for at, runs in enumerate(lines):
                    for run in runs:
                        left, y = zone.left + run.aside, top + _ROW_AIR + at * line
                        self._ink.write(painter, left, y, run.text, run.pixels, run.token, bold=run.bold)

        return Piece(count * line + 2 * _ROW_AIR, paint, repeated=head)

    def _end(self, piece: Piece) -> Piece:
        """The last row, with the rule that closes the table."""

        def paint(painter: QPainter, top: float) -> None:
            piece.paint(painter, top)
            self._rule(painter, top + piece.height + 1, "ink")

        return Piece(piece.height + 2, paint, piece.space, repeated=piece.repeated)

    def _cell(self, row: GridRow, at: int) -> _Cell:
        cell, zone = row.cells[at], self._layout.zones[at]
        if zone.is_number:
            return self._number(cell, zone), None
        aside = (INDENT * row.level if at == 0 else 0.0) + (MARK if cell.group else 0.0)
        return self._text(cell, zone, aside), cell.group

    def _text(self, cell: GridCell, zone: Zone, aside: float) -> list[list[_Line]]:
        ink, pixels = self._ink, self._layout.pixels
        lines: list[list[_Line]] = []
        if cell.text or not cell.pale:
            for text in ink.wrapped(cell.text, pixels, zone.width - aside, bold=cell.bold):
                lines.append([_Line(text, aside, "ink", cell.bold, pixels)])
        if not cell.pale:
            return lines
        used = aside
        if lines:
            used += ink.width(f"{lines[-1][0].text} ", pixels, bold=cell.bold)
        if used + ink.width(cell.pale, pixels) <= zone.width and lines:
            lines[-1].append(_Line(cell.pale, used, "ink_2", False, pixels))
            return lines
        pale = ink.wrapped(cell.pale, pixels, zone.width - aside)
        return [*lines, *([_Line(text, aside, "ink_2", False, pixels)] for text in pale)]

    def _number(self, cell: GridCell, zone: Zone) -> list[list[_Line]]:
        """A number at its decimal sign; what is paler beside it, or below it where the table is stacked."""
        pixels = self._layout.pixels
        width = number_widths(cell, self._ink, self._wording, pixels)[0]
        slack = zone.width - zone.whole - zone.rest if zone.is_right else 0.0
        number = _Line(cell.text, slack + zone.whole - width, "ink", cell.bold, pixels)
        if not cell.pale:
            return [[number]]
        if not self._layout.is_stacked:
            return [[number, _Line(cell.pale, pale_left(zone) - zone.left, "ink_2", False, pixels)]]
        below = self._ink.wrapped(cell.pale, pixels, zone.width)
        lines = [[_Line(text, 0.0, "ink_2", False, pixels)] for text in below]
        return [[number], *lines] if cell.text else lines


def _nothing(painter: QPainter, top: float) -> None:
    """A table without rows: its head and the rule under it."""
