"""Wording: numbers and dates as each language writes them, and texts that name field, value and limits."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.dictionary import VARIABLES, Kind, Limits, ValueType, Variable, derived, variable
from esk_engine.errors import Fault, Issue, Severity
from esk_engine.records import BelowLloq, Values, make_patient
from esk_engine.settings import setting
from esk_engine.validation import check_patient, parse
from esk_engine.wording import MISSING, Language, Wording, round_half_away, system_language

NL, EN = Wording("nl"), Wording("en")
WEIGHT = variable(Kind.PATIENT, "weight_kg")
CONCENTRATION = variable(Kind.SAMPLE, "concentration_ug_l")
NUMBERS = [v for v in VARIABLES if v.is_numeric]


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        # Halves, by hand; binary rounding gives 2.67, 1.0 and 0.28 for the first three.
        (2.675, 2, "2.68"),
        (1.05, 1, "1.1"),
        (0.285, 2, "0.29"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (-0.04, 1, "0.0"),
        (0.0305, 3, "0.031"),
        (1e22, 1, "10000000000000000000000.0"),
        (1e-300, 2, "0.00"),
        (7, 2, "7.00"),
        (Decimal("2.345"), 2, "2.35"),
    ],
)
def test_that_halves_are_rounded_away_from_zero(value: float | Decimal, decimals: int, expected: str) -> None:
    assert str(round_half_away(value, decimals)) == expected


@given(st.floats(-1e12, 1e12), st.integers(0, 9))
def test_that_rounding_agrees_with_exact_fractions_of_the_shortest_decimal(value: float, decimals: int) -> None:
    exact = Fraction(repr(value))
    digits = math.floor(abs(exact) * 10**decimals + Fraction(1, 2))
    assert Fraction(round_half_away(value, decimals)) == (-digits if value < 0 else digits) * Fraction(1, 10**decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (71.5, None, "71,5", "71.5"),
        (80.0, None, "80", "80"),
        (80, 1, "80,0", "80.0"),
        (-3.25, 1, "−3,3", "−3.3"),
        (-0.0, None, "0", "0"),
        (1234567, None, "1234567", "1234567"),
        (1e-7, None, "0,0000001", "0.0000001"),
        (None, 1, "–", "–"),
        (math.nan, None, "–", "–"),
        (math.inf, 2, "∞", "∞"),
        (-math.inf, None, "−∞", "−∞"),
    ],
)
def test_that_numbers_follow_the_language(value: float | None, decimals: int | None, dutch: str, english: str) -> None:
    assert (NL.number(value, decimals), EN.number(value, decimals)) == (dutch, english)


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0305, "0,031"), (0.001, "0,001"), (0.00099999, "< 0,001"), (0.0, "< 0,001"), (1, "1,000"), (None, "–")],
)
def test_that_a_p_value_has_three_decimals_and_never_prints_as_zero(p: float | None, text: str) -> None:
    assert NL.p_value(p) == text


@pytest.mark.parametrize(
    ("value", "threshold", "text"),
    [(20.04, 20, "20,04"), (19.999999, 20, "19,999999"), (20, 20, "20"), (31.666666667, 20, "31,7"), (7.0, 20, "7")],
)
def test_that_evidence_is_never_rounded_onto_its_threshold(value: float, threshold: float, text: str) -> None:
    assert NL.number_beside(value, threshold) == text


def test_that_dates_follow_the_language() -> None:
    moment = datetime(2024, 1, 6, 8, 5)
    assert (NL.date(moment.date()), EN.date(moment.date())) == ("06-01-2024", "2024-01-06")
    assert (NL.datetime(moment), EN.datetime(moment)) == ("06-01-2024 08:05", "2024-01-06 08:05")


def test_that_stored_values_read_as_words_and_numbers() -> None:
    assert NL.value(variable(Kind.PATIENT, "sex"), "female") == "vrouw"
    assert NL.value(variable(Kind.PATIENT, "sex"), "other") == "anders"
    assert NL.value(variable(Kind.PATIENT, "indication_group"), "other") == "overig"
    assert NL.value(variable(Kind.ADVERSE_EVENT, "term"), "drowsiness") == "slaperigheid/sufheid"
    assert NL.value(variable(Kind.ADVERSE_EVENT, "term"), "Kiespijn") == "Kiespijn"
    assert NL.value(variable(Kind.READING, "artefact"), "heart_rate_bpm,systolic_mmhg") == "Hartslag, Bovendruk"
    assert NL.value(setting("blq"), "missing") == "weglaten"
    assert NL.value(CONCENTRATION, BelowLloq(2.5)) == "< 2,5"
    assert NL.value(derived("ratio"), 1.066666667) == "1,07"
    assert NL.value(derived("bmi_kg_m2"), 29.65) == "29,7"
    assert NL.value(WEIGHT, None) == "–"


def test_that_units_are_printed_as_a_reader_expects() -> None:
    assert NL.unit("concentration_ug_l") == "µg/L"
    assert NL.unit("bmi_kg_m2") == "kg/m²"
    assert (NL.unit("relief_weeks"), EN.unit("relief_weeks")) == ("weken", "weeks")
    assert NL.unit("css_from_minute") == "min"
    assert NL.unit("sex") == ""
    assert (NL.with_unit("30", "%"), EN.with_unit("30", "%")) == ("30 %", "30%")


@pytest.mark.parametrize("language", ["nl", "en"])
@given(data=st.data())
def test_that_what_stands_in_a_field_is_read_back_as_the_same_value(language: Language, data: st.DataObject) -> None:
    wording = Wording(language)
    declared = data.draw(st.sampled_from(NUMBERS))
    limits = declared.hard or Limits(0, 1)
    places = 0 if declared.type is ValueType.WHOLE else (9 if declared.decimals is None else declared.decimals)
    step = Decimal(1).scaleb(-places)
    drawn = data.draw(st.decimals(Decimal(str(limits.low)) + step, Decimal(str(limits.high)), places=places))
    value: int | float | BelowLloq = int(drawn) if declared.type is ValueType.WHOLE else float(drawn)
    if declared.type is ValueType.CONCENTRATION and data.draw(st.booleans()):
        value = BelowLloq(float(drawn))
    parsed = parse(declared, wording.typed(declared, value), today=date(2024, 3, 1))
    assert (parsed.value, parsed.issues) == (value, ())


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)), st.sampled_from([NL, EN]))
def test_that_dates_in_a_field_are_read_back(moment: datetime, wording: Wording) -> None:
    moment = moment.replace(second=0, microsecond=0)
    start, day = variable(Kind.PATIENT, "infusion_start"), variable(Kind.PATIENT, "inclusion_date")
    assert parse(start, wording.typed(start, moment)).value == moment
    assert parse(day, wording.typed(day, moment.date())).value == moment.date()


def test_that_a_field_shows_plain_typing() -> None:
    assert NL.typed(WEIGHT, 71.5) == "71,5"
    assert EN.typed(WEIGHT, 71.5) == "71.5"
    assert NL.typed(WEIGHT, 71.234) == "71,2340"  # "71,234" could be 71 thousand
    assert NL.typed(WEIGHT, 0.125) == "0,125"
    assert NL.typed(WEIGHT, -3.5) == "-3,5"
    assert NL.typed(CONCENTRATION, BelowLloq(5.0)) == "<5"
    assert NL.typed(WEIGHT, None) == ""


@pytest.mark.parametrize("wording", [NL, EN], ids=["nl", "en"])
@pytest.mark.parametrize("declared", [v for v in VARIABLES if v.hard], ids=lambda v: f"{v.kind}.{v.name}")
def test_that_a_refused_value_is_told_with_field_value_and_limits(wording: Wording, declared: Variable) -> None:
    assert declared.hard is not None
    issue = Issue("outside_hard", declared.name, params={"value": "98765"})
    text = wording.issue(issue)
    assert wording.label(declared.name) in text
    assert "98765" in text
    assert wording.number(declared.hard.low) in text
    assert wording.number(declared.hard.high) in text
    assert wording.unit(declared.name) in text


def test_that_an_unusual_value_names_the_soft_limits() -> None:
    issue = Issue("outside_soft", "systolic_mmhg", Severity.WARNING, {"value": 210})
    assert NL.issue(issue) == "Bovendruk: 210 is ongewoon; verwacht wordt 80–200 mmHg. Controleer de waarde."


def test_that_limits_of_the_issue_come_before_the_declared_ones() -> None:
    issue = Issue("outside_hard", "dose_mg", params={"value": 0, "low": 0, "high": 900, "low_open": True})
    assert "more than 0 and at most 900 mg" in EN.issue(issue)
    assert "−4 tot 13" in NL.issue(Issue("outside_hard", "naranjo_cutoff", params={"value": 14}))


def test_that_both_readings_of_an_ambiguous_number_are_offered() -> None:
    issue = Issue(
        "ambiguous_number", "weight_kg", params={"value": "1,234", "as_decimal": 1.234, "as_thousands": 1234.0}
    )
    assert "1,234 of 1234" in NL.issue(issue)
    assert "1.234 or 1234" in EN.issue(issue)


def test_that_an_unknown_code_is_told_with_the_choices() -> None:
    text = NL.issue(Issue("unknown_code", "indication", params={"value": "x", "codes": ("peripheral", "central")}))
    assert "perifeer, centraal" in text
    assert "‘x’" in text


def test_that_choices_outside_the_dictionary_are_told_as_a_list() -> None:
    issue = Issue("unknown_code", "operator", params={"value": ">", "codes": (">=", "<=")})
    assert EN.issue(issue) == "operator: ‘>’ is not one of the choices: >=, <=."


def test_that_limits_outside_the_dictionary_are_told_too() -> None:
    far = Issue("outside_hard", "threshold", params={"value": 1e300, "low": -1e9, "high": 1e9})
    assert "−1000000000 to 1000000000" in EN.issue(far)
    assert NL.issue(Issue("too_long", "criterion", params={"high": 200})).endswith("ten hoogste 200 tekens.")


@pytest.mark.parametrize("wording", [NL, EN], ids=["nl", "en"])
def test_that_every_rule_across_fields_finds_its_words(wording: Wording) -> None:
    start = datetime(2024, 1, 16, 8, 45)
    single = {"indication": "central", "indication_group": "crps", "dose_mg": 80.0, "dose_planned_mg": 50.0}
    single |= {"heart_rate_lowest_bpm": 90, "heart_rate_highest_bpm": 80, "infusion_start": start}
    rows: list[tuple[Kind, Values]] = [
        (Kind.READING, {"minute": 0, "systolic_mmhg": 80, "diastolic_mmhg": 90}),
        (Kind.READING, {"minute": 0, "heart_rate_bpm": 80, "artefact": "heart_rate_bpm"}),
        (Kind.READING, {"heart_rate_bpm": 80}),
        (Kind.SAMPLE, {"minute": 480, "analyte": "esketamine", "concentration_ug_l": 300.0}),
        (Kind.SAMPLE, {"minute": 480, "analyte": "esketamine", "concentration_ug_l": 200.0}),
        (Kind.SAMPLE, {"minute": 480, "analyte": "norketamine", "concentration_ug_l": 20.0}),
        (Kind.SAMPLE, {"concentration_ug_l": 20.0}),
        (Kind.ADVERSE_EVENT, {"phase": "before", "naranjo_2": "yes"}),
    ]
    early = make_patient({**single, "evaluation_date": date(2024, 1, 15)}, rows)
    late = make_patient({**single, "evaluation_date": date(2024, 2, 27), "relief_weeks": 7.0})
    found = [*check_patient(early), *check_patient(late)]
    assert len({issue.code for issue in found}) >= 14
    texts = [wording.issue(issue) for issue in found]
    assert [text for text in texts if re.search(rf"{{|(?<![0-9]){MISSING}", text)] == []


def test_that_a_fault_names_the_file_without_its_folders() -> None:
    fault = Fault("file_locked", path="folder/P.esk", who="AB", pc="WARD-3", since=datetime(2024, 1, 16, 9, 0))
    text = NL.fault(fault)
    assert text.startswith("P.esk is al geopend door AB op WARD-3")
    assert "16-01-2024 09:00" in text


def test_that_a_missing_key_is_an_error_in_tests_and_shows_itself_to_a_user() -> None:
    with pytest.raises(KeyError):
        Wording("nl")("no.such.key")
    assert Wording("nl", strict=False)("no.such.key") == "no.such.key"


def test_that_a_missing_parameter_is_an_error_in_tests_and_no_crash_for_a_user() -> None:
    with pytest.raises(KeyError):
        NL("limits.negative", low=1)
    assert "{high}" in Wording("nl", strict=False)("limits.negative", low=1)


@pytest.mark.parametrize(
    ("name", "value", "language"),
    [("LANG", "nl_NL.UTF-8", "nl"), ("LC_ALL", "nl_BE", "nl"), ("LANG", "de_DE.UTF-8", "en"), ("LANG", "C", "en")],
)
def test_that_the_language_of_the_system_comes_first(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, language: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for other in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)
    assert system_language() == language
