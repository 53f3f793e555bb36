"""A report as one HTML file: no script, nothing fetched, figures as SVG inside; prints well on A4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.document import (
    Block,
    Document,
    Facts,
    FigureBlock,
    Grid,
    GridCell,
    Heading,
    PageBreak,
    Paragraph,
    Sides,
    TableBlock,
    grid_of,
    split_number,
)
from esk_engine.wording import Wording

_MARKS = {
    "responder": '<svg class="mark" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4.4" fill="#0072B2"/></svg>',
    "non_responder": '<svg class="mark" viewBox="0 0 10 10"><path d="M5 1 9.3 9H.7z" fill="none" stroke="#D55E00" '
    'stroke-width="1.4"/></svg>',
    "undetermined": '<svg class="mark" viewBox="0 0 10 10"><text x="5" y="9" text-anchor="middle" font-size="11" '
    'font-weight="bold" fill="#757575">?</text></svg>',
}
_STYLE = """
@page { size: A4; margin: 18mm 18mm 16mm }
* { box-sizing: border-box }
body { font: 13px/1.45 "Segoe UI", "Noto Sans", Arial, sans-serif; color: #1B1B1B; background: #fff;
  font-variant-numeric: tabular-nums; max-width: 760px; margin: 32px auto; padding: 0 24px }
header.page { color: #6F6F6F; font-size: 11px; border-bottom: 1px solid #E4E4E4; padding-bottom: 6px;
  display: flex; justify-content: space-between; gap: 16px }
