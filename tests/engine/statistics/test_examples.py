"""The examples in the docstrings run and give what they say."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

from esk_engine import statistics

ROOMS = [f"{statistics.__name__}.{room.name}" for room in pkgutil.iter_modules(statistics.__path__)]


@pytest.mark.parametrize("room", ROOMS)
def test_that_every_example_runs(room: str) -> None:
    assert doctest.testmod(import_module(room)).failed == 0


def test_that_every_public_name_is_documented_with_what_it_takes_and_gives() -> None:
    for name in statistics.__all__:
        assert (getattr(statistics, name).__doc__ or "").strip(), name
