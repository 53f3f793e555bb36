"""What a run of one kind of fault found, as numbers that add up, and the table that shows them."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field

_MAX_FAILURES = 20  # of each kind are told one by one; all are counted


@dataclass(slots=True)
class Figures:
    """Counts, the largest of some measures, and what went against the promise (none: the promise was kept)."""

    kind: str
    counts: dict[str, int] = field(default_factory=dict[str, int])
    largest: dict[str, float] = field(default_factory=dict[str, float])
    failures: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    def count(self, name: str, n: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + n

    def measure(self, name: str, value: float) -> None:
        self.largest[name] = max(self.largest.get(name, 0.0), value)

    def fail(self, text: str) -> None:
        """Note one broken promise."""
        self.count("broken promises")
        if len(self.failures) < _MAX_FAILURES:
            self.failures.append(text)

    def add(self, other: Figures) -> None:
        """Take in the figures of another run of the same kind."""
        for name, n in other.counts.items():
            self.count(name, n)
        for name, value in other.largest.items():
            self.measure(name, value)
        self.failures += other.failures[: _MAX_FAILURES - len(self.failures)]
        self.seconds += other.seconds

    @contextmanager
    def timed(self) -> Generator[None]:
        """Add the time that the block takes."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - begun

    @property
    def kept(self) -> bool:
        return not self.counts.get("broken promises")


def table(found: Iterable[Figures]) -> str:
    """All figures as aligned text, a line each, every broken promise below them."""
    lines: list[tuple[str, str, str]] = []
    failures: list[str] = []
    for one in found:
        rows = [(name, f"{n:,}") for name, n in one.counts.items()]
        rows += [(f"largest: {name}", f"{value:,.3f}") for name, value in one.largest.items()]
        rows += [("seconds", f"{one.seconds:,.0f}"), ("promise kept", "yes" if one.kept else "NO")]
        lines += [(one.kind if at == 0 else "", name, text) for at, (name, text) in enumerate(rows)]
        failures += [f"{one.kind}: {text}" for text in one.failures]
    widths = [max((len(line[at]) for line in lines), default=0) for at in range(3)]
    shown = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in lines]
    return "\n".join([*shown, *(["", *failures] if failures else [])])
