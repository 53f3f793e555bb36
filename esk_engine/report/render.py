"""Tables as text: one renderer for the screen, the clipboard, the printer and Excel."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from esk_engine.report.table import Cell, CellKind, Head, MissingOf, Note, PBounds, Row, Table
from esk_engine.wording import MISSING, Wording

EN_DASH = "\u2013"


def title(table: Table, wording: Wording) -> tuple[str, str]:
    """The table's name ("Table 4") and its title."""
    return wording(f"table.{table.number}.name"), wording(f"table.{table.number}.title")


def head_text(head: Head, wording: Wording) -> tuple[str, str]:
    """A column's name and what stands under it: "n = 48, of whom 4 undetermined", or which P it is."""
    name, under = wording(f"table.head.{head.key}"), f"table.head.{head.key}.under"
    if head.n is None:
        return name, wording(under) if wording.has(under) else ""
    if head.undetermined:
        return name, wording("table.n_undetermined", n=head.n, undetermined=head.undetermined)
    return name, wording("table.n", n=head.n)


def row_label(row: Row, wording: Wording) -> tuple[str, str]:
    """Both labels of a row; a variable's label with its unit."""
    sublabel = _label(row.sublabel, wording) if row.sublabel else ""
    if row.is_term:
        return wording.term(row.label), sublabel
    if row.code_of is not None:
        return wording.code(row.label.removeprefix("code."), row.code_of), ""
    return _label(row.label, wording), sublabel


def _label(key: str, wording: Wording) -> str:
    """A label's text, a variable's with its unit."""
    unit = wording.unit(key.removeprefix("variable.")) if key.startswith("variable.") else ""
    return f"{wording(key)} ({unit})" if unit else wording(key)


def _range(low: float | None, high: float | None, decimals: int, wording: Wording) -> str:
    """``19-73`` with an en dash, in words where a number is negative."""
    texts = wording.number(low, decimals), wording.number(high, decimals)
    negative = any(number is not None and number < 0 for number in (low, high))
    return f"{texts[0]} {wording('table.to')} {texts[1]}" if negative else f"{texts[0]}{EN_DASH}{texts[1]}"


def cell_parts(cell: Cell, wording: Wording) -> tuple[str, str]:
    """The cell's decisive number and what is printed paler beside it."""
    numbers, decimals = cell.numbers, cell.decimals
    if cell.kind is CellKind.EMPTY:
        return "", ""
    if numbers[0] is None:
        return MISSING, ""
    if cell.kind is CellKind.P:
        return wording.p_value(numbers[0]), ""
    if cell.kind is CellKind.COUNT:
        return wording.number(numbers[0], 0), ""
    if cell.kind is CellKind.COUNT_PERCENT:
        percent = "" if numbers[1] is None else f"({wording.with_unit(wording.number(numbers[1], decimals), '%')})"
        return wording.number(numbers[0], 0), percent
    if cell.kind is CellKind.SHIFT:
        return wording.number(numbers[0], decimals), ""
    if cell.kind is CellKind.INTERVAL:
        low, high = (wording.number(number, decimals) for number in numbers)
        return f"{low} {wording('table.to')} {high}", ""
    if cell.kind is CellKind.MEAN_CV:
        cv = "" if numbers[1] is None else f"CV {wording.with_unit(wording.number(numbers[1], 0), '%')}"
        return wording.number(numbers[0], decimals), cv
    return wording.number(numbers[0], decimals), f"[{_range(numbers[1], numbers[2], decimals, wording)}]"


def cell_text(cell: Cell, wording: Wording) -> str:
    """The whole cell as it is printed."""
    return " ".join(part for part in cell_parts(cell, wording) if part)


def note_text(note: Note, wording: Wording) -> str:
    """One footnote; params that are keys are filled in as texts."""
    return wording(f"note.{note.key}", **_params(note.params, wording))


def _params(params: Mapping[str, object], wording: Wording) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in params.items():
        if name == "term":
            found[name] = wording.term(str(value))
        elif name == "name":
            found[name] = set_name(str(value), wording)
        elif isinstance(value, PBounds):
            found[name] = _bounds_text(value, wording)
        elif isinstance(value, MissingOf):
            found[name] = ", ".join(f"{wording.label(of)} ({n})" for of, n in value.of)
        else:
            found[name] = wording(value[1:]) if isinstance(value, str) and value.startswith("@") else value
    return found


