"""Tables as text of fixed width, for a console."""

from __future__ import annotations

from esk_engine.report import Table, note_text, title
from esk_engine.report.render import grid
from esk_engine.wording import Wording


def text_table(table: Table, wording: Wording) -> str:
    """The whole table: title, columns in line, footnotes."""
    name, caption = title(table, wording)
    lines = grid(table, wording)
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    text = [f"{name}. {caption}", ""]
    for line in lines:
        cells = [
            cell.ljust(width) if at < 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
            if width
        ]
        text.append("  ".join(cells).rstrip())
    return "\n".join([*text, "", *(note_text(note, wording) for note in table.notes), ""])
