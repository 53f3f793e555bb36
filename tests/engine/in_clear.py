"""Names and numbers that are recognised anywhere, planted in a study, and the search for them in every file."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from esk_engine.study_file.keys import read_recovery

STUDY_NO: Final = "GEHEIM-7"
STUDY_NAME: Final = "Zonnebloemproef"
CLINIC_NAME: Final = "Kliniek Drakensteyn"
REMARK: Final = "vertelde over Ouwerkerk"
TERM: Final = "kriebelneus"
REASON: Final = "weegschaal Quispel"
DRAFT: Final = "tachtigendrie"
PASSPHRASE: Final = "paard batterij nietje 4417"
NEW_PASSPHRASE: Final = "ander paard 90210 sok"
PIN: Final = "7264930518"
WEIGHT: Final = 83.7531
CONCENTRATION: Final = 117.6193
DOSE: Final = 61.2847
TEXTS: Final = (
    STUDY_NO,
    STUDY_NAME,
    CLINIC_NAME,
    REMARK,
    TERM,
    REASON,
    DRAFT,
    PASSPHRASE,
    NEW_PASSPHRASE,
    PIN,
)
NUMBERS: Final = (WEIGHT, CONCENTRATION, DOSE)


def forms() -> Mapping[bytes, str]:
    """Every form in which a planted name or number might lie about, and what it stands for."""
    found: dict[bytes, str] = {}
    for text in TEXTS:
        for spelt in {text, text.casefold(), text.upper()}:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
                found[spelt.encode(encoding)] = f"{text} ({encoding})"
    for number in NUMBERS:
        for shown in (f"{number}", f"{number}".replace(".", ",")):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                found[shown.encode(encoding)] = f"{shown} ({encoding})"
        for form in ("<d", ">d", "<f", ">f"):
            found[struct.pack(form, number)] = f"{number} ({form})"
    return found | {b"$argon2": "the hash of a PIN"}


def forms_of_keys(recovery_keys: Iterable[str]) -> Mapping[bytes, str]:
    """A study's key in every form: as it is printed, bare, raw and in hexadecimal."""
    found: dict[bytes, str] = {}
    for text in recovery_keys:
        key = read_recovery(text)
        assert key is not None
        for form in (text.encode(), text.replace("-", "").encode(), key.raw, key.raw.hex().encode()):
            found[form] = found[form.lower()] = found[form.upper()] = "the recovery key"
    return found


def clear_copies(*folders: Path, but: tuple[Path, ...] = (), recovery_keys: Iterable[str] = ()) -> list[str]:
    """What of it stands in clear below these folders, or is the name of a file, a line each.

    Parameters
    ----------
    but
        Folders that a person put something in themselves.
    """
    wanted = {**forms(), **forms_of_keys(recovery_keys)}
    return sorted(
        {f"{path}: {what}" for folder in folders for path in _files(folder, but) for what in _in(path, wanted)}
    )


def _files(folder: Path, but: tuple[Path, ...]) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not any(path.is_relative_to(other) for other in but):
            yield path


def _in(path: Path, wanted: Mapping[bytes, str]) -> Iterator[str]:
    try:
        content = path.read_bytes()
    except OSError:  # it was there a moment ago: a lock, a note
        return
    name = path.name.encode("utf-8", "surrogateescape")
    for form, what in wanted.items():
        if form in content or form in name:
            yield what
