"""Wording: every text and every number as a person reads it, in Dutch or in English.

A ``Wording`` is made for one language and passed to whoever renders. Texts stand in gettext catalogues whose
msgids are keys (``resources/wording``), never installed globally.
"""

from __future__ import annotations

import gettext
import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from pathlib import PurePath
from typing import Literal, cast

from esk_engine.dictionary import (
    DERIVED,
    TERMS,
    VARIABLES,
    DerivedVariable,
    Limits,
    ValueType,
    Variable,
)
from esk_engine.errors import Fault, Issue
from esk_engine.records import BelowLloq
from esk_engine.resources import resource_path
from esk_engine.settings import SETTINGS, SettingDeclaration

Language = Literal["nl", "en"]
Declared = Variable | DerivedVariable | SettingDeclaration
Number = int | float | Decimal
NumberText = Callable[[Number], str]

LANGUAGES: tuple[Language, ...] = ("nl", "en")
MISSING = "–"
MINUS = "−"
# Set by the tests: a key that no catalogue holds is then an error instead of a text that shows itself.
STRICT_VARIABLE = "ESK_STRICT_WORDING"
_UNITS = {"ug/L": "µg/L", "kg/m2": "kg/m²"}
_THREE_DECIMALS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_WINDOWS_DUTCH = 0x13  # primary language id of LANG_DUTCH in winnt.h

# Where a name occurs in two kinds of records (minute) both declare the same.
_DECLARED: dict[str, Declared] = {declared.name: declared for declared in (*VARIABLES, *DERIVED, *SETTINGS)}


def system_language() -> Language:
    """The language of the operating system's user, English where it is neither."""
    if sys.platform == "win32":
        import ctypes

        return "nl" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _WINDOWS_DUTCH else "en"
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "nl" if named.lower().startswith("nl") else "en"


