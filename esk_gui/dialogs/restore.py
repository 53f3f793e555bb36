"""Bringing a backup back: into the open study as one act, or in the place of a study that cannot be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.backups_model import BackupsModel, Column, backups_table
from esk_gui.dialogs.base import EskDialog, labelled
from esk_gui.dialogs.reason import ReasonDialog
from esk_gui.dialogs.waiting import Waiting
from esk_gui.jobs import Cancelled, Progress
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.secret import SecretLine

if TYPE_CHECKING:
    from esk_engine.study import Key
    from esk_engine.study_file.backup import Backup
    from esk_engine.study_file.reading import FileContent
    from esk_engine.study_file.replacing import Replaced
    from esk_engine.study_file.tries import Tries

_TOPIC = "restore"
_TABLE_HEIGHT = 200


def ask_restore(session: Session, parent: QWidget, backup: Backup) -> None:
    """Say what a restore does, ask why, and do it; the copies and the reading go on beside the window."""
    RestoreDialog(session, parent, backup).open()


class RestoreDialog(ReasonDialog):
    """First a backup of now and a look into the chosen one, beside the window; then the one act."""

    def __init__(self, session: Session, parent: QWidget, backup: Backup) -> None:
        patients = session.wording.plural("start.patients", backup.patients or 0)
        self._when = backup.when.astimezone()
        super().__init__(session, parent, "restore", None, when=self._when, patients=patients)
        self._backup = backup
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.hide()
        self.column.addWidget(self._bar)
        self.finished.connect(self._stop)

    @override
    def do(self, reason: str, pin: str) -> None:
        study, path = self.session.open_study, self._backup.path

        def work(progress: Progress, cancelled: Cancelled) -> FileContent:
            study.back_up()  # the copy of now, so that the act itself does not wait for it
            return study.read_backup(path)

        self._set_busy(True)
        self.session.jobs.run(work, partial(self._on_read, reason), self._on_failed, topic=_TOPIC)

    def _on_read(self, reason: str, content: FileContent) -> None:
        study = self.session.open_study
        before = study.version
        try:
            study.restore(content, self._backup.path, reason)
        except Fault as fault:
            self._on_failed(fault)
            return
        self._set_busy(False)
        self.accept()
        key = "backups.restored" if study.version != before else "backups.same"
        self.session.tell(self.wording(key, when=self._when))
        self.session.backups_changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        self._set_busy(False)
        if isinstance(error, Fault):
            self.refuse(error)
            return
        self.reject()
        self.session.show_error(error)

    def _set_busy(self, is_busy: bool) -> None:
        self._bar.setVisible(is_busy)
        self.confirm_button.setEnabled(not is_busy)
        self.reason.setEnabled(not is_busy)

    def _stop(self) -> None:
        self.session.jobs.cancel(_TOPIC)


class RecoverDialog(EskDialog):
    """The backups of a study that cannot be opened; the chosen one takes its place, the damaged file is kept.

    Parameters
    ----------
    key
        What the person typed where the study asked for a passphrase.
    done
        Called once the study can be opened again.
    """

    def __init__(
        self, session: Session, parent: QWidget, path: Path, tries: Tries, key: Key | None, done: Callable[[], object]
    ) -> None:
        words = session.wording
        super().__init__(session, parent, "recover", words("restore_damaged.title", file=path.name), 720)
        from esk_engine.study_file.backup import backup_folder

        self._path, self._tries, self._key, self._done = path, tries, key, done
        self._folder = backup_folder(path)
        body = QWidget()
        column = bare(QVBoxLayout(body), 8)
        column.addWidget(text_label(words("restore_damaged.text"), "body_second", wrap=True))
        self.model = BackupsModel(words, self.theme, has_study=False)
        self.table = backups_table(self.model)
        self.table.hideColumn(Column.SINCE)
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        column.addWidget(self.table, 1)
        column.addWidget(self._key_row())
        self._message = MessageLabel(self.theme, "message_recover")
        column.addWidget(self._message)
        self.add_scrolling(body)
        self.add_link(words("restore_damaged.folder"), self._choose_folder, "button_folder")
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self._confirm = self.add_button(
            words("reason.restore.confirm"), self._replace, kind="primary", name="button_confirm", is_default=True
        )
        self._waiting = Waiting(words, self._message, (self.passphrase,), self)
        self._confirm.setEnabled(False)
        self._look()

    def _key_row(self) -> QWidget:
        """Only where the backups want a passphrase."""
        self.passphrase = SecretLine("passphrase")
        holder = QWidget()
        row = bare(QHBoxLayout(holder), 8)
        row.addLayout(labelled(self.wording("shell.passphrase.either"), self.passphrase), 1)
        made = button(self.wording("restore_damaged.unlock"), self.theme, self._unlock, name="button_unlock")
        box = bare(QVBoxLayout())
        box.addStretch(1)
        box.addWidget(made)
        row.addLayout(box)
        holder.hide()
        self._keys = holder
        return holder

    # Looking

    def _look(self) -> None:
        path, folder, key = self._path, self._folder, self._key

        def work(progress: Progress, cancelled: Cancelled) -> tuple[Backup, ...]:
            from esk_engine.study_file import PUBLIC
            from esk_engine.study_file.backup import list_backups

            return list_backups(path, folder, key or PUBLIC)

        self._message.show_message(self.wording("backups.reading"), "info")
        self.session.jobs.run(work, self._on_looked, self._on_failed, topic=_TOPIC)

    def _on_looked(self, backups: Sequence[Backup]) -> None:
        self._message.show_message("" if backups else self.wording("backups.empty"), "info")
        self.model.show_backups(backups)
        self._keys.setVisible(any(b.fault is not None and b.fault.code == "key_wrong" for b in backups))
        best = next((row for row, backup in enumerate(backups) if backup.fault is None), None)
        if best is not None:
            self.table.selectRow(best)
        self._on_selected()

    def _unlock(self) -> None:
        """Try what was typed on the newest backup."""
        backup, text, tries = self.model.backup(0), self.passphrase.text(), self._tries
        if backup is None or not text or self._waiting.is_on:
            return

        def work(progress: Progress, cancelled: Cancelled) -> Key:
            from esk_engine.study_file.keys import unlock

            return unlock(backup.path, text, tries)

        self._message.show_message(self.wording("shell.passphrase.trying"), "info")
        self.session.jobs.run(work, self._on_unlocked, self._on_failed, topic=_TOPIC)

    def _on_unlocked(self, key: Key) -> None:
        self._key = key
        self._look()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.wording("restore_damaged.folder"), str(self._folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder = Path(folder)
        self._look()

    # Replacing

    def _chosen(self) -> Backup | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.backup(rows[0].row()) if rows else None

    def _on_selected(self) -> None:
        chosen = self._chosen()
        self._confirm.setEnabled(chosen is not None and chosen.fault is None)

    def _replace(self) -> None:
        chosen, path, key = self._chosen(), self._path, self._key
        if chosen is None:
            return
        choices, at_work = self.session.preferences.choices, self.session.person

        def work(progress: Progress, cancelled: Cancelled) -> Replaced:
            from esk_engine.study import Person
            from esk_engine.study.backed import replace_damaged
            from esk_engine.study_file import PUBLIC

            person = at_work or Person(choices.initials or "?")
            return replace_damaged(path, chosen.path, person=person, key=key or PUBLIC)

        self._confirm.setEnabled(False)
        self.session.jobs.run(work, self._on_replaced, self._on_failed, topic=_TOPIC)

    def _on_replaced(self, replaced: Replaced) -> None:
        self.accept()
        if replaced.aside is not None:
            self.session.tell(self.wording("restore_damaged.kept", file=replaced.aside.name))
        self._done()

    def _on_failed(self, error: BaseException) -> None:
        self._on_selected()
        if not isinstance(error, Fault):
            self.reject()
            self.session.show_error(error)
            return
        self._message.show_message(self.wording.fault(error))
        self._waiting.begin(self._tries.wait_seconds() if error.code in ("key_wrong", "key_wait") else 0.0)
