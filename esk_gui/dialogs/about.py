"""What Esk is, and which keys it knows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from esk_engine import __version__
from esk_engine.fault_log import fault_log_path
from esk_engine.resources import resource_path
from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog
from esk_gui.menus import Actions
from esk_gui.widgets.frames import PAGE_PADDING, bare
from esk_gui.widgets.labels import text_label

# What a key does beyond the actions of the menus: the keys as they are written, and the text of what they do.
_PLACES = (
    ("shell.keys.form", (("Tab, Enter", "go_on"), ("Esc", "revert"), ("Ctrl+V", "paste"))),
    ("shell.keys.naranjo", (("J, Y, 1", "yes"), ("N, 2", "no"), ("O, U, 3", "unknown"), ("Backspace", "clear"))),
)


class AboutDialog(EskDialog):
    """Version, purpose, sources and what Esk is not."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        words = session.wording
        super().__init__(session, parent, "about", words("about.title"), 480)
        self.heading.hide()
        row = bare(QHBoxLayout(), 16)
        drop = QSvgWidget(str(resource_path("icons", "esk.svg")))
        drop.setFixedSize(40, 40)
        row.addWidget(drop)
        row.addWidget(text_label("Esk", "product"))
        row.addStretch(1)
        row.addWidget(text_label(words("start.version", version=__version__), "third"), 0, Qt.AlignmentFlag.AlignBottom)
        self.column.addLayout(row)
        holder = QWidget()
        texts = bare(QVBoxLayout(holder), 8)
        for text, role in (
            (words("about.purpose"), ""),
            (words("about.limits"), "body_second"),
            (words("start.privacy"), "body_second"),
            (words("about.sources"), "third"),
            (words("about.fault_log", path=str(fault_log_path())), "third"),
        ):
            texts.addWidget(text_label(text, role, wrap=True))
        texts.addStretch(1)
        holder.setMinimumHeight(holder.heightForWidth(self.minimumWidth() - 2 * PAGE_PADDING))
        self.add_scrolling(holder)
        self.add_close(words("shell.close"))


class KeyboardDialog(EskDialog):
    """Every key that does something, by where it does it."""

    def __init__(self, session: Session, parent: QWidget | None, actions: Actions) -> None:
        words = session.wording
        super().__init__(session, parent, "keyboard", words("shell.keys.title"), 640)
        holder = QWidget()
        columns = bare(QHBoxLayout(holder), 32)
        named = [
            (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text())
            for action in actions.with_keys()
        ]
        columns.addLayout(_keys([(words("shell.keys.window"), named)]), 1)
        places = [
            (words(title), [(keys, words(f"shell.keys.{name}")) for keys, name in entries])
            for title, entries in _PLACES
        ]
        columns.addLayout(_keys(places), 1)
        self.add_scrolling(holder)
        self.add_close(words("shell.close"))


def _keys(sections: list[tuple[str, list[tuple[str, str]]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    at = 0
    for title, entries in sections:
        if at:
            grid.setRowMinimumHeight(at, 8)
            at += 1
        grid.addWidget(text_label(title, "heading"), at, 0, 1, 2)
        for keys, text in entries:
            at += 1
            grid.addWidget(text_label(keys, "keycap"), at, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(text_label(text.replace("&", "").rstrip("…"), "second"), at, 1)
        at += 1
    grid.setRowStretch(at, 1)
    return grid
