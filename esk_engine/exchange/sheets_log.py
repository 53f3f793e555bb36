"""The log: who changed what, when, from what to what; split where Excel has no more rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from esk_engine.exchange.sheet_writer import HEAD, MAX_ROWS, MAX_TEXT, WHOLE, Look, fits_in_cell
from esk_engine.exchange.sheets_data import Item, value_item
from esk_engine.records import Patient
from esk_engine.study import LogLine
from esk_engine.wording import Wording

_UTC = Look("dd-mm-yyyy hh:mm:ss")
_COLUMNS = (
    ("seq", 8),
    ("utc", 19),
    ("person", 10),
    ("pc", 14),
    ("program", 12),
    ("act", 8),
    ("undoes_act", 9),
    ("kind", 14),
    ("study_no", 12),
    ("variable", 28),
    ("old", 30),
    ("new", 30),
    ("reason", 24),
    ("record_id", 37),
    ("hash", 66),
)
LOG_WIDTHS = tuple(float(width) for _, width in _COLUMNS)
ROWS_PER_SHEET = MAX_ROWS - 1


def log_head(wording: Wording) -> Sequence[Item]:
    return [(wording(f"export.log.{name}"), HEAD) for name, _ in _COLUMNS]


def _said(line: LogLine, raw: str | None, is_new: bool) -> Item:
    """One value as it is stored; a whole patient or a criteria set as its JSON, cut with a mark where need be."""
    if raw is None:
        return None
    value = line.new_value if is_new else line.old_value
    if isinstance(value, Patient) or not fits_in_cell(raw):
        return cut_to_fit(raw)
    return value_item(value)


def cut_to_fit(text: str) -> str:
    """Text that fits, its true length behind it: the study file holds the whole."""
    if fits_in_cell(text):
        return text
    mark = f" ... [{len(text)}]"
    units = text.encode("utf-16-le")[: 2 * (MAX_TEXT - len(mark) - 1)]
    return units.decode("utf-16-le", "ignore") + mark


def log_rows(lines: Iterable[LogLine], study_nos: Mapping[str, str]) -> Iterator[Sequence[Item]]:
    """The log's lines, the oldest first, without a head."""
    for line in lines:
        yield [
            (line.seq, WHOLE),
            (datetime.fromisoformat(line.utc).replace(tzinfo=None), _UTC),
            line.person,
            line.pc,
            line.program,
            (line.act, WHOLE),
            (line.undoes_act, WHOLE),
            line.kind,
            study_nos.get(line.patient_id or ""),
            line.variable,
            _said(line, line.old, is_new=False),
            _said(line, line.new, is_new=True),
            line.reason,
            line.record_id,
            line.hash,
        ]
