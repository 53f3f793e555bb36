"""The state machine of the tests, for long: any walk through edits, undo, redo, signing, reopening."""

from __future__ import annotations

from tests.faults.figures import Figures
from tests.faults.processes import elsewhere

_PORTION = 100


def run(n: int, seed: int, workers: int = 1, steps: int = 50) -> Figures:
    """``n`` walks of at most so many steps; at each reopening and at the end the log replayed must give the data."""
    total = Figures("state machine")
    with total.timed():
        calls = [(seed + at, min(_PORTION, n - first), steps) for at, first in enumerate(range(0, n, _PORTION))]
        for one in elsewhere(walk, calls, workers):
            total.add(one)
    return total


def walk(seed: int, n: int, steps: int) -> Figures:
    """Some walks."""
    import hypothesis
    from hypothesis.stateful import run_state_machine_as_test

    from tests.engine.test_study_machine import StudyMachine

    found = Figures("state machine")
    taken = {"runs": 0, "steps": 0}

    class Counted(StudyMachine):
        """The machine, its runs and steps counted."""

        def __init__(self) -> None:
            super().__init__()
            taken["runs"] += 1

        def check_invariants(self, *arguments: object, **named: object) -> None:
            taken["steps"] += 1
            super().check_invariants(*arguments, **named)  # type: ignore[misc]

    settings = hypothesis.settings(
        max_examples=n,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(Counted), settings=settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, the walk that led there is told
        found.fail(f"seed {seed}: {error!r} {' / '.join(getattr(error, '__notes__', ()))}")
    for name, count in taken.items():
        found.count(name, count)
    return found
