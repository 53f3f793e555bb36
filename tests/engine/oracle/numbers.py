"""The statistics by their definitions: exact integers and fractions, SciPy for the normal tail."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from scipy import stats

from tests.engine.oracle.model import Below

Values = Sequence[Fraction]
Ranked = Sequence[Fraction | Below]
ENUMERATED = 3000
LEVEL = Fraction(95, 100)


def _median(ordered: Values) -> Fraction:
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def _type_7(ordered: Values, part: Fraction) -> Fraction:
    place = (len(ordered) - 1) * part
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _root(value: Fraction) -> float:
    """The square root of a fraction to full double precision, however large its parts are."""
    scale = 10**40
    return math.isqrt(value.numerator * scale * scale // value.denominator) / scale


def summary(values: Values) -> dict[str, float | None]:
    """What one group's numbers come to; None where undefined."""
    keys = [
        "median",
        "min",
        "max",
        "q1",
        "q3",
        "hinge_low",
        "hinge_high",
        "mean",
        "sd",
        "cv_percent",
        "geometric_mean",
        "geometric_cv_percent",
    ]
    found: dict[str, float | None] = dict.fromkeys(keys)
    if not values:
        return found
    ordered = sorted(values)
    n = len(ordered)
    half = (n + 1) // 2
    mean = sum(ordered, Fraction(0)) / n
    exact = {
        "median": _median(ordered),
        "min": ordered[0],
        "max": ordered[-1],
        "q1": _type_7(ordered, Fraction(1, 4)),
        "q3": _type_7(ordered, Fraction(3, 4)),
        "hinge_low": _median(ordered[:half]),
        "hinge_high": _median(ordered[n - half :]),
        "mean": mean,
    }
    found |= {name: float(value) for name, value in exact.items()}
    if n > 1:
        sd = _root(sum(((v - mean) ** 2 for v in ordered), Fraction(0)) / (n - 1))
        found["sd"] = sd
        found["cv_percent"] = 100 * sd / float(mean) if mean != 0 else None
    if ordered[0] > 0:
        logs = [math.log(v) for v in ordered]
        centre = math.fsum(logs) / n
        found["geometric_mean"] = math.exp(centre)
        if n > 1:
            squares = math.fsum((v - centre) ** 2 for v in logs) / (n - 1)
            found["geometric_cv_percent"] = 100 * math.sqrt(math.expm1(squares))
    return found


def rank_keys(values: Ranked) -> list[Fraction]:
    """What values are ranked by: all those below their limit tie, under every measured one."""
    return [Fraction(-1) if isinstance(v, Below) else v for v in values] if _any_below(values) else list(_plain(values))


def _any_below(values: Ranked) -> bool:
    return any(isinstance(v, Below) for v in values)


def _plain(values: Ranked) -> list[Fraction]:
    return [v for v in values if isinstance(v, Fraction)]


def doubled_ranks(values: Values) -> list[int]:
    """Twice the mid-ranks: whole numbers."""
    ordered = sorted(values)
    first: dict[Fraction, int] = {}
    for place, value in enumerate(ordered, 1):
        first.setdefault(value, place)
    ties = Counter(ordered)
    return [2 * first[v] + ties[v] - 1 for v in values]


