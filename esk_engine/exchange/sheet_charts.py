"""A native chart of one figure: every patient a point, the boxes as lines, drawn by Excel from the sheet's own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from esk_engine.judge import Group

_COLOURS = {Group.RESPONDER: "0072B2", Group.NON_RESPONDER: "D55E00"}
_SYMBOLS = {Group.RESPONDER: "circle", Group.NON_RESPONDER: "triangle"}
_BOX_COLOUR, _GRID_COLOUR = "595959", "D9D9D9"
_POINT_SIZE = 6
_THIN, _THICK = 12_700, 28_575  # 1 and 2.25 points, in the unit of drawings
_TITLE_SIZE, _AXIS_SIZE = 1_200, 900  # hundredths of a point
_WIDTH, _HEIGHT = 11.5, 8.4  # centimetres


@dataclass(frozen=True, slots=True)
class BoxSeries:
    """One group of a chart: first and last row of its points and of the lines that draw its box, the median last."""

    group: Group
    label: str
    points: tuple[int, int] | None
    line: tuple[int, int] | None
    value_column: int
    x_column: int


def chart_of(sheet: Any, title: str, groups: Sequence[BoxSeries]) -> Any:
    """An XY chart; its axis names the groups, so that it needs no legend."""
    from openpyxl.chart import ScatterChart

    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle, chart.roundedCorners = 2, "lineMarker", False
    chart.varyColors = False
    chart.title, chart.width, chart.height = title, _WIDTH, _HEIGHT
    heading: Any = chart.title
    heading.overlay = False
    for paragraph in heading.tx.rich.p:
        paragraph.pPr = _letters(_TITLE_SIZE, bold=True).p[0].pPr
    chart.legend = None
    _set_axes(chart, groups)
    for group in groups:
        if group.line is not None:
            first, last = group.line
            chart.series.append(_line_series(sheet, group, (first, last - 2), _THIN))
            chart.series.append(_line_series(sheet, group, (last - 1, last), _THICK))
    for group in groups:
        if group.points is not None:
            chart.series.append(_point_series(sheet, group))
    return chart


def _letters(size: int, *, bold: bool = False) -> Any:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties

    properties = ParagraphProperties(defRPr=CharacterProperties(sz=size, b=bold))
    return RichText(p=[Paragraph(pPr=properties, endParaRPr=CharacterProperties(sz=size))])


def _set_axes(chart: Any, groups: Sequence[BoxSeries]) -> None:
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    across, up = chart.x_axis, chart.y_axis
    across.delete = up.delete = False
    across.scaling.min, across.scaling.max, across.majorUnit = 0, len(groups) + 1, 1
    names = [group.label.replace('"', "'") for group in groups]
    across.number_format = "".join(f'[={x}]"{name}";' for x, name in enumerate(names, 1)) + '""'
    across.numFmt.sourceLinked = False
    across.majorGridlines, across.majorTickMark = None, "none"
    across.txPr = up.txPr = _letters(_AXIS_SIZE)
    up.scaling.min, up.number_format = 0, "General"
    up.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_GRID_COLOUR))


def _series(sheet: Any, group: BoxSeries, rows: tuple[int, int], title: str) -> Any:
    from openpyxl.chart import Reference
    from openpyxl.chart.series_factory import SeriesFactory  # pyright: ignore[reportUnknownVariableType]

    make: Any = SeriesFactory  # pyright: ignore[reportUnknownVariableType]
    across = Reference(sheet, min_col=group.x_column, min_row=rows[0], max_row=rows[1])
    up = Reference(sheet, min_col=group.value_column, min_row=rows[0], max_row=rows[1])
    series: Any = make(up, across, title=title)
    series.smooth = False  # of every series: LibreOffice smooths all where one says nothing
    return series


def _point_series(sheet: Any, group: BoxSeries) -> Any:
    series = _series(sheet, group, group.points or (0, 0), group.label)
    series.marker.symbol, series.marker.size = _SYMBOLS[group.group], _POINT_SIZE
    series.marker.graphicalProperties.solidFill = _COLOURS[group.group]
    series.marker.graphicalProperties.line.solidFill = _COLOURS[group.group]
    series.graphicalProperties.line.noFill = True
    return series


def _line_series(sheet: Any, group: BoxSeries, rows: tuple[int, int], width: int) -> Any:
    series = _series(sheet, group, rows, f"{group.label} \N{BLACK SQUARE}")
    series.marker.symbol = "none"
    series.graphicalProperties.line.solidFill = _BOX_COLOUR
    series.graphicalProperties.line.width = width
    return series
