"""How a study comes into the window and leaves it: opened, created, copied from the demo, imported, remembered."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from esk_engine.errors import Fault
from esk_engine.settings import Settings
from esk_gui.app import Session, study_folder
from esk_gui.folders import documents_folder
from esk_gui.opening import Opening, has_backups
from esk_gui.recent import remembered

if TYPE_CHECKING:
    from esk_engine.exchange.workbook_in import WorkbookRead
    from esk_engine.study import Key, Person, Study
    from esk_engine.study_file.tries import Tries

_GONE = "file_not_found"
_DAMAGED = ("file_damaged", "not_a_study", "file_unreadable", "key_needed", "key_wrong")
_DEMO_PERSON = "demo"


class Studies(QObject):
    """Opens and creates studies beside the window; the session adopts what came of it."""

    opening = Signal(str)
    settled = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._tries: dict[str, Tries] = {}
        self._under_way: Opening | None = None
        session.study_opened.connect(self.remember)
        session.key_changed.connect(self.remember)  # with a passphrase now: its counts go
        session.key_changed.connect(self.remember)  # with a passphrase less is kept of it

    @property
    def is_idle(self) -> bool:
        """Whether no study is on its way into the window."""
        return self._under_way is None

    # What a person asks for

    def ask_new(self) -> None:
        """Ask for what a new study starts with, and create it."""
        from esk_gui.dialogs.new_study import NewStudyDialog

        self.with_person(lambda: NewStudyDialog(self._session, self._window, self.create).open())

    def ask_open(self) -> None:
        """Ask for a file, and open it."""
        words = self._session.wording
        folder = study_folder(self._session.preferences, documents_folder())
        dialog = QFileDialog(self._window, words("shell.open.title"), str(folder), words("shell.open.filter"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    def open_file(self, path: str | Path) -> None:
        """Open a study file, after asking for its passphrase and for who is at work; a fault becomes a message."""
        path, open_now = Path(path).absolute(), self._session.study
        if open_now is not None and open_now.path == path and not open_now.read_only:
            self._session.show_page("patients")
            return
        if self._under_way is not None:  # one at a time: a second click, or a study that takes its time
            return
        opening = Opening(
            self._session,
            self._window,
            path,
            tries=self._tries_at(path),
            failed=partial(self._tell, path),
            show_backups=partial(self.show_backups_of, path),
        )
        opening.ready.connect(self._adopt)
        opening.ended.connect(self._over)
        self._under_way = opening
        self.opening.emit(path.name)
        opening.start()

    def open_demo(self) -> None:
        """Open a fresh copy of the demo study, under a name that no file has."""
        from esk_engine.exchange.demo import create_demo
        from esk_engine.study import Person
        from esk_gui.dialogs.new_study import free_path

        person = self._session.person or Person(_DEMO_PERSON)
        path = free_path(writable_folder(), f"Demo-{self._session.today():%Y-%m-%d}")
        language = self._session.wording.language
        self._run(lambda _: create_demo(path, person=person, language=language), path.name)

    def show_backups_of(self, path: Path, key: Key | None = None) -> None:
        """Offer the backups of a study that cannot be opened."""
        from esk_gui.dialogs.restore import RecoverDialog

        done = partial(self.open_file, path)
        RecoverDialog(self._session, self._window, path, self._tries_at(path), key, done).open()

    def _tries_at(self, path: Path) -> Tries:
        """How often a wrong passphrase was typed for a file since Esk was started."""
        from esk_engine.study_file.tries import Tries

        return self._tries.setdefault(os.path.normcase(path), Tries())

    def create(self, path: Path, settings: Settings, passphrase: str = "") -> None:
        """Create an empty study with the criteria of table 2; with a passphrase its recovery key shows, once."""
        from esk_engine.study import Key, Study

        key = Key.of_passphrase(passphrase) if passphrase else Key()
        self._run(lambda person: Study.create(path, person=person, settings=settings, key=key), path.name)

    def create_from(self, path: Path, read: WorkbookRead) -> None:
        """Create a study with all that a workbook holds; without a name of its own it has the workbook's."""
        from esk_engine.criteria import TABLE_2
        from esk_engine.study import Study

        settings = read.settings
        if not settings.study_name:
            settings = settings.with_value("study_name", path.stem)
        self._run(
            lambda person: Study.create(
                path,
                person=person,
                settings=settings,
                patients=read.patients,
                criteria_sets=read.criteria_sets or (TABLE_2,),
                in_use=read.criteria_set_id,
            ),
            path.name,
        )

    def with_person(self, then: Callable[[], Any]) -> None:
        """Go on once it is known who is at work."""
        if self._session.person is not None:
            then()
            return
        from esk_gui.dialogs.person import PersonDialog

        PersonDialog(self._session, self._window, then).open()

    # The recent studies

    def remember(self) -> None:
        """Put the open study, with its counts of now, at the head of the recent ones."""
        study = self._session.study
        if study is None:
            return
        self._session.preferences.change(folder=str(study.path.parent))
        self._session.preferences.remember_study(remembered(study))

    def forget(self, path: Path) -> None:
        """Take a study that is gone out of the recent ones."""
        self._session.preferences.forget_study(str(path))
        self.settled.emit()

    def _is_recent(self, path: Path) -> bool:
        return any(study.path == str(path) for study in self._session.preferences.choices.recent)

    # How it is done

    def _over(self) -> None:
        """The opening under way came to its end, whichever."""
        if self._under_way is not None:
            self._under_way.deleteLater()
        self._under_way = None
        self.settled.emit()

    def _run(self, work: Callable[[Any], Study], name: str) -> None:
        person = self._session.person
        self.opening.emit(name)

        def ready(progress: object, cancelled: object) -> Study:
            study = work(person)
            _ = study.cohort  # made here, beside the window; every page needs it at once
            return study

        def failed(error: BaseException) -> None:
            self.settled.emit()
            self._tell(None, error)

        self._session.jobs.run(ready, self._adopt_new, failed)

    def _adopt_new(self, study: Study) -> None:
        """A study that was just made; nobody has its recovery key yet."""
        self._adopt(study)
        if study.has_passphrase:
            from esk_gui.dialogs.recovery import RecoveryDialog

            RecoveryDialog(self._session, self._window, study.recovery_key).open()

    def _adopt(self, study: Study, person: Person | None = None) -> None:
        self.remember()
        self._session.adopt(study, person)
        self.settled.emit()

    def _tell(self, path: Path | None, error: BaseException, key: Key | None = None) -> None:
        from esk_gui.dialogs.messages import ErrorDialog

        choice, words = None, self._session.wording
        if isinstance(error, Fault) and path is not None:
            if error.code == _GONE and self._is_recent(path):
                choice = (words("shell.open.forget"), partial(self.forget, path))
            elif error.code in _DAMAGED and has_backups(path):
                choice = (words("shell.backups.link"), partial(self.show_backups_of, path, key))
        ErrorDialog(self._session, self._window, error, choice).open()


def writable_folder() -> Path:
    """The person's documents, or the folder of temporary files where those cannot be written."""
    documents = documents_folder()
    return documents if os.access(documents, os.W_OK) else Path(tempfile.gettempdir())
