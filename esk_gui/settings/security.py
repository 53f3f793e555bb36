"""The passphrase on the settings page: whether there is one, set, changed, taken away."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_gui.app import Session
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import Hairline, bare
from esk_gui.widgets.labels import text_label

_SIDE_BY_SIDE_FROM = 640


class PassphraseRow(QWidget):
    """Says how the file is protected; its buttons open the dialogs."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        words, theme = session.wording, session.theme
        outer = bare(QVBoxLayout(self))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(0, 8, 0, 8)
        self._row.setSpacing(8)
        texts = bare(QVBoxLayout(), 2)
        texts.addWidget(text_label(words("security.passphrase")))
        self._state = text_label("", "third", "passphrase_state", wrap=True)
        texts.addWidget(self._state)
        self._row.addLayout(texts, 1)
        self._set = button("", theme, self._ask, name="set_passphrase")
        self._remove = button(words("security.remove"), theme, self._ask_remove, name="remove_passphrase")
        buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        buttons.setSpacing(8)
        buttons.addWidget(self._remove)
        buttons.addWidget(self._set)
        buttons.addStretch(0)
        self._row.addLayout(buttons)
        outer.addLayout(self._row)
        outer.addWidget(Hairline(in_table=True))
        session.key_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show whether there is a passphrase now."""
        study, words = self._session.study, self._session.wording
        if study is None:
            return
        protected = study.has_passphrase
        self._state.setText(words("security.protected" if protected else "security.open"))
        self._set.setText(words("security.change" if protected else "security.set"))
        self._remove.setVisible(protected)
        for made in (self._set, self._remove):
            made.setEnabled(not study.read_only)

    def _ask(self) -> None:
        self._open(take_away=False)

    def _ask_remove(self) -> None:
        self._open(take_away=True)

    def _open(self, *, take_away: bool) -> None:
        from esk_engine.study_file.tries import Tries
        from esk_gui.dialogs.passphrase import ask_passphrase

        self._tries = getattr(self, "_tries", None) or Tries()
        ask_passphrase(self._session, self.window(), self._tries, take_away=take_away)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= _SIDE_BY_SIDE_FROM
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
