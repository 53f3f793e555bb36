"""The backups of the open study: what there is, one made now, one brought back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.backups_model import BackupsModel, backups_table
from esk_gui.jobs import Cancelled, Progress
from esk_gui.widgets.buttons import button
from esk_gui.widgets.empty import EmptyPage
from esk_gui.widgets.frames import PAGE_PADDING, FootBar, HeaderBar, bare
from esk_gui.widgets.labels import ElidedLabel, text_label
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from esk_engine.study_file.backup import Backup

_TOPIC = "backups_list"


class BackupsPage(Page):
    """Lists them beside the window, each looked into; restoring asks for a reason and makes a copy first."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "backups")
        words = self.wording
        outer = bare(QVBoxLayout(self))
        header = HeaderBar()
        header.row.addWidget(text_label(words("backups.title"), "title"))
        header.row.addStretch(1)
        self._now = button(words("backups.now"), self.theme, self._back_up, in_header=True, name="back_up_now")
        header.row.addWidget(self._now)
        outer.addWidget(header)
        top = QVBoxLayout()
        top.setContentsMargins(PAGE_PADDING, 12, PAGE_PADDING, 8)
        top.setSpacing(4)
        top.addWidget(text_label(words("backups.text"), "body_second", wrap=True))
        self._folder = ElidedLabel("", "third", Qt.TextElideMode.ElideMiddle)
        self._folder.setObjectName("backups_folder")
        top.addWidget(self._folder)
        outer.addLayout(top)
        self.model = BackupsModel(words, self.theme)
        self.table = backups_table(self.model)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.doubleClicked.connect(self._restore)
        self._empty = EmptyPage(self.theme, "save", words("backups.reading"))
        self._body = QStackedWidget()
        self._body.addWidget(_indented(self.table))
        self._body.addWidget(self._empty)
        outer.addWidget(self._body, 1)
        foot = FootBar()
        foot.row.addStretch(1)
        self._restore_button = button(
            words("backups.restore"), self.theme, self._restore, kind="primary", name="restore"
        )
        foot.row.addWidget(self._restore_button)
        outer.addWidget(foot)
        self._show(())
        session.backups_changed.connect(self._look)

    @override
    def refresh(self) -> None:
        study = self.session.open_study
        self._now.setEnabled(not study.read_only)
        self._folder.setText(str(study.backup_folder))
        self._look()

    def _look(self) -> None:
        if not self.isVisible() and self.model.rowCount():
            self._is_stale = True
            return
        study = self.session.open_study

        def work(progress: Progress, cancelled: Cancelled) -> tuple[Backup, ...]:
            return study.backups()

        self.session.jobs.run(work, self._on_looked, self._on_unreadable, topic=_TOPIC)

    def _on_looked(self, backups: Sequence[Backup]) -> None:
        self._empty.show_text(self.wording("backups.empty"))
        self._show(backups)

    def _on_unreadable(self, error: BaseException) -> None:
        if not isinstance(error, Fault):
            self.session.show_error(error)
            return
        self._show(())
        self._empty.show_text(self.wording.fault(error))

    def _show(self, backups: Sequence[Backup]) -> None:
        chosen = self._chosen()
        self.model.show_backups(backups)
        self._body.setCurrentIndex(0 if backups else 1)
        for row, backup in enumerate(backups):
            if chosen is not None and backup.path == chosen.path:
                self.table.selectRow(row)
        self._on_selected()

    def _chosen(self) -> Backup | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.backup(rows[0].row()) if rows else None

    def _on_selected(self) -> None:
        chosen = self._chosen()
        can = chosen is not None and chosen.fault is None and not self.session.open_study.read_only
        self._restore_button.setEnabled(can)

    def _back_up(self) -> None:
        self.session.backup_requested.emit()

    def _restore(self) -> None:
        from esk_gui.dialogs.restore import ask_restore

        chosen = self._chosen()
        if chosen is not None and self._restore_button.isEnabled():
            ask_restore(self.session, self.window(), chosen)


def _indented(table: QWidget) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(PAGE_PADDING - 12, 0, PAGE_PADDING - 12, 0)
    box.addWidget(table)
    return holder
