"""The short run of every kind of fault; ``python -m tests.faults --long`` is the long one."""

from __future__ import annotations

import sys

import pytest

from tests.faults.kinds import KINDS, Part

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks into /proc")
SHARES = [
    pytest.param(part, at, id=f"{kind}-{number}-{at}")
    for kind, parts in KINDS.items()
    for number, part in enumerate(parts)
    for at in range(part.portions)
]


@pytest.mark.parametrize(("part", "at"), SHARES)
def test_that_no_promise_is_broken(part: Part, at: int) -> None:
    found = part.run(part.short // part.portions, 1 + at * 1000, 1)
    assert found.failures == []
    assert found.kept
