"""Tables as text of fixed width, warnings and the Methods, for a console."""

from __future__ import annotations

from esk_engine.report import Extras, Table, caution_text, note_text, title
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


def text_warnings(found: Extras, wording: Wording) -> str:
    """Every warning once, with the comparisons that it is about; "" where there is nothing to warn of."""
    about: dict[str, list[str]] = {}
    for one in found.comparisons:
        for warning in one.warnings:
            about.setdefault(caution_text(warning, wording), []).append(wording.label(one.variable))
    for effect in found.side_effects:
        label = f"{wording.term(effect.comparison.term)}, {wording.label(effect.comparison.variable)}"
        for warning in effect.warnings:
            about.setdefault(caution_text(warning, wording), []).append(label)
    if not about:
        return ""
    lines = [f"{text}\n  {'; '.join(labels)}" for text, labels in about.items()]
    return "\n".join([wording("cli.warnings"), "", *lines, ""])
