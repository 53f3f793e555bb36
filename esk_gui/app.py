"""The session: the open study, the words, the theme and who is at work; passed into every page's constructor."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QLibraryInfo, QObject, Qt, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from esk_engine.errors import Fault
from esk_engine.wording import Language, Wording, system_language
from esk_gui.jobs import JobRunner
from esk_gui.preferences import Preferences
from esk_gui.theme import ThemeChoice, apply_theme

if TYPE_CHECKING:
    from esk_engine.study import Person, Study

EXPORT_TOPIC = "export"
_QT_WORDS = "qt_words"
PageName = Literal["patients", "criteria", "results", "figures", "log", "settings", "backups"]


class Session(QObject):
    """What the pages share. Facts are announced by signals; wishes of a page to the window are signals too.

    Attributes
    ----------
    study
        The open study, or None on the start page.
    person
        Who is at work; None until somebody said so.
    is_locked
        Nothing of the study shows until somebody opens the lock screen.
    trouble
        Why the file of a study that is read along cannot be looked at now; None where it can.
    """

    study_opened = Signal()
    study_closed = Signal()
    study_changed = Signal(object)
    save_state_changed = Signal(object)
    language_changed = Signal()
    theme_changed = Signal()
    person_changed = Signal()
    drafts_changed = Signal()
    lock_changed = Signal(bool)
    role_changed = Signal()
    key_changed = Signal()
    backups_changed = Signal()

    patient_requested = Signal(str)
    page_requested = Signal(str)
    backup_requested = Signal()
    error_raised = Signal(object)
    told = Signal(str)
    warned = Signal(str)

    _saved_on_writer = Signal(object)

    def __init__(self, app: QApplication, preferences: Preferences) -> None:
        super().__init__()
        self._app = app
        self.preferences = preferences
        self.wording = Wording(_language(preferences.choices.language))
        self._qt_words = app.findChild(QTranslator, _QT_WORDS) or _translator_of(app)
        self._translate_qt()
        self.theme = apply_theme(app, preferences.choices.theme)
        self.jobs = JobRunner(self.error_raised.emit, self)
        self.study: Study | None = None
        self.person: Person | None = None
        self.is_locked = False
        self.trouble: Fault | None = None
        self._saved_on_writer.connect(self.save_state_changed, Qt.ConnectionType.QueuedConnection)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    def today(self) -> date:
        """The date that entries are held against."""
        return date.today()

    @property
    def open_study(self) -> Study:
        """The study of a page that only shows while one is open."""
        if self.study is None:
            raise RuntimeError("no study is open")
        return self.study

    # The study

    def adopt(self, study: Study, person: Person | None = None) -> None:
        """Make a study that was just opened or created the one that the window shows.

        Parameters
        ----------
        person
            Who said to be at work in it; None leaves it as it was.

        Raises
        ------
        Fault
            Where the study before it cannot be closed; that one stays then.
        """
        try:
            self.close_study()
        except Fault:
            study.close()
            raise
        self.study = study
        study.subscribe(self.study_changed.emit)
        study.subscribe_saved(self._saved_on_writer.emit)
        if person is not None:
            self.set_person(person)
        self.study_opened.emit()

    def close_study(self, *, discard: bool = False) -> None:
        """Close the open study, if any: what was committed is on disk, then its file is let go.

        Parameters
        ----------
        discard
            Give up what cannot be written; a person was asked.

        Raises
        ------
        Fault
            Where something cannot be written; the study stays open.
        """
        if self.study is None:
            return
        self.study.close(discard=discard)
        self.jobs.cancel_all(but=EXPORT_TOPIC)  # the export works on a copy, everything else is for pages that go
        self.study = None
        self.study_closed.emit()

    def set_person(self, person: Person) -> None:
        """Say who is at work from here on; the log names them."""
        self.person = person
        if self.study is not None:
            self.study.hand_over(person)
        self.preferences.change(initials=person.initials, role=person.role)
        self.person_changed.emit()

    def set_locked(self, is_locked: bool) -> None:
        """Let nothing of the study show, or all of it again."""
        if is_locked != self.is_locked:
            self.is_locked = is_locked
            self.lock_changed.emit(is_locked)

    # Language and theme

    def set_language(self, language: Language) -> None:
        """Switch the words at run time and keep the choice."""
        self.preferences.change(language=language)
        if language != self.wording.language:
            self.wording = Wording(language)
            self._translate_qt()
            self.language_changed.emit()

    def set_theme(self, choice: ThemeChoice) -> None:
        """Switch the theme at run time and keep the choice."""
        self.preferences.change(theme=choice)
        self._dress(choice)

    def _translate_qt(self) -> None:
        """Qt's own words (the menu of a field, a file dialog of its own) in the same language."""
        self._app.removeTranslator(self._qt_words)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_words.load(f"qtbase_{self.wording.language}", folder):
            self._app.installTranslator(self._qt_words)

    def _follow_system(self) -> None:
        if self.preferences.choices.theme == "system":
            self._dress("system")

    def _dress(self, choice: ThemeChoice) -> None:
        before = self.theme
        self.theme = apply_theme(self._app, choice)
        if self.theme.tokens != before.tokens:
            self.theme_changed.emit()

    # Wishes of the pages

    def show_patient(self, patient_id: str) -> None:
        """Ask the window for a patient's form."""
        self.patient_requested.emit(patient_id)

    def show_page(self, name: PageName) -> None:
        """Ask the window for a page."""
        self.page_requested.emit(name)

    def tell(self, text: str) -> None:
        """Tell that something succeeded, in a notice that leaves by itself."""
        self.told.emit(text)

    def warn(self, text: str) -> None:
        """Tell that something beside the work went wrong, in a notice that leaves by itself."""
        self.warned.emit(text)

    def show_error(self, error: BaseException) -> None:
        """Tell the person in a calm dialog; a Fault by its text, anything else by the log file's place."""
        self.error_raised.emit(error)


def _translator_of(app: QApplication) -> QTranslator:
    """The one translator of Qt's own words; the application's, so that a later session finds it again."""
    made = QTranslator(app)
    made.setObjectName(_QT_WORDS)
    return made


def study_folder(preferences: Preferences, fallback: Path) -> Path:
    """The folder that file dialogs start in."""
    chosen = Path(preferences.choices.folder) if preferences.choices.folder else fallback
    return chosen if chosen.is_dir() else fallback


def _language(chosen: Any) -> Language:
    if chosen == "nl" or chosen == "en":
        return chosen
    return system_language()
