"""Fisher's exact test: 2 x 2, and r x c by enumerating every table with the same margins, in whole numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from esk_engine.statistics.values import FloatArray, as_count, log10_share

MOST_PATIENTS = 2_000
MOST_STEPS = 3_000_000
"""An r x c table with more patients, or that needs more steps (a second or two), is refused, not waited for."""

_WHOLE_NUMBERS_UP_TO = 5_000
"""2 x 2 tables of more patients than this are summed in floats."""


@dataclass(frozen=True, slots=True)
class Fisher:
    """Fisher's exact test of a table.

    Attributes
    ----------
    p : float or None
        Two-sided: the tables with the same margins that are no more likely than the observed one.
    p_less, p_greater : float or None
        2 x 2 only: P(first cell at most, at least, as large as observed).
    method : str
        ``"fisher_2x2"`` or ``"fisher_rxc"``, after rows and columns without patients are left out.
    reason : str or None
        Why `p` is None: ``one_row_or_column`` (fewer than two rows or columns have patients) or
        ``enumeration_too_large``.
    rows, columns : int
        How many rows and columns have patients.
    log10_p, log10_p_less, log10_p_greater : float or None
        Decimal logarithms of the P-values, also where one is too small for a float (0 below 5e-324); None where it is.
    """

    p: float | None
    p_less: float | None
    p_greater: float | None
    method: str
    reason: str | None
    rows: int
    columns: int
    log10_p: float | None = None
    log10_p_less: float | None = None
    log10_p_greater: float | None = None


def fisher(table: Sequence[Sequence[int]]) -> Fisher:
    """Test whether rows and columns of a table of counts are independent.

    Likelihoods are compared as whole numbers, without the relative tolerance of 1e-7 that R needs for its floats;
    beyond 2 x 2 nothing is simulated, unlike scipy's ``fisher_exact``.

    Parameters
    ----------
    table : sequence of rows of int
        Counts >= 0. Rows and columns without patients are left out first.

    Returns
    -------
    Fisher

    Raises
    ------
    ValueError
        If rows differ in length, or a count is negative or not whole.

    References
    ----------
    Fisher RA. J R Stat Soc 1935;98:39-54. Mehta CR, Patel NR. J Am Stat Assoc 1983;78:427-34 (the bounds that
    end a branch early).

    Examples
    --------
    >>> round(fisher([[11, 1], [9, 9]]).p, 12)
    0.023529993245
    >>> fisher([[10, 3], [3, 4], [4, 7]]).method
    'fisher_rxc'
    >>> fisher([[3, 4], [0, 0]]).reason
    'one_row_or_column'
    """
    kept = with_patients(table)
    rows, columns = len(kept), len(kept[0]) if kept else 0
    method = "fisher_2x2" if rows <= 2 and columns <= 2 else "fisher_rxc"
    if rows < 2 or columns < 2:
        return Fisher(None, None, None, method, "one_row_or_column", rows, columns)
    if rows == columns == 2:
        (a, b), (c, d) = kept
        (p, less, greater), logs = _two_by_two(a, b, c, d)
        return Fisher(p, less, greater, method, None, rows, columns, *logs)
    try:
        if sum(map(sum, kept)) > MOST_PATIENTS:
            raise _TooLargeError
        unlikely, total = _Enumeration(kept).counts()
    except _TooLargeError:
        return Fisher(None, None, None, method, "enumeration_too_large", rows, columns)
    return Fisher(unlikely / total, None, None, method, None, rows, columns, log10_share(unlikely, total))


def with_whole_numbers(table: Sequence[Sequence[int]]) -> list[list[int]]:
    """Check that a table is rectangular and holds counts."""
    try:
        rows = [[as_count(cell, "table") for cell in row] for row in table]
    except TypeError:
        raise ValueError("table: not rows of counts") from None
    if len({len(row) for row in rows}) > 1:
        raise ValueError("table: rows of different lengths")
    return rows


def with_patients(table: Sequence[Sequence[int]]) -> list[list[int]]:
    """Check a table of counts and leave out its rows and columns without patients."""
    rows = [row for row in with_whole_numbers(table) if any(row)]
    kept = [any(column) for column in zip(*rows, strict=True)]
    return [[cell for cell, keep in zip(row, kept, strict=True) if keep] for row in rows]


_Three = tuple[float, float, float]


def _two_by_two(a: int, b: int, c: int, d: int) -> tuple[_Three, _Three]:
    """Two-sided, less and greater; then their decimal logarithms."""
    if a + b + c + d > _WHOLE_NUMBERS_UP_TO:
        return _two_by_two_in_floats(a, b, c, d)
    weights, observed = hypergeometric_counts(a, b, c, d)
    total = sum(weights)
    two_sided = sum(weight for weight in weights if weight <= weights[observed])
    less, greater = sum(weights[: observed + 1]), sum(weights[observed:])
    logs = (log10_share(two_sided, total), log10_share(less, total), log10_share(greater, total))
    return (two_sided / total, less / total, greater / total), logs


def hypergeometric_counts(a: int, b: int, c: int, d: int) -> tuple[list[int], int]:
    """Count the ways to each table with these margins, by its first cell from the lowest on; and where ours is."""
    row, column, other = a + b, a + c, c + d
    lowest, highest = max(0, column - other), min(row, column)
    weight = math.comb(row, lowest) * math.comb(other, column - lowest)
    weights = [weight]
    for cell in range(lowest, highest):
        weight = weight * (row - cell) * (column - cell) // ((cell + 1) * (other - column + cell + 1))
        weights.append(weight)
    return weights, a - lowest


def hypergeometric_logs(a: int, b: int, c: int, d: int) -> tuple[FloatArray, int]:
    """Give the logarithms of `hypergeometric_counts`, up to a constant; from ratios where the counts grow too long."""
    if a + b + c + d <= _WHOLE_NUMBERS_UP_TO:
        weights, observed = hypergeometric_counts(a, b, c, d)
        return np.array([math.log(weight) for weight in weights]), observed
    row, column, other = a + b, a + c, c + d
    lowest = max(0, column - other)
    before = np.arange(lowest, min(row, column), dtype=np.float64)
    ratios = (row - before) * (column - before) / ((before + 1) * (other - column + before + 1))
    return np.concatenate(([0.0], np.cumsum(np.log(ratios)))), a - lowest


def log_sum(logs: FloatArray) -> float:
    """Natural logarithm of the sum of numbers given as theirs, which may be too small or too large for floats."""
    highest = float(logs.max())
    return highest + math.log(float(np.exp(logs - highest).sum()))


def _two_by_two_in_floats(a: int, b: int, c: int, d: int) -> tuple[_Three, _Three]:
    logs, observed = hypergeometric_logs(a, b, c, d)
    total = log_sum(logs)
    # the sums of logarithms are good to some 1e-10: R's tolerance
    as_unlikely = logs <= logs[observed] + 1e-7
    parts = (logs[as_unlikely], logs[: observed + 1], logs[observed:])
    two_sided, less, greater = (min(0.0, log_sum(part) - total) for part in parts)
    per_ten = math.log(10)
    found = (math.exp(two_sided), math.exp(less), math.exp(greater))
    return found, (two_sided / per_ten, less / per_ten, greater / per_ten)


class _TooLargeError(Exception):
    """The enumeration takes more steps than allowed."""


class _Enumeration:
    """All tables with the observed margins, a column at a time.

    The weight of a table is the product over its columns of the multinomial coefficient of the column; the
    probability is weight / sum of weights. Partial tables that leave the same margins open and have the same weight
    are one. A branch ends as soon as all or none of its completions are as unlikely as the observed table.
    """

    def __init__(self, table: list[list[int]]) -> None:
        if len(table) > len(table[0]):
            table = [list(row) for row in zip(*table, strict=True)]
        # large columns first: their many partial tables meet the fewest margins
        columns = sorted(zip(*table, strict=True), key=sum, reverse=True)
        self._totals = [sum(column) for column in columns]
        self._margins = tuple(sorted(sum(row) for row in table))
        self._observed = math.prod(_multinomial(column) for column in columns)
        self._steps, self._step_of_filling = 0, 5 * len(table)
        self._extremes = cache(self._extremes_of)

    def counts(self) -> tuple[int, int]:
        """Count the ways to a table no more likely than the observed one, and to any table."""
        total = _multinomial(self._margins)
        unlikely = 0
        stage: dict[tuple[int, ...], dict[int, int]] = {self._margins: {1: 1}}
        for column in range(len(self._totals)):
            following: dict[tuple[int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
            for margins, weights in stage.items():
                for rest, weight in self._fillings(margins, column):
                    unlikely += self._sort_in(weights, weight, rest, column + 1, following[rest])
            stage = following
        return unlikely, total

    def _sort_in(
        self, weights: dict[int, int], factor: int, rest: tuple[int, ...], column: int, following: dict[int, int]
    ) -> int:
        """Give the weight of the branches that end here, and put the others into `following`."""
        lowest, highest = self._extremes(rest, column)
        completions = _multinomial(rest)
        ended = 0
        self._count_steps(len(weights))
        for weight, times in weights.items():
            past = weight * factor
            if past * highest <= self._observed:
                ended += past * times * completions
            elif past * lowest <= self._observed:
                following[past] += times
        return ended

    def _extremes_of(self, margins: tuple[int, ...], column: int) -> tuple[int, int]:
        """Lowest and highest weight of what can still follow."""
        if column == len(self._totals):
            return 1, 1
        lowest, highest = -1, 0
        for rest, weight in self._fillings(margins, column):
            low, high = self._extremes(rest, column + 1)
            highest = max(highest, weight * high)
            lowest = weight * low if lowest < 0 else min(lowest, weight * low)
        return lowest, highest

    def _fillings(self, margins: tuple[int, ...], column: int) -> Iterator[tuple[tuple[int, ...], int]]:
        """Every way to fill a column: the margins it leaves, sorted, and its multinomial coefficient."""
        for cells in _compositions(self._totals[column], margins):
            self._count_steps(self._step_of_filling)
            rest = tuple(sorted(margin - cell for margin, cell in zip(margins, cells, strict=True)))
            yield rest, _multinomial(cells)

    def _count_steps(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise _TooLargeError


def _multinomial(cells: Sequence[int]) -> int:
    result, total = 1, 0
    for cell in cells:
        total += cell
        result *= _choose(total, cell)
    return result


@lru_cache(maxsize=1 << 15)
def _choose(n: int, k: int) -> int:
    return math.comb(n, k)


def _compositions(total: int, limits: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every way to write `total` as a sum of parts from 0 up to their limits."""
    if len(limits) == 1:
        yield (total,)
        return
    room = sum(limits[1:])
    for first in range(max(0, total - room), min(limits[0], total) + 1):
        for others in _compositions(total - first, limits[1:]):
            yield (first, *others)
