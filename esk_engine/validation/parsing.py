"""What was typed, read without guessing: decimal comma and point alike, anything doubtful named.

A number has at most one separator. ``1.234`` and ``1,234`` may be a thousand or a decimal: where either
reading lies outside the soft limits the text is ambiguous, and whoever typed it is asked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from esk_engine.dictionary import TERMS, VITALS, Kind, Limits, ValueType, Variable
from esk_engine.errors import Issue
from esk_engine.records import BelowLloq, Value

VITAL_NAMES = ("heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg")
_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:[.,]([0-9]*))?")
_STUDY_NO = re.compile(r"[A-Z0-9-]{1,16}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?")
_LONGEST_NUMBER = 40
_EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, or None with the issues that kept it from being one."""

    value: Value
    issues: tuple[Issue, ...] = ()


def _refuse(variable: Variable, code: str, text: str, **params: object) -> Parsed:
    return Parsed(None, (Issue(code, variable.name, params={"value": shorten(text), **params}),))


def shorten(text: str) -> str:
    """What a message repeats of what was typed."""
    return text if len(text) <= 60 else text[:57] + "..."


def clean_text(text: str) -> str:
    """Trimmed and in Unicode's composed form (NFC); no-break spaces are spaces."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\u202f", " ")).strip()


def single_spaced(text: str) -> str:
    return " ".join(text.split())


def parse_number(text: str, limits: Limits | None = None) -> tuple[float | None, str, tuple[float, float] | None]:
    """One number as typed.

    Parameters
    ----------
    text
        Digits with at most one decimal comma or point, a sign before it if need be.
    limits
        The soft limits (hard ones where there are none) that decide whether ``1.234`` is ambiguous.

    Returns
    -------
    value, code, readings
        The number and "", or None with the code of what is wrong; for "ambiguous_number" both readings,
        as a decimal and as thousands.
    """
    raw = clean_text(text).replace("\u2212", "-").replace("\u2013", "-")
    if "," in raw and "." in raw:
        return None, "two_separators" if re.fullmatch(r"[+-]?[0-9.,]+", raw) else "not_a_number", None
    if raw.count(",") > 1 or raw.count(".") > 1:
        return None, "repeated_separator" if re.fullmatch(r"[+-]?[0-9.,]+", raw) else "not_a_number", None
    match = _NUMBER.fullmatch(raw)
    if match is None or len(raw) > _LONGEST_NUMBER:
        return None, "not_a_number", None
    sign, whole, fraction = match[1], match[2], match[3]
    if not (whole or fraction) or fraction == "":
        return None, "not_a_number", None
    value = float(f"{sign}{whole or '0'}.{fraction or '0'}") + 0.0  # + 0.0: -0 is 0
    if fraction is not None and len(fraction) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0":
        thousands = float(f"{sign}{whole}{fraction}")
        if limits is None or not (limits.contains(value) and limits.contains(thousands)):
            return None, "ambiguous_number", (value, thousands)
    return value, "", None


def _number(variable: Variable, text: str) -> Parsed:
    value, code, readings = parse_number(text, variable.soft or variable.hard)
    if readings is not None:
        return _refuse(variable, code, text, as_decimal=readings[0], as_thousands=readings[1])
    if value is None:
        return _refuse(variable, code, text)
    if variable.type is ValueType.WHOLE:
        if value != int(value):
            return _refuse(variable, "not_whole", text)
        return Parsed(int(value))
    if variable.decimals is not None and round(value, variable.decimals) != value:
        return _refuse(variable, "too_many_decimals", text, decimals=variable.decimals)
    return Parsed(value)


def _concentration(variable: Variable, text: str) -> Parsed:
    if not text.startswith("<"):
        parsed = _number(variable, text)
        return _refuse(variable, "zero_enter_lloq", text) if parsed.value == 0 else parsed
    parsed = _number(variable, text[1:])
    if isinstance(parsed.value, float):
        return Parsed(BelowLloq(parsed.value))
    return Parsed(None, tuple(_below(issue, text) for issue in parsed.issues))


def _below(issue: Issue, text: str) -> Issue:
    """What is wrong with the number after ``<``, told of the whole: either reading of it is a limit too."""
    params = {name: BelowLloq(value) if isinstance(value, float) else value for name, value in issue.params.items()}
    return replace(issue, params={**params, "value": shorten(text)})


def _date(text: str) -> date | None:
    match = _DAY_FIRST.fullmatch(text)
    parts = (match[3], match[2], match[1]) if match else None
    if parts is None and (match := _ISO.fullmatch(text)):
        parts = (match[1], match[2], match[3])
    if parts is None or int(parts[0]) < _EARLIEST_YEAR:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def _moment(variable: Variable, text: str) -> Parsed:
    if variable.type is ValueType.DATE:
        day = _date(text.removesuffix(" 00:00:00").removesuffix("T00:00:00"))
        return Parsed(day) if day else _refuse(variable, "not_a_date", text)
    head, _, clock = text.replace("T", " ", 1).partition(" ")
    day, match = _date(head), _CLOCK.fullmatch(clock.strip())
    if day is None or match is None:
        return _refuse(variable, "not_a_datetime", text)
    hour, minute, second = (int(part or 0) for part in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        return _refuse(variable, "not_a_datetime", text)
    return Parsed(datetime(day.year, day.month, day.day, hour, minute, second))


@cache
def _term_names() -> dict[str, str]:
    """Every way in which a term of table 6 is spelt: its code and both its labels, case-folded."""
    from esk_engine.wording import Wording

    wordings = (Wording("nl"), Wording("en"))
    names = {single_spaced(wording.code(code)).casefold(): code for wording in wordings for code in TERMS}
    return names | {code: code for code in TERMS}


def _artefact(variable: Variable, text: str) -> Parsed:
    """Names of the vital signs that are marked, in the dictionary's order."""
    named = {part.strip().casefold() for part in text.replace(";", ",").split(",") if part.strip()}
    short: dict[str, str] = dict(zip(VITALS, VITAL_NAMES, strict=True))
    found = {short.get(name, name) for name in named}
    unknown = sorted(found - set(VITAL_NAMES))
    if unknown:
        return _refuse(variable, "artefact_unknown", text, unknown=", ".join(unknown))
    return Parsed(",".join(name for name in VITAL_NAMES if name in found) or None)


