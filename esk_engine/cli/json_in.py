"""JSON as it comes in, read strictly: every name once in its object, no NaN, UTF-8 with or without a mark."""

from __future__ import annotations

import json
from typing import Any


class NameTwice(ValueError):
    """A name comes twice in one object: of two values neither is the one that was meant."""


def read_json(raw: bytes) -> object:
    """One JSON document.

    Raises
    ------
    ValueError
        Where it is none; ``NameTwice`` where a name in it comes twice.
    """
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("too deep") from error


def json_text(value: object) -> str:
    """A value of a document as its writer wrote it, as far as a message repeats it: ``true``, not ``True``."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):  # a whole number with more digits than Python writes out
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NameTwice
    return found
