"""What a table is made of: numbers with their kind and decimals, no text; texts are keys of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from esk_engine.report.analysis import Comparison, Count
from esk_engine.statistics import PValue


class CellKind(StrEnum):
    """What a cell's numbers are, in their order."""

    EMPTY = "empty"
    MEDIAN_RANGE = "median_range"  # median, lowest, highest
    MEAN_RANGE = "mean_range"  # geometric mean, lowest, highest
    MEAN_CV = "mean_cv"  # arithmetic mean, CV in percent
    COUNT = "count"  # patients
    COUNT_PERCENT = "count_percent"  # patients, percent
    P = "p"
    SHIFT = "shift"  # Hodges-Lehmann
    INTERVAL = "interval"  # lower, upper


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; a number that is None is undefined, ``reason`` says why (text ``reason.<code>``)."""

    kind: CellKind = CellKind.EMPTY
    numbers: tuple[float | None, ...] = ()
    decimals: int = 0
    bold: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """One column's head: text ``table.head.<key>``; n is None where the column counts nobody."""

    key: str
    group: str | None = None
    n: int | None = None
    undetermined: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes
    ----------
    label
        Catalogue key, or a term of a side effect where ``is_term``.
    sublabel
        Catalogue key of the second label ("before", "end", ...), or None.
    level
        Indent, 0 or 1.
    code_of
        The coded variable that the row is a category of, or None.
    comparison, count
        What a cell of this row is explained by.
    starts_block
        A hairline stands above it.
    """

    label: str
    sublabel: str | None
    cells: tuple[Cell, ...]
    level: int = 0
    is_term: bool = False
    starts_block: bool = True
    comparison: Comparison | None = None
    count: Count | None = None
    p: PValue | None = None
    code_of: str | None = None


@dataclass(frozen=True, slots=True)
class PBounds:
    """Between what the P of some variables lies: (variable, lowest, highest) of each; a param of a note."""

    of: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class MissingOf:
    """Of which variables values are missing, and of how many patients."""

    of: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One footnote: text ``note.<key>`` with its params; a param that starts with ``@`` is itself a key."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Table:
    """One table; ``number`` is "3" ... "6" or "continuation", its title the text ``table.<number>.title``."""

    number: str
    statistic_key: str
    head: tuple[Head, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]