def _text(variable: Variable, text: str) -> Parsed:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        return _refuse(variable, "not_text", text)
    if variable.name == "study_no":
        number = text.upper()
        return Parsed(number) if _STUDY_NO.fullmatch(number) else _refuse(variable, "bad_study_no", text)
    if variable.name == "artefact":
        return _artefact(variable, text)
    if variable.max_length is not None and len(text) > variable.max_length:
        return _refuse(variable, "too_long", text, high=variable.max_length)
    if variable.kind is Kind.ADVERSE_EVENT and variable.name == "term":
        spaced = single_spaced(text)
        return Parsed(_term_names().get(spaced.casefold(), spaced))
    return Parsed(text)


def parse(variable: Variable, text: str, *, today: date | None = None) -> Parsed:
    """Raw text to the value of one variable; limits are not looked at here.

    Parameters
    ----------
    text
        As typed; nothing but spaces is a missing value.

    Returns
    -------
    Parsed
        The value, or None with one issue whose params hold ``value`` as typed.
    """
    del today  # the rules look at it; kept so that parse and check are called alike
    raw = clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not raw:
        return Parsed(None)
    if variable.type is ValueType.CODE:
        code = raw.casefold()
        return Parsed(code) if code in variable.codes else _refuse(variable, "unknown_code", raw, codes=variable.codes)
    if variable.type in (ValueType.DATE, ValueType.DATETIME):
        return _moment(variable, raw)
    if variable.type is ValueType.CONCENTRATION:
        return _concentration(variable, raw)
    return _number(variable, raw) if variable.is_numeric else _text(variable, raw)
