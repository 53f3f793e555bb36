"""Exact Mann-Whitney with ties: beside scipy and R's coin, and beside the truth in big integers."""

from __future__ import annotations

import shutil
import subprocess
import time
import warnings
from fractions import Fraction

import numpy as np

from benchmarks.rows import Row, against, alternate, seconds, timed
from esk_engine.statistics import mann_whitney

Groups = tuple[list[float], list[float]]
_COIN = """
suppressMessages(library(coin))
d <- data.frame(v = c({x}, {y}), g = factor(c(rep("x", {m}), rep("y", {n}))))
for (i in 1:3) t <- system.time(for (k in 1:20) pvalue(wilcox_test(v ~ g, data = d, distribution = "exact")))
cat(t[["elapsed"]] / 20)
"""


def groups(m: int, n: int, decimals: int = 0) -> Groups:
    """Two groups with ties, the same in every run."""
    random = np.random.default_rng(20240116)
    pooled = np.round(random.normal(60, 18, m + n), decimals)
    return pooled[:m].tolist(), (pooled[m:] + 4).tolist()


def truth(x: list[float], y: list[float]) -> Fraction:
    """The two-sided permutation P: every split counted by its rank sum, a polynomial packed in one integer."""
    pooled = np.array(x + y)
    ordered = np.sort(pooled)
    low, high = np.searchsorted(ordered, pooled), np.searchsorted(ordered, pooled, side="right")
    ranks = [int(rank) for rank in low + high + 1]  # doubled mid-ranks
    width = len(ranks) + 2
    counts = [1] + [0] * len(x)
    for rank in ranks:
        for k in range(len(x), 0, -1):
            counts[k] += counts[k - 1] << (rank * width)
    mean, observed = Fraction(len(x) * sum(ranks), len(ranks)), sum(ranks[: len(x)])
    packed, mask, total, extreme, at = counts[len(x)], (1 << width) - 1, 0, 0, 0
    while packed:
        count = packed & mask
        total += count
        extreme += count if abs(at - mean) >= abs(observed - mean) else 0
        packed >>= width
        at += 1
    return Fraction(extreme, total)


def _error(x: list[float], y: list[float]) -> float:
    found = mann_whitney(x, y, exact=True).p_exact.value
    assert found is not None
    exact = truth(x, y)
    return abs(float((Fraction(found) - exact) / exact))


def _scipy_row(x: list[float], y: list[float]) -> Row:
    from scipy import stats

    def theirs() -> None:
        for _ in range(50):
            stats.mannwhitneyu(x, y)

    def ours() -> None:
        for _ in range(50):
            mann_whitney(x, y)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine, other = alternate(lambda: timed(ours) / 50, lambda: timed(theirs) / 50, rounds=15)
    return against("exact Mann-Whitney with ties, 10 v 20", mine, other, "scipy's default", 0.5)


def _coin_row(x: list[float], y: list[float]) -> Row:
    what, target = "the same", "<= 0.05 x R coin"
    program = shutil.which("Rscript")
    if program is None:
        return Row(what, "", "R with coin is not on this machine", target)
    script = _COIN.format(x=", ".join(map(repr, x)), y=", ".join(map(repr, y)), m=len(x), n=len(y))
    done = subprocess.run([program, "-e", script], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return Row(what, "", "R's package coin is not on this machine", target)
    mine, _ = alternate(lambda: timed(lambda: mann_whitney(x, y)), time.perf_counter, rounds=50)
    return against(what, mine, float(done.stdout), "R coin", 0.05)


def _large_row(m: int, decimals: int, limit: float) -> Row:
    x, y = groups(m, m, decimals)
    mann_whitney(x, y, exact=True)
    (mine,) = alternate(lambda: timed(lambda: mann_whitney(x, y, exact=True)), rounds=5)
    return Row(f"exact Mann-Whitney with ties, {m} v {m}", seconds(mine), "-", f"<= {seconds(limit)}", mine <= limit)


def rows() -> list[Row]:
    """Speed at three sizes, and the largest relative error against the big integers at two."""
    small, middle = groups(10, 20), groups(50, 50)
    error = max(_error(*small), _error(*middle))
    return [
        _scipy_row(*small),
        _coin_row(*small),
        _large_row(50, 0, 0.004),
        _large_row(200, 1, 1.0),
        Row(
            "its largest relative error",
            f"{error:.1e}",
            "big integers, 10 v 20 and 50 v 50",
            "<= 1e-12",
            error <= 1e-12,
        ),
    ]
