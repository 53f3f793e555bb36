"""Lists of others: what is recognised, what is asked, what comes in, and that nothing is turned into another value."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping as Of
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.exchange.intake import (
    Intake,
    Mapping,
    Question,
    Source,
    Target,
    TextForm,
    act_of,
    answer,
    applied,
    compare,
    faults_of,
    fits,
    open_source,
    propose,
    read,
    read_recipe,
    recipes,
    save_recipe,
)
from esk_engine.exchange.intake.into_study import take_in
from esk_engine.records import BelowLloq, Patient
from esk_engine.study import Person, Study
from esk_engine.study_file.check import check_file
from tests.engine.builders import patient

TODAY = date(2024, 6, 1)
LAB = """Laboratorium apotheek;;;
Studienr.;Tijd afname (min);S-ketamine [nmol/L];Norketamine (ng/mL)
p01;480;404,3;88,2
P02;480;1.234;<5
P03;475;n.b.;71,5
"""
WIDE = """patient,geslacht,leeftijd,lengte (m),hr_0,hr_30,sys_0,sys_30,dia_0,dia_30,NRS voor,inclusiedatum
P01,v,57,1.71,70,75,120,130,80,85,8,03-04-2024
P02,m,63,1.80,66,-99,118,121,999,79,7.5,25-04-2024
"""


def source(folder: Path, text: str, name: str = "lijst.csv", encoding: str = "utf-8") -> Source:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return open_source(path)


def taken(src: Source, mapping: Mapping | None = None) -> Intake:
    return read(src, mapping or propose(src), TODAY)


def asked(intake: Intake) -> dict[str, Question]:
    return {question.key: question for question in intake.unanswered}


def answered(src: Source, choices: Of[str, str | Of[str, str]], mapping: Mapping | None = None) -> Mapping:
    mapping = mapping or propose(src)
    for key, choice in choices.items():
        mapping = answer(mapping, asked(taken(src, mapping))[key], choice)
    return mapping


def course(one: Patient) -> list[dict[str, object]]:
    return [dict(row.values) for row in one.records()]


LAB_ANSWERS = {
    "unit/lijst/2": "nmol/L",
    "unit/lijst/3": "ng/mL",
    "ambiguous_numbers/lijst/2": ",",
    "missing_codes/lijst/2": "yes",
}


def test_that_the_head_of_a_lab_list_is_found_below_its_title(tmp_path: Path) -> None:
    src = source(tmp_path, LAB)
    (table,) = src.tables
    assert table.header_row == 2
    assert table.header[0] == "Studienr."
    assert [rule.target for rule in propose(src).rules] == [
        Target(Kind.PATIENT, "study_no"),
        Target(Kind.SAMPLE, "minute"),
        Target(Kind.SAMPLE, "concentration_ug_l", None, "esketamine"),
        Target(Kind.SAMPLE, "concentration_ug_l", None, "norketamine"),
    ]


def test_that_nothing_is_converted_before_somebody_says_so(tmp_path: Path) -> None:
    found = taken(source(tmp_path, LAB))
    assert not found.may_come_in
    assert [one.samples for one in found.patients] == [(), (), ()]
    assert [key for key, question in asked(found).items() if question.is_needed] == [
        "unit/lijst/2",
        "ambiguous_numbers/lijst/2",
        "unit/lijst/3",
    ]


def test_that_moles_become_micrograms_by_the_molar_mass(tmp_path: Path) -> None:
    src = source(tmp_path, LAB)
    question = asked(taken(src))["unit/lijst/2"]
    assert question.params["factor"] == pytest.approx(0.23773, rel=1e-12)
    found = taken(src, answered(src, LAB_ANSWERS))
    assert found.may_come_in
    first, second, third = found.patients
    # 404.3 nmol/L x 237.73 g/mol = 96 114.239 ng/L; 1234 x 237.73 = 293 358.82 ng/L
    assert course(first)[1:] == [
        {"minute": 480, "analyte": "esketamine", "concentration_ug_l": 96.114239},
        {"minute": 480, "analyte": "norketamine", "concentration_ug_l": 88.2},
    ]
    assert course(second)[1]["concentration_ug_l"] == 293.35882
    assert course(second)[2]["concentration_ug_l"] == BelowLloq(5.0)
    assert course(third)[1:] == [{"minute": 475, "analyte": "norketamine", "concentration_ug_l": 71.5}]


def test_that_norketamine_has_a_molar_mass_of_its_own(tmp_path: Path) -> None:
    src = source(tmp_path, "id;minuut;norketamine nmol/L\nP1;480;100\n")
    found = taken(src, answered(src, {"unit/lijst/2": "nmol/L"}))
    assert course(found.patients[0])[1]["concentration_ug_l"] == 22.37


def test_that_an_ambiguous_number_is_asked_about_once_a_column_with_both_readings(tmp_path: Path) -> None:
    src = source(tmp_path, "id;dosis\nP1;1.234\nP2;1.300\nP3;7\n")
    question = asked(taken(src))["ambiguous_numbers/lijst/1"]
    assert (question.params["as_decimal"], question.params["as_thousands"], question.params["count"]) == (
        1.234,
        1234.0,
        2,
    )
    assert question.choices == ("", ",", ".")
    decimal = taken(src, answered(src, {question.key: "."}))
    assert [one.get("dose_mg") for one in decimal.patients] == [1.234, 1.3, 7.0]
    thousands = taken(src, answered(src, {question.key: ","}))
    assert {issue.code for issue in thousands.errors} == {"outside_hard"}  # 1234 mg is no dose


def test_that_a_column_that_shows_its_sign_proposes_it_and_still_asks(tmp_path: Path) -> None:
    src = source(tmp_path, "id;gewicht\nP1;71,5\nP2;80.250\n")
    question = asked(taken(src))["ambiguous_numbers/lijst/1"]
    assert question.choices[0] == ","
    assert question.params["decided"] == ","


def test_that_a_wide_layout_gives_a_reading_a_minute(tmp_path: Path) -> None:
    src = source(tmp_path, WIDE)
    keys = set(asked(taken(src)))
    assert keys == {"unit/lijst/3", "missing_codes/lijst/5", "missing_codes/lijst/8"}
    mapping = answered(src, {"unit/lijst/3": "m", "missing_codes/lijst/5": "yes", "missing_codes/lijst/8": "yes"})
    found = taken(src, mapping)
    assert found.may_come_in
    assert course(found.patients[0]) == [
        {
            "study_no": "P01",
            "sex": "female",
            "age_years": 57,
            "height_cm": 171.0,
            "nrs_before": 8.0,
            "inclusion_date": date(2024, 4, 3),
        },
        {"minute": 0, "heart_rate_bpm": 70, "systolic_mmhg": 120, "diastolic_mmhg": 80},
        {"minute": 30, "heart_rate_bpm": 75, "systolic_mmhg": 130, "diastolic_mmhg": 85},
    ]
    assert course(found.patients[1])[1:] == [
        {"minute": 0, "heart_rate_bpm": 66, "systolic_mmhg": 118},
        {"minute": 30, "systolic_mmhg": 121, "diastolic_mmhg": 79},
    ]


def test_that_a_missing_code_that_is_not_confirmed_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    src = source(tmp_path, WIDE)
    mapping = answered(src, {"unit/lijst/3": "m", "missing_codes/lijst/5": "no"})
    found = taken(src, mapping)
    assert ("outside_hard", "F3") in {(issue.code, issue.place.cell) for issue in found.errors}


def test_that_vital_signs_in_rows_are_read_too(tmp_path: Path) -> None:
    src = source(tmp_path, "Patient\ttijd\tHF\tRR sys\tRR dia\nP1\t0\t70\t120\t80\nP1\t30\t72\t124\t82\n", "vs.tsv")
    assert src.form.delimiter == "\t"
    assert course(taken(src).patients[0])[1:] == [
        {"minute": 0, "heart_rate_bpm": 70, "systolic_mmhg": 120, "diastolic_mmhg": 80},
        {"minute": 30, "heart_rate_bpm": 72, "systolic_mmhg": 124, "diastolic_mmhg": 82},
    ]


def test_that_american_dates_show_themselves_or_are_asked_about(tmp_path: Path) -> None:
    shown = source(tmp_path, "id;inclusiedatum\nP1;04-25-2024\nP2;04-03-2024\n")
    question = asked(taken(shown))["date_order/lijst/1"]
    assert question.choices[0] == "mdy"
    found = taken(shown, answered(shown, {question.key: "mdy"}))
    assert [one.get("inclusion_date") for one in found.patients] == [date(2024, 4, 25), date(2024, 4, 3)]
    open_ = source(tmp_path, "id;inclusiedatum\nP1;04-05-2024\n", "open.csv")
    assert "date_order/open/1" in asked(taken(open_))
    plain = source(tmp_path, "id;inclusiedatum\nP1;04-05-2024\nP2;30-05-2024\n", "plain.csv")
    assert asked(taken(plain)) == {}


def test_that_codes_of_another_program_mean_what_a_person_says(tmp_path: Path) -> None:
    src = source(tmp_path, "id;geslacht\nP1;1\nP2;2\nP3;v\n")
    found = taken(src, answered(src, {"unknown_words/lijst/1": {"1": "male", "2": "female"}}))
    assert [one.get("sex") for one in found.patients] == ["male", "female", "female"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_that_every_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    src = source(tmp_path, "id;opmerkingen\nP1;reünie, één µg\n", encoding=encoding)
    assert src.form.encoding == encoding
    assert taken(src).patients[0].get("remarks") == "reünie, één µg"


def test_that_what_was_recognised_can_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("id|opmerkingen;x\nP1|a;b\n", encoding="utf-8")
    assert open_source(path, TextForm("utf-8", "|")).tables[0].header == ("id", "opmerkingen;x")


def test_that_a_recipe_reads_the_next_list_wherever_its_columns_stand(tmp_path: Path) -> None:
    src = source(tmp_path, LAB)
    mapping = answered(src, LAB_ANSWERS)
    path = save_recipe(tmp_path / "recepten", "Lab: nmol".replace(":", ""), mapping)
    assert [name for name, _ in recipes(tmp_path / "recepten")] == ["Lab nmol"]
    kept = read_recipe(path)
    assert kept.to_json() == mapping.to_json()
    moved = source(
        tmp_path, "Norketamine (ng/mL);Studienr.;S-ketamine [nmol/L];Tijd afname (min)\n50;P9;200;480\n", "mei.csv"
    )
    assert fits(kept, moved) == 1.0
    found = taken(moved, applied(kept, moved, propose(moved)))
    assert found.may_come_in
    assert [row["concentration_ug_l"] for row in course(found.patients[0])[1:]] == [47.546, 50.0]


def test_that_a_list_of_one_moment_asks_which(tmp_path: Path) -> None:
    src = source(tmp_path, "id;esketamine;norketamine\nP1;95;80\n")
    found = taken(src, answered(src, {"minute_missing/lijst/": "480"}))
    assert [row["minute"] for row in course(found.patients[0])[1:]] == [480, 480]


def test_that_rows_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    found = taken(source(tmp_path, "id;leeftijd;minuut;hf\nP1;57;0;70\nP1;58;30;72\n"))
    assert [(issue.code, issue.place.cell, issue.params["first"]) for issue in found.errors] == [
        ("differs_within_file", "B3", "B2")
    ]


# -- against a study ---------------------------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path: Path) -> Study:
    known = [
        patient("P01", [], [(480, "esketamine", 90.0)], age_years=57),
        patient("P02", age_years=40, sex="male"),
    ]
    return Study.create(tmp_path / "s.esk", person=Person("AB"), patients=known)


def test_that_new_same_and_differing_patients_are_told_apart_and_nothing_is_taken_away(
    tmp_path: Path, study: Study
) -> None:
    src = source(tmp_path, "id;leeftijd;geslacht\nP01;58;v\nP02;40;\nP03;33;m\n")
    with study:
        found = compare(taken(src), study)
        assert [one.study_no for one in found.new] == ["P03"]
        assert found.same == ("P02",)
        told = [(each.study_no, each.variable, each.old, each.new, each.place.cell) for each in found.differing]
        assert told == [("P01", "age_years", 57, 58, "B2"), ("P01", "sex", None, "female", "C2")]


def test_that_the_chosen_differences_come_in_as_one_act_that_is_undone_as_one(tmp_path: Path, study: Study) -> None:
    src = source(tmp_path, "id;leeftijd;minuut;esketamine\nP01;58;480;95\nP03;33;480;70\n")
    with study:
        before = study.patients
        intake = taken(src)
        comparison = compare(intake, study)
        chosen = tuple(each for each in comparison.differing if each.variable == "concentration_ug_l")
        take_in(study, intake, comparison, chosen, "lab list of May")
        first = study.patient_by_study_no("P01")
        assert first is not None
        assert first.get("age_years") == 57
        assert first.samples[0].get("concentration_ug_l") == 95.0
        assert study.patient_by_study_no("P03") is not None
        lines = [line for line in study.log() if line.reason == "lab list of May"]
        assert len({line.act for line in lines}) == 1
        assert study.undo_name is not None
        assert study.undo_name.name == "import"
        study.undo()
        assert study.patients == before
    assert check_file(study.path).is_whole


def test_that_a_chosen_value_that_breaks_a_rule_across_fields_is_named_at_its_cell(
    tmp_path: Path, study: Study
) -> None:
    with study:
        study.wait_saved(study.add(patient("P05", [(0, 70, 120, 80)])).saved)
        src = source(tmp_path, "id;minuut;dia\nP05;0;125\n")
        comparison = compare(taken(src), study)
        (issue,) = faults_of(comparison, comparison.differing, study)
        assert issue.place.cell == "C2"


def test_that_a_list_with_an_open_question_changes_nothing(tmp_path: Path, study: Study) -> None:
    src = source(tmp_path, LAB)
    with study:
        version = study.version
        intake = taken(src)
        with pytest.raises(Fault, match="import_unanswered"):
            take_in(study, intake, compare(intake, study), ())
        assert study.version == version


def test_that_taking_in_the_same_list_twice_changes_nothing(tmp_path: Path, study: Study) -> None:
    src = source(tmp_path, LAB)
    mapping = answered(src, LAB_ANSWERS)
    with study:
        version = study.version
        for _ in range(2):
            intake = taken(src, mapping)
            comparison = compare(intake, study)
            take_in(study, intake, comparison, comparison.differing)
            version = study.version
        again = compare(taken(src, mapping), study)
        assert (again.new, again.differing) == ((), ())
        assert act_of(again, ()).changes == ()
        assert study.version == version


# -- what always holds -------------------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), min_size=1, max_size=6), st.sampled_from(",;\t|")
)
def test_that_no_text_file_ends_in_anything_but_a_calm_fault(rows: list[list[str]], delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_text(
            "\n".join(delimiter.join(row) for row in rows), encoding="utf-8", errors="surrogatepass", newline=""
        )
        try:
            src = open_source(path)
        except Fault:
            return
        found = taken(src)
        assert all(issue.place.file for issue in found.issues)


@given(st.floats(0.001, 9_999, allow_nan=False).map(lambda value: round(value, 3)), st.sampled_from(",."))
def test_that_a_number_reads_as_itself_under_its_columns_sign(value: float, sign: str) -> None:
    text = f"{value:.3f}".replace(".", sign)
    with tempfile.TemporaryDirectory() as folder:
        src = source(Path(folder), f'id;minuut;esketamine\nP1;480;"{text}"\n')
        mapping = propose(src)
        for key in asked(taken(src, mapping)):
            if key.startswith("ambiguous"):
                mapping = answered(src, {key: sign}, mapping)
        found = taken(src, mapping)
        assert course(found.patients[0])[1]["concentration_ug_l"] == value
