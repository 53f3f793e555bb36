"""Every page in both languages at the sizes that a ward PC's window has: no text is cut off by its neighbour."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from esk_engine.errors import Fault
from esk_engine.study_file.tries import Tries
from esk_engine.wording import Language
from esk_gui.dialogs.new_study import NewStudyDialog
from esk_gui.dialogs.opening import OpeningDialog
from esk_gui.dialogs.passphrase import PassphraseDialog
from esk_gui.dialogs.person import PersonDialog
from esk_gui.dialogs.pin import PinDialog
from esk_gui.dialogs.reason import ReasonDialog
from esk_gui.dialogs.recovery import RecoveryDialog
from esk_gui.dialogs.restore import RecoverDialog
from esk_gui.importing.wizard import STEPS, ImportWizard
from esk_gui.theme import apply_font
from esk_gui.widgets.labels import ElidedLabel
from tests.engine.exchange.workbooks import write_book
from tests.gui.screenshots import EVERY_PAGE, Studio

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SIZES = {"100 %": (1366, 768), "125 %": (1092, 614), "200 %": (683, 384)}
_LANGUAGES: tuple[Language, ...] = ("nl", "en")
_FREE = ("study_name", "clinic_name", "remarks")  # a person's own words may be longer than their field
_ARROW, _INSIDE = 30, 22
_OTHER_FONTS = 1.04  # the same words are that much wider in some systems' fonts


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_that_no_text_is_cut_off(qapp: QApplication, tmp_path: Path, size: tuple[int, int]) -> None:
    qapp.setStyle("Fusion")
    apply_font(qapp)
    studio = Studio(qapp, tmp_path, size)
    found: list[str] = []
    try:
        for language in _LANGUAGES:
            studio.dress(language, "light")
            found += [f"start, {language}: {cut}" for cut in _cut_off(studio)]
        studio.open_demo()
        for language in _LANGUAGES:
            studio.dress(language, "light")
            for page in EVERY_PAGE[1:]:
                studio.show_page(page)
                found += [f"{page}, {language}: {cut}" for cut in _cut_off(studio)]
    finally:
        studio.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_that_dialogs_and_the_lock_screen_keep_all_their_text_and_fit_the_window(
    qapp: QApplication, tmp_path: Path, size: tuple[int, int]
) -> None:
    qapp.setStyle("Fusion")
    apply_font(qapp)
    studio = Studio(qapp, tmp_path, size)
    studio.open_demo()
    found: list[str] = []
    try:
        for language in _LANGUAGES:
            studio.dress(language, "light")
            for name, opened in _dialogs(studio).items():
                dialog = opened()
                studio.settle()
                found += [f"{name}, {language}: {cut}" for cut in _cut_off(studio)]
                if dialog is not None:
                    if dialog.height() > size[1] or dialog.width() > size[0]:
                        found.append(f"{name}, {language}: {dialog.width()} x {dialog.height()}")
                    dialog.hide()
                    dialog.deleteLater()
                elif studio.window.locking.screen is not None:
                    studio.window.locking.screen.unlocked.emit(None)
    finally:
        studio.close()
    assert not found, "\n".join(found)


_LIST = "Studienr.;Tijd afname (min);S-ketamine [nmol/L];Geslacht\np01;480;1.234;v\nP77;480;n.b.;x\n"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_that_every_step_of_the_import_keeps_its_text_and_fits_the_window(
    qapp: QApplication, tmp_path: Path, size: tuple[int, int]
) -> None:
    qapp.setStyle("Fusion")
    apply_font(qapp)
    path, book = tmp_path / "lab mei.csv", tmp_path / "oude lijst.xlsx"
    path.write_text(_LIST, encoding="utf-8")
    write_book(book, {"Lijst": [["id", "lft"], ["Q1", 57]], "Lab": [["id", "leeftijd"], ["Q1", 157]]})
    studio = Studio(qapp, tmp_path, size)
    studio.open_demo()
    found: list[str] = []
    try:
        for language, chosen in itertools.product(_LANGUAGES, (None, path, book)):
            studio.dress(language, "light")
            wizard = ImportWizard(studio.session, studio.window.studies, studio.window, chosen)
            wizard.open()
            studio.settle()
            for step in STEPS:
                wizard.go_to(step)
                studio.settle()
                found += [f"{step}, {language}: {cut}" for cut in _cut_off(studio)]
                if wizard.height() > size[1] or wizard.width() > size[0]:
                    found.append(f"{step}, {language}: {wizard.width()} x {wizard.height()}")
            wizard.reject()
    finally:
        studio.close()
    assert not found, "\n".join(found)


def _dialogs(studio: Studio) -> dict[str, Callable[[], QDialog | None]]:
    """What opens over the study, by name; the lock screen is none of them and takes the window's place."""
    session, window = studio.session, studio.window
    study = session.open_study

    def shown(dialog: QDialog) -> QDialog:
        dialog.open()
        return dialog

    def opening(text: str) -> QDialog:
        dialog = OpeningDialog(session, window, study.path.name, print, print)
        if text:
            dialog.ask_passphrase(session.wording.fault(Fault("key_needed", path=str(study.path))))
            dialog.refuse(session.wording.fault(Fault("key_wrong", path=str(study.path))), 0)
        else:
            dialog.ask_person(study)
        return dialog

    def new_study() -> QDialog:
        dialog = NewStudyDialog(session, window, print)
        dialog.protect.setChecked(True)
        return shown(dialog)

    return {
        "opening": lambda: opening(""),
        "opening with a passphrase": lambda: opening("wrong"),
        "person": lambda: shown(PersonDialog(session, window)),
        "pin": lambda: shown(PinDialog(session, window)),
        "passphrase": lambda: shown(PassphraseDialog(session, window, Tries())),
        "recovery": lambda: shown(RecoveryDialog(session, window, "-".join(["ABCD"] * 14))),
        "new study": new_study,
        "lock study": lambda: shown(ReasonDialog(session, window, "lock_study", None, asks_pin=True)),
        "recover": lambda: shown(RecoverDialog(session, window, study.path, Tries(), None, print)),
        "lock screen": window.locking.lock,
    }


