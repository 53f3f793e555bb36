"""One measured row: what was measured, ours, the peer's, and whether it is as quick as was to be reached."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    Attributes
    ----------
    ours, peer
        Figures as printed, with their units; ``peer`` is "-" where there is none, or why it could not run.
    target
        What is to be reached.
    reached
        None where it cannot be told in this run.
    """

    what: str
    ours: str
    peer: str
    target: str
    reached: bool | None = None


def seconds(value: float) -> str:
    """Three significant figures in the unit that reads best."""
    for factor, unit in ((1.0, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def timed(call: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def alternate(*sources: Callable[[], float], rounds: int) -> tuple[float, ...]:
    """Medians of several sources of seconds, each asked once a round, so that a slow moment meets all."""
    found = [[source() for source in sources] for _ in range(rounds)]
    return tuple(statistics.median(column) for column in zip(*found, strict=True))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that ``percent`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def against(
    what: str, ours: float, peer: float, name: str, factor: float, show: Callable[[float], str] = seconds
) -> Row:
    """A row whose target is a factor of its peer's figure."""
    ratio = ours / peer
    return Row(what, show(ours), f"{name} {show(peer)}", f"<= {factor:g} x, is {ratio:.2g} x", ratio <= factor)


def printed(rows: Sequence[Row]) -> str:
    """All rows as a table in columns."""
    marks = {True: "reached", False: "NOT REACHED", None: ""}
    lines = [("what", "Esk", "peer", "to reach", "")]
    lines += [(row.what, row.ours, row.peer, row.target, marks[row.reached]) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
