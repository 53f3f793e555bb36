"""What a column may become, in the reader's words: the variables by kind, and how a chosen one is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esk_engine.dictionary import VARIABLES, Kind
from esk_engine.wording import Wording

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Target

LEFT_OUT = ""


def target_choices(wording: Wording) -> list[tuple[str | None, str]]:
    """Codes and texts for a box of choices, in the order of the dictionary; a code None is a heading."""
    found: list[tuple[str | None, str]] = [(LEFT_OUT, wording("importing.left_out"))]
    for kind in Kind:
        found.append((None, wording(f"importing.kind.{kind.value}")))
        found += [
            (f"{kind.value}/{declared.name}", wording.label(declared.name))
            for declared in VARIABLES
            if declared.kind is kind
        ]
    return found


def code_of(target: Target | None) -> str:
    """The code of a target among the choices."""
    return LEFT_OUT if target is None else f"{target.kind.value}/{target.variable}"


def target_of(code: str, minute: int | None = None, analyte: str = "") -> Target | None:
    """The target of a choice; minute and analyte only where its kind has them."""
    from esk_engine.exchange.intake import Target

    if code == LEFT_OUT:
        return None
    kind, _, variable = code.partition("/")
    is_key = variable in ("minute", "analyte")
    has_minute = kind in (Kind.READING, Kind.SAMPLE) and not is_key
    has_analyte = variable == "concentration_ug_l"
    return Target(Kind(kind), variable, minute if has_minute else None, analyte if has_analyte else "")


def target_text(target: Target | None, wording: Wording) -> str:
    """A target as a reader knows it: ``Hartslag, minuut 30``."""
    if target is None:
        return wording("importing.left_out")
    parts = [wording.label(target.variable)]
    if target.analyte:
        parts.append(wording.code(target.analyte))
    if target.minute is not None:
        parts.append(wording("importing.at_minute", n=target.minute))
    return ", ".join(parts)
