"""The look as it was agreed: tokens, contrast, icons and the three marks."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from esk_engine.resources import resource_path
from esk_gui.icons import app_icon, icon
from esk_gui.theme import ThemeName, apply_font, apply_theme, contrast, load_theme
from esk_gui.widgets.marks import paint_mark

# The agreed table of tokens: light, dark.
AGREED = {
    "window": ("#F3F3F3", "#141414"),
    "panel": ("#FAFAFA", "#171717"),
    "page": ("#FFFFFF", "#1B1B1B"),
    "hairline": ("#E4E4E4", "#313131"),
    "table_line": ("#EFEFEF", "#262626"),
    "ink": ("#1B1B1B", "#F0F0F0"),
    "ink_2": ("#5A5A5A", "#BDBDBD"),
    "ink_3": ("#6F6F6F", "#9C9C9C"),
    "disabled": ("#BEBEBE", "#5C5C5C"),
    "input": ("#FFFFFF", "#242424"),
    "border": ("#D9D9D9", "#3C3C3C"),
    "border_foot": ("#8C8C8C", "#8A8A8A"),
    "selected": ("#E9E9E9", "#292929"),
    "accent": ("#005FB8", "#60CDFF"),
    "accent_tint": ("#E8F1FA", "#14232D"),
    "responder": ("#0072B2", "#0072B2"),
    "responder_tint": ("#E7F1F8", "#12222D"),
    "non_responder": ("#D55E00", "#D55E00"),
    "non_responder_tint": ("#FCF0E8", "#2B1E16"),
    "undetermined": ("#757575", "#9A9A9A"),
    "undetermined_tint": ("#F0F0F0", "#242424"),
    "plot_band": ("#EFEFEF", "#242424"),
    "curve": ("#3A3A3A", "#D6D6D6"),
    "bar_track": ("#E3E3E3", "#363636"),
    "bar_fill": ("#8A8A8A", "#8C8C8C"),
}
THEMES: tuple[ThemeName, ...] = ("light", "dark")
GROUPS = ("responder", "non_responder", "undetermined")


@pytest.mark.parametrize("place", [0, 1])
def test_that_every_token_has_the_agreed_colour(place: int) -> None:
    tokens = load_theme(THEMES[place]).tokens
    assert {name: tokens[name] for name in AGREED} == {name: both[place] for name, both in AGREED.items()}


@pytest.mark.parametrize("name", THEMES)
def test_that_text_reaches_four_and_a_half_to_one_on_every_ground(name: ThemeName) -> None:
    theme = load_theme(name)
    grounds = ("window", "panel", "page", "accent_tint", "responder_tint", "non_responder_tint", "undetermined_tint")
    for text in ("ink", "ink_2"):
        for ground in grounds:
            assert contrast(theme.color(text), theme.color(ground)) >= 4.5, (text, ground)
    for text, ground in (
        ("ink_3", "page"), ("ink_3", "panel"), ("accent", "page"), ("error", "page"), ("warning", "page"),
        ("error", "error_tint"), ("warning", "warning_tint"), ("on_accent", "accent"),
    ):  # fmt: skip
        assert contrast(theme.color(text), theme.color(ground)) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", THEMES)
def test_that_marks_reach_three_to_one_on_bands(name: ThemeName) -> None:
    theme = load_theme(name)
    for token in ("responder_on_band", "non_responder", "undetermined"):
        assert contrast(theme.color(token), theme.color("plot_band")) >= 3, token


@pytest.mark.parametrize("name", THEMES)
def test_that_the_rules_are_filled_in_whole(name: ThemeName) -> None:
    sheet = load_theme(name).stylesheet
    assert "@" not in sheet
    for url in re.findall(r"url\(([^)]+)\)", sheet):
        assert resource_path("themes").joinpath(url).is_file()


def test_that_a_legible_accent_of_the_system_is_taken_and_an_illegible_one_is_not() -> None:
    own = load_theme("light").tokens["accent"]
    assert load_theme("light", QColor("#107C10")).tokens["accent"] == "#107c10"
    assert load_theme("light", QColor("#FFF100")).tokens["accent"] == own


def test_that_switching_the_theme_dresses_living_widgets(qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    apply_theme(qapp, "light")
    label.ensurePolished()
    before = label.palette().color(label.foregroundRole())
    theme = apply_theme(qapp, "dark")
    label.ensurePolished()
    assert label.palette().color(label.foregroundRole()) == theme.color("ink") != before
    apply_theme(qapp, "light")


def test_that_figures_are_tabular_at_thirteen_pixels(qapp: QApplication) -> None:
    apply_font(qapp)
    assert qapp.font().pixelSize() == 13
    assert QFont.Tag("tnum") in qapp.font().featureTags()


def test_that_every_icon_draws_lines_in_the_colour_that_is_asked(qapp: QApplication) -> None:
    theme = load_theme("light")
    for path in resource_path("icons").glob("*.svg"):
        if path.stem == "esk":
            continue
        assert 'viewBox="0 0 24 24"' in path.read_text(encoding="utf-8"), path.name
        image = icon(path.stem, theme, "non_responder").pixmap(48, 48).toImage()
        colours = {
            image.pixelColor(x, y).name().upper()
            for x in range(48)
            for y in range(48)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert colours == {"#D55E00"}, path.name


def test_that_the_window_has_an_icon_of_every_usual_size(qapp: QApplication) -> None:
    assert {size.width() for size in app_icon().availableSizes()} >= {16, 32, 48, 256}


def _shape(group: str, side: int = 40) -> QImage:
    """The mark in black on white: only its shape is left."""
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_mark(painter, QRectF(0, 0, side, side), group, load_theme("light"))
    painter.end()
    return image


def test_that_the_groups_differ_by_shape_and_not_by_colour_alone(qapp: QApplication) -> None:
    covered = {
        group: frozenset((x, y) for x in range(40) for y in range(40) if _shape(group).pixelColor(x, y).alpha() > 128)
        for group in GROUPS
    }
    assert (20, 20) in covered["responder"], "a responder's circle is filled"
    assert (20, 24) not in covered["non_responder"], "a non-responder's triangle is open"
    for one in GROUPS:
        for other in GROUPS:
            if one != other:
                overlap = len(covered[one] & covered[other]) / len(covered[one] | covered[other])
                assert overlap < 0.6, (one, other)
