"""Fisher's test against every table with the same margins; measures of a 2 x 2 table by their definitions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.statistics import fisher, tables
from esk_engine.statistics.odds import conditional_odds_ratio
from esk_engine.statistics.risks import odds_ratio, risk_difference, risk_ratio

Table = list[list[int]]


def small_tables(rows: st.SearchStrategy[int], columns: st.SearchStrategy[int]) -> st.SearchStrategy[Table]:
    return st.tuples(rows, columns).flatmap(
        lambda shape: st.lists(
            st.lists(st.integers(0, 3), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )


def every_table(down: list[int], across: list[int]) -> Iterator[Table]:
    if len(down) == 1:
        yield [across]
        return
    for row in rows_of(down[0], across):
        for rest in every_table(down[1:], [total - cell for total, cell in zip(across, row, strict=True)]):
            yield [row, *rest]


def rows_of(total: int, limits: list[int]) -> Iterator[list[int]]:
    if len(limits) == 1:
        if total <= limits[0]:
            yield [total]
        return
    for cell in range(min(total, limits[0]) + 1):
        for rest in rows_of(total - cell, limits[1:]):
            yield [cell, *rest]


def likelihood(table: Table) -> Fraction:
    """Up to a factor that the margins fix."""
    return Fraction(1, math.prod(math.factorial(cell) for row in table for cell in row))


def by_every_table(table: Table) -> Fraction:
    down, across = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    weights = [likelihood(other) for other in every_table(down, across)]
    observed = likelihood(table)
    return sum((w for w in weights if w <= observed), Fraction(0)) / sum(weights, Fraction(0))


@given(small_tables(st.integers(2, 3), st.integers(2, 4)))
def test_that_p_sums_the_tables_no_more_likely(table: Table) -> None:
    result = fisher(table)
    if result.reason == "one_row_or_column":
        assert sum(any(row) for row in table) < 2 or sum(any(column) for column in zip(*table, strict=True)) < 2
    else:
        assert result.p == pytest.approx(float(by_every_table(table)), rel=1e-14)


@given(small_tables(st.integers(2, 4), st.integers(2, 3)), st.randoms(use_true_random=False))
def test_that_the_order_of_rows_and_columns_does_not_matter(table: Table, random: object) -> None:
    turned = [list(row) for row in zip(*table, strict=True)]
    random.shuffle(turned)  # pyright: ignore[reportAttributeAccessIssue]
    assert fisher(turned).p == fisher(table).p
    assert fisher([*table, [0] * len(table[0])]).p == fisher(table).p


def test_that_the_method_says_how_large_the_table_is_once_empty_rows_are_gone() -> None:
    assert fisher([[3, 1, 0], [0, 0, 0], [1, 4, 0]]).method == "fisher_2x2"
    assert fisher([[3, 1], [2, 2], [1, 4]]).method == "fisher_rxc"
    lonely = fisher([[3, 0], [4, 0]])
    assert (lonely.p, lonely.reason, lonely.rows, lonely.columns) == (None, "one_row_or_column", 2, 1)
    assert fisher([[0, 0], [0, 0]]).reason == "one_row_or_column"


def test_that_one_sided_probabilities_meet_in_the_observed_table() -> None:
    # the lady who tasted tea: 3 of 4 right, 17/70 that well or better
    result = fisher([[3, 1], [1, 3]])
    assert result.p_greater == pytest.approx(17 / 70)
    assert result.p == pytest.approx(34 / 70)
    assert result.p_less == pytest.approx(69 / 70)


def test_that_floats_take_over_in_large_tables_without_a_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    table = [[900, 810], [1010, 1190]]
    whole = fisher(table)
    monkeypatch.setattr(tables, "_WHOLE_NUMBERS_UP_TO", 10)
    floats = fisher(table)
    assert floats.p == pytest.approx(whole.p, rel=1e-9)
    assert floats.p_less == pytest.approx(whole.p_less, rel=1e-9)
    assert floats.p_greater == pytest.approx(whole.p_greater, rel=1e-9)
    odds = conditional_odds_ratio(table)
    monkeypatch.undo()
    assert odds.value == pytest.approx(conditional_odds_ratio(table).value, rel=1e-10)
    assert odds.upper == pytest.approx(conditional_odds_ratio(table).upper, rel=1e-10)


def test_that_a_table_too_large_to_enumerate_is_refused_soon() -> None:
    large = np.random.default_rng(1).integers(20, 60, (6, 6)).tolist()
    assert fisher(large).reason == "enumeration_too_large"
    assert fisher(large).p is None
    assert fisher([[2000, 1], [1, 1], [1, 2]]).reason == "enumeration_too_large"


@pytest.mark.parametrize(
    ("table", "message"),
    [([[1, 2], [3]], "different lengths"), ([[1, -2], [3, 4]], "below 0"), ([[1, 2.5], [3, 4]], "whole"),
     ([[1, "2"], [3, 4]], "whole"), ([[True, 2], [3, 4]], "whole")],
)  # fmt: skip
def test_that_a_table_that_is_none_is_refused(table: list[list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fisher(table)


counts = st.integers(0, 12)


@given(counts, counts, counts, counts)
def test_that_the_conditional_odds_ratio_solves_its_equations(a: int, b: int, c: int, d: int) -> None:
    odds = conditional_odds_ratio([[a, b], [c, d]])
    if min(a + b, c + d, a + c, b + d) == 0:
        assert odds.reason == "one_row_or_column"
        return
    column, lowest = a + c, max(0, a + c - c - d)
    cells = range(lowest, min(a + b, column) + 1)

    def mean_and_tail(ratio: float, start: int, stop: int) -> tuple[float, float]:
        weights = [math.comb(a + b, k) * math.comb(c + d, column - k) * ratio ** (k - lowest) for k in cells]
        total = math.fsum(weights)
        tail = math.fsum(w for k, w in zip(cells, weights, strict=True) if start <= k <= stop)
        return math.fsum(k * w for k, w in zip(cells, weights, strict=True)) / total, tail / total

    assert odds.value is not None
    assert odds.lower is not None
    assert odds.upper is not None
    assert 0 <= odds.lower <= odds.value <= odds.upper <= math.inf
    if 0 < odds.value < math.inf:
        assert mean_and_tail(odds.value, a, a)[0] == pytest.approx(a, rel=1e-10)
    if odds.lower > 0:
        assert mean_and_tail(odds.lower, a, a + b)[1] == pytest.approx(0.025, rel=1e-10)
    if odds.upper < math.inf:
        assert mean_and_tail(odds.upper, 0, a)[1] == pytest.approx(0.025, rel=1e-10)


@given(counts, counts, counts, counts)
def test_that_swapping_the_rows_inverts_the_measures(a: int, b: int, c: int, d: int) -> None:
    table, swapped = [[a, b], [c, d]], [[c, d], [a, b]]
    one, other = risk_difference(table), risk_difference(swapped)
    assert one.value is None or one.value == pytest.approx(-(other.value or 0), abs=1e-15)
    assert one.lower is None or one.lower == pytest.approx(-(other.upper or 0), abs=1e-12)
    for measure in (risk_ratio, odds_ratio, conditional_odds_ratio):
        first, second = measure(table).value, measure(swapped).value
        assert (first is None) == (second is None)
        if first and second and math.inf not in (first, second):
            assert first == pytest.approx(1 / second, rel=1e-9)


def test_that_an_undefined_measure_says_why() -> None:
    assert risk_difference([[0, 0], [1, 2]]).reason == "empty_row"
    assert risk_ratio([[0, 3], [0, 2]]).reason == "no_events"
    assert risk_ratio([[2, 3], [0, 2]]).value == math.inf
    assert odds_ratio([[0, 3], [0, 2]]).value is None
    assert odds_ratio([[0, 3], [1, 2]]).value == 0
    with pytest.raises(ValueError, match="2 x 2"):
        odds_ratio([[1, 2, 3], [4, 5, 6]])
