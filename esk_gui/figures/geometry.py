"""Where everything of one box plot stands, in pixels: reckoned once a size, for screen and files alike."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from esk_engine.judge import Group
from esk_engine.report import Figure, Point
from esk_engine.statistics.summaries import Box as BoxStats
from esk_gui.figures.axis import Axis, axis_from_zero
from esk_gui.figures.swarm import spread

# Non-responders left, responders right, as the model study draws them; the undetermined are in no group.
GROUPS = (Group.NON_RESPONDER, Group.RESPONDER)
HEADER, FOOTER, LEFT = 62.0, 46.0, 36.0
_NARROW, _EXTRA_LINE = 330.0, 18.0
_MOST_BOX_WIDTH = 120.0
# Up to so many points in a figure, marks that just touch are so many pixels apart.
_GAPS = ((80, 9.5), (250, 7.5))
_LEAST_GAP = 5.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One patient's mark and the middle of it."""

    point: Point
    centre: QPointF


@dataclass(frozen=True, slots=True)
class Box:
    """One group's place: its middle and the edges of its box, in pixels; ``stats`` None where nobody was measured."""

    group: Group
    stats: BoxStats | None
    centre: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """One figure laid out in ``width`` x ``height`` pixels.

    Attributes
    ----------
    plot
        Where values are drawn: its bottom is 0, its top is ``axis.top``.
    mark_radius
        Half the size of a mark; smaller where there are very many.
    is_narrow
        The difference stands on a line of its own.
    """

    width: float
    height: float
    plot: QRectF
    axis: Axis
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]
    mark_radius: float
    is_narrow: bool

    def y_of(self, value: float) -> float:
        return self.plot.bottom() - value / self.axis.top * self.plot.height()

    def mark_of(self, patient_id: str) -> Mark | None:
        return next((mark for mark in self.marks if mark.point.patient_id == patient_id), None)

    def mark_at(self, place: QPointF, reach: float = 10.0) -> Mark | None:
        """The mark nearest to ``place``, if one is within ``reach`` pixels."""
        nearest = min(self.marks, key=lambda mark: _distance(mark.centre, place), default=None)
        return nearest if nearest is not None and _distance(nearest.centre, place) <= reach else None


def _distance(one: QPointF, other: QPointF) -> float:
    apart = one - other
    return (apart.x() ** 2 + apart.y() ** 2) ** 0.5


def lay_out(figure: Figure, width: float, height: float) -> Geometry:
    """Lay out one figure.

    Parameters
    ----------
    figure
        The engine's series: boxes and points.
    width, height
        Logical pixels for title, plot and group names together.
    """
    is_narrow = width < _NARROW
    top = HEADER + (_EXTRA_LINE if is_narrow else 0)
    plot = QRectF(LEFT, top, max(40.0, width - LEFT), max(40.0, height - top - FOOTER))
    axis = axis_from_zero(max((point.value for point in figure.points), default=0.0))
    gap = next((gap for most, gap in _GAPS if len(figure.points) <= most), _LEAST_GAP)
    boxes: list[Box] = []
    marks: list[Mark] = []
    for place, group in enumerate(GROUPS):
        centre = plot.left() + plot.width() * (0.25 + 0.5 * place)
        half = min(plot.width() * 0.15, _MOST_BOX_WIDTH / 2)
        boxes.append(Box(group, figure.boxes[group], centre, centre - half, centre + half))
        points = [point for point in figure.points if point.group == group]
        heights = [plot.bottom() - point.value / axis.top * plot.height() for point in points]
        offsets = spread(heights, gap, plot.width() * 0.24)
        marks += [
            Mark(point, QPointF(centre + offset, y)) for point, offset, y in zip(points, offsets, heights, strict=True)
        ]
    return Geometry(width, height, plot, axis, tuple(boxes), tuple(marks), gap / 2, is_narrow)
