"""A workbook whose sheets go straight into the file that is written: nothing of them stands anywhere else meanwhile.

openpyxl's write-only mode keeps each sheet as a temporary file, in clear and uncompressed, until the workbook is saved;
a program that is killed in between leaves them all behind.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

from typing_extensions import override

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook


class _Archive(ZipFile):
    """Takes the parts that openpyxl writes at the end; the sheets are in it by then."""

    @override
    def write(self, filename: Any, *args: Any, **named: Any) -> None:
        if not isinstance(filename, _Part):
            super().write(filename, *args, **named)


class _Part:
    """One sheet on its way into the archive: what openpyxl takes for a file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        """The archive writes as it compresses."""

    def close(self) -> None:
        self._stream.close()


@cache
def _formula_type() -> type[Any]:
    """openpyxl's cell with the value of its formula; made on first use, for openpyxl comes in late."""
    from openpyxl.cell.cell import Cell

    class FormulaCell(Cell):
        """``shown`` is what the formula gives."""

        __slots__ = ("shown",)

    return FormulaCell


def formula_cell(sheet: Any) -> Any:
    """A cell that holds a formula and, in ``shown``, what it gives."""
    return _formula_type()(sheet, row=1, column=1)


def _write_formula(xf: Any, cell: Any) -> None:
    """What openpyxl writes for a formula, and its value besides."""
    from openpyxl.xml.functions import Element, SubElement

    attributes = {"r": cell.coordinate}
    if cell.has_style:
        attributes["s"] = str(cell.style_id)
    is_text = cell.shown is None or isinstance(cell.shown, str)
    if is_text:
        attributes["t"] = "str"
    element = Element("c", attributes)
    SubElement(element, "f").text = cell.value[1:]
    SubElement(element, "v").text = (cell.shown or "") if is_text else repr(cell.shown)
    xf.write(element)


class StreamedBook:
    """Sheets are added and ended one after the other, then the book is finished, or given up.

    Parameters
    ----------
    path
        The file; whoever opens a book sees to it that it takes its place only when it is whole.
    """

    def __init__(self, path: Path) -> None:
        from openpyxl import Workbook

        self.book: Workbook = Workbook(write_only=True)
        self._archive = _Archive(path, "w", ZIP_DEFLATED, allowZip64=True)
        self._sheets = 0
        self._open: tuple[Any, _Part] | None = None

    def add_sheet(self, title: str) -> Any:
        """A new sheet; its rows go into the file from the first one on."""
        sheet: Any = self.book.create_sheet(title)
        self._sheets += 1
        name = f"xl/worksheets/sheet{self._sheets}.xml"

        def begin() -> None:
            if sheet._writer is None:
                self._begin(sheet, name)

        sheet._get_writer = begin
        return sheet

    def _begin(self, sheet: Any, name: str) -> None:
        from openpyxl.cell import _writer as cell_writer
        from openpyxl.worksheet._writer import WorksheetWriter

        formula_type = _formula_type()
        cells: Any = cell_writer
        write_cell: Any = cells.write_cell

        class Writer(WorksheetWriter):
            """Leaves no file behind, for it made none."""

            def cleanup(self) -> None:
                """Nothing to take away."""

            def write_row(self, xf: Any, row: Any, row_idx: int) -> None:
                """openpyxl's own loop, with the values of formulas."""
                attributes: dict[str, str] = {"r": str(row_idx)}
                attributes.update(sheet.row_dimensions.get(row_idx, {}))
                with xf.element("row", attributes):
                    for cell in row:
                        if cell.data_type == "f" and type(cell) is formula_type:
                            _write_formula(xf, cell)
                        elif cell._value is not None or cell.has_style:
                            write_cell(xf, sheet, cell, cell.has_style)

        part: Any = _Part(self._archive.open(name, "w"))
        self._open = sheet, part
        sheet._writer = Writer(sheet, out=part)
        sheet._writer.write_top()

    def end_sheet(self, sheet: Any) -> None:
        """Finish the sheet: charts and pictures are with it by now, and the next one may begin."""
        sheet.close()
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def finish(self) -> None:
        """Write what belongs to the whole book, and close the file."""
        from openpyxl.writer.excel import ExcelWriter

        self.book.properties.modified = datetime.now(UTC).replace(tzinfo=None)
        ExcelWriter(self.book, self._archive).save()

    def give_up(self) -> None:
        """Close what is open, after whatever went wrong; nothing happens once the book is finished."""
        sheet, part = self._open or (None, None)
        self._open = None
        for closed in (sheet, part, self._archive):
            with contextlib.suppress(Exception):  # the disk may be full, which is what went wrong
                if closed is not None:
                    closed.close()
