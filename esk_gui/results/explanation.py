"""What stands beside the tables about one cell, as plain data: blocks of named figures, and the values for a plot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with its name; ``tip`` says more."""

    name: str
    value: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a sentence or none, and lines."""

    heading: str
    lines: tuple[Line, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """The values behind a cell, a row a group, and each group's median (None where it has no values)."""

    heading: str
    groups: tuple[tuple[str, tuple[float, ...], float | None], ...]
    decimals: int


@dataclass(frozen=True, slots=True)
class Offer:
    """An exact P that was left out because it would take long, and can be computed all the same.

    Attributes
    ----------
    variable, term
        What is compared: between responders and non-responders, or, with a term, between patients with that side
        effect and those without.
    seconds
        How long it takes, as estimated beforehand.
    """

    variable: str
    term: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stands beside the tables about the chosen cell; ``warnings`` are whole sentences."""

    decisive: str
    about: str
    blocks: tuple[Block, ...]
    strip: Strip | None = None
    warnings: tuple[str, ...] = ()
    offer: Offer | None = None

    def as_text(self) -> str:
        """All of it as plain text, for the clipboard."""
        lines = [self.decisive, self.about, *self.warnings]
        for block in self.blocks:
            lines += ["", block.heading, *([block.text] if block.text else [])]
            lines += [f"{line.name}\t{line.value}" for line in block.lines]
        return "\n".join(lines) + "\n"
