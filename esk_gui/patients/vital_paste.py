"""A block that comes from Excel, laid over the vital signs grid: all of it, or nothing and every fault named."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PastedCell:
    """One cell that holds something: its place in the block (from 0) and its text."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """The cells of a block of text. Empty cells change nothing and are left out."""

    cells: tuple[PastedCell, ...]
    rows: int
    columns: int

    def row(self, number: int) -> tuple[PastedCell, ...]:
        return tuple(cell for cell in self.cells if cell.row == number)


def read_block(text: str) -> Block:
    """Tab-separated text as Excel puts it on the clipboard; a first row without any digit is a heading."""
    table = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter="\t")]
    while table and not any(table[-1]):
        table.pop()
    if len(table) > 1 and any(table[0]) and not any(character.isdigit() for character in "".join(table[0])):
        table = table[1:]
    cells = tuple(PastedCell(r, c, text) for r, row in enumerate(table) for c, text in enumerate(row) if text)
    return Block(cells, len(table), max((len(row) for row in table), default=0))
