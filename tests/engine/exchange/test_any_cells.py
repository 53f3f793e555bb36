"""Cells of any kind in any column: read, warned about or refused, and always with a text in both languages."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esk_engine.exchange.layout import CRITERIA_COLUMNS, DATA_SHEETS
from esk_engine.settings import SETTINGS
from esk_engine.wording import Wording
from tests.engine.exchange.workbooks import Rows, read, write_book

WORDS = st.sampled_from(
    ["", " ", "P01", "p02", "ja", "<5", "< 0,5", "1.234", "71,5", "1,2,3", "#N/A", "=1", "16-01-2024"]
)
CELLS = st.one_of(
    st.none(),
    WORDS,
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8).filter(lambda t: t != "="),
    st.integers(-10, 2000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(9000, 1, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(9000, 1, 1)),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
COLUMNS = {sheet.name: [declared.name for declared in sheet.columns] for sheet in DATA_SHEETS} | {
    "settings": ["setting", "value"],
    "criteria": [declared.name for declared in CRITERIA_COLUMNS],
}


@st.composite
def any_sheets(draw: st.DrawFn) -> dict[str, Rows]:
    sheets: dict[str, Rows] = {}
    for title in draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=6, unique=True)):
        head = draw(st.lists(st.sampled_from([*COLUMNS[title], "other", None]), min_size=1, max_size=8))
        keys = st.sampled_from([declared.name for declared in SETTINGS]) if title == "settings" else st.just("P01")
        cells = [keys | CELLS if name in ("study_no", "setting") else CELLS for name in head]
        sheets[title] = [head, *(list(row) for row in draw(st.lists(st.tuples(*cells), max_size=4)))]
    return sheets


@given(sheets=any_sheets())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_that_no_cell_ends_in_anything_but_a_value_or_a_told_issue(
    tmp_path_factory: pytest.TempPathFactory, sheets: dict[str, Rows]
) -> None:
    found = read(write_book(tmp_path_factory.getbasetemp() / "any.xlsx", sheets))
    for issue in found.issues:
        assert issue.place.sheet or issue.code == "no_known_sheet"
        for wording in (Wording("nl"), Wording("en")):
            assert wording.issue(issue)
    for patient in found.patients:
        for record in patient.records():
            for value in record.values.values():
                assert isinstance(value, (str, int, float, date)) or hasattr(value, "lloq")
                assert not isinstance(value, (bool, time, timedelta))
                assert not isinstance(value, float) or math.isfinite(value)