def as_decimal(value: Number) -> Decimal:
    """The shortest decimal that stands for a number, never its binary expansion."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))


def round_half_away(value: Number, decimals: int) -> Decimal:
    """Round half away from zero on the shortest decimal: 2.675 to two decimals is 2.68.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Digits behind the decimal sign that are kept; at least 0.
    """
    with localcontext(prec=400):  # a float has at most 309 digits before its decimal sign
        rounded = as_decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(rounded) if rounded.is_zero() else rounded


def _plain(value: Number, decimals: int | None) -> str:
    """Digits with a decimal point and an ASCII minus; as many decimals as the number has where none are asked."""
    if decimals is not None:
        return format(round_half_away(value, decimals), "f")
    text = format(as_decimal(value), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, (float, Decimal)) and math.isnan(value))


@cache
def _catalogue(language: Language) -> gettext.GNUTranslations:
    with resource_path("wording", language, "LC_MESSAGES", "esk.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


class Wording:
    """Texts, numbers and dates in one language.

    Parameters
    ----------
    language
        ``"nl"`` or ``"en"``.
    strict
        True: a missing key or parameter raises KeyError. False: the key, or the unfilled text, shows itself.
        By default strict where the environment variable ``ESK_STRICT_WORDING`` is set.
    """

    def __init__(self, language: Language, *, strict: bool | None = None) -> None:
        self.language: Language = language
        self._strict = bool(os.environ.get(STRICT_VARIABLE)) if strict is None else strict
        self._texts = _catalogue(language)
        self._comma = "," if language == "nl" else "."

    # Texts

    def has(self, key: str) -> bool:
        """Whether the catalogue holds a key."""
        return key != "" and self._texts.gettext(key) != key

    def __call__(self, key: str, **params: object) -> str:
        """The text of a key, its parameters filled in: numbers and dates as this language writes them."""
        return self._filled(key, params)

    def plural(self, key: str, n: int, **params: object) -> str:
        """``<key>.one`` for 1, else ``<key>.other``; both may hold ``{n}``."""
        return self._filled(f"{key}.{'one' if n == 1 else 'other'}", {**params, "n": n})

    def label(self, name: str) -> str:
        """The name of a variable, derived value or setting as a form or a table shows it."""
        return self(self._label_key(name))

    def short_label(self, name: str) -> str:
        """The label for where there is little room; the label itself where there is no shorter one."""
        short = f"{self._label_key(name)}.short"
        return self(short) if self.has(short) else self.label(name)

    def unit(self, name: str) -> str:
        """The unit of a variable, derived value or setting as it is printed, or ""."""
        declared = _DECLARED.get(name)
        return "" if declared is None else self.unit_text(declared.unit)

    def unit_text(self, unit: str) -> str:
        """A unit of the dictionary as it is printed: µg/L for ug/L, weken for weeks."""
        key = f"unit.{unit}"
        return self(key) if self.has(key) else _UNITS.get(unit, unit)

    def with_unit(self, text: str, unit: str) -> str:
        """A number's text and a unit of the dictionary: ``30 %`` in Dutch, ``30%`` in English."""
        printed = self.unit_text(unit)
        if not printed:
            return text
        return f"{text}{printed}" if (printed, self.language) == ("%", "en") else f"{text} {printed}"

    def code(self, code: str, variable: str = "") -> str:
        """The text of a code; some codes (``other``) read differently for one variable."""
        own = f"setting.{variable}.{code}" if isinstance(_DECLARED.get(variable), SettingDeclaration) else ""
        for key in (own, f"code.{variable}.{code}"):
            if self.has(key):
                return self(key)
        return self(f"code.{code}")

    def term(self, term: str) -> str:
        """A side effect: the text of a coded term, a free term as it was spelt."""
        return self.code(term) if term in TERMS else term

    def criterion(self, name: str) -> str:
        """A criterion's name: its text where it is one of ours, else the name as it was typed."""
        key = f"criterion.{name}"
        return self(key) if self.has(key) else name

    # Numbers, dates and values

    def number(self, value: Number | None, decimals: int | None = None) -> str:
        """A number as it is printed: U+2212 as minus, an en dash where it is missing.

        Parameters
        ----------
        value
            The number; None and NaN are missing.
        decimals
            Rounded half away from zero to so many; as many as the number has where None.
        """
        if value is None or _is_missing(value):
            return MISSING
        if math.isinf(value):
            return "∞" if value > 0 else f"{MINUS}∞"
        return _plain(value, decimals).replace(".", self._comma).replace("-", MINUS)

    def number_beside(self, value: float | None, threshold: float, decimals: int = 1) -> str:
        """A number that is held against a threshold, never rounded onto it or to its other side.

        Parameters
        ----------
        value, threshold
            What is judged, and against what.
        decimals
            At most so many, without trailing zeros; more where rounding would hide the difference (20.04 and 20).
        """
        if value is None or not math.isfinite(value):
            return self.number(value)
        limit = as_decimal(threshold)
        for more in range(decimals, 10):
            rounded = round_half_away(value, more)
            if rounded.compare(limit) == as_decimal(value).compare(limit):
                return self.number(rounded)
        return self.number(value)

    def p_value(self, p: float | None) -> str:
        """A P-value to three decimals, ``< 0,001`` below that."""
        if p is not None and p < 0.001:
            return f"< {self.number(0.001)}"
        return self.number(p, 3)

    def date(self, day: date | None) -> str:
        """16-01-2024 in Dutch, 2024-01-16 in English."""
        if day is None:
            return MISSING
        return f"{day.day:02}-{day.month:02}-{day.year:04}" if self.language == "nl" else day.strftime("%Y-%m-%d")

    def datetime(self, moment: datetime | None) -> str:
        """The date and the time to the minute."""
        return MISSING if moment is None else f"{self.date(moment)} {moment:%H:%M}"

    def value(self, variable: Declared, value: object) -> str:
        """A stored or derived value as it is read: codes by their text, derived values to one decimal at least."""
        if _is_missing(value):
            return MISSING
        if isinstance(value, BelowLloq):
            return f"< {self.number(value.lloq)}"
        if isinstance(variable, DerivedVariable) and isinstance(value, (int, float)):
            decimals = max(variable.printed_decimals, 1)
            return self.number(round_half_away(value, decimals) if math.isfinite(value) else value)
        if variable.name == "artefact":
            return ", ".join(self.label(name) for name in str(value).split(","))
        return self._text_of(variable, value, self.number)

    def typed(self, variable: Declared, value: object) -> str:
        """A value as it stands in an entry field; typing it again gives the same value, missing is empty."""
        if _is_missing(value):
            return ""
        if isinstance(value, BelowLloq):
            return f"<{self._typed_number(value.lloq)}"
        return self._text_of(variable, value, self._typed_number)

    # What is wrong

    def issue(self, issue: Issue) -> str:
        """What is wrong with one value: names the field, the value and the limits."""
        return self._filled(f"issue.{issue.code}", {**issue.params, **self._issue_params(issue)})

    def fault(self, fault: Fault) -> str:
        """A fault of the environment or the user as a calm message; of a path the file's name is told."""
        params = dict(fault.params)
        path = params.get("path")
        if path is not None:
            params.setdefault("file", PurePath(str(path)).name or str(path))
        return self._filled(f"fault.{fault.code}", {"n": len(fault.issues), **params})

    def limits(self, limits: Limits, unit: str = "") -> str:
        """``40–300 mmHg``; an open lower limit and a negative one are spelt out."""
        low, high = self.number(limits.low), self.number(limits.high)
        if limits.low_open:
            text = self("limits.low_open", low=low, high=high)
        else:
            text = self("limits.negative", low=low, high=high) if limits.low < 0 else f"{low}–{high}"
        return self.with_unit(text, unit)

    # Inside

    def _filled(self, key: str, params: Mapping[str, object]) -> str:
        if not self.has(key):
            if self._strict:
                raise KeyError(key)
            return key
        text = self._texts.gettext(key)
        if not params and "{" not in text:
            return text
        try:
            return text.format_map({name: self._shown(value) for name, value in params.items()})
        except KeyError:
            if self._strict:
                raise
            return text

    def _shown(self, value: object) -> str:
        if value is None:
            return MISSING
        if isinstance(value, BelowLloq):
            return f"< {self.number(value.lloq)}"
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            # More than nine decimals are a quotient of two values, not what somebody typed.
            is_quotient = math.isfinite(value) and -int(as_decimal(value).as_tuple().exponent) > 9
            return self.number(round_half_away(value, 4) if is_quotient else value)
        if isinstance(value, datetime):
            return self.datetime(value)
        if isinstance(value, tuple):
            return ", ".join(self._shown(each) for each in cast("tuple[object, ...]", value))
        return self.date(value) if isinstance(value, date) else str(value)

    def _label_key(self, name: str) -> str:
        family = "setting" if isinstance(_DECLARED.get(name), SettingDeclaration) else "variable"
        return f"{family}.{name}"

    def _text_of(self, variable: Declared, value: object, number: NumberText) -> str:
        if isinstance(value, datetime):
            return self.datetime(value) + (f":{value.second:02}" if value.second else "")
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            return number(value)
        if variable.name == "term":
            return self.term(str(value))
        if not isinstance(variable, DerivedVariable) and variable.type is ValueType.CODE:
            return self.code(str(value), variable.name)
        return str(value)

    def _typed_number(self, value: Number) -> str:
        if not math.isfinite(value):
            raise ValueError(f"not a number to type: {value}")
        text = _plain(value, None)
        # One separator and three digits could be thousands (docs/DEFINITIONS.md 1); a fourth digit leaves no doubt.
        text = f"{text}0" if _THREE_DECIMALS.fullmatch(text) else text
        return text.replace(".", self._comma)

    def _issue_params(self, issue: Issue) -> dict[str, object]:
        """What a message may name beside what the issue carries: label, unit, limits, codes, lengths, place."""
        declared = _DECLARED.get(issue.variable)
        unit = str(issue.params.get("unit", declared.unit if declared is not None else ""))
        params: dict[str, object] = {
            "label": issue.variable if declared is None else self.label(issue.variable),
            "unit": self.unit_text(unit),
            "study_no": issue.place.study_no,
            "sheet": issue.place.sheet,
            "cell": issue.place.cell,
        }
        if "analyte" in issue.params:
            analyte = issue.params["analyte"]
            params["analyte"] = None if analyte is None else self.code(str(analyte))
        if "now" in issue.params and declared is not None:
            params["now"] = self.value(declared, issue.params["now"])
        own = declared if isinstance(declared, (Variable, SettingDeclaration)) else None
        params["limits"] = self._issue_limits(issue, own, unit)
        if own is None:  # a column outside the dictionary, as a criterion's threshold: the issue brings its limits
            params["max_length"] = issue.params.get("max_length", issue.params.get("high"))
        else:
            params["max_length"] = own.max_length
            params["codes"] = ", ".join(self.code(code, own.name) for code in own.codes)
        return params

    def _issue_limits(self, issue: Issue, declared: Variable | SettingDeclaration | None, unit: str) -> str | None:
        """The limits that the issue carries, else the declared ones."""
        low, high = issue.params.get("low"), issue.params.get("high")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)):
            return self.limits(Limits(low, high, bool(issue.params.get("low_open"))), unit)
        if declared is None:
            return None
        soft = declared.soft if isinstance(declared, Variable) and issue.code == "outside_soft" else None
        limits = soft or declared.hard
        return None if limits is None else self.limits(limits, unit)
