"""The examples in the statistics' docstrings run, and give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import esk_engine.statistics

ROOMS = [room.name for room in pkgutil.iter_modules(esk_engine.statistics.__path__)]


@pytest.mark.parametrize("room", ROOMS)
def test_that_the_examples_of_a_room_give_what_they_say(room: str) -> None:
    found = doctest.testmod(importlib.import_module(f"esk_engine.statistics.{room}"))
    assert found.failed == 0


def test_that_there_are_examples_to_run() -> None:
    rooms = (importlib.import_module(f"esk_engine.statistics.{room}") for room in ROOMS)
    tests = [test for room in rooms for test in doctest.DocTestFinder(exclude_empty=True).find(room)]
    assert sum(len(test.examples) for test in tests) > 30
