"""A document as PDF: text as text with its fonts inside, figures as strokes, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_gui.report.pages import Pages

_DOTS = 1200
_PAPER = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))


def write_pdf(pages: Pages, path: Path, cancelled: Callable[[], bool] | None = None) -> None:
    """Write the pages to a file.

    Raises
    ------
    Fault
        ``target_open``, ``target_not_writable``, ``file_full`` ..., ``cancelled``.
    """
    with written_beside(path, ".pdf") as beside:
        writer = QPdfWriter(str(beside))
        writer.setPdfVersion(QPagedPaintDevice.PdfVersion.PdfVersion_1_6)
        writer.setTitle(pages.document.title)
        writer.setCreator("Esk")
        writer.setResolution(_DOTS)
        writer.setPageLayout(_PAPER)
        painter = QPainter()
        if not painter.begin(writer):
            raise Fault("target_not_writable", file=path.name)
        try:
            for number in range(pages.count):
                if cancelled is not None and cancelled():
                    raise Fault("cancelled")
                if number:
                    writer.newPage()
                paint_page(painter, pages, number, _DOTS)
        finally:
            painter.end()


def paint_page(painter: QPainter, pages: Pages, number: int, dots: float) -> None:
    """One page from the corner of the paper, on a device of so many dots an inch."""
    painter.save()
    painter.scale(dots / 96, dots / 96)
    pages.paint(painter, number)
    painter.restore()
