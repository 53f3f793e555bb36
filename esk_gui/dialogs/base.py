"""What all dialogs share: a heading, a body, a row of buttons; closed by Escape, opened without waiting."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from esk_gui.app import Session
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, FootBar, bare, scrolling
from esk_gui.widgets.labels import text_label

_FRAME_HEIGHT = 192  # heading and foot of a dialog, and the window's own frame
_LEAST_BODY = 120


class EskDialog(QDialog):
    """A dialog in Esk's frame; ``column`` takes its body.

    Parameters
    ----------
    name
        The objectName, ``dialog_<name>``.
    width
        Of the whole dialog at 100 %, less where the window is narrower.
    """

    frame_height = _FRAME_HEIGHT  # of what stands around a scrolling body; more where fields stand below it

    def __init__(self, session: Session, parent: QWidget | None, name: str, title: str, width: int = 480) -> None:
        super().__init__(parent)
        self.session, self.wording, self.theme = session, session.wording, session.theme
        self._area: QScrollArea | None = None
        self._content: QWidget | None = None
        self.setObjectName(f"dialog_{name}")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        room = parent.window().width() - 48 if parent is not None else width
        self.setMinimumWidth(min(width, max(320, room)))
        outer = bare(QVBoxLayout(self))
        self.column = QVBoxLayout()
        self.column.setContentsMargins(PAGE_PADDING, PAGE_PADDING, PAGE_PADDING, 16)
        self.column.setSpacing(8)
        self.heading = text_label(title, "title", wrap=True)
        self.column.addWidget(self.heading)
        outer.addLayout(self.column, 1)
        self._foot = FootBar()
        self._foot.row.addStretch(1)
        outer.addWidget(self._foot)

    @override
    def open(self) -> None:
        """Show the dialog; behind the lock screen it waits until somebody is there."""
        if self.session.is_locked:
            self.session.lock_changed.connect(self._open_unlocked)
        else:
            super().open()

    def _open_unlocked(self, is_locked: bool) -> None:
        if not is_locked:
            self.session.lock_changed.disconnect(self._open_unlocked)
            super().open()

    def add_scrolling(self, content: QWidget) -> None:
        """A body that may be higher than the window: it scrolls where it is."""
        self._area, self._content = scrolling(content), content
        self._area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # ``grow`` knows its height
        content.installEventFilter(self)
        self.column.addWidget(self._area, 1)
        self.grow()

    def grow(self) -> None:
        """Give body and dialog the height that they need now, as far as the window has it."""
        if self._area is not None and self._content is not None:
            width = max(self.width(), self.minimumWidth()) - 2 * PAGE_PADDING
            needed = _height(self._content, width)
            parent = self.parentWidget()
            room = parent.window().height() - self.frame_height if parent is not None else needed
            self._area.setMinimumHeight(min(needed, max(_LEAST_BODY, room)))
            focused = self.focusWidget()
            if focused is not None and self._content.isAncestorOf(focused):
                self._area.ensureWidgetVisible(focused)
        needed = _height(self, self.width())
        if self.isVisible() and needed > self.height():
            self.resize(self.width(), needed)

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:  # a message or a field came: wrapped text has its height by then
            self.grow()
        return done

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self.grow)
        return False

    def add_text(self, text: str, role: str = "body_second") -> None:
        """A paragraph in the body."""
        self.column.addWidget(text_label(text, role, wrap=True))

    def add_button(
        self, text: str, on_click: Callable[[], object], *, kind: str = "", name: str = "", is_default: bool = False
    ) -> QPushButton:
        """A button at the foot, each new one to the right of the last."""
        made = button(text, self.theme, on_click, kind=kind, name=name)
        made.setDefault(is_default)
        self._foot.row.addWidget(made)
        return made

    def add_link(self, text: str, on_click: Callable[[], object], name: str) -> QPushButton:
        """Another way out, at the left of the foot."""
        made = button(text, self.theme, on_click, kind="link", name=name)
        self._foot.row.insertWidget(0, made)
        return made

    def add_close(self, text: str) -> QPushButton:
        """The only button of a dialog that asks nothing."""
        return self.add_button(text, self.accept, kind="primary", name="button_close", is_default=True)


def _height(widget: QWidget, width: int) -> int:
    """What a widget needs at a width, its wrapped texts counted."""
    layout = widget.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return widget.sizeHint().height()


def labelled(text: str, field: QWidget, below: QWidget | None = None) -> QVBoxLayout:
    """A field under its label, 4 px apart, and its message below it."""
    box = bare(QVBoxLayout(), 4)
    label = text_label(text, "label")
    label.setBuddy(field)
    box.addWidget(label)
    box.addWidget(field)
    if below is not None:
        box.addWidget(below)
    return box


def side_by_side(*columns: QVBoxLayout) -> QHBoxLayout:
    """Columns of equal width, 16 px apart."""
    row = bare(QHBoxLayout(), 16)
    for column in columns:
        row.addLayout(column, 1)
    return row
