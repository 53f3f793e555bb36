"""How a figure is laid out and drawn: axes, marks that hide none, files that hold every patient."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.judge import Group
from esk_engine.records import BelowLloq, Patient
from esk_engine.report import Figure, analyse, figure_series
from esk_engine.settings import BlqRule, PMethod, Settings
from esk_engine.wording import Wording
from esk_gui.figures import Sheet, render_png
from esk_gui.figures.axis import axis_between, axis_from_zero
from esk_gui.figures.geometry import lay_out
from esk_gui.figures.swarm import spread
from esk_gui.figures.words import FigureWords, figure_notes
from tests.gui.report_pages import course

SVG = "{http://www.w3.org/2000/svg}"


def figures_of(patients: list[Patient], settings: Settings | None = None) -> dict[str, Figure]:
    cohort = Cohort.of(patients, settings or Settings(), TABLE_2)
    return {figure.key: figure for figure in figure_series(analyse(cohort))}


def demo_figures() -> dict[str, Figure]:
    return figures_of(list(demo_patients()), demo_settings("nl"))


# Axes


@pytest.mark.parametrize(
    ("largest", "ticks", "decimals"),
    [
        (120, (0, 25, 50, 75, 100, 125), 0),
        (104, (0, 25, 50, 75, 100, 125), 0),
        (2.22, (0, 0.5, 1, 1.5, 2, 2.5), 1),
        (100, (0, 20, 40, 60, 80, 100), 0),
        (0.07, (0, 0.02, 0.04, 0.06, 0.08), 2),
        (0, (0, 0.2, 0.4, 0.6, 0.8, 1), 1),
    ],
)
def test_that_an_axis_starts_at_zero_and_has_round_ticks(largest: float, ticks: Any, decimals: int) -> None:
    axis = axis_from_zero(largest)
    assert axis.ticks == pytest.approx(ticks)
    assert axis.decimals == decimals


@given(st.floats(1e-6, 1e6))
def test_that_an_axis_holds_its_largest_value_in_two_to_six_ticks(largest: float) -> None:
    axis = axis_from_zero(largest)
    assert axis.ticks[0] == 0
    assert axis.top >= largest * (1 - 1e-9)
    assert 2 <= len(axis.ticks) <= 6


@given(st.floats(-1e4, 1e4), st.floats(0, 1e4))
def test_that_an_axis_between_holds_both_ends(lowest: float, reach: float) -> None:
    axis = axis_between(lowest, lowest + reach)
    slack = 1e-6 * max(1.0, abs(lowest), reach)
    assert axis.ticks[0] <= lowest + slack
    assert axis.ticks[-1] >= lowest + reach - slack


# Marks


def test_that_equal_values_stand_side_by_side_around_the_middle() -> None:
    assert spread([10, 10, 10], 8, 50) == [-8, 0, 8]
    assert spread([10, 10], 8, 50) == [-4, 4]


def test_that_a_row_that_does_not_fit_overlaps_evenly() -> None:
    assert spread([5] * 5, 10, 10) == [-10, -5, 0, 5, 10]


@given(st.lists(st.floats(0, 400), max_size=40))
def test_that_no_mark_hides_another_where_there_is_room(heights: list[float]) -> None:
    offsets = spread(heights, 9, 400)
    places = list(zip(heights, offsets, strict=True))
    for at, (height, offset) in enumerate(places):
        for other_height, other in places[at + 1 :]:
            assert (height - other_height) ** 2 + (offset - other) ** 2 >= (9 * 0.97) ** 2


@given(st.lists(st.floats(0, 100), max_size=400), st.floats(20, 60))
def test_that_marks_stay_within_their_group(heights: list[float], half: float) -> None:
    assert all(abs(offset) <= half + 1e-9 for offset in spread(heights, 8, half))


# Where things stand


def test_that_box_and_whiskers_are_tukeys() -> None:
    # 10 20 30 40 50 60 200: hinges are the medians of both halves with the middle value in each, 25 and 55;
    # 200 lies beyond 55 + 1.5 x 30, so the whisker ends at 60
    values = (10, 20, 30, 40, 50, 60, 200)
    patients = [course(f"P{value}", esketamine=value) for value in values]
    geometry = lay_out(figures_of(patients)["1a"], 400, 500)
    box = next(box.stats for box in geometry.boxes if box.group is Group.RESPONDER)
    assert box is not None
    assert (box.hinge_low, box.median, box.hinge_high) == (25, 40, 55)
    assert (box.whisker_low, box.whisker_high) == (10, 60)
    assert len(geometry.marks) == 7
    assert next(box.stats for box in geometry.boxes if box.group is Group.NON_RESPONDER) is None


def test_that_heights_follow_the_axis_from_zero() -> None:
    geometry = lay_out(demo_figures()["1b"], 400, 500)
    plot = geometry.plot
    assert geometry.y_of(0) == plot.bottom()
    assert geometry.y_of(geometry.axis.top) == plot.top()
    mark = geometry.marks[0]
    assert mark.centre.y() == pytest.approx(geometry.y_of(mark.point.value))


def test_that_a_mark_is_found_only_where_it_is() -> None:
    geometry = lay_out(demo_figures()["1c"], 400, 500)
    for mark in geometry.marks:
        assert geometry.mark_at(mark.centre + QPointF(1, 1)) is mark
    assert geometry.mark_at(QPointF(5, 5)) is None


# Words


def test_that_a_figure_names_its_p_and_difference_as_the_tables_print_them() -> None:
    words = FigureWords(demo_figures()["1b"], Wording("nl"), PMethod.ASYMPTOTIC)
    assert words.p == "P = 0,031"
    assert words.is_significant
    assert words.difference == "verschil −18,5 (−29,0 tot −2,0)"


def test_that_patients_that_are_not_drawn_are_counted_under_their_group() -> None:
    patients = [course("P1", esketamine=60), course("P2", esketamine=BelowLloq(5)), course("P3")]
    left_out = figures_of(patients)["1a"]
    halved = figures_of(patients, Settings(blq=BlqRule.HALF))["1a"]
    assert FigureWords(left_out, Wording("en"), PMethod.EXACT).count("responder") == "n = 1, 1 missing, 1 < LLOQ"
    words = FigureWords(halved, Wording("en"), PMethod.EXACT)
    assert words.count("responder") == "n = 2, 1 missing"
    assert words.value(halved.points[0]) == "2.5 µg/L (half the LLOQ)"


def test_that_the_notes_name_hinges_method_set_and_the_undetermined() -> None:
    notes = figure_notes(list(demo_figures().values()), Wording("nl"), undetermined=2)
    text = " ".join(notes)
    for part in ("Tukey", "asymptotisch", "Hodges-Lehmann", "Tabel 2", "geen echte patiënten", "2 onbepaalde"):
        assert part in text
    assert len(set(notes)) == len(notes)


# Files


def test_that_a_png_has_the_size_asked_for_and_both_groups_colours(qapp: object) -> None:
    data = render_png(demo_figures()["1a"], Wording("nl"), 480, 420, 2, p_method=PMethod.EXACT)
    image = QImage.fromData(data)
    assert (image.width(), image.height()) == (960, 840)
    colours = {image.pixelColor(x, y).name() for x in range(0, 960, 2) for y in range(0, 840, 2)}
    assert {"#0072b2", "#d55e00", "#ffffff"} <= colours


def test_that_a_png_is_made_where_no_window_is() -> None:
    code = (
        "from tests.gui.test_figures_drawing import demo_figures\n"
        "from esk_gui.figures import render_png\n"
        "from esk_engine.wording import Wording\n"
        "from esk_engine.settings import PMethod\n"
        "import sys\n"
        "made = render_png(demo_figures()['1a'], Wording('nl'), 300, 300, 1, p_method=PMethod.EXACT)\n"
        "sys.stdout.buffer.write(made[:4])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, timeout=120)
    assert done.stdout == b"\x89PNG"


def test_that_an_svg_holds_every_patient_and_keeps_texts_as_texts(qapp: object) -> None:
    sheet = Sheet(list(demo_figures().values()), Wording("nl"), PMethod.ASYMPTOTIC)
    root = ElementTree.fromstring(sheet.svg())
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert {"Norketamine", "P = 0,031", "Non-responders", "n = 20"} <= set(texts)
    circles = [node for node in root.iter() if node.tag in (f"{SVG}circle", f"{SVG}ellipse")]
    assert len(circles) == 3 * (10 + 1)  # ten responders and the mark beside the group's name
    assert root.findtext(f"{SVG}title") == "1a Esketamine, 1b Norketamine, 1c Ratio"
    assert "sans-serif" in sheet.svg().decode()


def test_that_a_figure_without_values_says_so(qapp: object) -> None:
    figure = figures_of([course("P1")])["1a"]
    root = ElementTree.fromstring(Sheet([figure], Wording("en"), PMethod.EXACT).svg())
    assert "no values yet" in ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


def test_that_text_is_legible_and_no_line_leaves_the_sheet(qapp: object) -> None:
    image = Sheet(list(demo_figures().values()), Wording("nl"), PMethod.ASYMPTOTIC, 3).image(1)
    white = QColor("white")
    edges = [(x, y) for x in range(image.width()) for y in (0, image.height() - 1)]
    edges += [(x, y) for x in (0, image.width() - 1) for y in range(image.height())]
    assert all(image.pixelColor(x, y) == white for x, y in edges)
