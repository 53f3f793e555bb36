"""The pages of an open study: each is imported and built when it is first shown, not before."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget
from typing_extensions import override

from esk_gui.widgets.frames import ground
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from esk_gui.app import Session

PageMaker = Callable[["Session"], Page]


def _made_by(module: str, name: str) -> PageMaker:
    def make(session: Session) -> Page:
        try:
            return getattr(importlib.import_module(module), name)(session)
        except ModuleNotFoundError:
            return Page(session, module.rpartition(".")[2])

    return make


PAGES: Final[dict[str, PageMaker]] = {
    "patients": _made_by("esk_gui.patients.page", "PatientsPage"),
    "criteria": _made_by("esk_gui.criteria_page", "CriteriaPage"),
    "results": _made_by("esk_gui.results_page", "ResultsPage"),
    "figures": _made_by("esk_gui.figures_page", "FiguresPage"),
    "log": _made_by("esk_gui.log_page", "LogPage"),
    "settings": _made_by("esk_gui.settings_page", "SettingsPage"),
}


class PageStack(QStackedWidget):
    """The built pages of the open study, and what they looked like before they were built anew."""

    page_shown = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        ground(self, "page")
        self._session = session
        self._built: dict[str, Page] = {}
        self._kept: dict[str, dict[str, Any]] = {}
        self._current = ""

    @property
    def current_name(self) -> str:
        return self._current

    def show_page(self, name: str) -> Page:
        """Bring a page to the front, building it where this is its first time."""
        page = self._built.get(name)
        if page is None:
            page = PAGES[name](self._session)
            self._built[name] = page
            self.addWidget(page)
        page.ensure_fresh()
        if name in self._kept:
            page.restore(self._kept.pop(name))
        self._current = name
        self.setCurrentWidget(page)
        self.page_shown.emit(name)
        return page

    def rebuild(self) -> None:
        """Build everything anew in the session's words and theme, as it stood."""
        self._kept |= {name: page.state() for name, page in self._built.items()}
        current = self._current
        self._drop()
        if current:
            self.show_page(current)

    def forget(self) -> None:
        """Drop every page: the study was closed."""
        self._kept.clear()
        self._current = ""
        self._drop()

    def drafts(self) -> list[str]:
        """What was typed on any page and is not in the study."""
        return [draft for page in self._built.values() for draft in page.drafts()]

    def _drop(self) -> None:
        for page in self._built.values():
            self.removeWidget(page)
            page.setParent(None)
            page.deleteLater()
        self._built.clear()
