"""Copying: a table as text, HTML and picture at once, a figure as picture and strokes; whoever pastes chooses."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView
from typing_extensions import override

from esk_engine.report.render import lines_html, lines_tsv

SVG = "image/svg+xml"
_SPREADSHEET_MOST = 20_000


def picture_mime(image: QImage, svg: bytes, *, text: str = "", html: str = "") -> QMimeData:
    """A picture as dots and as strokes, and text and HTML where there is any; Qt makes a PNG where one is asked for.

    Nothing is drawn later: Windows asks for all of it when the program ends, and then there is nobody to draw it.
    """
    mime = QMimeData()
    if text:
        mime.setText(text)
    if html:
        mime.setHtml(html)
    mime.setImageData(image)
    mime.setData(SVG, svg)
    return mime


def view_lines(view: QTableView) -> list[list[str]]:
    """A view's head and rows as texts: the chosen rows where several can be chosen, else all; no hidden column."""
    model = view.model()
    columns = [at for at in range(model.columnCount()) if not view.isColumnHidden(at)]
    role = Qt.ItemDataRole.DisplayRole
    lines = [[str(model.headerData(at, Qt.Orientation.Horizontal, role) or "") for at in columns]]
    rows = ([_text(view, row, at) for at in columns] for row in _rows(view))
    return [*lines, *(row for row in rows if any(row[1:]))]  # a row that waits for its first value is none


def _rows(view: QTableView) -> list[int]:
    several = (
        QAbstractItemView.SelectionMode.ExtendedSelection,
        QAbstractItemView.SelectionMode.ContiguousSelection,
        QAbstractItemView.SelectionMode.MultiSelection,
    )
    if view.selectionMode() in several:
        chosen = sorted({index.row() for index in view.selectionModel().selectedRows()})
        return chosen[:_SPREADSHEET_MOST]
    return list(range(min(view.model().rowCount(), _SPREADSHEET_MOST)))


def _text(view: QTableView, row: int, column: int) -> str:
    """What a cell says; where it only shows marks, what it says to a screen reader."""
    index = view.model().index(row, column)
    shown = index.data(Qt.ItemDataRole.DisplayRole)
    if shown in (None, ""):
        shown = index.data(Qt.ItemDataRole.AccessibleTextRole)
    return "" if shown is None else str(shown)


def copy_view(view: QTableView) -> None:
    """Put a view's table on the clipboard, as text for Excel and as HTML for Word."""
    copy_lines(view_lines(view))


def copy_lines(lines: Sequence[Sequence[str]], *, has_head: bool = True) -> None:
    """Put rows of texts on the clipboard; the first of them is the head, where they have one."""
    mime = QMimeData()
    mime.setText(lines_tsv(lines))
    mime.setHtml(lines_html(lines, has_head=has_head))
    QGuiApplication.clipboard().setMimeData(mime)


class CopyKey(QObject):
    """Ctrl+C in a table copies it; in one whose rows can be chosen, those that are."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                copy_view(self._view)
                return True
        return super().eventFilter(watched, event)
