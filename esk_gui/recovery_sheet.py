"""The recovery key on paper: one page, made in memory, for whoever keeps it."""

from __future__ import annotations

from datetime import date

from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument

from esk_engine.wording import Wording

_HEAD_PT, _KEY_PT, _BODY_PT = 20, 16, 11


def recovery_sheet(file: str, key: str, words: Wording, today: date) -> QTextDocument:
    """A page with the key of one study, the name of its file and what the key is for."""
    document = QTextDocument()
    cursor = QTextCursor(document)
    _add(cursor, words("recovery_sheet.title"), _HEAD_PT, bold=True)
    _add(cursor, words("recovery_sheet.study", file=file, date=today), _BODY_PT)
    groups = key.split("-")
    for at in range(0, len(groups), 4):
        _add(cursor, "   ".join(groups[at : at + 4]), _KEY_PT, fixed=True)
    _add(cursor, words("recovery_sheet.use"), _BODY_PT)
    _add(cursor, words("recovery_sheet.keep"), _BODY_PT)
    return document


def _add(cursor: QTextCursor, text: str, size: int, *, bold: bool = False, fixed: bool = False) -> None:
    form = QTextCharFormat()
    form.setFontPointSize(size)
    form.setFontWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if fixed:
        form.setFontFixedPitch(True)
        form.setFontStyleHint(QFont.StyleHint.Monospace)
        form.setFontFamilies(["Consolas", "Menlo", "DejaVu Sans Mono", "monospace"])
    block = QTextBlockFormat()
    block.setBottomMargin(4 if fixed else 14)
    if not cursor.atStart():
        cursor.insertBlock()
    cursor.setBlockFormat(block)
    cursor.insertText(text, form)
