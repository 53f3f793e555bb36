"""Which backups stay: worked out by hand on a calendar, and what has to hold whatever the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from esk_engine.study_file.retention import Made, keep

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)  # a Sunday


def at(text: str, seq: int) -> Made:
    return Made(datetime.fromisoformat(text).replace(tzinfo=UTC), seq)


# What becomes of each, by hand. Weeks run from Monday to Sunday; 2, 14 and 84 days before NOW are the 20th and 8th of
# November and the 30th of August, at 18:00.
BY_HAND = (
    (at("2026-11-22T09:00", 50), True),  # the last two days: all
    (at("2026-11-21T12:30", 49), True),
    (at("2026-11-21T12:00", 48), True),
    (at("2026-11-20T18:00", 47), True),  # two days to the minute
    (at("2026-11-20T17:59", 46), False),  # the same day had a later one
    (at("2026-11-19T16:00", 44), True),  # the last of its day
    (at("2026-11-19T08:00", 40), False),
    (at("2026-11-10T10:00", 30), True),
    (at("2026-11-08T18:00", 28), True),  # fourteen days to the minute
    (at("2026-11-08T09:00", 27), False),
    (at("2026-11-07T12:00", 26), False),  # a Saturday; the Sunday after it is kept for this week
    (at("2026-11-01T10:00", 25), True),  # a Sunday: the last of its week
    (at("2026-10-31T10:00", 24), True),  # not of its week, but of October
    (at("2026-10-30T10:00", 23), False),
    (at("2026-09-01T10:00", 12), True),  # the last of the week of the 31st of August
    (at("2026-08-31T10:00", 11), True),  # the last of August
    (at("2026-08-29T10:00", 10), False),  # twelve weeks ago and not the last of its month
    (at("2026-08-05T10:00", 8), False),
    (at("2025-12-31T10:00", 4), True),  # the last of a month, for ever
    (at("2025-12-30T10:00", 3), False),
)


def test_that_those_stay_which_a_hand_on_the_calendar_points_at() -> None:
    kept = keep([made for made, _ in BY_HAND], NOW)
    assert {made for made, stays in BY_HAND if stays} == kept


def test_that_what_a_clock_set_back_makes_look_like_the_future_stays_and_stands_for_no_one_else() -> None:
    ahead = [at("2027-11-22T10:00", 90), at("2027-11-22T10:30", 91), at("2026-11-25T10:00", 80)]
    past = [made for made, _ in BY_HAND]
    assert keep([*ahead, *past], NOW) == keep(past, NOW) | set(ahead)


def test_that_the_highest_number_stays_however_old_its_clock_makes_it() -> None:
    backdated, later = at("2019-03-04T10:00", 99), at("2019-03-20T10:00", 98)
    assert backdated in keep([backdated, later, *(made for made, _ in BY_HAND)], NOW)


def test_that_of_one_day_the_furthest_stays_not_the_one_with_the_latest_clock() -> None:
    further, later_clock = at("2026-11-15T09:00", 36), at("2026-11-15T17:00", 35)
    kept = keep([further, later_clock, at("2026-11-22T09:00", 50)], NOW)
    assert further in kept
    assert later_clock not in kept


def test_that_the_backup_from_before_a_restore_stays_for_thirty_days() -> None:
    before, other, newest = at("2026-11-04T09:00", 20), at("2026-11-04T17:00", 33), at("2026-11-22T09:00", 50)
    made = [before, other, at("2026-11-05T10:00", 34), newest]
    assert before not in keep(made, NOW)
    restored = at("2026-11-04T09:01", 21)
    assert before in keep(made, NOW, [restored])
    assert before in keep(made, restored.when + timedelta(days=30), [restored])
    assert before not in keep(made, restored.when + timedelta(days=30, seconds=1), [restored])


def test_that_nothing_is_kept_of_nothing() -> None:
    assert keep([], NOW) == frozenset()


MOMENTS = st.datetimes(datetime(2026, 6, 1), datetime(2026, 12, 10)).map(lambda when: when.replace(tzinfo=UTC))
LISTS = st.lists(st.builds(Made, MOMENTS, st.integers(0, 400)), max_size=60)


@given(LISTS, MOMENTS)
def test_that_what_stays_is_of_what_is_there_and_has_the_newest(made: list[Made], now: datetime) -> None:
    kept = keep(made, now)
    assert kept <= set(made)
    assert not made or max(made, key=lambda each: (each.seq, each.when)) in kept


@given(LISTS, MOMENTS)
def test_that_keeping_twice_keeps_the_same(made: list[Made], now: datetime) -> None:
    assert keep(list(keep(made, now)), now) == keep(made, now)


@given(LISTS, MOMENTS, st.randoms(use_true_random=False))
def test_that_what_stays_among_all_stays_among_fewer(made: list[Made], now: datetime, chance: object) -> None:
    fewer = [each for each in made if chance.random() < 0.6]  # type: ignore[attr-defined]
    assert keep(made, now) & set(fewer) <= keep(fewer, now)


@given(LISTS, st.lists(MOMENTS, min_size=1, max_size=6))
def test_that_pruning_day_by_day_leaves_what_pruning_once_leaves(made: list[Made], moments: list[datetime]) -> None:
    moments.sort()
    present, seen = set[Made](), set[Made]()
    for now in moments:
        present |= {each for each in made if each.when <= now and each not in seen}
        seen |= present
        present = set(keep(present, now))
    assert present == keep([each for each in made if each.when <= moments[-1]], moments[-1])


@given(LISTS, MOMENTS)
def test_that_every_day_week_and_month_that_has_to_keeps_one(made: list[Made], now: datetime) -> None:
    kept, past = keep(made, now), [each for each in made if each.when <= now]

    def has_one(begin: datetime, end: datetime) -> bool:
        there = [each for each in past if begin <= each.when < end]
        return not there or any(begin <= each.when < end for each in kept)

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=n) for n in range(13)]
    assert all(has_one(day, day + timedelta(days=1)) for day in days)
    monday = midnight - timedelta(days=midnight.weekday())
    assert all(has_one(monday - timedelta(weeks=n), monday - timedelta(weeks=n - 1)) for n in range(11))
    first = [datetime(2026, month, 1, tzinfo=UTC) for month in range(6, 13)]
    assert all(has_one(begin, end) for begin, end in pairwise(first))


@given(LISTS, MOMENTS)
def test_that_few_stay_of_what_is_older_than_two_days(made: list[Made], now: datetime) -> None:
    older = [each for each in keep(made, now) if each.when < now - timedelta(days=2)]
    assert len({(each.when, each.seq) for each in older}) <= 15 + 13 + 7 + 1
