"""The frame of a page: header bars of 48 px, hairlines, tinted blocks, side panels, scrolling content."""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from esk_gui.widgets.labels import set_property

HEADER_HEIGHT: Final = 48
PANEL_WIDTH: Final = 296
PAGE_PADDING: Final = 24
PANEL_PADDING: Final = 16
Box = TypeVar("Box", QVBoxLayout, QHBoxLayout, QGridLayout)


class Hairline(QFrame):
    """A line of one pixel, across or (``upright``) down; ``in_table`` paler."""

    def __init__(self, *, upright: bool = False, in_table: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "hairline_table" if in_table else "hairline")
        self.setFixedWidth(1) if upright else self.setFixedHeight(1)


class HeaderBar(QFrame):
    """The 48 px that every column starts with, and its hairline; ``row`` takes what stands in it."""

    def __init__(self, padding: int = PAGE_PADDING) -> None:
        super().__init__()
        self.setProperty("kind", "header")
        self.setFixedHeight(HEADER_HEIGHT + 1)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(padding, 0, padding, 0)
        self.row.setSpacing(8)


class FootBar(QFrame):
    """What stays at the foot of a column under a hairline; ``row`` takes what stands in it."""

    def __init__(self, padding: int = PAGE_PADDING) -> None:
        super().__init__()
        self.setProperty("kind", "foot")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(padding, 12, padding, 12)
        self.row.setSpacing(8)


class TintBlock(QFrame):
    """The one tinted block of a page; ``column`` takes what the eye is to meet first."""

    def __init__(self, tint: str = "accent", padding: int = PANEL_PADDING) -> None:
        super().__init__()
        self.setProperty("tint", tint)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(4)

    def set_tint(self, tint: str) -> None:
        """accent, responder, non_responder, undetermined, error or warning."""
        set_property(self, "tint", tint)


class SidePanel(QFrame):
    """A column of its own ground beside the page, with a hairline towards it; ``column`` takes its blocks."""

    def __init__(self, width: int = PANEL_WIDTH, side: Literal["left", "right"] = "right") -> None:
        super().__init__()
        self.setProperty("kind", f"side_{side}")
        self.setFixedWidth(width)
        self.column = bare(QVBoxLayout(self))


def bare(layout: Box, spacing: int = 0) -> Box:
    """A layout without margins."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def ground(widget: QWidget, surface: str = "page") -> QWidget:
    """Give a plain widget one of the grounds: window, panel or page."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("surface", surface)
    return widget


def scrolling(content: QWidget, name: str = "") -> QScrollArea:
    """``content`` in an area that scrolls down when the room is too low, and never sideways."""
    area = QScrollArea()
    if name:
        area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area
