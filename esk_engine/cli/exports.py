"""``export``: Excel, SPSS, CSV with an R script, REDCap; by the target's ending, or as ``--format`` says."""

from __future__ import annotations

import argparse
from pathlib import Path

from esk_engine.cli.console import Console
from esk_engine.study import StudySnapshot

FORMATS = ("xlsx", "csv", "csv-international", "redcap", "spss")


def format_of(options: argparse.Namespace) -> str:
    """The format that was asked for; Excel where nothing says another."""
    if options.format:
        return options.format
    return "spss" if options.target.suffix.casefold() == ".sav" else "xlsx"


def export_flat(snapshot: StudySnapshot, target: Path, format_: str, console: Console) -> int:
    """Write one of the formats that are not Excel's, and say every file that came of it."""
    wording = console.wording
    match format_:
        case "spss":
            from esk_engine.exchange.spss import export_spss

            written = export_spss(snapshot, target, wording)
        case "redcap":
            from esk_engine.exchange.redcap import export_redcap

            written = export_redcap(snapshot, target, wording)
        case _:
            from esk_engine.exchange.csv_out import export_csv

            dialect = "international" if format_ == "csv-international" else "dutch"
            written = export_csv(snapshot, target, wording, dialect)
    for path in written:
        console.say(wording("cli.exported", path=str(path)))
    return 0
