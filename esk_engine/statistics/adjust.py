"""P-values adjusted for being one of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from esk_engine.statistics.values import FloatArray

P = float | None


def holm(p: Sequence[P]) -> list[P]:
    """Adjust by Holm: the chance of any false positive stays below the level, whatever the dependence.

    Parameters
    ----------
    p : sequence of float or None
        P-values in [0, 1]; None stays None and is left out of the count.

    Returns
    -------
    list of float or None
        In the order given.

    References
    ----------
    Holm S. Scand J Stat 1979;6:65-70.

    Examples
    --------
    >>> holm([0.01, None, 0.03, 0.2])
    [0.03, None, 0.06, 0.2]
    """
    return _adjusted(p, lambda ordered: np.maximum.accumulate(ordered * np.arange(ordered.size, 0, -1)))


def holm_log10(log10_p: Sequence[P]) -> list[P]:
    """Adjust by Holm P-values given as decimal logarithms, which may be too small for floats; gives logarithms.

    Examples
    --------
    >>> [round(log10, 6) for log10 in holm_log10([-400.0, -2.0])]
    [-399.69897, -2.0]
    """

    def adjusted(ordered: FloatArray) -> FloatArray:
        return np.maximum.accumulate(ordered + np.log10(np.arange(ordered.size, 0, -1)))

    _check(log10_p, lambda value: value <= 0, "log10_p: a value is not a logarithm of a probability")
    return _in_place(log10_p, adjusted, 0.0)


def hochberg(p: Sequence[P]) -> list[P]:
    """Adjust by Hochberg: Holm's factors from the largest down, valid under positive dependence.

    References
    ----------
    Hochberg Y. Biometrika 1988;75:800-2.

    Examples
    --------
    >>> hochberg([0.04, 0.03])
    [0.04, 0.04]
    """
    return _adjusted(p, lambda ordered: _from_above(ordered * np.arange(ordered.size, 0, -1)))


def hommel(p: Sequence[P]) -> list[P]:
    """Adjust by Hommel: Simes's test on every subset, a little sharper than Hochberg.

    References
    ----------
    Hommel G. Biometrika 1988;75:383-6. Wright SP. Biometrics 1992;48:1005-13 (the algorithm).

    Examples
    --------
    >>> hommel([0.01, 0.02, 0.03])
    [0.03, 0.03, 0.03]
    """
    return _adjusted(p, _hommel)


def bonferroni(p: Sequence[P]) -> list[P]:
    """Adjust by Bonferroni: each P times their number.

    Examples
    --------
    >>> bonferroni([0.01, 0.6])
    [0.02, 1.0]
    """
    return _adjusted(p, lambda ordered: ordered * ordered.size)


def benjamini_hochberg(p: Sequence[P]) -> list[P]:
    """Adjust by Benjamini and Hochberg: the expected share of false positives among the positives.

    References
    ----------
    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.02, 0.5])
    [0.03, 0.03, 0.5]
    """
    return _adjusted(p, lambda ordered: _from_above(ordered * (ordered.size / np.arange(1, ordered.size + 1))))


def benjamini_yekutieli(p: Sequence[P]) -> list[P]:
    """Adjust by Benjamini and Yekutieli: as Benjamini-Hochberg, whatever the dependence.

    References
    ----------
    Benjamini Y, Yekutieli D. Ann Stat 2001;29:1165-88.

    Examples
    --------
    >>> benjamini_yekutieli([0.01, 0.5])
    [0.03, 0.75]
    """

    def adjusted(ordered: FloatArray) -> FloatArray:
        places = np.arange(1, ordered.size + 1)
        return _from_above(ordered * (float((1 / places).sum()) * ordered.size / places))

    return _adjusted(p, adjusted)


def _from_above(scaled: FloatArray) -> FloatArray:
    """Let no P exceed a later one."""
    return np.minimum.accumulate(scaled[::-1])[::-1]


def _hommel(ordered: FloatArray) -> FloatArray:
    n = ordered.size
    places = np.arange(1, n + 1)
    least = np.full(n, float((n * ordered / places).min()))
    adjusted = least.copy()
    for m in range(n - 1, 1, -1):
        head, tail = n - m + 1, np.arange(n - m + 1, n)
        bound = float((m * ordered[tail] / np.arange(2, m + 1)).min())
        least[:head] = np.minimum(m * ordered[:head], bound)
        least[tail] = least[n - m]
        adjusted = np.maximum(adjusted, least)
    return np.maximum(adjusted, ordered)


def _adjusted(p: Sequence[P], method: Callable[[FloatArray], FloatArray]) -> list[P]:
    _check(p, lambda value: 0 <= value <= 1, "p: a value is not between 0 and 1")
    return _in_place(p, method, 1.0)


def _check(p: Sequence[P], holds: Callable[[float], bool], message: str) -> None:
    try:
        right = all(value is None or holds(value) for value in p)
    except TypeError:
        right = False
    if not right:
        raise ValueError(message)


def _in_place(p: Sequence[P], method: Callable[[FloatArray], FloatArray], highest: float) -> list[P]:
    """Adjust the values present, ascending, none above `highest`, and put each back in its place."""
    present = [i for i, value in enumerate(p) if value is not None]
    values = np.array([value for value in p if value is not None], dtype=np.float64)
    order = values.argsort(kind="stable")
    result: list[P] = [None] * len(p)
    if present:
        for place, value in zip(order.tolist(), np.minimum(method(values[order]), highest).tolist(), strict=True):
            result[present[place]] = value
    return result
