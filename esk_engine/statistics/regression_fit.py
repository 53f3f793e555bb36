"""The numerical part of logistic regression: Newton's method with or without Firth's penalty, and separation."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import numpy as np

from esk_engine.statistics.values import FloatArray

_MOST_TURNS = 100


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    coefficients, standard_errors : arrays, shape (k,)
        On the scale of the columns given.
    log_likelihood : float
        Without penalty.
    objective : float
        What was maximised: the log likelihood, with Firth's penalty if asked for.
    """

    coefficients: FloatArray
    standard_errors: FloatArray
    log_likelihood: float
    objective: float


@dataclass(frozen=True, slots=True)
class _State:
    """A point on the way."""

    probabilities: FloatArray
    score: FloatArray
    log_likelihood: float
    objective: float


def fit_logistic(
    design: FloatArray,
    y: FloatArray,
    *,
    firth: bool,
    offset: FloatArray | None = None,
    start: FloatArray | None = None,
    whole: FloatArray | None = None,
) -> Fit:
    """Maximise the likelihood of a logistic model, penalised if asked for.

    Parameters
    ----------
    design : array, shape (n, k)
        Columns, of full rank.
    y : array, shape (n,)
        0 or 1.
    firth : bool
        Add half the log determinant of the information to the log likelihood.
    offset : array, shape (n,), optional
        A fixed part of the log odds.
    start : array, shape (k,), optional
        Where to begin.
    whole : array, shape (n, k + 1), optional
        The design whose information Firth's penalty is of, where a coefficient is held fixed: all columns.
    """
    scale = np.sqrt((design * design).mean(axis=0))
    columns = design / scale
    penalised = columns if whole is None else whole / np.sqrt((whole * whole).mean(axis=0))
    model = _Model(columns, y, np.zeros(y.size) if offset is None else offset, penalised if firth else None)
    beta = np.zeros(columns.shape[1]) if start is None else start * scale
    state = model.at(beta)
    for _ in range(_MOST_TURNS):
        step = model.step(beta, state)
        size = float(np.abs(step).max())
        step *= min(1.0, 5.0 / max(size, 1e-300))
        moved = model.at(beta + step)
        for _ in range(40):
            if moved.objective >= state.objective - 1e-12 * abs(state.objective):
                break
            step /= 2
            moved = model.at(beta + step)
        beta, state = beta + step, moved
        if size <= 1e-13 * max(1.0, float(np.abs(beta).max())):
            break
    inverse = _solved(model.information(state), np.eye(beta.size))
    errors = np.sqrt(np.diag(inverse)) / scale
    return Fit(beta / scale, errors, state.log_likelihood, state.objective)


@dataclass(frozen=True, slots=True)
class _Model:
    """Columns, outcomes, the fixed part of the log odds, and the columns whose information Firth's penalty is of."""

    columns: FloatArray
    y: FloatArray
    offset: FloatArray
    penalised: FloatArray | None

    def at(self, beta: FloatArray) -> _State:
        """Probabilities, likelihoods and the (modified) score at these coefficients."""
        log_odds = self.offset + self.columns @ beta
        # without overflow on either side
        log_likelihood = float((self.y * log_odds - np.logaddexp(0.0, log_odds)).sum())
        probabilities = np.exp(-np.logaddexp(0.0, -log_odds))
        residual, penalty = self.y - probabilities, 0.0
        if self.penalised is not None:
            weights = np.exp(-0.5 * (np.logaddexp(0.0, -log_odds) + np.logaddexp(0.0, log_odds)))
            q, r = np.linalg.qr(weights[:, None] * self.penalised)
            penalty = float(np.log(np.abs(np.diag(r)).clip(1e-300)).sum())
            residual = residual + (q * q).sum(axis=1) * (0.5 - probabilities)
        return _State(probabilities, self.columns.T @ residual, log_likelihood, log_likelihood + penalty)

    def information(self, state: _State) -> FloatArray:
        """Triangular factor of the Fisher information."""
        spread = np.sqrt(state.probabilities * (1 - state.probabilities))
        return np.linalg.qr(spread[:, None] * self.columns)[1]

    def step(self, beta: FloatArray, state: _State) -> FloatArray:
        """Newton's step; with the penalty by differences of the score, unless that does not lead uphill."""
        scoring = _solved(self.information(state), state.score)
        if self.penalised is None:
            return scoring
        slopes = np.empty((beta.size, beta.size))
        for j in range(beta.size):
            nudge = np.zeros(beta.size)
            nudge[j] = 1e-5
            slopes[:, j] = (self.at(beta + nudge).score - self.at(beta - nudge).score) / 2e-5
        try:
            newton = np.asarray(np.linalg.solve(-slopes, state.score), dtype=np.float64)
        except np.linalg.LinAlgError:
            return scoring
        return newton if float(newton @ state.score) > 0 else scoring


def _solved(r: FloatArray, right: FloatArray) -> FloatArray:
    """Solve r' r x = right for triangular r."""
    return np.asarray(np.linalg.solve(r, np.linalg.solve(r.T, right)), dtype=np.float64)


def separation(design: FloatArray, y: FloatArray) -> str | None:
    """Say whether some combination of the columns tells the outcome without an error.

    Parameters
    ----------
    design : array, shape (n, k)
        Columns, the intercept among them.
    y : array, shape (n,)
        0 or 1.

    Returns
    -------
    str or None
        ``"complete"`` where every patient lies strictly on the side of the outcome, ``"quasi"`` where some lie on
        the border, None without separation.

    Notes
    -----
    Linear programmes, as in Konis (2007). They are needed only if the likelihood has no evident maximum: at one, the
    residuals are weights above 0 under which the signed rows sum to 0, and by Stiemke's theorem nothing separates.
    """
    scaled = design / np.abs(design).max(axis=0)
    if _evident_maximum(scaled, y):
        return None
    signed = scaled * (2 * y - 1)[:, None]
    n, k = signed.shape
    linprog = import_module("scipy.optimize").linprog
    quasi = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(n), bounds=[(-1, 1)] * k, method="highs")
    if -quasi.fun <= 1e-7:
        return None
    margin = linprog(
        [0.0] * k + [-1.0],
        A_ub=np.column_stack([-signed, np.ones(n)]),
        b_ub=np.zeros(n),
        bounds=[(-1, 1)] * k + [(None, 1)],
        method="highs",
    )
    return "complete" if -margin.fun > 1e-9 else "quasi"


def _evident_maximum(columns: FloatArray, y: FloatArray) -> bool:
    beta = np.zeros(columns.shape[1])
    for _ in range(25):
        probabilities = np.exp(-np.logaddexp(0.0, -(columns @ beta)))
        spread = probabilities * (1 - probabilities)
        if spread.min() < 1e-6:
            return False
        gradient = columns.T @ (y - probabilities)
        if np.abs(gradient).max() < 1e-10 * y.size:
            return True
        beta = beta + np.linalg.lstsq(columns.T @ (spread[:, None] * columns), gradient)[0]
    return False
