"""Logistic regression of a yes/no outcome: maximum likelihood and Firth's, with Wald and profile intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from esk_engine.statistics.normal import normal_quantile, two_sided_normal
from esk_engine.statistics.regression_fit import Fit, fit_logistic, separation
from esk_engine.statistics.roots import rising_root
from esk_engine.statistics.special import chi_square_above, chi_square_quantile
from esk_engine.statistics.summaries import exponential
from esk_engine.statistics.values import FloatArray, Values, as_level, as_values

INTERCEPT = "(Intercept)"

_FURTHEST = 1e100
"""Predictors of which the largest value is beyond this, or below its inverse, would overflow on the way."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient, on the scale of log odds per unit of its predictor.

    Attributes
    ----------
    name : str
        The predictor's, or ``"(Intercept)"``.
    value, standard_error, z, p : float
        Estimate, standard error, their quotient and its two-sided P.
    wald_lower, wald_upper : float
        Limits value -/+ z standard_error.
    profile_lower, profile_upper : float or None
        Limits by the profile (Firth: penalised) likelihood, to be preferred in small groups; None if not asked for.
    """

    name: str
    value: float
    standard_error: float
    z: float
    p: float
    wald_lower: float
    wald_upper: float
    profile_lower: float | None
    profile_upper: float | None

    @property
    def odds_ratio(self) -> float:
        """Odds ratio per unit of the predictor; infinite where it is too large for a float."""
        found = exponential(self.value)
        return math.inf if found is None else found


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression.

    Attributes
    ----------
    n, events : int
        Patients, and how many of them have the outcome.
    coefficients : tuple of Coefficient
        The intercept first; empty where there is a reason.
    level : float
        Level of the intervals.
    deviance, null_deviance, aic : float or None
        Minus twice the log likelihood (without Firth's penalty), the same with the intercept alone, and the first plus
        twice the number of coefficients.
    p_likelihood_ratio : float or None
        All predictors together against none; maximum likelihood only.
    separation : str or None
        ``"complete"`` or ``"quasi"`` where some combination of predictors tells the outcome without an error, and the
        maximum likelihood estimate does not exist; None where there is no such combination.
    method : str
        ``"logistic_ml"`` or ``"logistic_firth"``.
    reason : str or None
        ``separation``, ``collinear``, ``one_outcome`` or ``too_few_patients`` where there are no coefficients.
    """

    n: int
    events: int
    coefficients: tuple[Coefficient, ...]
    level: float
    deviance: float | None
    null_deviance: float | None
    aic: float | None
    p_likelihood_ratio: float | None
    separation: str | None
    method: str
    reason: str | None = None


def logistic(
    outcome: Sequence[bool | int], predictors: Mapping[str, Values], *, level: float = 0.95, profile: bool = True
) -> Logistic:
    """Fit a logistic regression by maximum likelihood.

    With separation the estimate does not exist, and none is given: most programs then print where their iterations
    stopped. `logistic_firth` has a finite estimate.

    Parameters
    ----------
    outcome : sequence of bool or of 0 and 1, shape (n,)
        Whether a patient has the outcome.
    predictors : mapping of str to array_like, each of shape (n,)
        Finite numbers; patients with a missing one dropped by the caller.
    level : float
        Confidence level.
    profile : bool
        Whether to compute profile intervals (some ten fits for each limit).

    Raises
    ------
    ValueError
        For an outcome that is not 0 or 1, no predictors, different lengths, values that are not finite numbers.

    References
    ----------
    McCullagh P, Nelder JA. Generalized Linear Models (1989), chapter 4. Albert A, Anderson JA. Biometrika 1984;71:1-10.

    Examples
    --------
    >>> result = logistic([1, 1, 1, 0, 1, 0, 0, 0], {"female": [1, 1, 1, 1, 0, 0, 0, 0]})
    >>> round(result.coefficients[1].odds_ratio, 9), result.separation is None
    (9.0, True)
    >>> logistic([0, 0, 0, 1, 1, 1], {"dose": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}).separation
    'complete'
    """
    return _regression(outcome, predictors, as_level(level), profile=profile, firth=False)


def logistic_firth(
    outcome: Sequence[bool | int], predictors: Mapping[str, Values], *, level: float = 0.95, profile: bool = True
) -> Logistic:
    """Fit a logistic regression by Firth's penalised likelihood: less biased in small groups, finite with separation.

    Parameters and result as for `logistic`; the profile intervals are of the penalised likelihood.

    References
    ----------
    Firth D. Biometrika 1993;80:27-38. Heinze G, Schemper M. Stat Med 2002;21:2409-19.

    Examples
    --------
    >>> result = logistic_firth([0, 0, 0, 1, 1, 1], {"dose": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    >>> result.separation, result.coefficients[1].value > 0
    ('complete', True)
    """
    return _regression(outcome, predictors, as_level(level), profile=profile, firth=True)


