"""The passphrase on the command line: from a file, the environment or a terminal; set, changed and taken away."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from pathlib import Path
from typing import TextIO

from esk_engine.cli.console import Console
from esk_engine.errors import Fault
from esk_engine.study import Key, Person, Study
from esk_engine.study_file.connection import PUBLIC, exists
from esk_engine.study_file.keys import check_new, is_protected, recovery_text, unlock
from esk_engine.study_file.tries import Tries

VARIABLE, NEW_VARIABLE = "ESK_PASSPHRASE", "ESK_NEW_PASSPHRASE"
_LONGEST_FILE = 65_536


def study_key(options: argparse.Namespace, console: Console) -> Key:
    """The key of the study that a sub-command is about, by its passphrase or its recovery key; asked for at a terminal.

    Raises
    ------
    Fault
        ``key_needed`` where nothing was said, ``key_wrong``; what keeps the file of ``--passphrase-file`` from being
        read.
    """
    path: Path = options.study
    said = _said(options.passphrase_file, VARIABLE)
    if not exists(path):
        return _of_new(said) if said is not None and options.command == "import" else PUBLIC
    if not is_protected(path):
        return PUBLIC
    if said is not None:
        return unlock(path, said)
    if not _at_terminal():
        raise Fault("key_needed", path=str(path))
    return _asked(path, console)


def show_recovery(key: Key, console: Console) -> None:
    """Print what opens the study when the passphrase is forgotten, on a line of its own; nothing without one."""
    if text := recovery_text(key):
        console.say(console.wording("cli.recovery_key"))
        console.say(text)


def run_passphrase(options: argparse.Namespace, console: Console) -> int:
    """Set, change or take away; 1 where backups stay under the old passphrase."""
    new = None if options.remove else _new(options.new_passphrase_file, console)
    wording = console.wording
    with Study.open(options.study, person=Person(options.who), key=options.key) as study:
        recovery = study.change_passphrase(new, options.reason)
        stale = study.stale_backups
    console.say(wording("cli.passphrase_removed" if new is None else "cli.passphrase_set", path=str(options.study)))
    if recovery:
        console.say(wording("cli.recovery_key"))
        console.say(recovery)
    for path in stale:
        console.fault(Fault("backup_keeps_key", path=str(path)), str(path))
    return 1 if stale else 0


def _said(file: Path | None, variable: str) -> str | None:
    """What a file (its first line) or the environment says; None where neither is there."""
    if file is None:
        return os.environ.get(variable) or None
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LONGEST_FILE)
        lines = raw.decode("utf-8-sig").split("\n", 1)
    except FileNotFoundError:
        raise Fault("file_not_found", path=str(file)) from None
    except OSError as error:
        raise Fault("file_unreadable", path=str(file), detail=error.strerror or "") from None
    except UnicodeDecodeError:
        raise Fault("file_unreadable", path=str(file), detail="UTF-8") from None
    return lines[0].removesuffix("\r")


def _of_new(passphrase: str) -> Key:
    check_new(passphrase)
    return Key.of_passphrase(passphrase).for_new_file()


def _new(file: Path | None, console: Console) -> str:
    """The passphrase that is to be: as said, or typed twice."""
    said = _said(file, NEW_VARIABLE)
    if said is None:
        if not _at_terminal():
            raise Fault("passphrase_untold")
        said = _typed(console, "cli.type_new_passphrase")
        if _typed(console, "cli.type_passphrase_again") != said:
            raise Fault("passphrase_differs")
    check_new(said)
    return said


def _asked(path: Path, console: Console) -> Key:
    """The key by what is typed, as often as it takes; slower after five wrong ones."""
    tries = Tries()
    while True:
        text = _typed(console, "cli.type_passphrase", path=str(path))
        if not text:
            raise Fault("key_needed", path=str(path))
        try:
            return unlock(path, text, tries)
        except Fault as fault:
            if fault.code != "key_wrong":
                raise
            console.fault(fault, str(path))
            time.sleep(tries.wait_seconds())


def _at_terminal() -> bool:
    stream: TextIO | None = sys.stdin  # a program without a console has none
    return stream is not None and stream.isatty()


def _typed(console: Console, key: str, **params: object) -> str:
    console.flush()
    try:
        return getpass.getpass(console.wording(key, **params) + " ")
    except EOFError:
        raise Fault("cancelled") from None