def _cut_off(studio: Studio) -> Iterator[str]:
    for widget in studio.window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty():
            needed, given, text = _room(widget)
            if needed > given * _OTHER_FONTS:
                yield f"{widget.objectName() or type(widget).__name__} {text!r} needs {needed} of {given} px"


def _room(widget: QWidget) -> tuple[int, int, str]:
    """The room that a widget's text needs, the room that it has, and the text."""
    metrics = widget.fontMetrics()
    if isinstance(widget, ElidedLabel):  # says it whole in its tooltip
        return 0, 0, ""
    if isinstance(widget, QLabel):
        words = widget.text().replace("&", "")
        if widget.wordWrap() and widget.text():
            return widget.heightForWidth(widget.width()), widget.height(), widget.text()
        is_plain = "</" not in widget.text()
        widest = max(map(metrics.horizontalAdvance, words.splitlines()), default=0)
        return widest if is_plain else 0, widget.width(), words
    if isinstance(widget, QPushButton):
        icon = widget.iconSize().width() if not widget.icon().isNull() else 0
        words = widget.text().replace("&", "")
        return metrics.horizontalAdvance(words) + icon if words else 0, widget.width(), words
    if widget.objectName() == "qt_menubar_ext_button":
        return widget.width(), 0, "a menu that found no room"
    if isinstance(widget, QAbstractButton):
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
            return 0, 0, ""
        words = widget.text().replace("&", "")
        return metrics.horizontalAdvance(words), widget.width(), words
    if isinstance(widget, QComboBox):
        return metrics.horizontalAdvance(widget.currentText()) + _ARROW, widget.width(), widget.currentText()
    if isinstance(widget, QLineEdit) and widget.objectName() not in _FREE:
        text, margins = widget.text() or widget.placeholderText(), widget.textMargins()
        return metrics.horizontalAdvance(text) + margins.left() + margins.right() + _INSIDE, widget.width(), text
    return 0, 0, ""