@cache
def _sums(ranks: tuple[int, ...], size: int) -> dict[int, int]:
    """How many subsets of ``size`` have each sum: by listing them, or by one big integer a subset size."""
    if math.comb(len(ranks), size) <= ENUMERATED:
        return dict(Counter(sum(chosen) for chosen in itertools.combinations(ranks, size)))
    width = math.comb(len(ranks), size).bit_length() + 1
    packed = [1] + [0] * size
    for done, rank in enumerate(ranks, 1):
        for count in range(min(size, done), 0, -1):
            packed[count] += packed[count - 1] << (rank * width)
    mask, found, left, at = (1 << width) - 1, dict[int, int](), packed[size], 0
    bits = bin(left)[:1:-1]  # lowest bit first
    for at in range(0, len(bits), width):
        ways = int(bits[at : at + width][::-1], 2) & mask
        if ways:
            found[at // width] = ways
    return found


def exact_p(x: Values, y: Values) -> Fraction:
    """All splits whose rank sum lies at least as far from its mean as the one seen, given the ties."""
    ranks = doubled_ranks([*x, *y])
    m, total = len(x), len(ranks)
    mean = m * (total + 1)
    seen = abs(sum(ranks[:m]) - mean)
    counts = _sums(tuple(sorted(ranks)), m)
    far = sum(ways for value, ways in counts.items() if abs(value - mean) >= seen)
    return Fraction(far, math.comb(total, m))


def _untied_cumulative(m: int, n: int) -> list[Fraction]:
    """P(U <= u) for u = 0 ... mn without ties."""
    counts = _sums(tuple(range(1, m + n + 1)), m)
    least = m * (m + 1) // 2
    cumulative = itertools.accumulate(counts.get(u + least, 0) for u in range(m * n + 1))
    return [Fraction(ways, math.comb(m + n, m)) for ways in cumulative]


def exact_spss(u: Fraction, m: int, n: int) -> Fraction | None:
    smaller = min(u, m * n - u)
    if smaller.denominator != 1:
        return None
    return min(Fraction(1), 2 * _untied_cumulative(m, n)[int(smaller)])


def mann_whitney(x: Ranked, y: Ranked) -> dict[str, Any]:
    """U (pairs in which x is higher), z and three two-sided P; all None where a group is empty."""
    if not x or not y:
        return {"u": None, "z": None, "p": dict.fromkeys(("asymptotic", "exact", "exact_spss"))}
    xs, ys = rank_keys(x), rank_keys(y)
    m, n, total = len(xs), len(ys), len(xs) + len(ys)
    u = sum((Fraction((a > b) * 2 + (a == b), 2) for a in xs for b in ys), Fraction(0))
    ties = sum(t**3 - t for t in Counter([*xs, *ys]).values())
    variance = Fraction(m * n, 12) * (total + 1 - Fraction(ties, total * (total - 1)))
    z = float(u - Fraction(m * n, 2)) / math.sqrt(variance) if variance else None
    p = None
    if variance:
        p = float(2 * stats.norm.sf(abs(z or 0.0)))
        order = {value: place for place, value in enumerate(sorted({*xs, *ys}))}
        told = stats.mannwhitneyu(
            [order[v] for v in xs], [order[v] for v in ys], use_continuity=False, method="asymptotic"
        )
        if not math.isclose(p, told.pvalue, rel_tol=1e-9):
            raise AssertionError("the oracle's own normal approximation and SciPy's differ")
    spss = exact_spss(u, m, n)
    return {
        "u": float(u),
        "z": z,
        "p": {
            "asymptotic": p,
            "exact": float(exact_p(xs, ys)),
            "exact_spss": None if spss is None else float(spss),
        },
    }


def rank_biserial(x: Ranked, y: Ranked) -> float | None:
    found = mann_whitney(x, y)
    return None if found["u"] is None else 2 * found["u"] / (len(x) * len(y)) - 1


def hodges_lehmann(x: Ranked, y: Ranked) -> tuple[float, float | None, float | None] | None:
    """The median of all pairwise differences and its 95 % order-statistic limits; None where undefined.

    The limits are the k-th smallest and largest difference, k the 2.5 % quantile of the untied U; where even the
    outermost pair does not reach 95 % there are none.
    """
    if not x or not y or _any_below([*x, *y]):
        return None
    xs, ys = _plain(x), _plain(y)
    differences = sorted(a - b for a in xs for b in ys)
    shift = float(_median(differences))
    tail = (1 - LEVEL) / 2
    k = next(u for u, p in enumerate(_untied_cumulative(len(xs), len(ys))) if p >= tail)
    if k == 0:
        return shift, None, None
    return shift, float(differences[k - 1]), float(differences[-k])


def fisher(rows: Sequence[tuple[int, int]]) -> float | None:
    """Two-sided: every table with these margins that is no more likely than the one seen, in whole numbers."""
    kept = [row for row in rows if sum(row)]
    first, second = sum(a for a, _ in kept), sum(b for _, b in kept)
    if len(kept) < 2 or not first or not second:
        return None
    sizes = [a + b for a, b in kept]
    seen = math.prod(math.comb(size, a) for size, (a, _) in zip(sizes, kept, strict=True))
    weight = 0
    for cells in itertools.product(*(range(min(size, first) + 1) for size in sizes[:-1])):
        last = first - sum(cells)
        if 0 <= last <= sizes[-1]:
            ways = math.prod(math.comb(size, a) for size, a in zip(sizes, (*cells, last), strict=True))
            weight += ways if ways <= seen else 0
    return float(Fraction(weight, math.comb(first + second, first)))
