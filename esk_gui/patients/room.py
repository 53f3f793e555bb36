"""What gives way in which order when the window is narrow, in logical pixels (LOOK.md)."""

from __future__ import annotations

from dataclasses import dataclass

from esk_gui.widgets.frames import PANEL_WIDTH

_PERSON_FROM, _LIST_FROM, _PANEL_FROM = 1240, 1040, 780
_PANEL_NARROW = 248


@dataclass(frozen=True, slots=True)
class Room:
    """How the page is laid out.

    Attributes
    ----------
    shows_person
        The list has room for sex and age.
    is_switcher
        The list is a switcher in the tabs' row.
    is_strip
        The verdict is a strip of 40 px, the plot stands under the grid.
    """

    shows_person: bool
    is_switcher: bool
    is_strip: bool

    @property
    def panel_width(self) -> int:
        return _PANEL_NARROW if self.is_switcher else PANEL_WIDTH


def room_of(window_width: int) -> Room:
    """The lay-out at a width of the window."""
    return Room(window_width >= _PERSON_FROM, window_width < _LIST_FROM, window_width < _PANEL_FROM)
