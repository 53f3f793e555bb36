"""Where the log of a study ended when something was made of it: an export, a printed log, a backup."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

from esk_engine.errors import Fault
from esk_engine.exchange.book_parts import open_book
from esk_engine.study_file.connection import PUBLIC, Key, bound
from esk_engine.study_file.heads import KnownHead
from esk_engine.study_file.reading import read_head, reader

_HASH = re.compile(r"[0-9a-f]{64}")
_ROWS = 60  # the overview tells it among its first
_MAX_JSON_BYTES = 200 * 1024 * 1024


def head_of_file(path: Path, key: Key = PUBLIC) -> KnownHead:
    """Where the log ended of which a file was made; ``key`` opens it where it is a study or a backup.

    Raises
    ------
    Fault
        ``head_missing`` where the file does not tell it (an export of an older Esk for one); else what is wrong.
    """
    kind = path.suffix.lower()
    if kind == ".xlsx":
        found = _of_workbook(path)
    elif kind == ".json":
        found = _of_json(path)
    else:
        with reader(path, bound(path, key)) as connection:
            head = read_head(connection)
        found = (head.seq, head.hash)
    if found is None:
        raise Fault("head_missing", path=str(path))
    return KnownHead(*found, path.name)


def _of_workbook(path: Path) -> tuple[int, str] | None:
    """The hash of the overview, and the number in the row above it; whatever the language of the export."""
    with open_book(path) as book:
        above: object = None
        for _, cells in book.first_rows(book.sheets[0], _ROWS) if book.sheets else ():
            value = cells[2].value if 2 in cells else None
            if isinstance(value, str) and _HASH.fullmatch(value) and isinstance(above, int):
                return above, value
            above = value
    return None


def _of_json(path: Path) -> tuple[int, str] | None:
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            return None
        raw: object = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Fault("file_not_found", path=str(path)) from None
    except OSError as error:
        raise Fault("file_unreadable", path=str(path), detail=error.strerror or "") from None
    except (ValueError, RecursionError):
        return None
    return _line(cast("list[Any]", raw)[-1:]) if isinstance(raw, list) else _told(raw, "log_seq", "log_head")


def _line(last: list[Any]) -> tuple[int, str] | None:
    """The last line of a log that ``log --json`` printed."""
    return _told(last[0], "seq", "hash") if last else None


def _told(raw: object, number: str, text: str) -> tuple[int, str] | None:
    told = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
    seq, found = told.get(number), told.get(text)
    is_head = isinstance(seq, int) and not isinstance(seq, bool) and isinstance(found, str) and _HASH.fullmatch(found)
    return (int(seq), str(found)) if is_head else None  # type: ignore[arg-type]
