"""Slowing those who guess: five wrong PINs or passphrases are free, each one after that costs twice the wait."""

from __future__ import annotations

import time
from collections.abc import Callable

FREE_TRIES = 5
LONGEST_WAIT = 60.0


class Tries:
    """Counts wrong tries at one secret; kept in memory, for as long as the program runs.

    Parameters
    ----------
    clock
        Seconds that only go on; tests bring their own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._last = 0.0

    def failed(self) -> None:
        """Note a wrong try."""
        self._failures += 1
        self._last = self._clock()

    def succeeded(self) -> None:
        """Begin anew after a right one."""
        self._failures = 0

    def wait_seconds(self) -> float:
        """How long until the next try is looked at: 0 for the first five, then 2, 4, 8 ... 60 seconds from the last."""
        over = self._failures - FREE_TRIES
        if over < 0:
            return 0.0
        wait = min(2.0 ** (over + 1), LONGEST_WAIT)
        return max(0.0, self._last + wait - self._clock())
