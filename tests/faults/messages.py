"""Whether a fault is told as it should be: in Dutch and in English, without a trace of the program's inside."""

from __future__ import annotations

from esk_engine.errors import Fault
from esk_engine.wording import Wording


def untold(fault: Fault) -> str:
    """What is wrong with how a fault is told; "" where both languages have a calm text of their own."""
    texts: dict[str, str] = {}
    for language in ("nl", "en"):
        try:
            texts[language] = Wording(language).fault(fault)
        except Exception as error:  # noqa: BLE001 - a text that lacks or cannot be filled in
            return f"{fault.code} has no text in {language}: {error!r}"
    if texts["nl"] == texts["en"]:
        return f"{fault.code} has one text for both languages"
    odd = [
        text for text in texts.values() if not text or "Traceback" in text or "{" in text or text.startswith("fault.")
    ]
    return f"{fault.code} is told as {odd[0]!r}" if odd else ""
