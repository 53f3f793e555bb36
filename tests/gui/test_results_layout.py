"""How tables are measured: decimals under each other, columns that all tables share, what gives way first."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from esk_gui.results.alignment import Alignment, Part, Slot, align, split
from esk_gui.results.fit import Needed, Room, fit


def test_that_a_number_is_split_before_its_decimal_sign() -> None:
    assert split("−18,5", ",") == ("−18", ",5")
    assert split("104", ",") == ("104", "")


def test_that_decimals_of_a_column_stand_under_each_other(qapp: object) -> None:
    metrics = QFontMetricsF(QFont())
    cells = [(Part("9,5"), Part("[1–2]", True, False)), (Part("−104"), Part("(8,3 %)", True)), ()]
    alignment = align(cells, ",", metrics, metrics)
    first, second = alignment.places(100)
    assert first == (100, 100 + metrics.horizontalAdvance("−104"))
    assert second[0] == pytest.approx(first[1] + metrics.horizontalAdvance(",5") + alignment.gap)
    assert alignment.width == pytest.approx(second[0] - 100 + alignment.slots[1].width)


def test_that_a_part_under_its_number_needs_only_the_wider_of_both() -> None:
    alignment = Alignment((Slot(20, 5), Slot(text=60)))
    assert alignment.width == 85 + alignment.gap
    assert alignment.stacked_width == 60


EFFECT = {"p": 60.0, "shift": 60.0, "interval": 90.0}
WIDE = Needed(100, 80, 150, {"total": 120, "non_responder": 120, "responder": 120, **EFFECT})
STACKED = Needed(100, 80, 150, {"total": 80, "non_responder": 80, "responder": 80, **EFFECT})
SMALL = Needed(0, 0, 90, {"total": 70, "responder": 140})


@pytest.mark.parametrize(
    ("width", "room"), [(900, Room.WIDE), (750, Room.WIDE), (749, Room.STACKED), (600, Room.NARROW), (300, Room.NARROW)]
)
def test_that_ranges_give_way_before_the_difference_does(width: int, room: Room) -> None:
    # all columns need 180 + 570 = 750; with the ranges below 180 + 450 = 630, of which the labels may lose a tenth
    assert fit({Room.WIDE: [WIDE], Room.STACKED: [STACKED]}, width).room is room


def test_that_the_difference_is_hidden_only_where_there_is_no_room_for_it() -> None:
    widths = fit({Room.WIDE: [WIDE], Room.STACKED: [STACKED]}, 500)
    assert set(widths.columns) == {"total", "non_responder", "responder", "p"}


def test_that_tables_share_the_widest_column_and_what_is_left_over() -> None:
    widths = fit({Room.WIDE: [WIDE, SMALL], Room.STACKED: [STACKED, SMALL]}, 1000)
    assert widths.columns["responder"] == widths.columns["total"] + 20
    assert widths.total <= 1000
    assert widths.total >= 1000 - 8  # whole pixels
    assert widths.label + widths.sublabel > 180


def test_that_labels_shrink_before_the_page_scrolls_sideways() -> None:
    widths = fit({Room.WIDE: [WIDE], Room.STACKED: [STACKED]}, 430)
    assert widths.label + widths.sublabel == 130
    assert widths.total == 430
