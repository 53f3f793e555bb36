"""What a table's cells and heads say, in parts that can be lined up; the words are the engine's renderer's."""

from __future__ import annotations

from esk_engine.report import P_HEADS, Cell, CellKind, Note, Table, cell_parts, head_text
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.results.alignment import Part
from esk_gui.results.header import HeadText

_RIGHT = ("p", "shift", "interval", "n_with", "n_without", *P_HEADS)
_PRINTED = {PMethod.ASYMPTOTIC: "p_asymptotic", PMethod.EXACT: "p_exact", PMethod.EXACT_SPSS: "p_spss"}
_OWN_NOTES = (
    "p.fisher",
    "row_percent",
    "steady_state",
    "below_lloq",
    "missing",
    "naranjo",
    "rate",
    "asked",
    "pending",
    "agreement",
    "side_by_side",
    "dash",
    "spss_bounds",
    "sex_left_out",
    "shift_with",
    "everyone",
    "exploratory",
)


def parts_of(cell: Cell, wording: Wording) -> tuple[Part, ...]:
    """The parts of a cell: its decisive number, then paler what stands beside it; an interval's limits line up."""
    main, paler = cell_parts(cell, wording)
    if not main:
        return ()
    if cell.kind is CellKind.INTERVAL and None not in cell.numbers:
        low, high = (wording.number(number, cell.decimals) for number in cell.numbers)
        between = Part(wording("table.to"), is_pale=True, is_number=False)
        return Part(low, is_pale=True), between, Part(high, is_pale=True)
    pale_main = cell.kind is CellKind.P and not cell.bold
    first = Part(main, is_pale=pale_main, is_bold=cell.bold)
    return (first, Part(paler, True, cell.kind is CellKind.COUNT_PERCENT)) if paler else (first,)


def label_head(table: Table, wording: Wording) -> HeadText:
    """Above the labels: what the cells hold."""
    return HeadText("", (wording(table.statistic_key),))


def column_head(table: Table, column: int, wording: Wording, p_method: PMethod) -> HeadText:
    """Above one of the table's own columns: its name, its mark, how many patients; above P its short method."""
    head = table.head[column]
    name, small = head_text(head, wording)
    if head.key in P_HEADS:
        return _p_head(head.key, " ".join(text for text in (name, small) if text), wording, p_method)
    if head.key == "p":
        small = wording(f"results.p_method.{p_method}.short")
    lines = tuple(small.replace(", ", ",\n", 1).split("\n")) if small else ()
    return HeadText(name, lines, head.group, head.key in _RIGHT, head.key == "p", head.key == "p")


def _p_head(key: str, name: str, wording: Wording, p_method: PMethod) -> HeadText:
    """Above one of all P-values: in short which; the one that the study prints is the one that the eye meets first."""
    short = wording(f"results.p_head.{key}"), wording(f"results.p_head.{key}.small")
    return HeadText(short[0], (short[1],), None, True, key == _PRINTED[p_method], tip=name)


def is_own_note(note: Note) -> bool:
    """Whether a note is one table's own and stands under it, rather than at the foot of the page."""
    return note.key.startswith(_OWN_NOTES)
