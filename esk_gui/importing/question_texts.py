"""The words of a question and of its answers, with the numbers of the file that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QDate, QLocale

from esk_engine.dictionary import variable
from esk_engine.wording import Wording

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Question, Source, Target

_MOST_CODES = 8


def title_of(question: Question, source: Source, wording: Wording) -> str:
    """Which column, and of which table where there are several."""
    if not question.header:
        return question.table
    return question.header if len(source.tables) == 1 else f"{question.header} ({question.table})"


def text_of(question: Question, wording: Wording) -> str:
    """What is asked."""
    params = question.params
    key = f"importing.q.{question.code}"
    match question.code:
        case "unit":
            own = str(params["own"])
            return wording(key, unit=wording.unit_text(str(params["unit"])), own=wording.unit_text(own))
        case "ambiguous_numbers" | "date_order":
            examples = ", ".join(str(each) for each in cast("tuple[str, ...]", params["examples"]))
            return wording.plural(key, cast(int, params["count"]), examples=examples)
        case "missing_codes":
            return wording(key, codes=_counted(params["codes"], wording))
        case "unknown_words":
            return wording(key)
        case _:
            return wording(key)


def choice_text(question: Question, choice: str, target: Target | None, wording: Wording) -> str:
    """What an answer does, shown on the file's own examples."""
    match question.code:
        case "unit":
            return _unit_text(question, choice, wording)
        case "ambiguous_numbers":
            readings = "; ".join(
                f"{text} = {wording.number(_reading(text, choice))}"
                for text in cast("tuple[str, ...]", question.params["examples"])
            )
            return wording(f"importing.q.ambiguous_numbers.{'comma' if choice == ',' else 'point'}", readings=readings)
        case "date_order":
            dates = "; ".join(
                f"{text} = {_long_date(text, choice, wording)}"
                for text in cast("tuple[str, ...]", question.params["examples"])
            )
            return wording(f"importing.q.date_order.{choice}", dates=dates)
        case "missing_codes":
            return wording(f"importing.q.missing_codes.{choice}")
        case "analyte_missing":
            return wording.code(choice)
        case _:
            declared = variable(target.kind, target.variable) if target is not None else None
            return wording.code(choice, declared.name if declared is not None else "")


def _unit_text(question: Question, choice: str, wording: Wording) -> str:
    from esk_engine.exchange.intake import MOLAR_MASS

    own, factor = str(question.params["own"]), question.params["factor"]
    unit, analyte = str(question.params["unit"]), str(question.params["analyte"])
    names = {"unit": wording.unit_text(unit), "own": wording.unit_text(own)}
    if choice == own:
        return wording("importing.q.unit.keep", **names)
    if factor == 1.0:
        return wording("importing.q.unit.same", **names)
    if not factor:  # by the analyte of each row
        masses = "; ".join(f"{wording.code(each)} {wording.number(mass, 2)}" for each, mass in MOLAR_MASS.items())
        return wording("importing.q.unit.by_row", masses=masses, **names)
    number = wording.number(float(f"{cast(float, factor):.6g}"))
    if unit.endswith("mol/L") and analyte in MOLAR_MASS:
        mass = wording.number(MOLAR_MASS[analyte], 2)
        return wording("importing.q.unit.molar", factor=number, mass=mass, analyte=wording.code(analyte), **names)
    return wording("importing.q.unit.convert", factor=number, **names)


def _reading(text: str, sign: str) -> float:
    other = "." if sign == "," else ","
    bare = text.removeprefix("<").strip().replace(other, "").replace(sign, ".")
    return float(bare)


def _long_date(text: str, order: str, wording: Wording) -> str:
    parts = [int(part) for part in text.split(" ", maxsplit=1)[0].replace("/", "-").replace(".", "-").split("-")]
    day, month = (parts[1], parts[0]) if order == "mdy" else (parts[0], parts[1])
    return QLocale(wording.language).toString(QDate(parts[2], month, day), "d MMMM yyyy")


def _counted(codes: object, wording: Wording) -> str:
    found = [f"{code} ({count}×)" for code, count in cast("Mapping[str, int]", codes).items()]
    more = [wording("importing.more", n=len(found) - _MOST_CODES)] if len(found) > _MOST_CODES else []
    return ", ".join((*found[:_MOST_CODES], *more))
