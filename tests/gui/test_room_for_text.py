"""Every page in both languages at the sizes that a ward PC's window has: no text is cut off by its neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from esk_engine.wording import Language
from esk_gui.theme import apply_font
from esk_gui.widgets.labels import ElidedLabel
from tests.gui.screenshots import EVERY_PAGE, Studio

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SIZES = {"100 %": (1366, 768), "125 %": (1092, 614), "200 %": (683, 384)}
_LANGUAGES: tuple[Language, ...] = ("nl", "en")
_FREE = ("study_name", "clinic_name", "remarks")  # a person's own words may be longer than their field
_ARROW, _INSIDE = 30, 22
_OTHER_FONTS = 1.04  # the same words are that much wider in some systems' fonts


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_that_no_text_is_cut_off(qapp: QApplication, tmp_path: Path, size: tuple[int, int]) -> None:
    qapp.setStyle("Fusion")
    apply_font(qapp)
    studio = Studio(qapp, tmp_path, size)
    found: list[str] = []
    try:
        for language in _LANGUAGES:
            studio.dress(language, "light")
            found += [f"start, {language}: {cut}" for cut in _cut_off(studio)]
        studio.open_demo()
        for language in _LANGUAGES:
            studio.dress(language, "light")
            for page in EVERY_PAGE[1:]:
                studio.show_page(page)
                found += [f"{page}, {language}: {cut}" for cut in _cut_off(studio)]
    finally:
        studio.close()
    assert not found, "\n".join(found)


def _cut_off(studio: Studio) -> Iterator[str]:
    for widget in studio.window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            needed, given, text = _room(widget)
            if needed > given * _OTHER_FONTS:
                yield f"{widget.objectName() or type(widget).__name__} {text!r} needs {needed} of {given} px"


def _room(widget: QWidget) -> tuple[int, int, str]:
    """The room that a widget's text needs, the room that it has, and the text."""
    metrics = widget.fontMetrics()
    if isinstance(widget, ElidedLabel):  # says it whole in its tooltip
        return 0, 0, ""
    if isinstance(widget, QLabel):
        words = widget.text().replace("&", "")
        if widget.wordWrap() and widget.text():
            return widget.heightForWidth(widget.width()), widget.height(), widget.text()
        is_plain = "</" not in widget.text()
        return metrics.horizontalAdvance(words) if is_plain else 0, widget.width(), words
    if isinstance(widget, QPushButton):
        icon = widget.iconSize().width() if not widget.icon().isNull() else 0
        words = widget.text().replace("&", "")
        return metrics.horizontalAdvance(words) + icon if words else 0, widget.width(), words
    if widget.objectName() == "qt_menubar_ext_button":
        return widget.width(), 0, "a menu that found no room"
    if isinstance(widget, QAbstractButton):
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
            return 0, 0, ""
        words = widget.text().replace("&", "")
        return metrics.horizontalAdvance(words), widget.width(), words
    if isinstance(widget, QComboBox):
        return metrics.horizontalAdvance(widget.currentText()) + _ARROW, widget.width(), widget.currentText()
    if isinstance(widget, QLineEdit) and widget.objectName() not in _FREE:
        text, margins = widget.text() or widget.placeholderText(), widget.textMargins()
        return metrics.horizontalAdvance(text) + margins.left() + margins.right() + _INSIDE, widget.width(), text
    return 0, 0, ""
