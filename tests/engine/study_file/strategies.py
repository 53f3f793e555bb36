"""Values of every variable, for property tests."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from esk_engine.dictionary import ValueType, Variable
from esk_engine.records import BelowLloq, Value

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
DATES = st.dates(date(2000, 1, 1), date(2024, 12, 31))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2024, 12, 31))


def values_of(declared: Variable) -> st.SearchStrategy[Value]:
    """Values that one variable may hold, within its hard limits."""
    if declared.name == "study_no":
        return st.from_regex(r"\A[A-Za-z0-9-]{1,16}\Z")
    low, high = (declared.hard.low, declared.hard.high) if declared.hard is not None else (0, 0)
    match declared.type:
        case ValueType.CODE:
            return st.sampled_from(declared.codes)
        case ValueType.WHOLE:
            return st.integers(int(low), int(high))
        case ValueType.DECIMAL | ValueType.CONCENTRATION:
            exclude = declared.hard is not None and declared.hard.low_open
            numbers: st.SearchStrategy[float] = st.floats(low, high, exclude_min=exclude, allow_subnormal=False)
            if declared.decimals is not None:
                numbers = st.integers(int(low) * 10, int(high) * 10).map(lambda tenths: tenths / 10)
            return numbers | numbers.map(BelowLloq) if declared.type is ValueType.CONCENTRATION else numbers
        case ValueType.DATE:
            return DATES
        case ValueType.DATETIME:
            return MOMENTS
        case ValueType.TEXT:
            return TEXTS
