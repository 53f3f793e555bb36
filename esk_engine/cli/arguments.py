"""The sub-commands and what each of them takes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from typing_extensions import override

from esk_engine import __version__
from esk_engine.cli.exports import FORMATS
from esk_engine.wording import LANGUAGES, Language, Wording

COMMANDS = (
    "demo",
    "import",
    "export",
    "report",
    "template",
    "analyse",
    "edit",
    "log",
    "check",
    "passphrase",
    "backup",
    "backups",
    "restore",
)


def _command(commands: Any, name: str, wording: Wording) -> argparse.ArgumentParser:
    text = wording(f"cli.help.{name}")
    parser: _Parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.wording = wording
    parser.add_argument("--lang", choices=LANGUAGES, help=wording("cli.help.lang"))
    return parser


def _study(parser: argparse.ArgumentParser, wording: Wording) -> None:
    parser.add_argument("study", type=Path, metavar="STUDY.esk", help=wording("cli.help.study"))
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help=wording("cli.help.passphrase_file"))


def _flag(parser: argparse.ArgumentParser, name: str, wording: Wording) -> None:
    parser.add_argument(f"--{name}", action="store_true", help=wording(f"cli.help.{name.replace('-', '_')}"))


class _Parser(argparse.ArgumentParser):
    """Tells wrong usage in the user's language; what exactly is wrong stays in argparse's words."""

    wording: Wording

    @override
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {self.wording('cli.wrong_usage', detail=message)}\n")


def make_parser(wording: Wording) -> argparse.ArgumentParser:
    """The parser of the whole command line; wrong usage leaves with 2."""
    parser = _Parser(prog="esk", description=wording("cli.help.esk"), allow_abbrev=False)
    parser.wording = wording
    parser.add_argument("--version", action="version", version=f"Esk {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = _command(commands, "demo", wording)
    made.add_argument("study", type=Path, metavar="STUDY.esk", help=wording("cli.help.study"))
    made = _command(commands, "import", wording)
    made.add_argument("workbook", metavar="FILE", help=wording("cli.help.workbook"))
    _study(made, wording)
    _flag(made, "dry-run", wording)
    made.add_argument("--recipe", type=Path, metavar="RECIPE.json", help=wording("cli.help.recipe"))
    made.add_argument("--answer", action="append", default=[], metavar="KEY=CHOICE", help=wording("cli.help.answer"))
    made.add_argument("--differing", choices=("take", "leave"), help=wording("cli.help.differing"))
    made.add_argument("--who", default="", metavar="INITIALS", help=wording("cli.help.who"))
    made = _command(commands, "export", wording)
    _study(made, wording)
    made.add_argument("target", type=Path, metavar="OUT", help=wording("cli.help.target"))
    made.add_argument("--format", choices=FORMATS, help=wording("cli.help.format"))
    made.add_argument("--criteria", type=Path, metavar="SET.json", help=wording("cli.help.criteria"))
    made = _command(commands, "template", wording)
    made.add_argument("target", type=Path, metavar="OUT.xlsx", help=wording("cli.help.template_target"))
    made = _command(commands, "report", wording)
    _study(made, wording)
    made.add_argument("target", type=Path, metavar="OUT", help=wording("cli.help.report_target"))
    made.add_argument("--patient", metavar="STUDY_NO", help=wording("cli.help.patient"))
    made.add_argument("--criteria", type=Path, metavar="SET.json", help=wording("cli.help.criteria"))
    made.add_argument("--who", default="", metavar="INITIALS", help=wording("cli.help.who"))
    made = _command(commands, "analyse", wording)
    _study(made, wording)
    _flag(made, "json", wording)
    made.add_argument("--criteria", type=Path, metavar="SET.json", help=wording("cli.help.criteria"))
    made = _command(commands, "edit", wording)
    _study(made, wording)
    made.add_argument("--who", required=True, type=_initials, metavar="INITIALS", help=wording("cli.help.who"))
    for name in ("log", "check"):
        made = _command(commands, name, wording)
        _study(made, wording)
        _flag(made, "json", wording)
        if name == "check":
            made.add_argument(
                "--against",
                type=Path,
                nargs="+",
                action="extend",
                default=[],
                metavar="FILE",
                help=wording("cli.help.against"),
            )
    _backups(commands, wording)
    _passphrase(_command(commands, "passphrase", wording), wording)
    return parser


def _backups(commands: Any, wording: Wording) -> None:
    made = _command(commands, "backup", wording)
    _study(made, wording)
    made.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help=wording("cli.help.backup_target"))
    made = _command(commands, "backups", wording)
    _study(made, wording)
    _flag(made, "json", wording)
    made = _command(commands, "restore", wording)
    _study(made, wording)
    made.add_argument("backup", type=Path, metavar="BACKUP", help=wording("cli.help.backup_file"))
    made.add_argument("--who", required=True, type=_initials, metavar="INITIALS", help=wording("cli.help.who"))
    made.add_argument("--reason", required=True, metavar="TEXT", help=wording("cli.help.reason"))


def _passphrase(made: argparse.ArgumentParser, wording: Wording) -> None:
    _study(made, wording)
    choice = made.add_mutually_exclusive_group(required=True)
    for name in ("set", "remove"):
        choice.add_argument(f"--{name}", action="store_true", help=wording(f"cli.help.{name}"))
    made.add_argument("--new-passphrase-file", type=Path, metavar="FILE", help=wording("cli.help.new_passphrase_file"))
    made.add_argument("--who", required=True, type=_initials, metavar="INITIALS", help=wording("cli.help.who"))
    made.add_argument("--reason", default="", metavar="TEXT", help=wording("cli.help.reason"))


_LONGEST_INITIALS = 60


def _initials(text: str) -> str:
    """Who is at work, on one line; wrong usage where nobody is, or a whole story."""
    initials = " ".join(text.split())
    if not 0 < len(initials) <= _LONGEST_INITIALS:
        raise argparse.ArgumentTypeError(f"INITIALS (1-{_LONGEST_INITIALS})")
    return initials


def language_of(arguments: Sequence[str]) -> Language | None:
    """The language that ``--lang`` asks for, before anything is parsed, so that usage is told in it too."""
    asked = {text for word, text in pairwise(arguments) if word == "--lang"}
    asked |= {word.removeprefix("--lang=") for word in arguments if word.startswith("--lang=")}
    return next((language for language in LANGUAGES if language in asked), None)
