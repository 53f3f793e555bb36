"""The whole window at a person's hands: what the tests of the shell drive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Person, Study
from esk_engine.wording import Language
from esk_gui.app import Session
from esk_gui.main_window import MainWindow
from esk_gui.preferences import Preferences
from esk_gui.theme import apply_font

PERSON = Person("AB", "pharmacist")
_W = TypeVar("_W", bound=QWidget)


class Desk:
    """The window on its start page, and what a person does with it."""

    def __init__(self, app: QApplication, qtbot: QtBot, folder: Path, language: Language) -> None:
        app.setStyle("Fusion")
        apply_font(app)
        self.app, self.qtbot, self.folder = app, qtbot, folder
        self.preferences = Preferences(folder / "preferences")
        self.preferences.change(language=language, theme="light")
        self.session = Session(app, self.preferences)
        self.session.person = PERSON
        self.window = MainWindow(self.session)
        self.window.showNormal()
        self.window.resize(1366, 736)
        with qtbot.waitActive(self.window):
            self.window.activateWindow()

    @property
    def study(self) -> Study:
        return self.session.open_study

    def make_demo(self, name: str = "demo.esk") -> Path:
        """A study file of the demo's thirty patients, closed again."""
        path = self.folder / name
        Study.create(path, person=PERSON, settings=demo_settings("nl"), patients=demo_patients()).close()
        return path

    def open(self, path: Path) -> None:
        """Open a study file, be who is at work as a rule, and wait for it."""
        with self.qtbot.waitSignal(self.session.study_opened, timeout=10_000):
            self.window.open_path(path)
            self.identify()
        self.come_back()

    def come_back(self) -> None:
        """Be in the window again after a dialog: a screen that is none has nothing that would see to it."""
        with self.qtbot.waitActive(self.window):
            self.window.activateWindow()

    def identify(self) -> None:
        """Go on as the person that the dialog at opening proposes."""
        self.click("button_confirm", self.dialog("dialog_opening"))

    def choose(self, name: str, code: str, within: QWidget | None = None) -> QComboBox:
        """Choose from a box as a person does: the arrow keys until the code stands there."""
        box = self.find(QComboBox, name, within)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(box.count()):
            if box.currentData() == code:
                return box
            QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentData() == code, code
        return box

    def be_new(self, initials: str, dialog: QWidget) -> None:
        """Say in a dialog to be somebody whom the study does not know yet."""
        self.choose("person_choice", "+", dialog)
        self.enter("person_initials", initials, dialog)
        self.click("button_confirm", dialog)

    def open_demo(self) -> None:
        """Open a study of the demo's patients."""
        self.open(self.make_demo())

    def act(self, name: str) -> None:
        """Choose an action of the menus."""
        action = self.window.window_actions[name]
        assert action.isEnabled(), name
        action.trigger()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key on what has the focus."""
        QTest.keyClick(self.app.focusWidget() or self.window, key, modifier)

    def dialog(self, name: str) -> QDialog:
        """The dialog that is open, by its name, once it shows."""
        found: list[QDialog] = []

        def shows() -> bool:
            found[:] = [
                widget
                for widget in self.app.topLevelWidgets()
                if isinstance(widget, QDialog) and widget.objectName() == name and widget.isVisible()
            ]
            return bool(found)

        self.qtbot.waitUntil(shows, timeout=5000)
        return found[0]

    def choose_file(self, path: Path) -> None:
        """Answer the file dialog that is open."""
        dialogs = [w for w in self.app.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
        assert dialogs, "no file dialog"
        name = dialogs[0].findChild(QLineEdit, "fileNameEdit")
        assert isinstance(name, QLineEdit)
        name.setText(str(path))
        QTest.keyClick(name, Qt.Key.Key_Return)

    def find(self, kind: type[_W], name: str, within: QWidget | None = None) -> _W:
        """A widget of the window by its name."""
        found = (within or self.window).findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    def click(self, name: str, within: QWidget | None = None) -> None:
        """Click a button by its name."""
        made = self.find(QAbstractButton, name, within)
        assert made.isEnabled(), name
        QTest.mouseClick(made, Qt.MouseButton.LeftButton)

    def enter(self, name: str, text: str, within: QWidget | None = None) -> QLineEdit:
        """Type a text into a field and leave it with Tab."""
        field = self.find(QLineEdit, name, within)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Tab)
        return field

    def texts(self, within: QWidget) -> str:
        """All texts of labels that show, a line each."""
        return "\n".join(label.text() for label in within.findChildren(QLabel) if label.isVisible())

    def page(self, name: str) -> QWidget:
        """Go to a page and hand it over."""
        self.act("settings" if name == "settings" else f"page_{name}")
        return self.find(QWidget, f"page_{name}")


@contextmanager
def desk_for(app: QApplication, qtbot: QtBot, folder: Path, language: Language = "nl") -> Iterator[Desk]:
    """A desk that is cleared away at the end; an error that the window told and no test expected fails it."""
    made = Desk(app, qtbot, folder, language)
    try:
        yield made
    finally:
        made.session.jobs.wait()
        made.session.close_study(discard=True)
        for widget in [w for w in app.topLevelWidgets() if w is made.window or w.parent() is made.window]:
            widget.close()
            widget.deleteLater()
        made.session.deleteLater()
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
