"""The Naranjo scale against its published points and categories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.naranjo import Category, Counts, category_of, points, score

ANSWER = st.sampled_from(["yes", "no", "unknown", None])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["yes"] * 10, 8),  # 1+2+1+2-1-1+1+1+1+1
        (["no"] * 10, 1),  # 0-1+0-1+2+1
        (["unknown"] * 10, 0),
        (["yes", "yes", "yes", "yes", "no", "no", "yes", "yes", "yes", "yes"], 13),
        (["no", "no", "no", "no", "yes", "yes", "no", "no", "no", "no"], -4),
    ],
)
def test_that_complete_answers_add_up(answers: list[str], expected: int) -> None:
    found = score(answers)
    assert (found.score, found.lowest, found.highest, found.is_complete) == (expected, expected, expected, True)


@pytest.mark.parametrize(
    ("value", "category"),
    [
        (-4, "doubtful"),
        (0, "doubtful"),
        (1, "possible"),
        (4, "possible"),
        (5, "probable"),
        (8, "probable"),
        (9, "definite"),
        (13, "definite"),
    ],
)
def test_that_the_categories_have_the_published_limits(value: int, category: str) -> None:
    assert category_of(value) is Category(category)


def test_that_blanks_leave_the_whole_range_open() -> None:
    found = score([None] * 10)
    assert (found.score, found.lowest, found.highest, found.answered, found.category) == (0, -4, 13, 0, None)


def test_that_a_side_effect_is_pending_while_the_cut_off_lies_in_what_is_possible() -> None:
    # yes, yes: 3 points; the blanks can still take 1+1+1 away and add 1+2+2+1+1+1+1+1.
    found = score(["yes", "yes", *[None] * 8])
    assert (found.lowest, found.highest) == (0, 13)
    assert found.counts(5) is Counts.PENDING
    assert found.counts(0) is Counts.YES
    assert score([*["unknown"] * 9, None]).counts(5) is Counts.NO


@given(st.lists(ANSWER, min_size=10, max_size=10), st.data())
def test_that_answering_a_blank_never_widens_what_is_possible(answers: list[str | None], data: st.DataObject) -> None:
    before = score(answers)
    blanks = [i for i, answer in enumerate(answers) if answer is None]
    if not blanks:
        assert before.lowest == before.highest == before.score
        return
    filled = list(answers)
    filled[data.draw(st.sampled_from(blanks))] = data.draw(st.sampled_from(["yes", "no", "unknown"]))
    after = score(filled)
    assert before.lowest <= after.lowest <= after.highest <= before.highest


@pytest.mark.parametrize("answers", [["yes"] * 9, ["perhaps", *["yes"] * 9]])
def test_that_anything_but_ten_answers_is_refused(answers: list[str]) -> None:
    with pytest.raises(ValueError, match="answer"):
        score(answers)


def test_that_a_blank_has_no_points() -> None:
    assert points(2, None) is None
    assert points(2, "no") == -1