footer.page { color: #6F6F6F; font-size: 11px; border-top: 1px solid #E4E4E4; padding-top: 6px; margin-top: 32px }
h1 { font-size: 24px; font-weight: 600; margin: 24px 0 4px; line-height: 1.2; overflow-wrap: anywhere }
h2 { font-size: 17px; font-weight: 600; margin: 32px 0 8px; break-after: avoid }
h3 { font-size: 13px; font-weight: 600; margin: 18px 0 4px; break-after: avoid }
p { margin: 0 0 8px; overflow-wrap: anywhere }
p.lead { font-size: 15px; color: #5A5A5A } p.second { color: #5A5A5A }
p.mark { color: #5A5A5A; font-weight: 600 }
p.note, p.reference, .notes p { font-size: 11px; color: #5A5A5A; margin: 0 0 2px }
svg.mark { width: 11px; height: 11px; vertical-align: -1px; margin-right: 5px }
dl { display: grid; grid-template-columns: repeat(var(--columns), 1fr); gap: 6px 24px; margin: 0 0 12px }
dt { font-size: 11px; color: #6F6F6F } dd { margin: 0; overflow-wrap: anywhere }
figure { margin: 20px 0; break-inside: avoid } figure svg { width: 100%; height: auto }
figcaption, caption { text-align: left; padding-bottom: 6px; caption-side: top }
.table { margin: 20px 0; overflow-x: auto; break-inside: avoid }
dl.list div { display: grid; grid-template-columns: 150px 1fr; gap: 12px } dl.list dt { font-size: inherit }
table { border-collapse: collapse; width: 100%; border-bottom: 1px solid #1B1B1B; font-size: 12px }
thead { display: table-header-group; border-top: 1px solid #1B1B1B; border-bottom: 1px solid #1B1B1B }
tr { break-inside: avoid } tr.block td { border-top: 1px solid #EFEFEF } tbody tr:first-child td { border-top: 0 }
th { font-weight: 600; text-align: left; vertical-align: bottom; padding: 5px 10px 5px 0 }
th span { display: block; font-weight: 400; font-size: 11px; color: #5A5A5A }
td { vertical-align: top; padding: 3px 10px 3px 0 }
td.number { white-space: nowrap } td.number.wraps { white-space: normal }
td:last-child, th:last-child { padding-right: 0 }
td i { font-style: normal; color: #5A5A5A } td.number i { padding-left: .4em }
td.number u { text-decoration: none; display: inline-block } td.number u.whole { text-align: right }
.notes { margin: 6px 0 0 }
.sides { display: grid; grid-template-columns: var(--left) var(--right); gap: 0 32px } .sides h3 { margin-top: 4px }
@media print { body { margin: 0; padding: 0; max-width: none } .break { break-before: page }
  .table { overflow: visible } }
"""
_PROLOGUE = re.compile(rb"^\s*(<\?xml.*?\?>\s*)?(<!DOCTYPE.*?>\s*)?", re.DOTALL)
_ID = re.compile(r'(\bid="|href="#|url\(#)')


def html_report(document: Document, figures: Mapping[str, bytes], wording: Wording) -> str:
    """The whole document.

    Parameters
    ----------
    figures
        SVG by the figures' keys; a figure that is not there is left out with its caption.
    """
    body = "\n".join(_block(block, figures, wording, at) for at, block in enumerate(document.blocks))
    mark = f"<span>{escape(document.mark)}</span>" if document.mark else ""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}"><head><meta charset="utf-8"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>\n'
        f'<meta name="viewport" content="width=device-width"/>\n<meta name="generator" content="Esk"/>\n'
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f'<header class="page"><span>{escape(document.head)}</span>{mark}</header>\n<main>\n{body}\n</main>\n'
        f'<footer class="page">{escape(document.made)}</footer>\n</body></html>\n'
    )


def write_html(document: Document, path: Path, figures: Mapping[str, bytes], wording: Wording) -> None:
    """Write the document whole, or nothing.

    Raises
    ------
    Fault
        ``target_open``, ``target_not_writable``, ``file_full`` ...
    """
    with written_beside(path, path.suffix) as beside:
        beside.write_text(html_report(document, figures, wording), encoding="utf-8")


def _block(block: Block, figures: Mapping[str, bytes], wording: Wording, at: int) -> str:
    if isinstance(block, Heading):
        mark = _MARKS.get(block.group or "", "")
        return f"<h{block.level + 1}>{mark}{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        opening = f"<b>{escape(block.opening)}.</b> " if block.opening else ""
        role = f' class="{block.role}"' if block.role else ""
        return f"<p{role}>{opening}{_lines(block.text)}</p>"
    if isinstance(block, Facts):
        rows = "".join(f"<div><dt>{escape(label)}</dt><dd>{_lines(text)}</dd></div>" for label, text in block.rows)
        listed = ' class="list"' if block.columns == 1 else ""
        return f'<dl{listed} style="--columns:{block.columns}">{rows}</dl>'
    if isinstance(block, PageBreak):
        return '<div class="break"></div>'
    if isinstance(block, FigureBlock):
        return _figure(block, figures, at)
    if isinstance(block, Sides):
        sides = ("".join(_block(each, figures, wording, at) for each in side) for side in (block.left, block.right))
        style = f"--left:{block.share:g}fr;--right:{1 - block.share:g}fr"
        return f'<div class="sides" style="{style}">{"".join(f"<div>{side}</div>" for side in sides)}</div>'
    return _grid(grid_of(block.table, wording) if isinstance(block, TableBlock) else block, wording)


def _lines(text: str) -> str:
    return "<br/>".join(escape(line) for line in text.splitlines())


def _titled(name: str, caption: str) -> str:
    return " ".join(part for part in (f"<b>{escape(name)}</b>" if name else "", escape(caption)) if part)


def _notes(notes: tuple[str, ...]) -> str:
    return f'<div class="notes">{"".join(f"<p>{escape(note)}</p>" for note in notes)}</div>' if notes else ""


def _figure(block: FigureBlock, figures: Mapping[str, bytes], at: int) -> str:
    svg = figures.get(block.key)
    if svg is None:
        return ""
    drawn = _ID.sub(rf"\g<1>f{at}-", _PROLOGUE.sub(b"", svg).decode("utf-8"))  # ids are one document's now
    caption = f"<figcaption>{_titled(block.name, block.caption)}</figcaption>"
    return f"<figure>{caption}{drawn}{_notes(block.notes)}</figure>"


def _grid(grid: Grid, wording: Wording) -> str:
    title = _titled(grid.name, grid.caption)
    caption = f"<caption>{title}</caption>" if title else ""
    head = "".join(
        f"<th>{_MARKS.get(column.group or '', '')}{escape(column.text)}"
        + (f"<span>{escape(column.under)}</span></th>" if column.under else "</th>")
        for column in grid.columns
    )
    widths = [_widths(grid, at, wording) for at in range(len(grid.columns))]
    body: list[str] = []
    for row in grid.rows:
        cells = "".join(
            f"<td{_attributes(grid, at, row.level)}>{_cell(cell, widths[at], wording)}</td>"
            for at, cell in enumerate(row.cells)
        )
        body.append(f'<tr class="block">{cells}</tr>' if row.starts_block else f"<tr>{cells}</tr>")
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    return f'<div class="table">{table}{_notes(grid.notes)}</div>'


def _attributes(grid: Grid, at: int, level: int) -> str:
    if at == 0 and level:
        return f' style="padding-left:{1.2 * level:g}em"'
    return ' class="number"' if grid.columns[at].align == "number" else ""


def _widths(grid: Grid, at: int, wording: Wording) -> tuple[int, int] | None:
    """The most characters before and after the decimal sign of a column of numbers; None for texts."""
    if grid.columns[at].align != "number":
        return None
    parts = [split_number(row.cells[at].text, wording) for row in grid.rows if row.cells[at].text]
    return max((len(whole) for whole, _ in parts), default=0), max((len(rest) for _, rest in parts), default=0)


def _cell(cell: GridCell, widths: tuple[int, int] | None, wording: Wording) -> str:
    text = _MARKS.get(cell.group or "", "")
    if cell.text and widths is not None:
        whole, rest = split_number(cell.text, wording)
        text += f'<u class="whole" style="min-width:{widths[0]}ch">{escape(whole)}</u>'
        text += f'<u style="min-width:{widths[1]}ch">{escape(rest)}</u>' if widths[1] else ""
    else:
        text += _lines(cell.text)
    bold = f"<b>{text}</b>" if cell.bold else text
    return bold + (f" <i>{escape(cell.pale)}</i>" if cell.pale else "")