def profile_deviance(
    outcome: Sequence[bool | int], predictors: Mapping[str, Values], name: str, at: Values, *, firth: bool = False
) -> FloatArray:
    """Tell how much worse the model is with one coefficient held at each of some values: the curve behind its interval.

    Parameters
    ----------
    outcome, predictors
        As for `logistic`; without separation, or with `firth`.
    name : str
        The coefficient: a predictor's name, or ``"(Intercept)"``.
    at : array_like, shape (k,)
        The values.
    firth : bool
        Of the penalised likelihood.

    Returns
    -------
    array, shape (k,)
        Deviance above that of the fitted model, >= 0 but for rounding.

    Examples
    --------
    >>> curve = profile_deviance([1, 1, 0, 1, 0, 0], {"dose": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}, "dose", [0.0])
    >>> test = logistic([1, 1, 0, 1, 0, 0], {"dose": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}, profile=False)
    >>> bool(abs(curve[0] - (test.null_deviance - test.deviance)) < 1e-12)
    True
    """
    y, design = _checked(outcome, predictors)
    names = (INTERCEPT, *predictors)
    if name not in names:
        raise ValueError(f"name: {name} is not a coefficient")
    fit = fit_logistic(design, y, firth=firth)
    fallen = _fallen(design, y, fit, names.index(name), firth=firth)
    return np.array([2 * fallen(value) for value in as_values(at, "at").tolist()])


def _regression(
    outcome: Sequence[bool | int], predictors: Mapping[str, Values], level: float, *, profile: bool, firth: bool
) -> Logistic:
    y, design = _checked(outcome, predictors)
    n, events = y.size, int(y.sum())
    method = "logistic_firth" if firth else "logistic_ml"
    separated: str | None = None
    reason = None
    if n <= design.shape[1]:
        reason = "too_few_patients"
    elif events in (0, n):
        reason = "one_outcome"
    elif np.linalg.matrix_rank(design / np.abs(design).max(axis=0).clip(1e-300)) < design.shape[1]:
        reason = "collinear"
    else:
        separated = separation(design, y)
        reason = "separation" if separated and not firth else None
    if reason is not None:
        return Logistic(n, events, (), level, None, None, None, None, separated, method, reason)
    try:
        fit = fit_logistic(design, y, firth=firth)
        limits = [
            _profile(design, y, fit, j, level, firth=firth) if profile else (None, None) for j in range(design.shape[1])
        ]
    except np.linalg.LinAlgError:  # all but collinear
        return Logistic(n, events, (), level, None, None, None, None, separated, method, "collinear")
    z = normal_quantile((1 + level) / 2)
    coefficients = tuple(
        Coefficient(name, b, s, b / s, two_sided_normal(b / s), b - z * s, b + z * s, *limit)
        for name, b, s, limit in zip(
            (INTERCEPT, *predictors), fit.coefficients.tolist(), fit.standard_errors.tolist(), limits, strict=True
        )
    )
    deviance = -2 * fit.log_likelihood
    null = -2 * (events * math.log(events / n) + (n - events) * math.log1p(-events / n))
    p = None if firth else chi_square_above(max(0.0, null - deviance), design.shape[1] - 1)
    aic = deviance + 2 * design.shape[1]
    return Logistic(n, events, coefficients, level, deviance, null, aic, p, separated, method)


def _checked(outcome: Sequence[bool | int], predictors: Mapping[str, Values]) -> tuple[FloatArray, FloatArray]:
    y = np.asarray(outcome)
    if y.ndim != 1 or y.size == 0 or y.dtype.kind not in "biuf" or not np.isin(y, (0, 1)).all():
        raise ValueError("outcome: not a sequence of 0 and 1")
    if not predictors:
        raise ValueError("predictors: none")
    columns = [as_values(values, name) for name, values in predictors.items()]
    for name, column in zip(predictors, columns, strict=True):
        if column.size != y.size:
            raise ValueError(f"{name}: {column.size} values for {y.size} outcomes")
        if not 1 / _FURTHEST < float(np.abs(column).max() or 1.0) < _FURTHEST:
            raise ValueError(f"{name}: too large or too small for a fit; use another unit")
    return y.astype(np.float64), np.column_stack([np.ones(y.size), *columns])


def _profile(design: FloatArray, y: FloatArray, fit: Fit, j: int, level: float, *, firth: bool) -> tuple[float, float]:
    """Where the likelihood, maximised over the other coefficients, has fallen by half a chi-square quantile."""
    fallen = _fallen(design, y, fit, j, firth=firth)
    fall = chi_square_quantile(level, 1) / 2
    best = float(fit.coefficients[j])
    reach = normal_quantile((1 + level) / 2) * float(fit.standard_errors[j])

    def below(distance: float) -> float:
        return fallen(best - distance) - fall

    def above(distance: float) -> float:
        return fallen(best + distance) - fall

    lower = best - rising_root(below, 0.5 * reach, 1.5 * reach, relative=1e-11)
    upper = best + rising_root(above, 0.5 * reach, 1.5 * reach, relative=1e-11)
    return lower, upper


def _fallen(design: FloatArray, y: FloatArray, fit: Fit, j: int, *, firth: bool) -> Callable[[float], float]:
    """How far the likelihood has fallen with coefficient j held somewhere and the others at their best there."""
    others, start = np.delete(design, j, axis=1), np.delete(fit.coefficients, j)

    def fallen(at: float) -> float:
        there = fit_logistic(others, y, firth=firth, offset=at * design[:, j], start=start, whole=design)
        return fit.objective - there.objective

    return fallen
