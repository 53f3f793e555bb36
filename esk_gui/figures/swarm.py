"""Where marks go sideways so that none hides another: equal values side by side, near ones beside each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby

# Above this many marks in a group a search for free room costs more than it shows: marks are put in rows instead.
_MOST_SEARCHED = 300


def spread(heights: Sequence[float], gap: float, half_width: float) -> list[float]:
    """Sideways offsets of marks, in the order given.

    Parameters
    ----------
    heights
        Vertical places of the marks, in pixels; equal values stand at equal heights.
    gap
        Distance at which two marks just touch, in pixels.
    half_width
        The farthest offset to either side, in pixels. Where a row does not fit, its marks overlap evenly.

    Returns
    -------
    list[float]
        Offset from the middle of each mark, within -half_width .. half_width.
    """
    if len(heights) > _MOST_SEARCHED:
        rows = [round(height / gap * 2) for height in heights]
        return _rows_only(rows, gap, half_width)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    offsets = [0.0] * len(heights)
    near: deque[tuple[float, float]] = deque()
    lean = 0.0
    for height, tied in groupby(order, key=heights.__getitem__):
        members = list(tied)
        while near and height - near[0][0] >= gap:
            near.popleft()
        row = _row(len(members), gap, half_width)
        shifts = _shifts(row, gap, half_width, -1 if lean > 0 else 1)
        shift = next((s for s in shifts if _is_free(row, s, height, near, gap)), 0.0)
        lean += shift * len(members)
        for member, offset in zip(members, row, strict=True):
            offsets[member] = offset + shift
            near.append((height, offset + shift))
    return offsets


def _row(count: int, gap: float, half_width: float) -> list[float]:
    pitch = min(gap, 2 * half_width / (count - 1)) if count > 1 else 0.0
    return [(place - (count - 1) / 2) * pitch for place in range(count)]


def _rows_only(rows: Sequence[int], gap: float, half_width: float) -> list[float]:
    offsets = [0.0] * len(rows)
    order = sorted(range(len(rows)), key=rows.__getitem__)
    for _, tied in groupby(order, key=rows.__getitem__):
        members = list(tied)
        for member, offset in zip(members, _row(len(members), gap, half_width), strict=True):
            offsets[member] = offset
    return offsets


def _shifts(row: Sequence[float], gap: float, half_width: float, first: int) -> Iterator[float]:
    """0, then further and further to one side (``first``, 1 or -1) and the other, as far as the row still fits."""
    yield 0.0
    reach = half_width - max(row, default=0.0)
    step = 1
    while step * gap / 2 <= reach:
        yield first * step * gap / 2
        yield -first * step * gap / 2
        step += 1


def _is_free(row: Sequence[float], shift: float, height: float, near: deque[tuple[float, float]], gap: float) -> bool:
    touching = (gap * 0.98) ** 2
    return all(
        (height - other_height) ** 2 + (offset + shift - other) ** 2 >= touching
        for offset in row
        for other_height, other in near
    )
