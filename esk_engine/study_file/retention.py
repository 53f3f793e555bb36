"""Which backups are kept: all of two days, then one a day, a week, a month; as a function of moments, without a file.

====================  =========================================================================================
kept                  of
====================  =========================================================================================
every one             the last two days, and of what a clock set back makes look like the future
the newest of a day   the last 14 days
the newest of a week  the last 12 weeks (weeks from Monday to Sunday)
the newest of a month for ever
====================  =========================================================================================

Days, weeks and months are those of UTC. "Newest" is the one with the highest number of its last log line: clocks are
not trusted. The newest of all is always kept, and for 30 days the one from before each restore.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

WHOLE = timedelta(days=2)
DAILY = timedelta(days=14)
WEEKLY = timedelta(weeks=12)
BEFORE_RESTORE = timedelta(days=30)


class Made(NamedTuple):
    """A backup, or a restore, as far as it matters here: when it was made (UTC), and at which line of the log."""

    when: datetime
    seq: int


def keep(made: Collection[Made], now: datetime, restores: Iterable[Made] = ()) -> frozenset[Made]:
    """Those of the backups that stay.

    Parameters
    ----------
    made
        Every backup of one study.
    now
        The present moment, with its zone.
    restores
        When the study was restored, and the number of the line that tells of it.
    """
    past = [each for each in made if each.when <= now]
    kept = {each for each in made if each.when >= now - WHOLE}
    kept |= {each for each in _newest_of_each(past, lambda each: each.when.date()) if each.when >= now - DAILY}
    kept |= {
        each for each in _newest_of_each(past, lambda each: each.when.isocalendar()[:2]) if each.when >= now - WEEKLY
    }
    kept |= _newest_of_each(past, lambda each: (each.when.year, each.when.month))
    kept |= _newest_of_each(made, lambda _: "all")
    for restore in restores:
        if restore.when >= now - BEFORE_RESTORE:
            kept |= _newest_of_each([each for each in made if each.seq < restore.seq], lambda _: "before")
    return frozenset(kept)


def _newest_of_each(made: Iterable[Made], part: Callable[[Made], Hashable]) -> set[Made]:
    """The newest backup of each part of time."""
    newest: dict[Hashable, Made] = {}
    for each in made:
        other = newest.setdefault(part(each), each)
        if (each.seq, each.when) > (other.seq, other.when):
            newest[part(each)] = each
    return set(newest.values())
