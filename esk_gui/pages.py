"""The pages of an open study: each is imported and built when it is first shown, not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from esk_gui.widgets.frames import ground

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.widgets.page import Page


def _patients(session: Session) -> Page:
    from esk_gui.patients.page import PatientsPage

    return PatientsPage(session)


def _criteria(session: Session) -> Page:
    from esk_gui.criteria_page import CriteriaPage

    return CriteriaPage(session)


def _results(session: Session) -> Page:
    from esk_gui.results_page import ResultsPage

    return ResultsPage(session)


def _figures(session: Session) -> Page:
    from esk_gui.figures_page import FiguresPage

    return FiguresPage(session)


def _log(session: Session) -> Page:
    from esk_gui.log_page import LogPage

    return LogPage(session)


def _settings(session: Session) -> Page:
    from esk_gui.settings_page import SettingsPage

    return SettingsPage(session)


def _backups(session: Session) -> Page:
    from esk_gui.backups_page import BackupsPage

    return BackupsPage(session)


PAGES: Final[dict[str, Callable[[Session], Page]]] = {
    "patients": _patients,
    "criteria": _criteria,
    "results": _results,
    "figures": _figures,
    "log": _log,
    "settings": _settings,
    "backups": _backups,
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
        """The page that shows; "" while there is none."""
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
        focused = self.window().focusWidget()
        if focused is None or not page.isAncestorOf(focused):
            page.setFocus()
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
