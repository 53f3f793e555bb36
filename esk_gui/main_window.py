"""The window: menus above, the rail at the left, the start page or the pages of the open study."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_gui.app import Session
from esk_gui.icons import app_icon
from esk_gui.menus import RAIL_PAGES, Actions, MenuRow
from esk_gui.pages import PageStack
from esk_gui.rail import Rail
from esk_gui.widgets.frames import bare

RAIL_WORDS_FROM = 1240


class MainWindow(QMainWindow):
    """Everything around the pages."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setWindowIcon(app_icon())
        self.setMinimumSize(640, 360)
        self.resize(1366, 768)
        self.actions_ = Actions(self, {spec: self._noop for spec in _names()} | self._handlers())
        self.pages = PageStack(session)
        self._frame = QStackedWidget()
        self._start = QWidget()
        self._workspace = QWidget()
        self._body = bare(QHBoxLayout(self._workspace))
        right = bare(QVBoxLayout())
        right.addWidget(self.pages, 1)
        self._body.addLayout(right, 1)
        self._rail: Rail | None = None
        self._frame.addWidget(self._start)
        self._frame.addWidget(self._workspace)
        self.setCentralWidget(self._frame)
        self.pages.page_shown.connect(self._on_page_shown)
        session.study_opened.connect(self._on_study_opened)
        session.study_closed.connect(self._on_study_closed)
        session.language_changed.connect(self._rebuild)
        session.theme_changed.connect(self._rebuild)
        session.page_requested.connect(self.pages.show_page)
        session.patient_requested.connect(self._show_patient)
        self._dress()

    def _noop(self) -> None:
        return

    def _handlers(self):
        def shower(name):
            def show() -> None:
                self.pages.show_page(name)

            return show

        return {f"page_{n}": shower(n) for n in RAIL_PAGES} | {
            "settings": shower("settings"),
            "undo": self._undo,
            "redo": self._redo,
            "language_nl": lambda: self.session.set_language("nl"),
            "language_en": lambda: self.session.set_language("en"),
            "theme_light": lambda: self.session.set_theme("light"),
            "theme_dark": lambda: self.session.set_theme("dark"),
            "theme_system": lambda: self.session.set_theme("system"),
        }

    def _undo(self) -> None:
        self.session.open_study.undo()

    def _redo(self) -> None:
        self.session.open_study.redo()

    def _show_patient(self, patient_id: str) -> None:
        page = self.pages.show_page("patients")
        page.show_patient(patient_id)  # type: ignore[attr-defined]

    def _dress(self) -> None:
        words, theme = self.session.wording, self.session.theme
        self.actions_.dress(words, theme)
        self._menu_row = MenuRow(self.actions_, words, theme)
        self.setMenuWidget(self._menu_row)
        if self._rail is not None:
            self._rail.deleteLater()
        self._rail = Rail(self.actions_, words, theme)
        self._body.insertWidget(0, self._rail)
        self._fit()

    def _rebuild(self) -> None:
        self._dress()
        self.pages.rebuild()

    def _on_study_opened(self) -> None:
        self._frame.setCurrentWidget(self._workspace)
        self.pages.show_page("patients")

    def _on_study_closed(self) -> None:
        self.pages.forget()
        self._frame.setCurrentWidget(self._start)

    def _on_page_shown(self, name: str) -> None:
        if self._rail is not None:
            self._rail.check(name)

    def _fit(self) -> None:
        if self._rail is not None:
            self._rail.set_narrow(self.width() < RAIL_WORDS_FROM)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _names():
    from esk_gui.menus import ACTIONS

    return [spec.name for spec in ACTIONS]
