"""Figure 1: pictures where there are any, charts that Excel draws from the data beside them, and those data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from esk_engine.errors import Fault
from esk_engine.exchange.box_lines import box_line, median_line, spread
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_charts import BoxSeries, chart_of
from esk_engine.exchange.sheet_dress import print_whole
from esk_engine.exchange.sheet_writer import HEAD, NOTE, SUBTITLE, WHOLE, Across, Look, SheetWriter, decimal_look
from esk_engine.exchange.sheets_data import Item, Line, SheetPlan
from esk_engine.judge import Group
from esk_engine.report import Figure, note_text
from esk_engine.wording import Wording

_POINT_HEADS = ("figure", "study_no", "group", "value", "below_lloq", "x")
_BOX_HEADS = ("figure", "group", "n", "whisker_low", "hinge_low", "median", "hinge_high", "whisker_high")
_LINE_HEADS = ("figure", "group", "", "value", "", "x")
_GROUPS = (Group.NON_RESPONDER, Group.RESPONDER)
_PLACE = decimal_look(2)
_WIDTHS = (9, 16, 16, 13, 13, 13, 13, 13)
_BAND_ROWS, _ROW_PIXELS = 17, 20  # of one figure, picture and chart side by side
_PICTURE_PIXELS = (440, 320)
_RIGHT_COLUMN = "E"
_VALUE_COLUMN, _X_COLUMN = 4, 6


@dataclass(frozen=True, slots=True)
class _Places:
    """The rows on which each part of the sheet begins, heads left out."""

    notes: tuple[str, ...]
    bands: int
    boxes: int
    points: int
    lines: int


def _places(figures: Sequence[Figure], wording: Wording) -> _Places:
    notes = tuple({note_text(note, wording): None for figure in figures for note in figure.notes})
    bands = 1 + len(notes) + 2
    boxes = bands + _BAND_ROWS * len(figures) + 1
    points = boxes + len(_GROUPS) * len(figures) + 2
    lines = points + sum(len(figure.points) for figure in figures) + 2
    return _Places(notes, bands, boxes, points, lines)


def _positions(figure: Figure) -> list[float]:
    by_group = {group: iter(spread([p.value for p in figure.points if p.group is group])) for group in _GROUPS}
    return [round(1 + _GROUPS.index(point.group) + next(by_group[point.group]), 2) for point in figure.points]


def _lines(figure: Figure) -> Iterator[tuple[Group, list[tuple[float, float]]]]:
    """The box of each group, its last two points the median."""
    for x, group in enumerate(_GROUPS, 1):
        box = figure.boxes.get(group)
        if box is not None:
            yield group, [*box_line(box, x), *median_line(box, x)]


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


def _point_rows(figures: Sequence[Figure], wording: Wording) -> Iterator[Sequence[Item]]:
    yield [(wording(f"export.figure.{name}"), HEAD) for name in _POINT_HEADS]
    for figure in figures:
        look = Look("0.00" if figure.variable == "ratio" else "0.0##")
        for point, x in zip(figure.points, _positions(figure), strict=True):
            below = wording.code("yes") if point.below_lloq else ""
            group = wording(f"group.{point.group}")
            yield [figure.key, point.study_no, group, (point.value, look), below, (x, _PLACE)]


def _line_rows(figures: Sequence[Figure], wording: Wording) -> Iterator[Sequence[Item]]:
    yield [(wording(f"export.figure.{name}") if name else "", HEAD) for name in _LINE_HEADS]
    for figure in figures:
        look = Look("0.00" if figure.variable == "ratio" else "0.0##")
        for group, line in _lines(figure):
            for x, y in line:
                yield [figure.key, wording(f"group.{group}"), "", (y, look), "", (round(x, 2), _PLACE)]


def _rows(figures: Sequence[Figure], wording: Wording) -> Iterator[Line]:
    places = _places(figures, wording)
    yield [(wording("export.figure.title"), SUBTITLE)]
    for note in places.notes:
        yield Across(note, NOTE, len(_WIDTHS))
    yield []
    for _ in range(_BAND_ROWS * len(figures)):
        yield []
    yield from _box_rows(figures, wording)
    yield []
    yield from _point_rows(figures, wording)
    yield []
    yield from _line_rows(figures, wording)


def figure_sheet(figures: Sequence[Figure], pictures: Mapping[str, bytes], wording: Wording) -> SheetPlan:
    """The figures, then their data: the boxes, every point, and the lines that the charts draw the boxes with.

    Parameters
    ----------
    pictures
        PNG by the figure's key; what has none is drawn by Excel alone.
    """
    count = 80 + _BAND_ROWS * len(figures) + sum(len(figure.points) for figure in figures)
    rows = partial(_rows, figures, wording)
    dress = partial(_dress, figures=figures, pictures=pictures, wording=wording)
    title = report_title("figure1", wording)
    return SheetPlan(title, _WIDTHS, count, rows, 0, 0, is_exact=False, dress=dress, portrait=True)


def _dress(writer: SheetWriter, figures: Sequence[Figure], pictures: Mapping[str, bytes], wording: Wording) -> None:
    from openpyxl.worksheet.pagebreak import Break

    places = _places(figures, wording)
    for at, figure in enumerate(figures):
        row = places.bands + at * _BAND_ROWS
        picture = pictures.get(figure.key)
        if picture is not None:
            _add_picture(writer, figure, picture, f"A{row}")
        column = "A" if picture is None else _RIGHT_COLUMN
        chart = chart_of(writer.sheet, _title(figure, wording), _series(figures, at, places, wording))
        writer.sheet.add_chart(chart, f"{column}{row}")
    writer.sheet.row_breaks.append(Break(id=places.boxes - 2))
    print_whole(writer)


def _series(figures: Sequence[Figure], at: int, places: _Places, wording: Wording) -> list[BoxSeries]:
    """Where the points and the line of each group of one figure stand."""
    point = places.points + sum(len(figure.points) for figure in figures[:at])
    line = places.lines + sum(len(path) for figure in figures[:at] for _, path in _lines(figure))
    paths, found = dict(_lines(figures[at])), list[BoxSeries]()
    for group in _GROUPS:
        n, length = sum(each.group is group for each in figures[at].points), len(paths.get(group, ()))
        label = f"{wording(f'group.{group}.plural')} (n = {n})"
        points, lines = (point, point + n - 1) if n else None, (line, line + length - 1) if length else None
        found.append(BoxSeries(group, label, points, lines, _VALUE_COLUMN, _X_COLUMN))
        point, line = point + n, line + length
    return found


def _add_picture(writer: SheetWriter, figure: Figure, picture: bytes, cell: str) -> None:
    """One picture, as large as its place allows; Fault ``picture_damaged`` where it is none."""
    from openpyxl.drawing.image import Image

    try:
        image = Image(BytesIO(picture))
    except (OSError, ValueError, SyntaxError) as error:
        raise Fault("picture_damaged", figure=figure.key) from error
    width, height = _PICTURE_PIXELS
    scale = min(width / max(image.width, 1), height / max(image.height, 1))
    image.width, image.height = round(image.width * scale), round(image.height * scale)
    writer.sheet.add_image(image, cell)