def _bounds_text(bounds: PBounds, wording: Wording) -> str:
    """``Age 0.746–0.779; BMI 0.055–0.061``."""
    parts = ((wording.label(name), wording.p_value(low), wording.p_value(high)) for name, low, high in bounds.of)
    return "; ".join(f"{label} {low}" if low == high else f"{label} {low}{EN_DASH}{high}" for label, low, high in parts)


def set_name(name: str, wording: Wording) -> str:
    """The name of a criteria set; the shipped one is known in both languages."""
    return wording("criteria_set.table_2") if name == "Table 2" else name


def grid(table: Table, wording: Wording) -> list[list[str]]:
    """The table as rows of text: a head, then two labels and the cells of each row."""
    heads = [head_text(head, wording) for head in table.head]
    lines = [[wording(table.statistic_key), "", *(name if not n else f"{name} ({n})" for name, n in heads)]]
    for row in table.rows:
        label, sublabel = row_label(row, wording)
        lines.append(["   " * row.level + label, sublabel, *(cell_text(cell, wording) for cell in row.cells)])
    return lines


def table_tsv(table: Table, wording: Wording) -> str:
    """Tab-separated text of the whole table: title, head, rows, notes."""
    lines = [" ".join(title(table, wording))]
    lines += ["\t".join(_one_line(text) for text in line) for line in grid(table, wording)]
    lines += [note_text(note, wording) for note in table.notes]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return text.replace("\t", " ").replace("\n", " ")


def table_html(table: Table, wording: Wording) -> str:
    """The whole table as HTML that Word and Excel take: horizontal rules only, notes under it."""
    name, caption = title(table, wording)
    first, *rest = grid(table, wording)
    rule, line = "border-bottom:1px solid #000", "border-bottom:1px solid #ccc"
    head = "".join(f'<th style="text-align:left;{rule}">{html.escape(text)}</th>' for text in first)
    body: list[str] = []
    for row, texts in zip(table.rows, rest, strict=True):
        cells = "".join(_html_cell(text, row, at - 2, line) for at, text in enumerate(texts))
        body.append(f"<tr>{cells}</tr>")
    notes = "".join(f"<p>{html.escape(note_text(note, wording))}</p>" for note in table.notes)
    table_body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>"
    caption = f"<p><b>{html.escape(name)}</b> {html.escape(caption)}</p>"
    return f'{caption}<table style="border-collapse:collapse">{table_body}</table>{notes}'


def _html_cell(text: str, row: Row, column: int, style: str) -> str:
    bold = 0 <= column < len(row.cells) and row.cells[column].bold
    shown = html.escape(text.strip())
    pad = f";padding-left:{row.level}em" if column == -2 and row.level else ""
    # mso-number-format keeps Excel from reading "3-4" as a date.
    return f"<td style=\"{style}{pad};mso-number-format:'\\@'\">{f'<b>{shown}</b>' if bold else shown}</td>"


def lines_tsv(lines: Sequence[Sequence[str]]) -> str:
    """Tab-separated text of any table, a line a row."""
    return "\n".join("\t".join(_one_line(text) for text in line) for line in lines)


def lines_html(lines: Sequence[Sequence[str]], *, has_head: bool = True) -> str:
    """Any table as HTML that Word and Excel take; its first line is the head, where it has one."""
    rule, line = "border-bottom:1px solid #000", "border-bottom:1px solid #ccc"
    head, rest = (lines[0], lines[1:]) if has_head and lines else ((), lines)
    heads = "".join(f'<th style="text-align:left;{rule}">{html.escape(text)}</th>' for text in head)
    cell = f"<td style=\"{line};mso-number-format:'\\@'\">"
    rows = "".join(f"<tr>{''.join(f'{cell}{html.escape(text)}</td>' for text in each)}</tr>" for each in rest)
    table = (f"<thead><tr>{heads}</tr></thead>" if heads else "") + f"<tbody>{rows}</tbody>"
    return f'<table style="border-collapse:collapse">{table}</table>'
