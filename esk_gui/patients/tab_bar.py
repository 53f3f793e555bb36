"""The tabs of a patient: a word each, a tick where it is complete, a count for side effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.widgets.frames import HEADER_HEIGHT

if TYPE_CHECKING:
    from esk_gui.app import Session

TAB_HEIGHT = 36
_GAP, _GAP_COMPACT, _BADGE = 24, 18, 8


class PatientTabBar(QTabBar):
    """Painted by itself, so that tick and count stand beside the word."""

    def __init__(self, session: Session, names: tuple[str, ...]) -> None:
        super().__init__()
        self._session, self._names = session, names
        self._complete: dict[str, bool] = {}
        self._counts: dict[str, int] = {}
        self._shows_badges = True
        self.setObjectName("patient_tabs")
        self.setAccessibleName(session.wording("patients.tabs"))
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for name in names:
            self.addTab(session.wording(f"patients.tab.{name}"))

    def show_state(self, complete: dict[str, bool], counts: dict[str, int]) -> None:
        """Which tabs are complete, and the count beside some."""
        if (complete, counts) == (self._complete, self._counts):
            return
        self._complete, self._counts = complete, counts
        words = self._session.wording
        for at, name in enumerate(self._names):
            text = words(f"patients.tab.{name}").replace("&", "")
            told = words("patients.tab.complete", tab=text) if complete.get(name) else text
            if name in counts:
                told = words("patients.tab.count", tab=text, n=counts[name])
            self.setAccessibleTabName(at, told)
            self.setTabToolTip(at, told)
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """In the head's own row: as high as it, without ticks and counts."""
        if compact == self._shows_badges:
            self._shows_badges = not compact
            self.updateGeometry()
            self.update()

    def _badge(self, name: str) -> str:
        return str(self._counts[name]) if name in self._counts and self._shows_badges else ""

    def _text(self, at: int) -> str:
        return self.tabText(at).replace("&", "")

    @override
    def tabSizeHint(self, index: int) -> QSize:
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        width = QFontMetrics(bold).horizontalAdvance(self._text(index))
        if self._shows_badges:
            width += _BADGE + 12
        return QSize(width + _GAP, TAB_HEIGHT) if self._shows_badges else QSize(width + _GAP_COMPACT, HEADER_HEIGHT)

    @override
    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    @override
    def minimumSizeHint(self) -> QSize:
        sizes = [self.tabSizeHint(at) for at in range(self.count())]
        return QSize(sum(size.width() for size in sizes), sizes[0].height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._session.theme
        for at, name in enumerate(self._names):
            rect, current = self.tabRect(at), at == self.currentIndex()
            font = QFont(self.font())
            font.setWeight(QFont.Weight.DemiBold if current else QFont.Weight.Normal)
            painter.setFont(font)
            has_focus = current and self.hasFocus()
            painter.setPen(theme.color("accent" if has_focus else "ink" if current else "ink_2"))
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic)
            painter.drawText(rect, flags, self.tabText(at))
            width = painter.fontMetrics().horizontalAdvance(self._text(at))
            badge = self._badge(name)
            if badge:
                font.setWeight(QFont.Weight.Normal)
                painter.setFont(font)
                painter.setPen(theme.color("ink_2"))
                painter.drawText(rect.adjusted(width + _BADGE, 0, 12, 0), flags, badge)
            elif self._complete.get(name) and self._shows_badges:
                tick = QRect(rect.left() + width + _BADGE - 1, rect.center().y() - 5, 12, 12)
                paint_icon(painter, tick, "check", theme.color("ink_2"))
            if current:
                line = width + (_BADGE + 12 if badge or (self._complete.get(name) and self._shows_badges) else 0)
                painter.fillRect(rect.left(), rect.bottom() - 1, line, 2, theme.color("accent"))
        painter.end()
