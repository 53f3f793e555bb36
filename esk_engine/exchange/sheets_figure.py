"""Figure 1: the pictures with their data beside them; without pictures, charts that Excel draws from the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from esk_engine.errors import Fault
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_writer import HEAD, NOTE, SUBTITLE, WHOLE, Look, SheetWriter, decimal_look
from esk_engine.exchange.sheets_data import Item, SheetPlan
from esk_engine.judge import Group
from esk_engine.report import Figure, note_text
from esk_engine.wording import Wording

_POINT_HEADS = ("figure", "study_no", "group", "value", "below_lloq", "x")
_BOX_HEADS = ("figure", "group", "n", "whisker_low", "hinge_low", "median", "hinge_high", "whisker_high")
_GROUPS = (Group.NON_RESPONDER, Group.RESPONDER)
_COLOURS = {Group.RESPONDER: "0072B2", Group.NON_RESPONDER: "D55E00"}
_SYMBOLS = {Group.RESPONDER: "circle", Group.NON_RESPONDER: "triangle"}
_PLACE = decimal_look(2)
_PICTURE_COLUMN = "J"
_PICTURE_WIDTH = 560  # pixels; some 15 cm on the screen
_ROW_PIXELS = 20
_CHART_ROWS = 20
_ACROSS = 0.06  # how far neighbours of one height stand apart


def spread(values: Sequence[float]) -> list[float]:
    """Where points of one group stand across: equal values side by side, the middle of the group at 0."""
    at: dict[float, int] = {}
    offsets: list[float] = []
    for value in values:
        here = at[value] = at.get(value, -1) + 1
        offsets.append(_ACROSS * ((here + 1) // 2) * (1 if here % 2 else -1))
    return offsets


def _positions(figure: Figure) -> list[float]:
    by_group = {group: iter(spread([p.value for p in figure.points if p.group is group])) for group in _GROUPS}
    return [round(1 + _GROUPS.index(point.group) + next(by_group[point.group]), 2) for point in figure.points]


def _title(figure: Figure, wording: Wording) -> str:
    unit = wording.unit_text(figure.unit)
    return f"{figure.key}. {wording.label(figure.variable)}" + (f" ({unit})" if unit else "")


def _box_rows(figures: Sequence[Figure], wording: Wording) -> Iterator[Sequence[Item]]:
    yield [(wording(f"export.figure.{name}"), HEAD) for name in _BOX_HEADS]
    for figure in figures:
        look = decimal_look(2 if figure.variable == "ratio" else 1)
        for group in _GROUPS:
            box, n = figure.boxes.get(group), sum(point.group is group for point in figure.points)
            numbers: list[Item] = [(n, WHOLE)]
            if box is not None:
                numbers += [(value, look) for value in (box.whisker_low, box.hinge_low, box.median)]
                numbers += [(value, look) for value in (box.hinge_high, box.whisker_high)]
            yield [figure.key, wording(f"group.{group}"), *numbers]


def _rows(figures: Sequence[Figure], wording: Wording, *, has_places: bool) -> Iterator[Sequence[Item]]:
    yield [(wording("export.figure.title"), SUBTITLE)]
    notes = {note_text(note, wording): None for figure in figures for note in figure.notes}
    for note in notes:
        yield [(note, NOTE)]
    yield []
    yield from _box_rows(figures, wording)
    yield []
    heads = _POINT_HEADS if has_places else _POINT_HEADS[:-1]
    yield [(wording(f"export.figure.{name}"), HEAD) for name in heads]
    for figure in figures:
        look = Look("0.00" if figure.variable == "ratio" else "0.0##")
        for point, x in zip(figure.points, _positions(figure), strict=True):
            below = wording.code("yes") if point.below_lloq else ""
            place: list[Item] = [(x, _PLACE)] if has_places else []
            yield [figure.key, point.study_no, wording(f"group.{point.group}"), (point.value, look), below, *place]


def _first_point_row(figures: Sequence[Figure], wording: Wording) -> int:
    notes = {note_text(note, wording) for figure in figures for note in figure.notes}
    return 1 + len(notes) + 1 + 1 + 2 * len(figures) + 1 + 1 + 1


def figure_sheet(figures: Sequence[Figure], wording: Wording, *, has_places: bool) -> SheetPlan:
    """The figures' data: the boxes, then every point; ``has_places`` where Excel is to draw them."""
    count = 12 + sum(len(figure.points) for figure in figures)
    widths = (9, 16, 16, 13, 13, 13, 13, 13)
    return SheetPlan(
        report_title("figure1", wording),
        widths,
        count,
        lambda: _rows(figures, wording, has_places=has_places),
        0,
        0,
        is_exact=False,
    )


def add_pictures(writer: SheetWriter, figures: Sequence[Figure], pictures: Mapping[str, bytes]) -> None:
    """Put the pictures beside the data, one under the other.

    Raises
    ------
    Fault
        ``picture_damaged`` where one is no picture.
    """
    from openpyxl.drawing.image import Image

    row = 2
    for figure in figures:
        if figure.key not in pictures:
            continue
        try:
            image = Image(BytesIO(pictures[figure.key]))
        except (OSError, ValueError, SyntaxError) as error:
            raise Fault("picture_damaged", figure=figure.key) from error
        image.height = round(image.height * _PICTURE_WIDTH / max(image.width, 1))
        image.width = _PICTURE_WIDTH
        writer.sheet.add_image(image, f"{_PICTURE_COLUMN}{row}")
        row += image.height // _ROW_PIXELS + 2


def add_charts(writer: SheetWriter, figures: Sequence[Figure], wording: Wording) -> None:
    """Every patient a point, drawn by Excel from the rows of this sheet."""
    first, row = _first_point_row(figures, wording), 2
    for figure in figures:
        writer.sheet.add_chart(_chart(writer.sheet, figure, first, wording), f"{_PICTURE_COLUMN}{row}")
        first += len(figure.points)
        row += _CHART_ROWS


def _chart(sheet: Any, figure: Figure, first: int, wording: Wording) -> Any:
    from openpyxl.chart import Reference, ScatterChart
    from openpyxl.chart.series_factory import SeriesFactory  # pyright: ignore[reportUnknownVariableType]

    make_series: Any = SeriesFactory  # pyright: ignore[reportUnknownVariableType]

    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle = 2, "lineMarker"
    chart.title, chart.height, chart.width = _title(figure, wording), 9, 15
    chart.x_axis.scaling.min, chart.x_axis.scaling.max, chart.y_axis.scaling.min = 0.5, 2.5, 0
    chart.x_axis.delete, chart.y_axis.delete = True, False
    chart.y_axis.title, chart.y_axis.number_format = wording.unit_text(figure.unit) or None, "General"
    chart.legend.position = "b"
    for group in _GROUPS:
        count = sum(point.group is group for point in figure.points)
        if not count:
            continue
        last = first + count - 1
        across = Reference(sheet, min_col=6, min_row=first, max_row=last)
        up = Reference(sheet, min_col=4, min_row=first, max_row=last)
        series: Any = make_series(up, across, title=wording(f"group.{group}.plural"))
        series.marker.symbol, series.marker.size = _SYMBOLS[group], 7
        series.marker.graphicalProperties.solidFill = _COLOURS[group]
        series.marker.graphicalProperties.line.solidFill = _COLOURS[group]
        series.graphicalProperties.line.noFill = True
        chart.series.append(series)
        first = last + 1
    return chart
