"""How the parts of a column's cells line up: numbers at the decimal sign, ranges where they begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFontMetricsF


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a cell's text.

    Attributes
    ----------
    is_pale
        Drawn in the second ink: ranges, percentages, limits.
    is_number
        Lined up at its decimal sign; else at its beginning.
    """

    text: str
    is_pale: bool = False
    is_number: bool = True
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one part in every cell of a column.

    Attributes
    ----------
    whole, fraction
        What numbers need before their decimal sign, and from it on.
    text
        What parts that are no numbers need; they begin where the longest number begins.
    """

    whole: float = 0.0
    fraction: float = 0.0
    text: float = 0.0

    @property
    def width(self) -> float:
        return max(self.whole + self.fraction, self.text)

    def widened(self, other: Slot) -> Slot:
        return Slot(max(self.whole, other.whole), max(self.fraction, other.fraction), max(self.text, other.text))


@dataclass(frozen=True, slots=True)
class Alignment:
    """The slots of a column, left to right, ``gap`` pixels apart."""

    slots: tuple[Slot, ...]
    gap: float = 8.0

    @property
    def width(self) -> float:
        return sum(slot.width for slot in self.slots) + self.gap * max(0, len(self.slots) - 1)

    @property
    def stacked_width(self) -> float:
        """The width where a second part stands under the first."""
        return max((slot.width for slot in self.slots), default=0.0)

    def places(self, left: float) -> tuple[tuple[float, float], ...]:
        """Where text of each slot begins and where its decimal sign stands, when the first slot begins at ``left``."""
        found: list[tuple[float, float]] = []
        for slot in self.slots:
            found.append((left, left + slot.whole))
            left += slot.width + self.gap
        return tuple(found)


def split(text: str, decimal_sign: str) -> tuple[str, str]:
    """A number before its decimal sign, and from it on."""
    whole, sign, fraction = text.partition(decimal_sign)
    return whole, sign + fraction


def align(cells: Iterable[Sequence[Part]], decimal_sign: str, plain: QFontMetricsF, bold: QFontMetricsF) -> Alignment:
    """The alignment that holds every cell of a column.

    Parameters
    ----------
    cells
        The parts of each cell; cells may have different numbers of parts.
    decimal_sign
        "," or ".".
    plain, bold
        Metrics of the fonts that the parts are drawn with.
    """
    slots: list[Slot] = []
    for parts in cells:
        for place, part in enumerate(parts):
            metrics = bold if part.is_bold else plain
            if part.is_number:
                whole, fraction = split(part.text, decimal_sign)
                needed = Slot(metrics.horizontalAdvance(whole), metrics.horizontalAdvance(fraction))
            else:
                needed = Slot(text=metrics.horizontalAdvance(part.text))
            if place == len(slots):
                slots.append(needed)
            else:
                slots[place] = slots[place].widened(needed)
    return Alignment(tuple(slots))
