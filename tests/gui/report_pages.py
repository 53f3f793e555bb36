"""Sessions on real study files for the tests of the results and the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication, QWidget

from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.records import Patient, Value
from esk_engine.settings import Settings
from esk_engine.study import Person, Study
from esk_engine.wording import Language
from esk_gui.app import Session
from esk_gui.preferences import Preferences
from esk_gui.theme import ThemeChoice, apply_font
from tests.engine.builders import patient, steady

_Page = TypeVar("_Page", bound=QWidget)


def page_opener(
    qtbot: Any, folder: Path, make: Callable[[Session], _Page]
) -> Iterator[Callable[..., tuple[Session, _Page]]]:
    """What a fixture yields: opens a page on a session of its own, as often as a test likes; closes them all."""
    sessions: list[Session] = []

    def opened(*args: Any, width: int = 1290, height: int = 700, **kwargs: Any) -> tuple[Session, _Page]:
        place = folder / str(len(sessions))
        place.mkdir()
        session = open_session(place, *args, **kwargs)
        sessions.append(session)
        page = make(session)
        qtbot.addWidget(page)
        page.resize(width, height)
        with qtbot.waitExposed(page):
            page.show()
        QApplication.processEvents()
        return session, page

    yield opened
    for session in sessions:
        close_session(session)


def open_session(
    folder: Path,
    patients: Iterable[Patient] | None = None,
    *,
    settings: Settings | None = None,
    language: Language = "nl",
    theme: ThemeChoice = "light",
) -> Session:
    """A session with a study of its own open: the demo's patients, or those given."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    apply_font(app)
    preferences = Preferences(folder / "preferences")
    preferences.change(language=language, theme=theme)
    session = Session(app, preferences)
    session.adopt(
        Study.create(
            folder / "study.esk",
            person=Person("AB"),
            settings=demo_settings(language) if settings is None else settings,
            patients=demo_patients() if patients is None else patients,
        )
    )
    return session


def close_session(session: Session) -> None:
    """Wait for what runs beside the window, then close the study."""
    session.jobs.wait()
    session.close_study()


def course(
    study_no: str, *, responds: bool | None = True, esketamine: Value = None, norketamine: Value = None
) -> Patient:
    """A course that is complete; ``responds`` None leaves the weeks of relief open, so the verdict too."""
    samples = [
        (480, analyte, value)
        for analyte, value in (("esketamine", esketamine), ("norketamine", norketamine))
        if value is not None
    ]
    weeks = {True: 4, False: 0, None: None}[responds]
    return patient(
        study_no,
        steady(),
        samples,
        sex="female",
        age_years=50,
        infusion_minutes=480,
        dose_mg=50,
        nrs_before=8,
        nrs_end=4,
        relief_weeks=weeks,
    )
