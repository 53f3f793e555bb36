"""How wide the columns of a printed table are, and what stands on the lines of each cell."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.exchange.document import Column, Grid, GridCell, split_number
from esk_engine.wording import Wording
from esk_gui.report.ink import SMALL, TABLE, Ink

GAP, INDENT, MARK = 14.0, 12.0, 15.0
_MOST_EXTRA, _PALE_GAP, _HEAD_NATURAL = 26.0, 5.0, 76.0
# Sizes of type, and whether what is paler stands below its number, in the order in which they are tried.
_WAYS = ((TABLE, False), (10, False), (TABLE, True), (10, True), (9, True), (8, True))


@dataclass(frozen=True)
class Zone:
    """One column: where it lies, how wide it is, and how wide its numbers are before and after the decimal sign."""

    left: float
    width: float
    whole: float
    rest: float
    is_number: bool
    is_right: bool


@dataclass(frozen=True)
class GridLayout:
    """A table's columns at one size of type; ``is_stacked``: what is paler stands below its number."""

    pixels: int
    zones: tuple[Zone, ...]
    is_stacked: bool

    @property
    def width(self) -> float:
        return self.zones[-1].left + self.zones[-1].width


@dataclass(frozen=True)
class _Needs:
    """What a column asks for: the least without breaking a word, and all on one line."""

    least: float
    natural: float
    whole: float = 0.0
    rest: float = 0.0


class GridMeasure:
    """Fits one table into a width."""

    def __init__(self, grid: Grid, ink: Ink, wording: Wording, room: float) -> None:
        self._grid, self._ink, self._wording, self._room = grid, ink, wording, room

    def layout(self) -> GridLayout:
        """The largest type at which no word has to be broken; else the smallest, with words broken."""
        needs: list[_Needs] = []
        for pixels, is_stacked in _WAYS:
            needs = [self._needs(at, pixels, is_stacked) for at in range(len(self._grid.columns))]
            gaps = GAP * (len(needs) - 1)
            if sum(need.natural for need in needs) + gaps <= self._room:
                return self._placed(pixels, is_stacked, needs, [need.natural for need in needs])
            if sum(need.least for need in needs) + gaps <= self._room:
                return self._placed(pixels, is_stacked, needs, self._shared(needs))
        return self._placed(_WAYS[-1][0], True, needs, self._shared(needs))

    def _shared(self, needs: list[_Needs]) -> list[float]:
        """Between least and natural, each column its share of what room there is."""
        room = self._room - GAP * (len(needs) - 1)
        least = [need.least for need in needs]
        wanted = [need.natural - need.least for need in needs]
        spare = room - sum(least)
        if spare < 0:
            return [width * room / sum(least) for width in least]
        share = min(1.0, spare / (sum(wanted) or 1.0))
        return [low + share * more for low, more in zip(least, wanted, strict=True)]

    def _placed(self, pixels: int, is_stacked: bool, needs: list[_Needs], widths: list[float]) -> GridLayout:
        gaps = len(widths) - 1
        spare = self._room - sum(widths) - GAP * gaps
        gap = GAP + min(_MOST_EXTRA, max(0.0, spare) / gaps if gaps else 0.0)
        zones: list[Zone] = []
        left = 0.0
        for at, (need, width) in enumerate(zip(needs, widths, strict=True)):
            is_number = self._grid.columns[at].align == "number"
            is_right = is_number and not self._has_pale(at) and not self._stands_among_pale(at)
            zones.append(Zone(left, width, need.whole, need.rest, is_number, is_right))
            left += width + gap
        return GridLayout(pixels, tuple(zones), is_stacked)

    def _stands_among_pale(self, at: int) -> bool:
        """Groups stand alike: where one has percentages or ranges, one without is not moved to the right."""
        groups = [other for other, column in enumerate(self._grid.columns) if column.group]
        return at in groups and any(self._has_pale(other) for other in groups)

    def _has_pale(self, at: int) -> bool:
        return any(row.cells[at].pale for row in self._grid.rows)

    def _needs(self, at: int, pixels: int, is_stacked: bool) -> _Needs:
        column = self._grid.columns[at]
        head, head_least = self._head_needs(column, pixels)
        if column.align == "number":
            return self._number_needs(at, pixels, is_stacked, (head_least, head))
        natural, least = head, head_least
        for row in self._grid.rows:
            cell = row.cells[at]
            aside = (INDENT * row.level if at == 0 else 0.0) + (MARK if cell.group else 0.0)
            text = f"{cell.text} {cell.pale}".strip()
            natural = max(natural, aside + self._longest_line(text, pixels, cell.bold))
            least = max(least, aside + min(self._ink.widest_word(text, pixels, bold=cell.bold), 0.3 * self._room))
        if at == 0:
            least = max(least, min(natural, 0.17 * self._room))  # labels are read: a word a line is none
        return _Needs(least, max(natural, least))

    def _longest_line(self, text: str, pixels: int, bold: bool) -> float:
        return max((self._ink.width(line, pixels, bold=bold) for line in text.splitlines()), default=0.0)

    def _head_needs(self, column: Column, pixels: int) -> tuple[float, float]:
        mark = MARK if column.group else 0.0
        words = max(
            mark + self._ink.widest_word(column.text, pixels, bold=True),
            self._ink.widest_word(column.under, min(SMALL, pixels)),
        )
        whole = mark + self._ink.width(column.text, pixels, bold=True)
        under = self._ink.width(column.under, min(SMALL, pixels))
        return max(words, min(max(whole, under), _HEAD_NATURAL)), words

    def _number_needs(self, at: int, pixels: int, is_stacked: bool, head: tuple[float, float]) -> _Needs:
        whole = rest = pale = 0.0
        for row in self._grid.rows:
            cell = row.cells[at]
            parts = number_widths(cell, self._ink, self._wording, pixels)
            whole, rest = max(whole, parts[0]), max(rest, parts[1])
            pale = max(pale, self._ink.width(cell.pale, pixels))
        beside = pale + (_PALE_GAP if pale else 0.0)
        content = max(whole + rest, pale) if is_stacked else whole + rest + beside
        return _Needs(max(content, head[0]), max(content, head[1]), whole, rest)


def number_widths(cell: GridCell, ink: Ink, wording: Wording, pixels: int) -> tuple[float, float]:
    """How wide a number is before its decimal sign and from it on."""
    before, after = split_number(cell.text, wording)
    return ink.width(before, pixels, bold=cell.bold), ink.width(after, pixels, bold=cell.bold)


def pale_left(zone: Zone) -> float:
    """Where what is paler stands beside the number."""
    return zone.left + zone.whole + zone.rest + _PALE_GAP
