"""A session with a study open, as the window has it, for tests that drive one page of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_engine.study import Person, Study
from esk_gui.app import Session
from esk_gui.preferences import Preferences
from esk_gui.theme import apply_font

PERSON = Person("AB", "pharmacist")


@contextmanager
def opened(
    app: QApplication,
    folder: Path,
    patients: Sequence[Patient] | None = None,
    language: Literal["nl", "en"] = "nl",
    **settings: object,
) -> Iterator[Session]:
    """A session on a new study of these patients, by default the demo's thirty."""
    before = set(app.topLevelWidgets())
    app.setStyle("Fusion")
    apply_font(app)
    preferences = Preferences(folder / "preferences")
    preferences.change(language=language, theme="light")
    session = Session(app, preferences)
    own = demo_settings(language) if patients is None else Settings()
    people = demo_patients() if patients is None else patients
    study = Study.create(folder / "study.esk", person=PERSON, settings=replace(own, **settings), patients=people)  # type: ignore[arg-type]
    session.adopt(study)
    errors: list[BaseException] = []
    session.error_raised.connect(errors.append)
    try:
        yield session
    finally:
        session.jobs.wait()
        session.close_study()
        windows = (w for w in set(app.topLevelWidgets()) - before if w.windowType() is Qt.WindowType.Window)
        for widget in windows:
            widget.close()
            widget.deleteLater()
        session.deleteLater()
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else every theme dresses the former tests' widgets too
    if errors:
        raise errors[0]
