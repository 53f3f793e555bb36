"""How long nobody touched keyboard or mouse in Esk: told once the time is up, at no cost to what is typed."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from typing_extensions import override

_LOOK_EVERY_MS = 2000
_INPUT = (
    QEvent.Type.MouseMove,
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TabletMove,
)


class IdleWatch(QObject):
    """Watches the windows that have the focus, each as it comes.

    A filter on the application would see every event of every widget; a window sees a key or a move of the mouse once,
    before any widget does.

    Parameters
    ----------
    minutes
        Asked at each look: after how many of them ``went_idle`` comes; None where nothing is to be locked.
    clock
        Seconds that only go on; tests bring their own.
    """

    went_idle = Signal()

    def __init__(
        self, app: QGuiApplication, minutes: Callable[[], int | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(app)
        self._minutes, self._clock = minutes, clock
        self._last = clock()
        app.focusWindowChanged.connect(self._watch)
        self._watch(app.focusWindow())
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def touched(self) -> None:
        """Begin to count anew."""
        self._last = self._clock()

    def look(self) -> None:
        """Tell it where nothing was touched for long enough."""
        minutes = self._minutes()
        if minutes is not None and self._clock() - self._last >= minutes * 60:
            self.touched()
            self.went_idle.emit()

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time does no harm
            self.touched()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._last = self._clock()
        return False
