"""Garbage in cycles goes when the program is put aside, not between a key and its answer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from esk_gui.collector import Collector


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    before = gc.get_threshold()
    found = Collector(qapp)
    yield found
    found.deleteLater()
    gc.set_threshold(*before)


def test_that_a_full_collection_never_comes_by_itself(collector: Collector) -> None:
    gc.collect()
    full = gc.get_stats()[2]["collections"]
    kept = [[number] for number in range(200_000)]
    assert len(kept) == 200_000
    assert gc.get_stats()[2]["collections"] == full


def test_that_garbage_goes_when_the_program_is_put_aside(collector: Collector, qapp: QApplication) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    gc.collect(0)
    gc.collect(1)  # old enough for none but a full collection
    del knot
    gc.collect(1)
    assert gone() is not None
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert gone() is None
