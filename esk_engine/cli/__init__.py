"""The command line: the sub-commands of the design, calm about every fault, without a screen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from esk_engine.cli.arguments import COMMANDS, language_of, make_parser
from esk_engine.cli.console import Console
from esk_engine.errors import Fault
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording, system_language

if TYPE_CHECKING:
    from esk_engine.cli.reports import Press

__all__ = ["COMMANDS", "Pictures", "main"]

# What only the window can draw: PNG of the figures "1a", "1b", "1c".
Pictures = Callable[[StudySnapshot, Wording], Mapping[str, bytes]]


def main(argv: Sequence[str] | None = None, *, pictures: Pictures | None = None, press: Press | None = None) -> int:
    """Run one sub-command.

    Parameters
    ----------
    argv
        What stands after the program's name; ``sys.argv[1:]`` where it is left out.
    pictures
        Draws the figures of an export; without it Excel draws charts from the data.
    press
        Draws the figures and pages of a report; without it there is no PDF, and HTML comes without figures.

    Returns
    -------
    int
        0 done; 1 the input or a file is at fault, each fault told on the error output; 2 wrong usage.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    console = Console(Wording(language_of(arguments) or system_language()))
    try:
        code = _run(arguments, console, pictures, press)
        console.flush()
    except BrokenPipeError:
        console.let_go()
        return 1
    except Fault as fault:
        console.fault(fault)
        return 1
    except KeyboardInterrupt:
        console.fault(Fault("cancelled"))
        return 1
    return code


def _run(arguments: list[str], console: Console, pictures: Pictures | None, press: Press | None) -> int:
    try:
        options = make_parser(console.wording).parse_args(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    from esk_engine.cli.commands import run_command

    try:
        return run_command(options, console, pictures, press)
    except Fault as fault:
        console.fault(fault, _concerned(fault, options.study if "study" in options else options.target))
        return 1
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the user is told calmly where it was written down
        from esk_engine.fault_log import record

        console.fault(Fault("bug", path=str(record(error) or "")))
        return 1


def _concerned(fault: Fault, study: Path) -> str:
    """The file that a fault is about: the one that it names, else the study."""
    return str(fault.params.get("path") or fault.params.get("file") or study)
