"""The Methods text for an article, as it stands on the page: to select, to copy."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.report import MethodsParagraph
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import text_label

_WIDEST = 760  # a line that is longer is hard to read


class MethodsSection(QWidget):
    """Shows the paragraphs of the Methods text; ``copied`` once they are on the clipboard."""

    copied = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("results_methods")
        self._plain = ""
        head = bare(QHBoxLayout(), 10)
        head.addWidget(text_label(wording("results.chip.methods"), "table_name"))
        head.addWidget(text_label(wording("results.methods.caption")), 1)
        head.addWidget(
            button(
                wording("results.methods.copy"),
                theme,
                self.copy,
                kind="quiet",
                icon_name="copy",
                name="results_methods_copy",
                in_header=True,
            )
        )
        self._text = text_label("", name="results_methods_text", wrap=True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        by = Qt.TextInteractionFlag
        self._text.setTextInteractionFlags(by.TextSelectableByMouse | by.TextSelectableByKeyboard)
        self._text.setAccessibleName(wording("results.chip.methods.long"))
        column = bare(QVBoxLayout(self), 6)
        column.addLayout(head)
        column.addWidget(self._text)
        self.setMaximumWidth(_WIDEST)

    def show_paragraphs(self, paragraphs: Sequence[MethodsParagraph], plain: str) -> None:
        """Show the text; ``plain`` is what goes on the clipboard."""
        self._plain = plain
        self._text.setText("".join(_as_html(each) for each in paragraphs))

    @property
    def text(self) -> str:
        return self._plain

    def copy(self) -> None:
        """Put the whole text on the clipboard."""
        QGuiApplication.clipboard().setText(self._plain)
        self.copied.emit()


def _as_html(paragraph: MethodsParagraph) -> str:
    heading = f"<b>{html.escape(paragraph.heading)}</b><br>" if paragraph.heading else ""
    text = html.escape(paragraph.text).replace("\n", "<br>")
    return f'<p style="margin-top:0;margin-bottom:10px">{heading}{text}</p>'
