"""The smallest parts of a page: each has a height and draws itself; what belongs together is kept on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtGui import QPainter

Paint = Callable[[QPainter, float], None]
"""Draws a piece at the left margin, its top at the second argument."""


@dataclass(frozen=True)
class Piece:
    """One strip of the page's width.

    Attributes
    ----------
    space
        Air above it, which falls away at the head of a page.
    holds_next
        No page ends after it.
    repeated
        What is drawn once more above it where it begins a page: the head of its table.
    """

    height: float
    paint: Paint
    space: float = 0.0
    holds_next: bool = False
    repeated: Piece | None = None


@dataclass(frozen=True)
class Bundle:
    """Pieces that go to the next page together where that is what it takes to keep them together."""

    pieces: tuple[Piece, ...]
    breaks_before: bool = False
    holds_next: bool = False

    @property
    def height(self) -> float:
        return sum(piece.space + piece.height for piece in self.pieces)


@dataclass
class Sheet:
    """One page as it fills: pieces with their tops."""

    placed: list[tuple[float, Piece]] = field(default_factory=list[tuple[float, Piece]])
    filled: float = 0.0

    @property
    def is_opening(self) -> bool:
        """Whether only headings stand on it so far: what they head does not leave them alone."""
        return all(piece.holds_next for _, piece in self.placed)


class Filler:
    """Puts bundles on pages of one height."""

    def __init__(self, room: float) -> None:
        self._room = room
        self.sheets = [Sheet()]

    def fill(self, bundles: Sequence[Bundle]) -> None:
        for at, bundle in enumerate(bundles):
            sheet = self.sheets[-1]
            if bundle.breaks_before and sheet.placed:
                self.sheets.append(Sheet())
            needed = _held(bundles, at)
            if needed > self._room:  # no page holds it: its beginning is kept together, a table on a page of its own
                needed = self._room if _headed(bundles, at).height <= self._room else _begun(bundles, at)
            if needed <= self._room < self.sheets[-1].filled + needed and not self.sheets[-1].is_opening:
                self.sheets.append(Sheet())
            for number, piece in enumerate(bundle.pieces):
                self._put(piece, _least(bundle.pieces, number))

    def _put(self, piece: Piece, least: float) -> None:
        sheet = self.sheets[-1]
        space = piece.space if sheet.placed else 0.0
        if sheet.placed and sheet.filled + space + least > self._room:
            sheet = Sheet()
            self.sheets.append(sheet)
            space = 0.0
            if piece.repeated is not None:
                sheet.placed.append((0.0, piece.repeated))
                sheet.filled = piece.repeated.height
        sheet.placed.append((sheet.filled + space, piece))
        sheet.filled += space + piece.height


def _held(bundles: Sequence[Bundle], at: int) -> float:
    """The height that has to stay on one page from here: a heading's, with all or the start of what it heads."""
    height = 0.0
    while at < len(bundles):
        bundle = bundles[at]
        height += bundle.height
        if not bundle.holds_next:
            break
        at += 1
    return height


def _headed(bundles: Sequence[Bundle], at: int) -> Bundle:
    """What a heading heads."""
    while bundles[at].holds_next and at + 1 < len(bundles):
        at += 1
    return bundles[at]


def _begun(bundles: Sequence[Bundle], at: int) -> float:
    """The height of a heading and the first piece of what it heads."""
    height = 0.0
    while bundles[at].holds_next and at + 1 < len(bundles):
        height += bundles[at].height
        at += 1
    pieces = bundles[at].pieces
    return height + (pieces[0].space + _least(pieces, 0) if pieces else 0.0)


def _least(pieces: Sequence[Piece], at: int) -> float:
    """The height of a piece with those that it holds."""
    height = pieces[at].height
    while pieces[at].holds_next and at + 1 < len(pieces):
        at += 1
        height += pieces[at].space + pieces[at].height
    return height
