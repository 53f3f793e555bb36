"""Merged cells: a workbook keeps one value for all of them, which stands in the first; the others are empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Range = tuple[int, int, int, int]
_RANGE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_MOST_CELLS: Final = 100_000


def range_of(ref: str) -> Range | None:
    """``A2:B4`` as first row, first column, last row, last column, all from 0; None where it is no range."""
    match = _RANGE.fullmatch(ref)
    return None if match is None else (int(match[2]) - 1, _column(match[1]), int(match[4]) - 1, _column(match[3]))


def covered(ranges: list[Range], rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """Every cell of some ranges that lies in a table of that size, the first one of each range left out."""
    told = 0
    for top, left, bottom, right in ranges:
        for row in range(top, min(bottom, rows - 1) + 1):
            for column in range(left, min(right, columns - 1) + 1):
                if (row, column) != (top, left):
                    yield row, column
                    told += 1
                    if told >= _MOST_CELLS:
                        return


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
