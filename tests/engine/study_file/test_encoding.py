"""The canonical forms: what each value looks like in the log, and that it comes back as it was."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.dictionary import VARIABLES, Kind, Variable, variable
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.study_file.encoding import (
    course_of,
    decode_patient,
    decode_value,
    encode_patient,
    encode_value,
    normalised,
)
from tests.engine.builders import patient
from tests.engine.study_file.helpers import two_patients
from tests.engine.study_file.strategies import values_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("crps", '"crps"'),
        ("é “x”\n", '"é “x”\\n"'),
        (71, "71"),
        (71.0, "71"),
        (71.5, "71.5"),
        (0.1, "0.1"),
        (BelowLloq(5.0), '{"below_lloq":5}'),
        (BelowLloq(0.25), '{"below_lloq":0.25}'),
        (date(2024, 1, 16), '"2024-01-16"'),
        (datetime(2024, 1, 16, 9, 30), '"2024-01-16T09:30:00"'),
        (None, None),
    ],
)
def test_that_each_kind_of_value_has_its_canonical_text(value: Value, text: str | None) -> None:
    assert encode_value(value) == text


@given(st.sampled_from(VARIABLES).flatmap(lambda v: st.tuples(st.just(v), values_of(v))))
def test_that_every_value_comes_back_from_its_text(case: tuple[Variable, Value]) -> None:
    declared, raw = case
    value = normalised(declared, raw)
    back = decode_value(declared.kind, declared.name, encode_value(value))
    assert back == value
    assert type(back) is type(value)


def test_that_a_patient_has_one_canonical_text() -> None:
    full = patient("P1", [(0, 80, None, None)], age_years=57)
    row = full.readings[0].id
    assert encode_patient(full) == (
        f'{{"id":"{full.id}","rows":[{{"id":"{row}","kind":"reading","values":{{"heart_rate_bpm":80,"minute":0}}}}],'
        '"values":{"age_years":57,"study_no":"P1"}}'
    )


@pytest.mark.parametrize("one", two_patients())
def test_that_a_whole_patient_comes_back_from_its_text(one: Patient) -> None:
    assert decode_patient(encode_patient(one)) == one


def test_that_texts_are_held_in_composed_form() -> None:
    assert normalised(variable(Kind.PATIENT, "remarks"), "e\u0301") == "\u00e9"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("age_years", "57"),
        ("age_years", 57.5),
        ("age_years", True),
        ("weight_kg", float("nan")),
        ("weight_kg", float("inf")),
        ("sex", 1),
        ("inclusion_date", datetime(2024, 1, 16)),
        ("remarks", "half a pair \ud800"),
        ("remarks", "an\0end"),
    ],
)
def test_that_a_value_of_another_type_is_refused(name: str, wrong: Value) -> None:
    with pytest.raises(ValueError):
        normalised(variable(Kind.PATIENT, name), wrong)


def test_that_two_courses_are_equal_whatever_their_ids_and_the_order_of_their_rows() -> None:
    first = patient("P1", [(0, 80, None, None)], events=[{"term": "headache"}, {"term": "nausea"}], age_years=57)
    second = patient("P1", [(0, 80, None, None)], events=[{"term": "nausea"}, {"term": "headache"}], age_years=57)
    assert course_of(first) == course_of(second)
    assert course_of(first) != course_of(patient("P1", [(0, 81, None, None)], age_years=57))
