"""The window: menus above; below them the start page, or the open study's workspace."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget
from typing_extensions import override

from esk_engine.errors import Fault
from esk_engine.fault_log import fault_log_path, record
from esk_gui.app import PageName, Session
from esk_gui.backing import Backing
from esk_gui.exporting import Exports
from esk_gui.following import Following
from esk_gui.icons import app_icon
from esk_gui.leaving import Leaving, leave_field
from esk_gui.locking import Locking
from esk_gui.menus import FLAT_FORMS, RAIL_PAGES, SHORTCUT_FORMAT, Actions, MenuRow
from esk_gui.pages import PageStack
from esk_gui.start_page import StartPage
from esk_gui.studies import Studies
from esk_gui.theme import ThemeChoice
from esk_gui.widgets.notice import Notice
from esk_gui.widgets.page import Page
from esk_gui.workspace import Workspace

if TYPE_CHECKING:
    from esk_engine.study import ActName

Handler = Callable[[], object]


class MainWindow(QMainWindow):
    """Everything around the pages."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._error_dialog: QWidget | None = None
        self._kept_back: list[Handler] = []
        self.setObjectName("main_window")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(640, 360)
        self.studies = Studies(session, self)
        self.exporting = Exports(session, self)
        self.backing = Backing(session, self)
        self.leaving = Leaving(session, self, self._pages, self.studies, self.backing)
        self.window_actions = Actions(self, self._handlers())
        self.window_actions.dress(session.wording, session.theme)
        self.following = Following(session)
        self.locking = Locking(session, self, cast(QApplication, QApplication.instance()))
        self.workspace = Workspace(session, self.window_actions)
        self._frame = QStackedWidget()
        self._frame.addWidget(self.workspace)
        self.setCentralWidget(self._frame)
        self._dress()
        self._take_place()
        self._listen()
        self._show_study()

    def open_path(self, path: Path) -> None:
        """Open the study of a file, as the start page or the command line asks."""
        self.leaving.before(partial(self.studies.open_file, path))

    def open_demo(self) -> None:
        """Open a fresh copy of the demo study."""
        self.leaving.before(self.studies.open_demo)

    # Making

    def _handlers(self) -> dict[str, Handler]:
        pages = {f"page_{name}": partial(self.session.show_page, cast(PageName, name)) for name in RAIL_PAGES}
        themes: tuple[ThemeChoice, ...] = ("light", "dark", "system")
        return {
            **pages,
            "settings": partial(self.session.show_page, "settings"),
            "new_study": partial(self.leaving.before, self.studies.ask_new),
            "open_study": partial(self.leaving.before, self.studies.ask_open),
            "open_demo": self.open_demo,
            "import": self._import,
            "export_excel": partial(self._export, "excel"),
            **{f"export_{name}": partial(self._export, name) for name in FLAT_FORMS},
            "template": partial(self.exporting.ask, "template"),
            "report": self._report,
            "print": partial(self._report, of_patient=True),
            "close_study": partial(self.leaving.before, self.leaving.close_study),
            "quit": self.close,
            "backups": partial(self.session.show_page, "backups"),
            "lock_study": partial(self._ask_study_lock, True),
            "unlock_study": partial(self._ask_study_lock, False),
            "lock_now": self._lock_now,
            "undo": self._undo,
            "redo": self._redo,
            "person": self._ask_person,
            "language_nl": partial(self.session.set_language, "nl"),
            "language_en": partial(self.session.set_language, "en"),
            **{f"theme_{name}": partial(self.session.set_theme, name) for name in themes},
            "keyboard": self._show_keys,
            "fault_log": self._open_fault_log,
            "about": self._show_about,
        }

    def _listen(self) -> None:
        session = self.session
        session.study_opened.connect(self._show_study)
        session.study_closed.connect(self._show_study)
        session.study_changed.connect(self._on_study_changed)
        session.language_changed.connect(self._rebuild)
        session.theme_changed.connect(self._rebuild)
        session.person_changed.connect(self._show_person)
        session.error_raised.connect(self.show_error)
        session.told.connect(self._tell)
        session.warned.connect(self._warn)
        session.page_requested.connect(self._show_page)
        session.patient_requested.connect(self._show_patient)
        self.locking.changed.connect(self._on_lock_changed)
        self.workspace.pages.page_shown.connect(self._on_page_shown)
        self.studies.opening.connect(self._on_opening)
        self.studies.settled.connect(self._on_settled)

    def _pages(self) -> PageStack:
        return self.workspace.pages

    def _dress(self) -> None:
        """Menus and start page in the session's words and theme."""
        words, theme = self.session.wording, self.session.theme
        self.window_actions.dress(words, theme)
        self.window_actions.check(f"language_{words.language}")
        self.window_actions.check(f"theme_{self.session.preferences.choices.theme}")
        self._menu_row = MenuRow(self.window_actions, words, theme)
        self.setMenuWidget(self._menu_row)
        self.start_page = StartPage(self.session, self.window_actions)
        self.start_page.open_requested.connect(self._open_recent)
        self._frame.addWidget(self.start_page)
        self.locking.rebuild()
        self._show_person()

    def _rebuild(self) -> None:
        old = self.start_page
        self._dress()
        self._frame.removeWidget(old)
        old.setParent(None)
        old.deleteLater()
        self.workspace.dress()
        self.workspace.pages.rebuild()
        self._show_title()
        self._show_frame()

    # Showing

    def _show_study(self) -> None:
        """The workspace of the study that was opened, or the start page after it was closed."""
        study = self.session.study
        self._enable_actions()
        self._show_title()
        self.workspace.pages.forget()
        if study is not None:
            self.workspace.show_study()
            self.workspace.pages.show_page("patients")
        self._show_frame()
        self._show_history()

    def _enable_actions(self) -> None:
        study = self.session.study
        self.window_actions.enable(has_study=study is not None, may_write=study is not None and not study.read_only)
        self.window_actions.show_study_lock(study is not None and study.is_locked)

    def _show_frame(self) -> None:
        study = self.session.study
        has_study = study is not None
        screen = self.locking.screen
        for old in self._frame.findChildren(QWidget, "lock_screen"):
            if old is not screen:
                self._frame.removeWidget(old)
                old.setParent(None)
                old.deleteLater()
        self._menu_row.setVisible(screen is None)
        if screen is not None:
            self.window_actions.lock()
            self._frame.addWidget(screen)
            self._frame.setCurrentWidget(screen)
            return
        self._menu_row.show_study(has_study, is_synthetic=study is not None and study.settings.synthetic)
        self._frame.setCurrentWidget(self.workspace if has_study else self.start_page)
        if not has_study:
            self.start_page.refresh()
            self.start_page.setFocus()
        self._show_history()

    def _show_title(self) -> None:
        study, words = self.session.study, self.session.wording
        if study is None or self.session.is_locked:
            self.setWindowTitle(words("shell.locked.window") if self.session.is_locked else "Esk")
            return
        name = study.path.name
        if study.settings.synthetic:
            name = words("shell.synthetic_name", name=name)
        self.setWindowTitle(f"{name} – Esk")

    def _show_person(self) -> None:
        person = self.session.person
        action = self.window_actions["person"]
        action.setIconText(person.initials if person else self.session.wording("shell.person.nobody"))

    def _show_history(self) -> None:
        """Undo and redo name the act that they would take back or make again."""
        if self.session.is_locked:
            return
        study = self.session.study
        self._name_history("undo", study.undo_name if study is not None and study.can_undo else None)
        self._name_history("redo", study.redo_name if study is not None and study.can_redo else None)

    def _name_history(self, name: str, act: ActName | None) -> None:
        action, words = self.window_actions[name], self.session.wording
        text = (
            words(f"action.{name}_act", act=words(f"act.{act.name}", **act.params)) if act else words(f"action.{name}")
        )
        action.setText(text)
        action.setIconText(words(f"action.{name}").replace("&", ""))
        action.setToolTip(f"{text.replace('&', '')} ({action.shortcut().toString(SHORTCUT_FORMAT)})")
        action.setEnabled(act is not None)

    def _on_study_changed(self, change: object) -> None:
        if self.session.is_locked:  # what is shown is caught up with when it shows again
            return
        self._show_history()
        self._show_title()
        self._menu_row.show_study(True, is_synthetic=self.session.open_study.settings.synthetic)
        self.window_actions.show_study_lock(self.session.open_study.is_locked)

    def _show_page(self, name: str) -> Page | None:
        if self.session.study is None or self.session.is_locked:
            return None
        self.leave_field()
        return self.workspace.pages.show_page(name)

    def _on_page_shown(self, name: str) -> None:
        self.window_actions.check(f"page_{name}" if name in RAIL_PAGES else name)

    def _show_patient(self, patient_id: str) -> None:
        from esk_gui.patients.page import PatientsPage

        page = self._show_page("patients")
        if isinstance(page, PatientsPage):
            page.show_patient(patient_id)

    def _on_opening(self, name: str) -> None:
        self.start_page.show_opening(name)

    def _on_settled(self) -> None:
        self.start_page.show_opening("")
        if self.session.study is None:
            self.start_page.refresh()

    def _on_lock_changed(self) -> None:
        """The lock screen, or the study again with what was kept back meanwhile."""
        self._enable_actions()
        self._show_title()
        self._show_frame()
        if not self.session.is_locked:
            kept, self._kept_back = self._kept_back, []
            for tell in kept:
                tell()

    def _tell(self, text: str, icon_name: str = "check") -> None:
        if self.session.is_locked:
            self._kept_back.append(partial(self._tell, text, icon_name))
            return
        close = self.session.wording("shell.close")
        notice = Notice(self, self.session.theme, text, icon_name=icon_name, close_text=close)
        notice.place()
        notice.show()

    def _warn(self, text: str) -> None:
        self._tell(text, "warning")

    def show_error(self, error: BaseException) -> None:
        """Tell what went wrong, one dialog at a time; a defect goes into the fault log first."""
        if not isinstance(error, Fault):
            record(error)
        self._show_error(error)

    def _show_error(self, error: BaseException) -> None:
        if self.session.is_locked:
            self._kept_back.append(partial(self._show_error, error))
            return
        if self._error_dialog is not None:
            return
        from esk_gui.dialogs.messages import ErrorDialog

        dialog = ErrorDialog(self.session, self, error)
        dialog.finished.connect(self._error_told)
        self._error_dialog = dialog
        dialog.open()

    def _error_told(self) -> None:
        self._error_dialog = None

    # Doing

    def leave_field(self) -> None:
        """Let the field that has the focus give up its text, as leaving it would, and keep the focus."""
        leave_field(self)

    def _open_recent(self, path: str) -> None:
        self.open_path(Path(path))

    def _undo(self) -> None:
        self.leave_field()
        self._go_through_history(self.session.open_study.undo)

    def _redo(self) -> None:
        self.leave_field()
        self._go_through_history(self.session.open_study.redo)

    def _go_through_history(self, step: Handler) -> None:
        """Take a step back or forth; others may have changed since what it would take back."""
        try:
            step()
        except Fault as fault:
            self.session.show_error(fault)

    def _import(self) -> None:
        from esk_gui.dialogs.import_dialog import ask_import

        self.leave_field()
        self.studies.with_person(partial(ask_import, self.session, self.studies, self))

    def _export(self, name: str) -> None:
        self.leave_field()
        self.exporting.ask(name)

    def _report(self, *_: object, of_patient: bool = False) -> None:
        """The report of the study; where a patient shows and ``of_patient``, that patient's page first."""
        from esk_gui.patients.page import PatientsPage
        from esk_gui.report.dialog import ReportDialog

        self.leave_field()
        page = self._pages().currentWidget()
        patient_id = page.patient_id if of_patient and isinstance(page, PatientsPage) else None
        ReportDialog(self.session, self, patient_id).open()

    def _ask_person(self) -> None:
        from esk_gui.dialogs.person import PersonDialog

        PersonDialog(self.session, self).open()

    def _lock_now(self) -> None:
        self.leave_field()
        self.locking.lock()

    def _ask_study_lock(self, lock: bool) -> None:
        from esk_gui.dialogs.study_lock import ask_study_lock

        self.leave_field()
        ask_study_lock(self.session, self, lock)

    def _show_keys(self) -> None:
        from esk_gui.dialogs.about import KeyboardDialog

        KeyboardDialog(self.session, self, self.window_actions).open()

    def _show_about(self) -> None:
        from esk_gui.dialogs.about import AboutDialog

        AboutDialog(self.session, self).open()

    def _open_fault_log(self) -> None:
        folder = fault_log_path().parent
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    # Leaving

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.leaving.may_close():
            if self.locking.screen is not None:
                self.locking.screen.tell(self.session.wording("shell.locked.stays"))
            event.ignore()
            return
        geometry = base64.b64encode(self.saveGeometry().data()).decode("ascii")
        self.session.preferences.change(geometry=geometry)
        if self.leaving.close_for_good():
            event.accept()
        else:  # what is on its way to the disk does not arrive: it is asked first
            event.ignore()

    def _take_place(self) -> None:
        """The place on the screen that the window had, else the middle; all of it where the screen is small."""
        self.resize(1366, 768)
        kept = self.session.preferences.choices.geometry
        if kept and self.restoreGeometry(QByteArray(base64.b64decode(kept, validate=False))):
            return
        room = self.screen().availableGeometry()
        if room.width() <= 1366 or room.height() <= 768:
            self.showMaximized()
        else:
            self.move(room.center() - self.rect().center())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.workspace.fit(event.size())
