"""Criteria sets: which conditions make a responder, as data; how they are stored and checked."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from esk_engine.dictionary import NUMERIC_NAMES
from esk_engine.errors import Fault

OPERATORS = (">=", "<=")
_LARGEST = 1e9  # beyond every variable; a NaN is not below it either
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Condition:
    """A numeric variable, entered or derived, held against a threshold; equal always holds."""

    variable: str
    operator: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Criterion:
    """All conditions must hold. ``name`` is a code with a text ``criterion.<name>``, or free text shown as it is."""

    name: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """An ordered list of criteria; a locked set can be copied, never edited.

    Attributes
    ----------
    set_id
        Stays the same over all saved versions of the set.
    specified_beforehand
        True: fixed before any outcome was known.
    outcomes_known, patients
        For any other set: k of n outcomes were known when it was defined.
    """

    set_id: str
    name: str
    criteria: tuple[Criterion, ...]
    locked: bool = False
    specified_beforehand: bool = False
    outcomes_known: int = 0
    patients: int = 0

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition, in order."""
        return tuple(condition for criterion in self.criteria for condition in criterion.conditions)

    def with_criteria(self, criteria: tuple[Criterion, ...]) -> CriteriaSet:
        return replace(self, criteria=criteria)

    def to_json(self) -> dict[str, Any]:
        """The canonical form: what the file stores and ``--criteria SET.json`` reads."""
        return {
            "name": self.name,
            "locked": self.locked,
            "specified_beforehand": self.specified_beforehand,
            "outcomes_known": self.outcomes_known,
            "patients": self.patients,
            "criteria": [
                {
                    "name": criterion.name,
                    "conditions": [
                        {"variable": c.variable, "operator": c.operator, "threshold": c.threshold}
                        for c in criterion.conditions
                    ],
                }
                for criterion in self.criteria
            ],
        }

    def canonical(self) -> str:
        return json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _condition(raw: object, place: str) -> Condition:
    if not isinstance(raw, Mapping):
        raise Fault("criteria_shape", place=place)
    entry: Mapping[str, Any] = raw  # type: ignore[assignment]
    name, operator, threshold = entry.get("variable"), entry.get("operator"), entry.get("threshold")
    if name not in NUMERIC_NAMES:
        raise Fault("criteria_variable", place=place, value=_brief(name))
    if operator not in OPERATORS:
        raise Fault("criteria_operator", place=place, value=_brief(operator))
    if isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or not abs(threshold) <= _LARGEST:
        raise Fault("criteria_threshold", place=place, value=_brief(threshold))
    return Condition(str(name), str(operator), float(threshold))


def _brief(raw: object) -> str:
    """What a message repeats of what stood there, as JSON writes it."""
    try:
        text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    except (TypeError, ValueError):
        text = str(type(raw).__name__)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _whole(entry: Mapping[str, Any], name: str) -> int:
    raw = entry.get(name, 0)
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise Fault("criteria_shape", place=name)
    return raw


def _flag(entry: Mapping[str, Any], name: str) -> bool:
    """A mark of the set; ``"no"`` is a text and would count as true, so only true and false are taken."""
    raw = entry.get(name, False)
    if not isinstance(raw, bool):
        raise Fault("criteria_shape", place=name)
    return raw


def criteria_set_from_json(raw: object, set_id: str = "") -> CriteriaSet:
    """A criteria set from its JSON form (``{"name": ..., "criteria": [{"name", "conditions": [...]}]}``).

    Raises
    ------
    Fault
        ``criteria_shape``, ``criteria_empty``, ``criteria_variable``, ``criteria_operator`` or
        ``criteria_threshold``, with the place.
    """
    if not isinstance(raw, Mapping):
        raise Fault("criteria_shape", place="criteria")
    entry: Mapping[str, Any] = raw  # type: ignore[assignment]
    own_name = entry.get("name")
    if own_name is not None and not isinstance(own_name, str):
        raise Fault("criteria_shape", place="name")
    listed = entry.get("criteria")
    if not isinstance(listed, list):
        raise Fault("criteria_shape", place="criteria")
    criteria: list[Criterion] = []
    for number, item in enumerate(listed, 1):  # type: ignore[arg-type]
        name = item.get("name") if isinstance(item, Mapping) else None  # type: ignore[union-attr]
        conditions = item.get("conditions") if isinstance(item, Mapping) else None  # type: ignore[union-attr]
        if not isinstance(name, str) or not name.strip() or not isinstance(conditions, list):
            raise Fault("criteria_shape", place=f"criteria[{number}]")
        if not conditions:
            raise Fault("criteria_empty", place=f"criteria[{number}]")
        read = tuple(_condition(c, f"criteria[{number}].conditions[{i}]") for i, c in enumerate(conditions, 1))  # type: ignore[arg-type]
        criteria.append(Criterion(name.strip(), read))
    if not criteria:
        raise Fault("criteria_empty", place="criteria")
    return CriteriaSet(
        set_id,
        (own_name or "").strip() or "criteria",
        tuple(criteria),
        _flag(entry, "locked"),
        _flag(entry, "specified_beforehand"),
        _whole(entry, "outcomes_known"),
        _whole(entry, "patients"),
    )


def tidied(criteria_set: CriteriaSet) -> CriteriaSet:
    """The set with its names in one form: NFC, single-spaced, each criterion's its own.

    Everything printed names its set and its criteria, and a workbook tells the criteria of a set apart by their names
    alone: a name that comes again is numbered.

    Raises
    ------
    Fault
        ``criteria_shape`` or ``criteria_name_long`` with the place of the name.
    """
    names: list[str] = []
    for number, criterion in enumerate(criteria_set.criteria, 1):
        name = _tidy(criterion.name, f"criteria[{number}].name")
        names.append(_numbered(name, names) if name in names else name)
    criteria = tuple(replace(old, name=name) for old, name in zip(criteria_set.criteria, names, strict=True))
    return replace(criteria_set, name=_tidy(criteria_set.name, "name"), criteria=criteria)


def _tidy(name: str, place: str) -> str:
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidy or any(unicodedata.category(character) in ("Cc", "Cs") for character in tidy):
        raise Fault("criteria_shape", place=place)
    if len(tidy) > LONGEST_NAME:
        raise Fault("criteria_name_long", place=place, length=len(tidy), longest=LONGEST_NAME)
    return tidy


def _numbered(name: str, taken: list[str]) -> str:
    stem = name[: LONGEST_NAME - 8]
    return next(found for n in range(2, len(taken) + 3) if (found := f"{stem} ({n})") not in taken)


# Table 2 of the model study: the default of every new study, the same id in every file.
TABLE_2 = CriteriaSet(
    "00000000-0000-4000-8000-000000000002",
    "Table 2",
    (
        Criterion("pain_relief", (Condition("nrs_reduction_percent", ">=", 30),)),
        Criterion("duration", (Condition("relief_weeks", ">=", 3),)),
        Criterion("heart_rate", (Condition("heart_rate_variation_percent", "<=", 20),)),
        Criterion(
            "blood_pressure",
            (
                Condition("systolic_variation_percent", "<=", 20),
                Condition("diastolic_variation_percent", "<=", 20),
                Condition("systolic_max_mmhg", "<=", 180),
            ),
        ),
    ),
    locked=True,
    specified_beforehand=True,
)
