"""Recipes: a mapping that was worked out once, kept by name for the next list of the same shape."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.intake.headers import folded
from esk_engine.exchange.intake.mapping import ColumnRule, Mapping
from esk_engine.exchange.intake.raw import Source

_ENDING = ".recipe.json"
_NAME = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]{1,60}")
_LARGEST = 1_000_000


def save_recipe(folder: Path, name: str, mapping: Mapping) -> Path:
    """Keep a mapping under a name, in the place of one that had it.

    Raises
    ------
    Fault
        ``recipe_name`` where a file cannot bear it; what keeps the folder from taking it.
    """
    name = name.strip().rstrip(".")
    if not _NAME.fullmatch(name):
        raise Fault("recipe_name", value=name)
    path = folder / f"{name}{_ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Fault("target_not_writable", path=str(folder)) from None
    text = json.dumps({"name": name, "mapping": mapping.to_json()}, ensure_ascii=False, indent=1, sort_keys=True)
    with written_beside(path, _ENDING) as beside:
        Path(beside).write_text(text, encoding="utf-8")
    return path


def read_recipe(path: Path) -> Mapping:
    """A kept mapping; Fault ``recipe_missing`` or ``recipe_unreadable`` where there is none."""
    try:
        if path.stat().st_size > _LARGEST:
            raise Fault("recipe_unreadable", path=str(path))
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Mapping.from_json(raw["mapping"])
    except FileNotFoundError:
        raise Fault("recipe_missing", path=str(path)) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Fault("recipe_unreadable", path=str(path)) from None


def recipes(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every recipe of a folder by its name, in the order of the names."""
    found: list[Path] = []
    with contextlib.suppress(OSError):
        found = sorted(folder.glob(f"*{_ENDING}"), key=lambda path: path.name.casefold())
    for path in found:
        yield path.name.removesuffix(_ENDING), path


def fits(recipe: Mapping, source: Source) -> float:
    """The share of a recipe's columns that a file has, by their headings."""
    wanted = [folded(rule.header) for rule in recipe.rules if rule.target is not None]
    there = {folded(header) for table in source.tables for header in table.header}
    return sum(header in there for header in wanted) / len(wanted) if wanted else 0.0


def applied(recipe: Mapping, source: Source, proposed: Mapping) -> Mapping:
    """A recipe carried over to a file: by heading, wherever its columns stand now; the rest as proposed.

    Parameters
    ----------
    proposed
        The mapping of this file as its headings alone say it.
    """
    known: dict[str, list[ColumnRule]] = {}
    for rule in recipe.rules:
        known.setdefault(folded(rule.header), []).append(rule)
    by_table = {(rule.table, folded(rule.header)): rule for rule in recipe.rules}
    rules: list[ColumnRule] = []
    for rule in proposed.rules:
        name = folded(rule.header)
        kept = by_table.get((rule.table, name)) or next(iter(known.get(name, ())), None)
        rules.append(rule if kept is None else replace(kept, table=rule.table, column=rule.column, header=rule.header))
    del source
    return replace(proposed, rules=tuple(rules), minute=recipe.minute, analyte=recipe.analyte)
