"""What is typed: read without guessing, or named with its limits."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.dictionary import VARIABLES, Kind, ValueType, variable
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.validation import check_patient, check_value, parse
from tests.engine.builders import patient, reading

TODAY = date(2024, 3, 1)
WEIGHT = variable(Kind.PATIENT, "weight_kg")
CONCENTRATION = variable(Kind.SAMPLE, "concentration_ug_l")


def of(name: str, kind: Kind = Kind.PATIENT) -> object:
    return variable(kind, name)


def test_that_either_reading_of_a_limit_of_quantification_is_one() -> None:
    (issue,) = parse(CONCENTRATION, "<1.234").issues
    assert issue.code == "ambiguous_number"
    assert issue.params == {"value": "<1.234", "as_decimal": BelowLloq(1.234), "as_thousands": BelowLloq(1234.0)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("71,5", 71.5),
        ("71.5", 71.5),
        (" 71 ", 71.0),
        ("", None),
        ("   ", None),
        ("0,125", 0.125),
        ("+80", 80.0),
        ("80,10", 80.1),
    ],
)
def test_that_comma_and_point_mean_the_same(text: str, value: float | None) -> None:
    assert parse(WEIGHT, text) == type(parse(WEIGHT, text))(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234,5", "two_separators"),
        ("1,2,3", "repeated_separator"),
        ("1.2.3", "repeated_separator"),
        ("1.234", "ambiguous_number"),
        ("1,234", "ambiguous_number"),
        ("71,500", "ambiguous_number"),
        ("abc", "not_a_number"),
        ("71,", "not_a_number"),
        (",", "not_a_number"),
        ("1e3", "not_a_number"),
        ("7 1", "not_a_number"),
        ("nan", "not_a_number"),
        ("inf", "not_a_number"),
        ("\u0667\u0661", "not_a_number"),
        ("9" * 400, "not_a_number"),
    ],
)
def test_that_what_is_doubtful_is_refused_by_name(text: str, code: str) -> None:
    parsed = parse(WEIGHT, text)
    assert parsed.value is None
    assert [issue.code for issue in parsed.issues] == [code]
    assert parsed.issues[0].params["value"]


def test_that_an_ambiguous_number_offers_both_readings() -> None:
    params = parse(WEIGHT, "1.234").issues[0].params
    assert (params["as_decimal"], params["as_thousands"]) == (1.234, 1234.0)


@pytest.mark.parametrize("text", ["0.123", "0,500", "1.23", "1.2345", "1234.567"])
def test_that_other_decimals_are_not_ambiguous(text: str) -> None:
    assert parse(WEIGHT, text).value == float(text.replace(",", "."))


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("<5", BelowLloq(5.0), None),
        ("< 2,5", BelowLloq(2.5), None),
        ("95", 95.0, None),
        ("0", None, "zero_enter_lloq"),
        ("0,0", None, "zero_enter_lloq"),
        ("<", None, "not_a_number"),
        ("<5,1,2", None, "repeated_separator"),
    ],
)
def test_that_a_concentration_may_be_below_its_lloq(text: str, value: Value, code: str | None) -> None:
    parsed = parse(CONCENTRATION, text)
    assert parsed.value == value
    assert [issue.code for issue in parsed.issues] == ([code] if code else [])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("inclusion_date", "16-01-2024", date(2024, 1, 16)),
        ("inclusion_date", "6-1-2024", date(2024, 1, 6)),
        ("inclusion_date", "2024-01-16", date(2024, 1, 16)),
        ("inclusion_date", "31-02-2024", None),
        ("inclusion_date", "16-01-24", None),
        ("inclusion_date", "01-16-2024", None),
        ("infusion_start", "16-01-2024 08:45", datetime(2024, 1, 16, 8, 45)),
        ("infusion_start", "2024-01-16T08:45", datetime(2024, 1, 16, 8, 45)),
        ("infusion_start", "2024-01-16T08:45:30", datetime(2024, 1, 16, 8, 45, 30)),
        ("infusion_start", "2024-01-16T08:45:75", None),
        ("infusion_start", "16-01-2024", None),
        ("infusion_start", "16-01-2024 24:00", None),
    ],
)
def test_that_dates_are_day_first_or_iso(name: str, text: str, expected: Value) -> None:
    parsed = parse(variable(Kind.PATIENT, name), text)
    assert parsed.value == expected
    assert bool(parsed.issues) is (expected is None)


@pytest.mark.parametrize(
    ("text", "value"), [("p07", "P07"), ("A-1", "A-1"), ("x" * 17, None), ("P 7", None), ("P_7", None)]
)
def test_that_a_study_number_is_upper_cased_and_plain(text: str, value: str | None) -> None:
    assert parse(variable(Kind.PATIENT, "study_no"), text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dizziness", "dizziness"),
        ("Duizeligheid", "dizziness"),
        ("  misselijkheid  en/of braken ", "nausea_or_vomiting"),
        ("Headache", "headache"),
        ("  Droge   mond ", "Droge mond"),
    ],
)
def test_that_a_term_of_table_6_is_known_by_its_code_and_both_labels(text: str, value: str) -> None:
    assert parse(variable(Kind.ADVERSE_EVENT, "term"), text).value == value


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("age_years", 17, "outside_hard"),
        ("age_years", 18, None),
        ("age_years", 101, "outside_soft"),
        ("age_years", 121, "outside_hard"),
        ("dose_mg", 0.0, "outside_hard"),
        ("dose_mg", 9.9, "outside_soft"),
        ("nrs_end", 10.1, "outside_hard"),
        ("nrs_end", 4.55, "too_many_decimals"),
        ("nrs_end", 4.5, None),
        ("inclusion_date", date(2024, 3, 2), "in_future"),
        ("inclusion_date", date(2024, 3, 1), None),
        ("relief_weeks", 12.5, "outside_soft"),
        ("sex", "x", "unknown_code"),
    ],
)
def test_that_limits_are_kept(name: str, value: Value, code: str | None) -> None:
    found = check_value(variable(Kind.PATIENT, name), value, today=TODAY)
    assert [issue.code for issue in found] == ([code] if code else [])
    assert all(issue.is_error is (code != "outside_soft") for issue in found)


@pytest.mark.parametrize(
    ("one", "code", "is_error"),
    [
        (patient(readings=[(0, 80, 120, 120)]), "diastolic_not_below_systolic", True),
        (patient(readings=[(0, 80, 120, 70), (0, 81, 121, 71)]), "duplicate_minute", True),
        (patient(samples=[(480, "esketamine", 60.0), (480, "esketamine", 61.0)]), "duplicate_sample", True),
        (patient(samples=[(480, "esketamine", 14.9)]), "outside_soft", False),
        (patient(samples=[(480, "esketamine", 100.0), (480, "norketamine", 20.0)]), "ratio_outside_soft", False),
        (patient(dose_planned_mg=50.0, dose_mg=55.1), "dose_differs_from_planned", False),
        (patient(indication="central", indication_group="crps"), "indication_group_with_central", False),
        (
            patient(infusion_start=datetime(2024, 1, 1, 9), evaluation_date=date(2024, 1, 15), relief_weeks=2.1),
            "relief_longer_than_evaluation",
            False,
        ),
        (
            patient(events=[{"term": "headache", "phase": "before", "naranjo_2": "yes"}]),
            "before_with_naranjo_2_yes",
            False,
        ),
        (
            patient(readings=[{**reading(0, 80, 120, 70), "artefact": "systolic_mmhg"}]),
            "artefact_without_reason",
            False,
        ),
    ],
)
def test_that_rules_across_fields_are_kept(one: Patient, code: str, is_error: bool) -> None:
    found = [issue for issue in check_patient(one) if issue.code == code]
    assert found
    assert all(issue.is_error is is_error and issue.place.study_no == "P01" for issue in found)


@pytest.mark.parametrize(
    "one",
    [
        patient(dose_planned_mg=50.0, dose_mg=55.0),
        patient(samples=[(480, "hydroxynorketamine", 1.0)]),
        patient(readings=[{**reading(0, 80, 60, 70), "artefact": "systolic_mmhg", "artefact_reason": "cuff"}]),
        patient(infusion_start=datetime(2024, 1, 1, 9), evaluation_date=date(2024, 1, 15), relief_weeks=2.0),
        patient(readings=[(0, 80, 120, None), (30, None, None, 70)]),
    ],
)
def test_that_what_keeps_the_rules_raises_no_issue(one: Patient) -> None:
    assert check_patient(one) == ()


@given(st.sampled_from(VARIABLES), st.text(max_size=60))
def test_that_no_text_makes_parsing_fail(declared: object, text: str) -> None:
    parsed = parse(declared, text)  # type: ignore[arg-type]
    assert parsed.value is None or not parsed.issues


@given(st.sampled_from([v for v in VARIABLES if v.type is ValueType.DECIMAL]), st.decimals(0, 999, places=2))
def test_that_a_number_with_two_decimals_is_read_the_same_with_either_sign(declared: object, number: object) -> None:
    text = str(number)
    assert parse(declared, text).value == parse(declared, text.replace(".", ",")).value  # type: ignore[arg-type]
    assert parse(WEIGHT, text).value == float(text)
