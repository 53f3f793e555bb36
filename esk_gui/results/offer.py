"""The offer to compute an exact P that takes long: how long, a button, and then how far it is and a way to stop."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from esk_engine.wording import Wording
from esk_gui.results.explanation import Offer
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import text_label

_MINUTE = 60
_IN_MINUTES_FROM = 90


class OfferBlock(QWidget):
    """Shows one ``Offer``: ``wanted`` with it when it is taken up, ``cancelled`` when the computation is to stop."""

    wanted = Signal(object)
    cancelled = Signal()

    def __init__(self, offer: Offer, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.offer = offer
        self.setObjectName("results_offer")
        column = bare(QVBoxLayout(self), 4)
        column.addWidget(text_label(wording("results.exact.heading"), "heading"))
        column.addWidget(text_label(how_long(offer.seconds, wording), "second", wrap=True))
        self._compute = button(
            wording("results.exact.compute"), theme, self._on_compute, name="results_exact", in_header=True
        )
        column.addWidget(self._compute)
        self._running = QWidget()
        row = bare(QHBoxLayout(self._running), 8)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        row.addWidget(self._progress, 1)
        cancel = wording("results.cancel")
        row.addWidget(
            button(cancel, theme, self.cancelled.emit, kind="quiet", name="results_exact_cancel", in_header=True)
        )
        column.addWidget(self._running)
        self._running.hide()

    def show_running(self, is_running: bool, share: float) -> None:
        """Whether this very offer is being computed now, and how much of it is done, 0..1."""
        self._progress.setValue(round(1000 * share))
        self._compute.setVisible(not is_running)
        self._running.setVisible(is_running)

    def _on_compute(self) -> None:
        self.wanted.emit(self.offer)


def how_long(seconds: float, wording: Wording) -> str:
    """The sentence that says how long it will take, in whole seconds or minutes, never less than it may be."""
    if seconds < _IN_MINUTES_FROM:
        return wording("results.exact.seconds", n=math.ceil(seconds))
    return wording("results.exact.minutes", n=math.ceil(seconds / _MINUTE))
