"""What goes out comes in again unchanged: patients of any values, the criteria sets and the settings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.dictionary import Kind, ValueType, Variable, variables_of
from esk_engine.exchange.demo import demo_patients
from esk_engine.exchange.workbook_in import WorkbookRead, read_workbook
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.records import BelowLloq, Patient, Value, Values, make_patient
from esk_engine.settings import BlqRule, Settings
from esk_engine.study import Person, Study, StudySnapshot
from esk_engine.study_file.encoding import course_of
from esk_engine.validation import check_patient, parse
from esk_engine.wording import Language, Wording
from tests.engine.builders import patient, steady
from tests.engine.study_file.strategies import values_of

AWKWARD = st.sampled_from(
    ["=1+1", "+31", "-", "@SUM", "#N/A", "_x000D_", "a\nb\tc", "'", " é", "1.234", "16-01-2024", "ja"]
)
AFTERWARDS = date(2025, 1, 1)  # no date of a study lies later
DEFAULTS = Settings()
LLOQS = st.floats(0.001, 1000).map(BelowLloq) | st.just(BelowLloq(1.234))


def snapshot_of(
    patients: Sequence[Patient], chosen: Settings = DEFAULTS, sets: Sequence[CriteriaSet] = (TABLE_2,)
) -> StudySnapshot:
    """A study of these patients, without a file behind it."""
    return StudySnapshot("study", 0, tuple(patients), chosen, tuple(sets), sets[0], lambda _: iter(()))


def there_and_back(snapshot: StudySnapshot, path: Path, language: Language = "nl") -> WorkbookRead:
    export_workbook(snapshot, path, Wording(language), with_log=False, now=datetime(2024, 6, 1, 12, 0))
    return read_workbook(path, AFTERWARDS)


def stored(declared: Variable) -> st.SearchStrategy[Value]:
    """Values as the study holds them once they were entered."""
    if declared.name == "artefact":
        return st.sampled_from(["systolic_mmhg", "heart_rate_bpm,diastolic_mmhg"])
    if declared.type is ValueType.CONCENTRATION:
        return values_of(declared).filter(lambda value: isinstance(value, float)) | LLOQS
    if declared.type is ValueType.TEXT:
        texts = values_of(declared) if declared.name == "study_no" else values_of(declared) | AWKWARD
        return texts.map(lambda text: parse(declared, str(text)).value)
    if declared.type is ValueType.DATETIME:
        return values_of(declared).map(lambda at: at.replace(microsecond=0) if isinstance(at, datetime) else at)
    return values_of(declared)


def rows_of(kind: Kind, needed: tuple[str, ...]) -> st.SearchStrategy[list[Values]]:
    """Rows of one kind, each with what tells it from the others."""
    by_name = {declared.name: stored(declared) for declared in variables_of(kind)}
    row = st.fixed_dictionaries(
        {name: by_name.pop(name).filter(lambda value: value is not None) for name in needed}, optional=by_name
    )
    unique = None if kind is Kind.ADVERSE_EVENT else (lambda values: tuple(values[name] for name in needed))
    return st.lists(row, max_size=4, unique_by=unique)


@st.composite
def any_patients(draw: st.DrawFn) -> list[Patient]:
    numbers = draw(st.lists(st.from_regex(r"\A[A-Z0-9-]{1,8}\Z"), min_size=1, max_size=3, unique=True))
    own = {d.name: stored(d) for d in variables_of(Kind.PATIENT) if d.name != "study_no"}
    needed = {Kind.READING: ("minute",), Kind.SAMPLE: ("minute", "analyte"), Kind.ADVERSE_EVENT: ("term",)}
    made: list[Patient] = []
    for number in numbers:
        values = draw(st.fixed_dictionaries({}, optional=own))
        rows = [(kind, row) for kind, names in needed.items() for row in draw(rows_of(kind, names))]
        made.append(make_patient({"study_no": number, **values}, rows))
    return made


@given(patients=any_patients())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_that_any_patient_comes_back_as_it_was(tmp_path: Path, patients: list[Patient]) -> None:
    has_faults = any(issue.is_error for each in patients for issue in check_patient(each))
    found = there_and_back(snapshot_of(patients), tmp_path / "any.xlsx")
    # A diastolic pressure above its systolic one may stand in a study and is told on import; nothing else may be.
    assert {issue.code for issue in found.errors} <= ({"diastolic_not_below_systolic"} if has_faults else set())
    assert [course_of(each) for each in found.patients] == [course_of(each) for each in patients]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_the_demo_study_comes_back_from_either_language(tmp_path: Path, language: Language) -> None:
    patients = demo_patients()
    found = there_and_back(snapshot_of(patients), tmp_path / "demo.xlsx", language)
    assert {issue.code for issue in found.issues} == {"outside_soft"}
    assert [course_of(each) for each in found.patients] == [course_of(each) for each in patients]


def test_that_settings_and_criteria_sets_come_back(tmp_path: Path) -> None:
    chosen = Settings("=Studie & co", "Kliniek", naranjo_cutoff=-2, blq=BlqRule.HALF, verdict_during_entry=True)
    conditions = (Condition("relief_weeks", ">=", 2.5), Condition("bmi_kg_m2", "<=", 1 / 3))
    mine = CriteriaSet(
        "7d0f3a8e-7d0f-4a8e-8a8e-7d0f3a8e7d0f", "+Mijn", (Criterion("=a", conditions),), True, False, 4, 9
    )
    found = there_and_back(snapshot_of([patient()], chosen, (mine, TABLE_2)), tmp_path / "s.xlsx")
    assert found.issues == ()
    assert found.settings == chosen
    assert found.criteria_sets == (mine, TABLE_2)
    assert found.criteria_set_id == mine.set_id


def test_that_a_study_file_exported_and_imported_is_the_same_study(tmp_path: Path) -> None:
    course = steady(until=480)
    patients = [patient("P2", course, [(480, "esketamine", 80.0)], nrs_before=8.0), patient("P10"), patient("P1")]
    first = Study.create(tmp_path / "first.esk", person=Person("AB"), settings=Settings("Pilot"), patients=patients)
    found = there_and_back(first.snapshot(), tmp_path / "out.xlsx")
    second = Study.create(
        tmp_path / "second.esk", person=Person("CD"), settings=found.settings, patients=found.patients
    )
    assert [course_of(each) for each in second.patients] == [course_of(each) for each in first.patients]
    assert [each.study_no for each in second.patients] == ["P1", "P2", "P10"]
    assert (second.settings, second.criteria_sets) == (first.settings, first.criteria_sets)
    first.close()
    second.close()
