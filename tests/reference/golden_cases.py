"""The golden file as test cases: reading it, and comparing what we compute with what other programs found."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GOLDEN = Path(os.environ.get("ESK_GOLDEN") or Path(__file__).with_name("statistics.json"))

ABSOLUTE = 1e-12


@dataclass(frozen=True)
class Case:
    """One case: its data, and every expected figure by its dotted path."""

    name: str
    kind: str
    data: Mapping[str, Any]
    expected: Mapping[str, Any]


def read_cases(kind: str) -> list[Case]:
    """Read the cases of one kind."""
    content = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return [
        Case(case["id"], case["type"], case["data"], dict(_flat(case["expected"])))
        for case in content["cases"]
        if case["type"] == kind
    ]


def kinds() -> set[str]:
    """Name the kinds of cases that the file holds."""
    content = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return {case["type"] for case in content["cases"]}


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def number(value: Any) -> Any:
    """Read infinities, also inside lists."""
    if isinstance(value, list):
        return [number(item) for item in value]
    return {"Inf": math.inf, "-Inf": -math.inf}.get(value, value) if isinstance(value, str) else value


def difference(ours: Any, theirs: Any, relative: float) -> str | None:
    """Say how two figures, or lists of figures, differ by more than the tolerance; None if they do not."""
    theirs = number(theirs)
    if isinstance(theirs, list):
        if not isinstance(ours, list | tuple) or len(ours) != len(theirs):
            return f"{ours} is not {theirs}"
        found = [difference(a, b, relative) for a, b in zip(ours, theirs, strict=True)]
        return next((text for text in found if text), None)
    if ours is None or theirs is None or isinstance(theirs, bool):
        return None if ours == theirs else f"{ours} is not {theirs}"
    if ours == theirs or abs(ours - theirs) <= relative * abs(theirs) + ABSOLUTE:
        return None
    return f"{ours!r} is not {theirs!r}"


def check(case: Case, ours: Mapping[str, tuple[Any, float]], without_definition: tuple[str, ...]) -> None:
    """Compare every expected figure with ours; each must be computed or be listed as without a definition.

    Parameters
    ----------
    case : Case
        The expected figures.
    ours : mapping of path to (figure, relative tolerance)
        What we compute. A path ending in ``.*`` stands for everything below it that is expected to be null.
    without_definition : tuple of str
        Beginnings of paths that are kept for information only.
    """
    faults: list[str] = []
    for path, theirs in case.expected.items():
        if path in ours:
            figure, relative = ours[path]
            text = difference(figure, theirs, relative)
            if text:
                faults.append(f"{path}: {text}")
        elif not path.startswith(without_definition) and not _absent(path, theirs, ours):
            faults.append(f"{path}: not computed")
    assert not faults, f"{case.name}: " + "; ".join(faults)


def _absent(path: str, theirs: Any, ours: Mapping[str, tuple[Any, float]]) -> bool:
    """Whether a whole branch is null there and each of ours below it is None too."""
    below = [figure for key, (figure, _) in ours.items() if key.startswith(path + ".")]
    empty = all(figure is None or (isinstance(figure, list) and set(figure) == {None}) for figure in below)
    return theirs is None and bool(below) and empty
