"""CSV, REDCap, SPSS and R: what goes out comes in again the same, and other programs read it and agree."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind, variables_of
from esk_engine.errors import Fault
from esk_engine.exchange.csv_out import export_csv
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.exchange.flat import Dialect, guarded, unguarded
from esk_engine.exchange.intake import answer, open_source, propose, read
from esk_engine.exchange.redcap import DATA, DICTIONARY, DICTIONARY_HEAD, export_redcap
from esk_engine.exchange.spss import BELOW_LLOQ, export_spss
from esk_engine.records import BelowLloq, Patient, make_patient, natural_key
from esk_engine.report import COMPARED, analyse
from esk_engine.settings import PMethod, Settings
from esk_engine.study import StudySnapshot
from esk_engine.study_file.encoding import course_of
from esk_engine.validation import check_patient
from esk_engine.wording import Wording
from tests.engine.builders import patient
from tests.engine.study_file.strategies import values_of

TODAY = date(2025, 1, 1)
NL = Wording("nl")


PLAIN = Settings()


def snapshot(patients: list[Patient], settings_: Settings = PLAIN) -> StudySnapshot:
    ordered = tuple(sorted(patients, key=lambda one: natural_key(one.study_no)))
    return StudySnapshot("studie", 1, ordered, settings_, (TABLE_2,), TABLE_2, lambda _: iter(()))


@pytest.fixture(scope="module")
def demo() -> StudySnapshot:
    return snapshot(list(demo_patients()), demo_settings("nl"))


AWKWARD = patient(
    "P-01",
    [(0, 70, 120, 80), (30, None, 121, None)],
    [(480, "esketamine", 95.125), (480, "norketamine", BelowLloq(1.5))],
    [{"term": "=headache", "phase": "during", "naranjo_1": "unknown"}, {"term": "'-x", "phase": "end"}],
    remarks="=1+1; \"één\", \n+regel\t'@x'",
    weight_kg=71.234,
    nrs_before=7.5,
    relief_weeks=1.0625,
    inclusion_date=date(2024, 3, 4),
)


def read_back(path: Path) -> list[Patient]:
    """A file or folder by the mapping that its headings propose; where a question is left, that is a fault."""
    source = open_source(path)
    found = read(source, propose(source), TODAY)
    assert [question.code for question in found.unanswered if question.is_needed] == []
    assert [(issue.code, issue.place.cell, issue.params) for issue in found.errors] == []
    return list(found.patients)


def courses(patients: list[Patient]) -> list[str]:
    return sorted(course_of(one) for one in patients)


@pytest.mark.parametrize("dialect", ["dutch", "international"])
def test_that_the_demo_as_csv_comes_in_again_the_same(tmp_path: Path, demo: StudySnapshot, dialect: Dialect) -> None:
    export_csv(demo, tmp_path / "csv", NL, dialect)
    assert courses(read_back(tmp_path / "csv")) == courses(list(demo.patients))


def test_that_the_demo_as_redcap_data_comes_in_again_the_same(tmp_path: Path, demo: StudySnapshot) -> None:
    export_redcap(demo, tmp_path / "redcap", NL)
    assert courses(read_back(tmp_path / "redcap" / DATA)) == courses(list(demo.patients))


@pytest.mark.parametrize("dialect", ["dutch", "international"])
def test_that_awkward_values_come_in_again_the_same_as_csv(tmp_path: Path, dialect: Dialect) -> None:
    export_csv(snapshot([AWKWARD]), tmp_path / "csv", NL, dialect)
    assert courses(read_back(tmp_path / "csv")) == courses([AWKWARD])


def test_that_awkward_values_come_in_again_the_same_as_redcap(tmp_path: Path) -> None:
    export_redcap(snapshot([AWKWARD]), tmp_path / "redcap", NL)
    assert courses(read_back(tmp_path / "redcap" / DATA)) == courses([AWKWARD])


def test_that_no_cell_of_a_csv_file_is_a_formula_to_a_spreadsheet(tmp_path: Path) -> None:
    export_csv(snapshot([AWKWARD]), tmp_path / "csv", NL, "international")
    for path in (tmp_path / "csv").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [cell for cell in cells if re.match(r"[=+@\t\r]|-\D", cell)] == []


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=12))
def test_that_guarding_a_text_can_be_taken_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@"))


def _values(kind: Kind) -> st.SearchStrategy[dict[str, object]]:
    fields = {declared.name: values_of(declared) for declared in variables_of(kind) if declared.name != "study_no"}
    return st.fixed_dictionaries({}, optional=fields)  # type: ignore[arg-type]


def _is_tiny(value: object) -> bool:
    """Whether a number has more digits behind its sign than a typed one may have: no CSV file can hold it."""
    number = value.lloq if isinstance(value, BelowLloq) else value
    return isinstance(number, float) and 0 < abs(number) < 1e-15


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    single=_values(Kind.PATIENT),
    minutes=st.lists(st.integers(0, 1440), unique=True, max_size=4),
    reading=_values(Kind.READING),
    sample=_values(Kind.SAMPLE),
    dialect=st.sampled_from(["dutch", "international", "redcap"]),
)
def test_that_any_course_comes_in_again_the_same(
    single: dict[str, object], minutes: list[int], reading: dict[str, object], sample: dict[str, object], dialect: str
) -> None:
    if isinstance(begun := single.get("infusion_start"), datetime):
        single = {**single, "infusion_start": begun.replace(microsecond=0)}  # as it can be typed
    reading = {name: value for name, value in reading.items() if not name.startswith("artefact")}
    rows = [(Kind.READING, {**reading, "minute": minute}) for minute in minutes]
    rows += [(Kind.SAMPLE, {**sample, "minute": 480, "analyte": "esketamine"})]
    one = make_patient({"study_no": "P1", **single}, rows)  # type: ignore[arg-type]
    tiny = [value for row in one.records() for value in row.values.values() if _is_tiny(value)]
    if tiny or any(issue.is_error for issue in check_patient(one)):
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        if dialect == "redcap":
            export_redcap(snapshot([one]), target, NL)
            target = target / DATA
        else:
            export_csv(snapshot([one]), target, NL, dialect)  # type: ignore[arg-type]
        source = open_source(target)
        mapping = propose(source)
        for question in read(source, mapping, TODAY).unanswered:  # a text like "n.b." may be a missing code: it is none
            if question.code == "missing_codes":
                mapping = answer(mapping, question, "no")
        found = read(source, mapping, TODAY)
        assert [question.code for question in found.unanswered if question.is_needed] == []
        assert courses(list(found.patients)) == courses([one])


def test_that_the_redcap_dictionary_has_the_18_columns_and_names_every_field_of_the_data(
    tmp_path: Path, demo: StudySnapshot
) -> None:
    export_redcap(demo, tmp_path / "redcap", NL)
    with (tmp_path / "redcap" / DICTIONARY).open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert tuple(head) == DICTIONARY_HEAD
    assert len(head) == 18
    assert {len(row) for row in rows} == {18}
    with (tmp_path / "redcap" / DATA).open(encoding="utf-8", newline="") as file:
        fields = next(csv.reader(file))
    names = [row[0] for row in rows]
    assert set(names) == set(fields) - {"redcap_repeat_instrument", "redcap_repeat_instance"}
    assert len(names) == len(set(names))
    assert names[0] == "record_id"
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert {row[3] for row in rows} == {"text", "notes", "radio"}


def read_sav(path: Path, *, user_missing: bool = False) -> tuple[pd.DataFrame, Any]:
    frame, meta = pyreadstat.read_sav(str(path), user_missing=user_missing)
    assert isinstance(frame, pd.DataFrame)
    return frame, meta


# -- SPSS --------------------------------------------------------------------------------------------------------------


def test_that_the_sav_file_holds_values_labels_missing_values_and_levels(tmp_path: Path) -> None:
    export_spss(snapshot([AWKWARD, patient("P-02", sex="male", age_years=44)]), tmp_path / "s.sav", NL)
    frame, meta = read_sav(tmp_path / "s.sav")
    assert list(frame["study_no"]) == ["P-01", "P-02"]
    assert frame["weight_kg"][0] == 71.234
    assert frame["remarks"][0] == AWKWARD.get("remarks")
    assert frame["inclusion_date"][0] == date(2024, 3, 4)
    assert meta.variable_value_labels["sex"] == {1.0: "man", 2.0: "vrouw", 3.0: "anders"}
    assert frame["sex"][1] == 1.0
    assert meta.column_names_to_labels["weight_kg"] == "Gewicht (kg)"
    assert (meta.variable_measure["sex"], meta.variable_measure["weight_kg"]) == ("nominal", "scale")
    assert set(meta.variable_value_labels["group"].values()) == {"Responder", "Non-responder", "Onbepaald"}


def test_that_below_the_lloq_is_a_missing_value_with_its_own_code(tmp_path: Path) -> None:
    export_spss(snapshot([AWKWARD]), tmp_path / "s.sav", NL)
    frame, meta = read_sav(tmp_path / "s_samples.sav", user_missing=True)
    assert list(frame["concentration_ug_l"]) == [95.125, BELOW_LLOQ]
    assert meta.missing_ranges["concentration_ug_l"] == [{"lo": BELOW_LLOQ, "hi": BELOW_LLOQ}]
    hidden, _ = read_sav(tmp_path / "s_samples.sav")
    assert hidden["concentration_ug_l"].isna().tolist() == [False, True]


def test_that_the_sav_file_has_every_record(tmp_path: Path, demo: StudySnapshot) -> None:
    export_spss(demo, tmp_path / "demo.sav", Wording("en"))
    for kind, name in ((Kind.READING, "vital_signs"), (Kind.SAMPLE, "samples"), (Kind.ADVERSE_EVENT, "adverse_events")):
        frame, _ = read_sav(tmp_path / f"demo_{name}.sav")
        assert len(frame) == sum(len(one.rows(kind)) for one in demo.patients)


def test_that_only_a_sav_file_is_written_as_one(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="target_not_sav"):
        export_spss(snapshot([AWKWARD]), tmp_path / "s.xlsx", NL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("pspp") is None, reason="GNU PSPP is not installed")
def test_that_pspp_prints_the_same_mann_whitney(tmp_path: Path, demo: StudySnapshot) -> None:
    export_spss(demo, tmp_path / "demo.sav", Wording("en"))
    done = subprocess.run(
        ["pspp", "-o", "out.csv", "demo.sps"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed: list[tuple[float, float, float]] = []
    for line in (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines():
        cells = next(csv.reader([line]))
        if len(cells) == 5 and re.fullmatch(r"-?[\d.]+", cells[1]) and re.fullmatch(r"-?\d*\.\d+", cells[3]):
            printed.append((float(cells[1]), float(cells[3]), float(cells[4].replace("<", ""))))
    analysis = analyse(Cohort.of(demo.patients, demo.settings, demo.criteria_set))
    assert len(printed) == len(COMPARED)
    for name, (u, z, p) in zip(COMPARED, printed, strict=True):
        test = analysis.comparison(name).mann_whitney
        assert test is not None
        assert test.z is not None
        assert u == min(test.u, test.m * test.n - test.u)
        assert abs(z) == pytest.approx(abs(test.z), abs=0.0051)
        asymptotic = analysis.comparison(name).p(PMethod.ASYMPTOTIC).value
        assert asymptotic is not None
        assert p == pytest.approx(asymptotic, abs=0.00051)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
@pytest.mark.parametrize("dialect", ["dutch", "international"])
def test_that_the_r_script_repeats_the_tests_to_ten_digits(
    tmp_path: Path, demo: StudySnapshot, dialect: Dialect
) -> None:
    export_csv(demo, tmp_path / "csv", NL, dialect)
    done = subprocess.run(["Rscript", "analysis.R"], cwd=tmp_path / "csv", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pairs = re.findall(r"(?:asymptotic|two-sided) (\S+) \(Esk (\S+)\)", done.stdout)
    assert len(pairs) == len(COMPARED) + 1
    for theirs, ours in pairs:
        assert float(theirs) == pytest.approx(float(ours), rel=1e-9)
