"""What gives way in which order when the window is narrow, in logical pixels."""

from __future__ import annotations

from dataclasses import dataclass

from esk_gui.widgets.frames import PANEL_WIDTH

_PERSON_FROM, _LIST_FROM, _PANEL_FROM = 1240, 1040, 780
_LIST_WIDTH, _LIST_NARROW = 224, 196
_PANEL_LESS, _PANEL_NARROW = 264, 248
_WIDE_FORM, _PLOT_BESIDE, _TIGHT_FORM = 752, 576, 576


@dataclass(frozen=True, slots=True)
class FormRoom:
    """How the form is laid out.

    Attributes
    ----------
    is_compact
        Narrower fields and shorter words.
    is_stacked
        The plot stands under the grid.
    is_tight
        The NRS reduction is told by the verdict's evidence only.
    """

    is_compact: bool
    is_stacked: bool
    is_tight: bool


@dataclass(frozen=True, slots=True)
class Room:
    """How the page is laid out.

    Attributes
    ----------
    shows_person
        The list has room for sex and age, the verdict for whole words.
    is_switcher
        The list is a switcher in the tabs' row; the verdict has bars only for what failed.
    is_strip
        The verdict is a strip of 40 px, the plot stands under the grid.
    """

    shows_person: bool
    is_switcher: bool
    is_strip: bool

    @property
    def panel_width(self) -> int:
        if self.is_switcher:
            return _PANEL_NARROW
        return PANEL_WIDTH if self.shows_person else _PANEL_LESS

    @property
    def list_width(self) -> int:
        return _LIST_WIDTH if self.shows_person else _LIST_NARROW

    def form(self, page_width: int) -> FormRoom:
        """What the form has between the list and the verdict."""
        beside = 0 if self.is_strip else self.panel_width
        width = page_width - beside - (0 if self.is_switcher else self.list_width)
        return FormRoom(width < _WIDE_FORM, self.is_strip or width < _PLOT_BESIDE, width < _TIGHT_FORM)


def room_of(window_width: int) -> Room:
    """The lay-out at a width of the window."""
    return Room(window_width >= _PERSON_FROM, window_width < _LIST_FROM, window_width < _PANEL_FROM)
