"""The start page: the study that was open last, the others, and the four ways to begin."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine import __version__
from esk_engine.resources import resource_path
from esk_engine.wording import Wording
from esk_gui.app import Session
from esk_gui.icons import icon
from esk_gui.menus import Actions
from esk_gui.preferences import RecentStudy
from esk_gui.recent import Reach, reach_all
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare, ground, scrolling
from esk_gui.widgets.labels import ElidedLabel, icon_label, text_label
from esk_gui.widgets.marks import MarkLabel
from esk_gui.widgets.rows import RowButton

_BEGIN = (("new_study", "new_study"), ("open_study", "open_study"), ("import", "import"), ("open_demo", "demo"))
_SIDE_BY_SIDE_FROM, _ROOMY_FROM = 900, 1040
_BEGIN_WIDTH = 262  # the longest line of help in either language


class StartPage(QWidget):
    """What shows while no study is open."""

    open_requested = Signal(str)

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("page_start")
        ground(self, "page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._session, self._actions = session, actions
        self._words, self._theme = session.wording, session.theme
        self._reached: dict[str, Reach] = {}
        outer = bare(QVBoxLayout(self))
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(24, 60, 24, 16)
        self._column.addLayout(self._head())
        self._column.addSpacing(32)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(64)
        self._left = bare(QVBoxLayout())
        self._halves.addLayout(self._left, 600)
        self._halves.addWidget(self._begin(), 320)
        self._column.addLayout(self._halves)
        self._column.addStretch(1)
        centre = QWidget()
        row = bare(QHBoxLayout(centre))
        row.addStretch(1)
        content.setMaximumWidth(984 + 48)
        row.addWidget(content, 1000)
        row.addStretch(1)
        outer.addWidget(scrolling(centre), 1)
        outer.addWidget(self._foot())
        self._show_recent()

    def refresh(self) -> None:
        """Look anew at the recent studies, first as remembered, then as they can be reached."""
        self._show_recent()
        paths = [recent.path for recent in self._session.preferences.choices.recent]
        if paths:
            self._session.jobs.run(lambda progress, cancelled: reach_all(paths), self._on_reached, topic="recent")

    def show_opening(self, name: str) -> None:
        """Say that a study is being opened; "" takes it back."""
        self._opening.setText(self._words("start.opening", name=name) if name else "")

    def _on_reached(self, reached: dict[str, Reach]) -> None:
        if reached != self._reached:
            self._reached = reached
            self._show_recent()

    # The parts

    def _head(self) -> QHBoxLayout:
        row = bare(QHBoxLayout(), 16)
        drop = QSvgWidget(str(resource_path("icons", "esk.svg")))
        drop.setFixedSize(40, 40)
        row.addWidget(drop)
        texts = bare(QVBoxLayout(), 0)
        texts.addWidget(text_label("Esk", "product"))
        texts.addWidget(text_label(self._words("start.subtitle"), "body_second"))
        row.addLayout(texts, 1)
        self._opening = text_label("", "body_second", "opening")
        row.addWidget(self._opening)
        return row

    def _begin(self) -> QWidget:
        holder = QWidget()
        holder.setMinimumWidth(_BEGIN_WIDTH)
        column = bare(QVBoxLayout(holder))
        column.addWidget(text_label(self._words("start.begin"), "heading"))
        column.addSpacing(8)
        for name, icon_name in _BEGIN:
            action = self._actions[name]
            keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
            made = RowButton(
                self._theme,
                icon_name,
                self._words(f"start.{name}"),
                self._words(f"start.{name}.help"),
                keys,
                icon_token="accent",
                height=61,
                on_click=action.trigger,
            )
            made.setObjectName(f"start_{name}")
            made.setProperty("last", name == _BEGIN[-1][0])
            column.addWidget(made)
        column.addStretch(1)
        return holder

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(24, 8, 24, 20)
        inner = QWidget()
        inner.setMaximumWidth(984)
        line = bare(QHBoxLayout(inner), 8)
        line.addWidget(icon_label("lock", self._theme, "ink_3", 14))
        line.addWidget(text_label(self._words("start.privacy"), "third", wrap=True), 1)
        line.addWidget(text_label(self._words("start.version", version=__version__), "third"))
        row.addWidget(inner, 1)
        return foot

    def _show_recent(self) -> None:
        _empty(self._left)
        recent = self._session.preferences.choices.recent
        if not recent:
            self._left.addWidget(text_label(self._words("start.first"), "heading"))
            self._left.addSpacing(8)
            self._left.addWidget(self._first_card())
        else:
            self._left.addWidget(text_label(self._words("start.continue"), "heading"))
            self._left.addSpacing(8)
            self._left.addWidget(self._card(recent[0]))
        if recent[1:]:
            self._left.addSpacing(32)
            self._left.addWidget(text_label(self._words("start.recent"), "heading"))
            self._left.addSpacing(8)
            rows = [self._row(study) for study in recent[1:]]
            rows[-1].setProperty("last", True)
            for row in rows:
                self._left.addWidget(row)
        self._left.addStretch(1)

    def _first_card(self) -> QFrame:
        card, texts, row, _ = _card()
        texts.addWidget(text_label(self._words("start.first.title"), "verdict", wrap=True))
        texts.addWidget(text_label(self._words("start.first.text"), "body_second", wrap=True))
        action = self._actions["new_study"]
        made = button(self._words("start.new_study"), self._theme, action.trigger, kind="primary", name="start_primary")
        row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        return card

    def _card(self, study: RecentStudy) -> QFrame:
        words = self._words
        card, texts, row, foot = _card()
        reason = self._reason(study)
        texts.addWidget(ElidedLabel(self._name(study), "verdict"))
        when = opened_text(study, self._session.today(), words)
        detail = f"{study.path}, {when}" if when else study.path
        texts.addWidget(ElidedLabel(detail, "third", Qt.TextElideMode.ElideMiddle))
        below = foot if study.undetermined and not reason else texts  # three groups need the card's whole width
        below.addSpacing(8)
        below.addLayout(self._unreached(reason) if reason else self._counts(study))
        made = button(f"{words('start.open')}\u2002", self._theme, None, kind="primary", name="start_primary")
        made.setIcon(icon("arrow_right", self._theme, "on_accent"))
        made.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        made.setEnabled(not reason)
        made.clicked.connect(partial(self.open_requested.emit, study.path))
        row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        return card

    def _counts(self, study: RecentStudy) -> QHBoxLayout:
        words = self._words
        if study.is_protected:
            row = bare(QHBoxLayout(), 8)
            row.addWidget(icon_label("lock", self._theme, "ink_2", 16))
            row.addWidget(text_label(words("start.protected")), 1)
            return row
        row = bare(QHBoxLayout(), 24)
        row.addWidget(text_label(words.plural("start.patients", study.patients)))
        for group, n in (
            ("responder", study.responders),
            ("non_responder", study.non_responders),
            ("undetermined", study.undetermined),
        ):
            if n:
                row.addWidget(MarkLabel(group, words.plural(f"start.{group}", n), self._theme))
        row.addStretch(1)
        return row

    def _unreached(self, reason: str) -> QHBoxLayout:
        row = bare(QHBoxLayout(), 8)
        row.addWidget(icon_label("warning", self._theme, "warning", 16))
        row.addWidget(text_label(reason), 1)
        return row

    def _row(self, study: RecentStudy) -> RowButton:
        words, reason = self._words, self._reason(study)
        key = "start.invented" if study.synthetic else "start.patients"
        made = RowButton(
            self._theme,
            "warning" if reason else "lock" if study.is_protected else "study",
            self._name(study),
            study.path,
            reason or opened_text(study, self._session.today(), words) or words("start.protected"),
            "" if reason or study.is_protected else words.plural(key, study.patients),
            is_dim=bool(reason),
            on_click=partial(self.open_requested.emit, study.path),
        )
        made.setObjectName("recent_study")
        return made

    def _name(self, study: RecentStudy) -> str:
        return self._words("shell.synthetic_name", name=study.name) if study.synthetic else study.name

    def _reason(self, study: RecentStudy) -> str:
        found = self._reached.get(study.path, "reached")
        return "" if found == "reached" else self._words(f"start.{found}", drive=Path(study.path).drive or "/")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= _SIDE_BY_SIDE_FROM
        direction = QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._halves.setSpacing(64 if event.size().width() >= _ROOMY_FROM else 32)
        self._column.setContentsMargins(24, 60 if event.size().height() >= 640 else 24, 24, 16)


def opened_text(study: RecentStudy, today: date, words: Wording) -> str:
    """When a study was last open: the time of today, else the date; "" for one of which only the path is kept."""
    at: datetime | None = study.opened_at
    if at is None and study.is_protected:
        return ""
    if at is None:
        return words.date(None)
    return words("start.today", time=f"{at:%H:%M}") if at.date() == today else words.date(at.date())


def _card() -> tuple[QFrame, QVBoxLayout, QHBoxLayout, QVBoxLayout]:
    """The tinted card: its texts, the row that they share with a button, and its whole width below."""
    card = QFrame()
    card.setProperty("kind", "card")
    card.setProperty("tint", "accent")
    foot = QVBoxLayout(card)
    foot.setContentsMargins(24, 16, 24, 16)
    foot.setSpacing(4)
    row = bare(QHBoxLayout(), 24)
    texts = bare(QVBoxLayout(), 4)
    row.addLayout(texts, 1)
    foot.addLayout(row)
    return card, texts, row, foot


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
