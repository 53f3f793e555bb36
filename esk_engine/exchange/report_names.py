"""The titles of an export's sheets for a reader, in both languages: import knows them and passes them by."""

from __future__ import annotations

from functools import cache

from esk_engine.exchange.layout import REPORT_SHEETS, name_key
from esk_engine.wording import Wording


def report_title(name: str, wording: Wording) -> str:
    """The title of one report sheet."""
    return wording(f"export.sheet.{name}")


@cache
def report_sheet_keys() -> frozenset[str]:
    """Compared names of every report sheet in every language; a log that is split has a number behind its title."""
    titles = {report_title(name, Wording(language)) for name in REPORT_SHEETS for language in ("nl", "en")}
    parts = {f"{report_title('log', Wording(language))} {n}" for language in ("nl", "en") for n in range(2, 100)}
    return frozenset(name_key(title) for title in titles | parts)
