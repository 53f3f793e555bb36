"""Pages on a printer: each as large as A4 where the paper is, smaller where it is not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from esk_gui.report.pages import PAGE, Pages


def page_numbers(printer: QPrinter, count: int) -> Sequence[int]:
    """The pages that a person asked for, from 0."""
    first, last = printer.fromPage(), printer.toPage()
    return range(max(first, 1) - 1, min(last or count, count))


def print_pages(pages: Pages, printer: QPrinter, numbers: Sequence[int]) -> bool:
    """Print some pages; False where the printer takes nothing."""
    if printer.pageLayout().pageSize().id() not in (QPageSize.PageSizeId.A4, QPageSize.PageSizeId.Letter):
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter()
    if not painter.begin(printer):
        return False
    try:
        paper = printer.paperRect(QPrinter.Unit.DevicePixel)
        scale = min(paper.width() / PAGE.width(), paper.height() / PAGE.height())
        for at, number in enumerate(numbers):
            if at and not printer.newPage():
                return False
            painter.save()
            painter.translate((paper.width() - scale * PAGE.width()) / 2, 0)
            painter.scale(scale, scale)
            pages.paint(painter, number)
            painter.restore()
    finally:
        painter.end()
    return True
