"""What the tests of the Patients page share: a study in a temporary file, its page, and a person's hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, overload

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from esk_engine.dictionary import Kind
from esk_engine.records import Patient, Values, make_patient
from esk_engine.settings import Settings
from esk_engine.study import Person, Study
from esk_gui.app import Session
from esk_gui.patients.page import PatientsPage
from esk_gui.preferences import Preferences
from esk_gui.theme import apply_font
from esk_gui.widgets.labels import MessageLabel

TODAY = date(2024, 6, 1)
START = datetime(2024, 1, 16, 8, 45)


W = TypeVar("W", bound=QWidget)


class Desk(Session):
    """A session on a fixed day."""

    def today(self) -> date:
        return TODAY


def whole_patient(study_no: str, **changed: object) -> Patient:
    """A responder whose every value is there: 8 hours, flat vital signs, NRS from 8 to 4, five weeks of relief."""
    values: dict[str, object] = {
        "study_no": study_no, "sex": "female", "age_years": 58, "height_cm": 170.0, "weight_kg": 75.1,
        "indication": "peripheral", "indication_group": "crps", "dose_mg": 50.0, "infusion_start": START,
        "infusion_minutes": 480, "nrs_before": 8.0, "nrs_end": 4.0, "relief_weeks": 5.0, "treatment_continued": "yes",
        "evaluation_date": date(2024, 2, 27), "inclusion_date": date(2024, 1, 9), "stop_reason": "completed",
    }  # fmt: skip
    values |= changed
    readings = [
        (Kind.READING, {"minute": m, "heart_rate_bpm": 75, "systolic_mmhg": 120, "diastolic_mmhg": 70})
        for m in range(0, 481, 30)
    ]
    samples = [
        (Kind.SAMPLE, {"minute": 480, "analyte": analyte, "concentration_ug_l": value})
        for analyte, value in (("esketamine", 95.0), ("norketamine", 89.0))
    ]
    return make_patient(values, [*readings, *samples])  # type: ignore[arg-type]


class Case:
    """A page on a study, and what a person does with it."""

    def __init__(self, session: Session, page: PatientsPage) -> None:
        self.session, self.page = session, page

    @property
    def study(self) -> Study:
        return self.session.open_study

    def patient(self, study_no: str) -> Patient:
        found = self.study.patient_by_study_no(study_no)
        assert found is not None
        return found

    def open(self, study_no: str, tab: str = "inclusion") -> None:
        self.page.show_tab(tab)
        self.page.show_patient(self.patient(study_no).id)

    @overload
    def find(self, name: str) -> QWidget: ...
    @overload
    def find(self, name: str, kind: type[W]) -> W: ...
    def find(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def line(self, name: str) -> QLineEdit:
        found = self.page.findChild(QLineEdit, name)
        assert found is not None, name
        return found

    def type(self, name: str, text: str, key: Qt.Key = Qt.Key.Key_Tab) -> None:
        """Put the cursor in a field, overwrite it and leave it by a key."""
        line = self.line(name)
        line.setFocus()
        line.selectAll()
        if text:
            QTest.keyClicks(line, text)
        else:
            QTest.keyClick(line, Qt.Key.Key_Delete)
        QTest.keyClick(line, key)

    def choose(self, name: str, code: str) -> None:
        """Click one of the choices that stand beside each other."""
        button = self.find(f"{name}_{code}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())

    def message(self, name: str) -> str:
        """The message beside a field; "" where there is none."""
        label = self.page.findChild(MessageLabel, f"message_{name}")
        assert label is not None, name
        return label.text() if label.isVisibleTo(self.page) else ""

    def settled(self) -> None:
        """Wait until everything is on disk and the page was told."""
        assert self.study.settle(10)
        for _ in range(250):  # what the writer told is on its way to this thread
            if "Opslaan" not in self.label("save_state") and self.study.save_state.at is not None:
                break
            QTest.qWait(20)
        QTest.qWait(20)

    def label(self, name: str) -> str:
        found = self.page.findChild(QLabel, name)
        assert found is not None, name
        return found.text()


Opener = Callable[..., Case]


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens a page on a new study: ``desk(patient, ..., language="nl")``."""
    sessions: list[Session] = []
    pages: list[PatientsPage] = []

    def opened(
        *patients: Patient,
        language: str = "nl",
        settings: Settings = Settings(),  # noqa: B008 - frozen
        size: tuple[int, int] = (1290, 700),
    ) -> Case:
        apply_font(qapp)
        preferences = Preferences(tmp_path)
        preferences.change(language=language, theme="light")
        session = Desk(qapp, preferences)
        session.adopt(Study.create(tmp_path / "study.esk", person=Person("AB"), patients=patients, settings=settings))
        page = PatientsPage(session)
        page.resize(*size)
        page.show()
        page.activateWindow()
        QTest.qWaitForWindowExposed(page)
        sessions.append(session)
        pages.append(page)
        return Case(session, page)

    yield opened
    for page in pages:
        page.close()
        page.deleteLater()
    for session in sessions:
        session.close_study()
    QApplication.processEvents()


def values_of(patient: Patient) -> Values:
    return patient.record.values
