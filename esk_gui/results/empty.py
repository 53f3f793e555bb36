"""What a page of results says while there is nothing to compare: what to do first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_gui.app import Session
from esk_gui.widgets.buttons import button
from esk_gui.widgets.labels import icon_label, text_label

_TEXT_WIDTH = 420


class EmptyState(QWidget):
    """An icon, a title, a sentence, and the way to the patients.

    Parameters
    ----------
    family
        "results" or "figures": whose texts ``<family>.empty.title`` and ``.no_patients`` it shows.
    """

    def __init__(self, session: Session, family: str) -> None:
        super().__init__()
        self.setObjectName(f"{family}_empty")
        self._session, self._family = session, family
        wording, theme = session.wording, session.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(icon_label(family, theme, "disabled", 48), 0, centre)
        column.addWidget(text_label(wording(f"{family}.empty.title"), "title"), 0, centre)
        self._text = text_label("", "body_second", wrap=True)
        self._text.setAlignment(centre)
        self._text.setFixedWidth(_TEXT_WIDTH)
        column.addWidget(self._text, 0, centre)
        column.addSpacing(8)
        way = button(wording("results.empty.to_patients"), theme, self._to_patients, kind="primary")
        column.addWidget(way, 0, centre)
        column.addStretch(3)
        self.say("no_patients")

    def say(self, why: str) -> None:
        """Show the text ``<family>.empty.<why>``."""
        self._text.setText(self._session.wording(f"{self._family}.empty.{why}"))
        self._text.setMinimumHeight(self._text.heightForWidth(_TEXT_WIDTH))

    def text(self) -> str:
        return self._text.text()

    def _to_patients(self) -> None:
        self._session.show_page("patients")
