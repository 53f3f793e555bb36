"""A column's heading taken apart: its name, its unit, the minute that a wide layout writes into it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from esk_engine.exchange.cells import is_blank

_UNITS = {
    "ug/l": "ug/L",
    "mcg/l": "ug/L",
    "microg/l": "ug/L",
    "ng/ml": "ng/mL",
    "ug/ml": "ug/mL",
    "mcg/ml": "ug/mL",
    "mg/l": "mg/L",
    "nmol/l": "nmol/L",
    "umol/l": "umol/L",
    "cm": "cm",
    "m": "m",
    "meter": "m",
    "kg": "kg",
    "g": "g",
    "gram": "g",
    "mg": "mg",
    "min": "min",
    "minuten": "min",
    "minutes": "min",
    "h": "h",
    "uur": "h",
    "uren": "h",
    "hours": "h",
    "weken": "weeks",
    "weeks": "weeks",
    "wk": "weeks",
    "dagen": "days",
    "days": "days",
    "jaar": "years",
    "jaren": "years",
    "years": "years",
    "mmhg": "mmHg",
    "bpm": "/min",
    "/min": "/min",
    "slagen/min": "/min",
}
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_MINUTE = re.compile(r"^(.*\D)[ _=@-]*?(?:t[ _=]?)?(\d{1,4})\s*(?:min|minuten|minutes|'|’|′)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's name without its unit and its minute; "" and None where it has none."""

    name: str
    unit: str = ""
    minute: int | None = None


def folded(text: str) -> str:
    """The compared form of a name: words without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.replace("\u00b5", "u").replace("\u03bc", "u"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(bare.casefold()))


def unit_of(text: str) -> str:
    """A unit in its one spelling, "" where the text is none that is known."""
    plain = unicodedata.normalize("NFKC", text).replace("\u03bc", "u").replace("\u00b5", "u")
    return _UNITS.get(plain.casefold().replace(" ", "").replace("microgram", "ug").replace("gram/liter", "g/l"), "")


@cache
def heading_of(text: str) -> Heading:
    """What a heading says: ``esketamine [nmol/L]`` is esketamine in nmol/L, ``hr_30`` the heart rate at minute 30."""
    unit = ""
    for inside in _BRACKETS.findall(text):
        unit = unit or unit_of(inside)
    bare = _BRACKETS.sub(" ", text).strip() or text
    if not unit:
        bare, unit = _trailing_unit(bare)
    name = folded(bare)
    match = _MINUTE.match(bare.strip())
    if match is None or not folded(match[1]):
        return Heading(name, unit)
    return Heading(name, unit, int(match[2]))


def base_of(text: str) -> str:
    """The name of a heading without the minute at its end."""
    bare = _trailing_unit(_BRACKETS.sub(" ", text).strip())[0]
    match = _MINUTE.match(bare.strip())
    name = folded(match[1]) if match is not None else folded(bare)
    return name.removesuffix(" t").removesuffix(" min")


def _trailing_unit(text: str) -> tuple[str, str]:
    """A unit after a comma, a space or an underscore at the end, as in ``esketamine_ng/ml``."""
    match = re.match(r"^(.*\S)[\s_,]+(\S+)$", text)
    if match is None or not unit_of(match[2]) or ("/" not in match[2] and len(match[2]) < 2):
        return text, ""
    return match[1].rstrip(","), unit_of(match[2])


def header_at(records: Sequence[Sequence[object]]) -> int:
    """The row (from 0) that names the columns: of the first rows, the one with the most known names.

    Where none has two known names, it is the first row that is not blank.
    """
    from esk_engine.exchange.intake.names import is_known

    first, best, most = None, 0, 1
    for at, cells in enumerate(records[:_LOOKED_AT]):
        texts = [value for value in cells if isinstance(value, str) and not is_blank(value)]
        if first is None and any(not is_blank(value) for value in cells):
            first = at
        known = sum(is_known(text) for text in texts)
        if known > most:
            best, most = at, known
    return best if most > 1 else first or 0
