"""What every page is: a widget on a session, told what changed while it shows, and looking anew when it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from esk_gui.widgets.frames import ground

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged
    from esk_gui.app import Session


class Page(QWidget):
    """Base of the pages. A page builds its widgets in ``__init__`` and fills them in ``refresh``.

    A switch of language or theme builds the page anew: what is to survive it goes through ``state`` and ``restore``.
    """

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self.session = session
        self.theme = session.theme
        self.wording = session.wording
        self.setObjectName(f"page_{name}")
        ground(self, "page")
        self._is_stale = True
        session.study_changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Show everything of the open study anew; called when the page is first shown and after changes it missed."""

    def on_study_changed(self, change: StudyChanged) -> None:
        """What changed while the page shows; by default all of it is shown anew."""
        self.refresh()

    def state(self) -> dict[str, Any]:
        """What a person would miss after the page was built anew: selection, tab, scroll position, drafts."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a ``state`` again; called after the first ``refresh``."""

    def drafts(self) -> list[str]:
        """What was typed and is not in the study, each named as a person would ("P07: NRS end")."""
        return []

    def ensure_fresh(self) -> None:
        """Refresh now if anything was missed while hidden."""
        if self._is_stale:
            self._is_stale = False
            self.refresh()

    def _on_changed(self, change: StudyChanged) -> None:
        if self.isVisible() and not self._is_stale:
            self.on_study_changed(change)
        else:
            self._is_stale = True

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.ensure_fresh()
        super().showEvent(event)
