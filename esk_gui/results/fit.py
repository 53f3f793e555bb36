"""How the tables of a page share its width: their columns stand under each other, and what gives way first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

# What is hidden where it is narrowest; the panel says it all the same.
_GIVES_WAY = ("shift", "interval", "n_with", "n_without", "p_corrected", "p_doubled", "p_sex_asymptotic")
_STRETCHING = ("total", "non_responder", "responder", "with", "without")


class Room(IntEnum):
    """How much gives way: nothing; ranges go under their number; also difference and interval go to the panel."""

    WIDE = 0
    STACKED = 1
    NARROW = 2


# How far the labels may shrink, to an ellipsis, before more gives way.
_LEAST_LABELS = {Room.WIDE: 1.0, Room.STACKED: 0.9, Room.NARROW: 0.7}


@dataclass(frozen=True, slots=True)
class Needed:
    """Widths in pixels below which a table's words would be cut off.

    Attributes
    ----------
    label, sublabel
        Of the two label columns, in rows that use both.
    spanned
        Of both together, in rows with one label.
    columns
        Of the table's own columns, by the head's key.
    """

    label: float
    sublabel: float
    spanned: float
    columns: Mapping[str, float]

    @property
    def labels(self) -> float:
        return max(self.spanned, self.label + self.sublabel)


@dataclass(frozen=True, slots=True)
class Widths:
    """The widths that all tables take: both label columns, then a column by its head's key; hidden ones are absent."""

    room: Room
    label: int
    sublabel: int
    columns: Mapping[str, int]

    @property
    def total(self) -> int:
        return self.label + self.sublabel + sum(self.columns.values())


def fit(needed: Mapping[Room, Iterable[Needed]], width: float) -> Widths:
    """The widths of a page's columns.

    Parameters
    ----------
    needed
        For WIDE and STACKED: what each table needs.
    width
        The pixels that there are; where even the narrowest needs more, the page scrolls sideways.
    """
    for room in Room:
        tables = tuple(needed[min(room, Room.STACKED)])
        columns: dict[str, float] = {}
        for table in tables:
            for key, wanted in table.columns.items():
                if room is not Room.NARROW or key not in _GIVES_WAY:
                    columns[key] = max(columns.get(key, 0.0), wanted)
        widest = max((sum(columns.get(key, 0.0) for key in table.columns) for table in tables), default=0.0)
        labels = max((table.labels for table in tables), default=0.0)
        least, spare = labels * _LEAST_LABELS[room], width - labels - widest
        if labels + spare >= least or room is Room.NARROW:
            sublabel = max((table.sublabel for table in tables), default=0.0)
            return _shared(room, max(least, labels + min(0.0, spare)), sublabel, columns, spare)
    raise AssertionError("the narrowest always fits")


def _shared(room: Room, labels: float, sublabel: float, columns: dict[str, float], spare: float) -> Widths:
    """What is left over goes to the labels and the groups, evenly."""
    stretching = [key for key in _STRETCHING if key in columns]
    share = max(0.0, spare) / (len(stretching) + 1)
    widths = {key: int(wanted + (share if key in stretching else 0)) for key, wanted in columns.items()}
    return Widths(room, int(labels + share - sublabel), int(sublabel), widths)
