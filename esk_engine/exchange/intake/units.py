"""Units that lists use, and what turns each into the dictionary's own; never applied before a person confirmed it."""

from __future__ import annotations

from typing import Final

from esk_engine.dictionary import Kind, variable

# g/mol of the free bases; the two metabolites further on are not converted from moles.
MOLAR_MASS: Final = {"esketamine": 237.73, "norketamine": 223.70}
_MASS: Final = {"ug/L": 1.0, "ng/mL": 1.0, "ug/mL": 1000.0, "mg/L": 1000.0}
_MOLES: Final = {"nmol/L": 1e-3, "umol/L": 1.0}
_OTHERS: Final = {
    "cm": {"cm": 1.0, "m": 100.0},
    "kg": {"kg": 1.0, "g": 1e-3},
    "mg": {"mg": 1.0, "g": 1000.0},
    "min": {"min": 1.0, "h": 60.0},
    "weeks": {"weeks": 1.0, "days": 1 / 7},
    "years": {"years": 1.0},
    "mmHg": {"mmHg": 1.0},
    "/min": {"/min": 1.0},
}


def own_unit(kind: Kind, name: str) -> str:
    """The dictionary's unit of a variable, "" where it has none."""
    return variable(kind, name).unit


def factor(kind: Kind, name: str, unit: str, analyte: str = "") -> float | None:
    """What a number in ``unit`` is multiplied by; None where it cannot be converted.

    Parameters
    ----------
    analyte
        Whose concentration it is: moles become micrograms by its molar mass.
    """
    own = own_unit(kind, name)
    if unit in ("", own):
        return 1.0
    if own == "ug/L":
        if unit in _MASS:
            return _MASS[unit]
        mass = MOLAR_MASS.get(analyte)
        return None if mass is None or unit not in _MOLES else _MOLES[unit] * mass
    return _OTHERS.get(own, {}).get(unit)


def units_for(kind: Kind, name: str) -> tuple[str, ...]:
    """Every unit that may be chosen for a variable, its own first."""
    own = own_unit(kind, name)
    known = (*_MASS, *_MOLES) if own == "ug/L" else tuple(_OTHERS.get(own, {}))
    return (own, *(unit for unit in known if unit != own)) if own else ()
