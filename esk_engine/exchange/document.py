"""A report as plain data: blocks one after another, which HTML, PDF, print and preview all draw alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from esk_engine.report import CellKind, Row, Table, cell_parts, head_text, note_text, row_label, title
from esk_engine.wording import Language, Wording

Role = Literal["", "lead", "second", "note", "mark", "reference"]
Align = Literal["text", "number", "centre"]
_INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 0 is the document's own. ``group`` puts the mark of a group before it."""

    text: str
    level: int = 1
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``opening`` stands before it in bold."""

    text: str
    role: Role = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, ``columns`` of them side by side."""

    rows: tuple[tuple[str, str], ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: its name, what stands under it, and the group whose patients it holds."""

    text: str
    under: str = ""
    align: Align = "text"
    group: str | None = None


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: what decides, and what is printed paler beside it; ``group`` puts the mark of a group before it."""

    text: str = ""
    pale: str = ""
    bold: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row; ``level`` indents its first cell, a hairline stands above it where it ``starts_block``."""

    cells: tuple[GridCell, ...]
    level: int = 0
    starts_block: bool = True


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is printed: horizontal rules only, its name and title above, its notes below."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableBlock:
    """One table of the report."""

    table: Table


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure, drawn by whoever can: its key, its name and caption above it, its notes below."""

    key: str
    name: str
    caption: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Two short columns beside each other; ``share`` of the width is the left one's."""

    left: tuple[Heading | Paragraph | Facts | Grid, ...]
    right: tuple[Heading | Paragraph | Facts | Grid, ...]
    share: float = 0.5


Block = Heading | Paragraph | Facts | Grid | TableBlock | FigureBlock | PageBreak | Sides


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title
        What it is called in a list of files and in a PDF's properties.
    head
        What stands at the head of every page: the study and its clinic.
    mark
        That the data are invented, on every page; "" where they are real.
    made
        By whom and when, at the foot of every page.
    page_text
        "Page {n} of {m}" of this language, both left open.
    """

    title: str
    head: str
    mark: str
    made: str
    page_text: str
    language: Language
    blocks: tuple[Block, ...]

    def figure_keys(self) -> tuple[str, ...]:
        """The keys of its figures, in order."""
        return tuple(block.key for block in self.blocks if isinstance(block, FigureBlock))


def grid_of(table: Table, wording: Wording) -> Grid:
    """A table of the report as it is printed, by the parts of the one renderer; an interval stands beside its value."""
    name, caption = title(table, wording)
    is_beside = not any(row.is_term for row in table.rows)  # "Heart rate before", but a side effect and its variable
    has_column = not is_beside and any(row.sublabel for row in table.rows)
    labels = [Column(wording(table.statistic_key)), *([Column("")] if has_column else [])]
    rows: list[GridRow] = []
    above = ""
    for row in table.rows:
        label, sublabel = row_label(row, wording)
        is_told = label == above and bool(sublabel) and not row.starts_block
        above = label
        texts = [GridCell("" if is_told else label, sublabel if is_beside else "")]
        texts += [GridCell(sublabel)] if has_column else []
        level = row.level + (1 if is_told and is_beside else 0)
        rows.append(GridRow((*texts, *_cells(table, row, wording)), level, row.starts_block))
    notes = tuple(note_text(note, wording) for note in table.notes)
    return Grid(name, caption, (*labels, *_columns(table, wording)), tuple(rows), notes)


def _columns(table: Table, wording: Wording) -> list[Column]:
    columns: list[Column] = []
    for head in table.head:
        text, under = head_text(head, wording)
        if head.key == _INTERVAL and columns:
            columns[-1] = replace(columns[-1], under=f"({text})")
        else:
            columns.append(Column(text, under, "number", head.group))
    return columns


def _cells(table: Table, row: Row, wording: Wording) -> list[GridCell]:
    cells: list[GridCell] = []
    for head, cell in zip(table.head, row.cells, strict=True):
        if head.key != _INTERVAL or not cells:
            cells.append(GridCell(*cell_parts(cell, wording), bold=cell.bold))
        elif cell.kind is CellKind.INTERVAL and cell.numbers[0] is not None:
            cells[-1] = replace(cells[-1], pale=f"({cell_parts(cell, wording)[0]})")
    return cells


def split_number(text: str, wording: Wording) -> tuple[str, str]:
    """A printed number before its decimal sign, and from that sign on."""
    sign = wording.number(0.5)[1]
    whole, found, rest = text.partition(sign)
    return whole, found + rest
