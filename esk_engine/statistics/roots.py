"""The root of a rising function, to the last digits."""

from __future__ import annotations

from collections.abc import Callable


def rising_root(
    rising: Callable[[float], float], low: float = -1.0, high: float = 1.0, *, relative: float = 0.0
) -> float:
    """Find where a rising function is 0.

    The bracket is widened until it holds the root, then cut a little on either side of the secant's root and halved
    in turn: about four evaluations for every three digits.

    Parameters
    ----------
    rising : callable
        Continuous and rising.
    low, high : float
        A first guess of the bracket.
    relative : float
        Stop when the bracket is this small against its ends; 0 goes on until no float lies between.

    Raises
    ------
    ArithmeticError
        If no bracket is found.
    """
    at_low, at_high = rising(low), rising(high)
    width = high - low
    for _ in range(200):
        if at_low <= 0 <= at_high:
            break
        width *= 2
        if at_low > 0:
            high, at_high, low = low, at_low, low - width
            at_low = rising(low)
        else:
            low, at_low, high = high, at_high, high + width
            at_high = rising(high)
    else:
        raise ArithmeticError("no root was found")
    for turn in range(300):
        middle = (low + high) / 2
        if turn % 3 and at_high > at_low:
            secant = low - at_low * (high - low) / (at_high - at_low)
            step = (high - low) * (1e-3 if turn % 3 == 1 else -1e-3)
            middle = min(max(secant + step, low), high)
            if not low < middle < high:
                middle = (low + high) / 2
        if not low < middle < high or high - low <= relative * max(abs(low), abs(high)):
            break
        value = rising(middle)
        if value < 0:
            low, at_low = middle, value
        else:
            high, at_high = middle, value
    return (low + high) / 2
