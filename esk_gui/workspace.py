"""What shows while a study is open: the rail, the banners that hold for the whole study, the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_gui.app import Session
from esk_gui.jobs import Cancelled, Progress
from esk_gui.menus import Actions
from esk_gui.pages import PageStack
from esk_gui.rail import Rail
from esk_gui.widgets.banner import Banner
from esk_gui.widgets.frames import bare

if TYPE_CHECKING:
    from esk_engine.study import LogLine, SaveState, StudyChanged

RAIL_WORDS_FROM = 1240


class Workspace(QWidget):
    """Rail, banners and pages; rail and banners are made anew for another language or theme."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session, self._actions = session, actions
        self.pages = PageStack(session)
        self._row = bare(QHBoxLayout(self))
        self._column = bare(QVBoxLayout())
        self._column.addWidget(self.pages, 1)
        self._row.addLayout(self._column, 1)
        self._dressed: tuple[QWidget, ...] = ()
        self.dress()
        session.save_state_changed.connect(self.show_save_state)
        session.role_changed.connect(self.show_role)
        session.study_changed.connect(self._on_study_changed)
        self.pages.page_shown.connect(self._check)

    def dress(self) -> None:
        """Rail and banners in the session's words and theme."""
        session, words, theme = self._session, self._session.wording, self._session.theme
        for old in self._dressed:
            old.setParent(None)
            old.deleteLater()
        rail = Rail(self._actions, words, theme)
        self._read_only = Banner(theme, "banner_read_only", "warning", "lock")
        retry = (words("shell.unsaved.retry"), self._retry)
        self._unsaved = Banner(theme, "banner_unsaved", "error", "error", retry)
        self._following = Banner(theme, "banner_following", "undetermined", "person")
        self._study_lock = Banner(theme, "banner_study_lock", "undetermined", "lock")
        banners = (self._read_only, self._following, self._study_lock, self._unsaved)
        self._dressed = (rail, *banners)
        self._rail = rail
        self._row.insertWidget(0, rail)
        for at, banner in enumerate(banners):
            self._column.insertWidget(at, banner)
        self._check(self.pages.current_name)
        self.fit(self.window().size())
        if session.study is not None:
            self.show_study()

    def show_study(self) -> None:
        """What holds for the study that is open now."""
        words, study = self._session.wording, self._session.open_study
        reason = study.read_only_reason
        if reason is not None and reason.code == "read_only_study":  # a person asked for it: nothing to explain
            reason = None
        if study.read_only:
            text = words("shell.read_only_because", reason=words.fault(reason)) if reason else words("shell.read_only")
            self._read_only.show_text(text)
        else:
            self._read_only.show_text("")
        self.show_save_state(study.save_state)
        self.show_role()
        self._look_up_lock()

    def show_role(self) -> None:
        """Say who writes in the study, while somebody else does, or that its file cannot be looked at."""
        study, words, trouble = self._session.study, self._session.wording, self._session.trouble
        if study is not None and trouble is not None:
            self._following.show_text(words("shell.not_followed", reason=words.fault(trouble)))
            return
        elsewhere = study.writer_elsewhere if study is not None and not study.read_only else None
        self._following.show_text(words("shell.following", **elsewhere.params) if elsewhere is not None else "")

    def _on_study_changed(self, change: StudyChanged) -> None:
        if change.protection:
            self._look_up_lock()

    def _look_up_lock(self) -> None:
        """Say that the whole study is locked; since when and by whom is read from its log, beside the window."""
        study = self._session.open_study
        self._study_lock.show_text(self._session.wording("shell.study_locked") if study.is_locked else "")
        if not study.is_locked:
            return

        def work(progress: Progress, cancelled: Cancelled) -> LogLine | None:
            from esk_engine.study import LogFilter

            lines = study.log(LogFilter(kind="lock", variable="study", newest=1))
            return lines[0] if lines else None

        self._session.jobs.run(work, self._show_lock, self._lock_not_read, topic="study_lock")

    def _show_lock(self, line: LogLine | None) -> None:
        study = self._session.study
        if line is not None and study is not None and study.is_locked:
            text = self._session.wording("shell.study_locked_by", when=line.when, who=line.person)
            self._study_lock.show_text(text)

    def _lock_not_read(self, error: BaseException) -> None:
        """That it is locked is told already; who did it comes with the next look."""

    def show_save_state(self, state: SaveState) -> None:
        """Say so as long as the last values are not on disk."""
        failed = state.status == "failed"
        words = self._session.wording
        reason = words.fault(state.fault) if state.fault is not None else ""
        self._unsaved.show_text(words("shell.unsaved.banner", reason=reason) if failed else "")

    def fit(self, size: QSize) -> None:
        """Icons without words on the rail, where the window is narrow."""
        self._rail.set_narrow(size.width() < RAIL_WORDS_FROM)

    def _retry(self) -> None:
        self._session.open_study.retry()

    def _check(self, name: str) -> None:
        self._rail.check(name)
