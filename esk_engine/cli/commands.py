"""The sub-commands themselves: each opens what it needs, does one thing and says what came of it."""

from __future__ import annotations

import argparse
import getpass
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esk_engine.cli.console import Console
from esk_engine.cli.json_in import NameTwice, read_json
from esk_engine.criteria import CriteriaSet, criteria_set_from_json, tidied
from esk_engine.errors import Fault
from esk_engine.records import new_id
from esk_engine.study import LogLine, Person, Study, StudySnapshot
from esk_engine.wording import Wording

if TYPE_CHECKING:
    from esk_engine.cli import Pictures
    from esk_engine.cli.reports import Press

_READER = Person("")


def run_command(
    options: argparse.Namespace, console: Console, pictures: Pictures | None, press: Press | None = None
) -> int:
    """Run what was asked for; the exit code."""
    if options.command == "restore":
        from esk_engine.cli.backups import run_restore

        return run_restore(options, console)  # its key may be that of the backup
    if "passphrase_file" in options:
        from esk_engine.cli.passphrase import study_key

        options.key = study_key(options, console)
    match options.command:
        case "demo":
            return _demo(options, console)
        case "template":
            return _template(options, console)
        case "import":
            from esk_engine.cli.imports import run_import

            return run_import(options, console, _person(options.who))
        case "export":
            return _export(options, console, pictures)
        case "report":
            return _report(options, console, press)
        case "analyse":
            return _analyse(options, console)
        case "edit":
            from esk_engine.cli.edit import run_edit

            return run_edit(options.study, options.who, console, options.key)
        case "log":
            return _log(options, console)
        case "passphrase":
            from esk_engine.cli.passphrase import run_passphrase

            return run_passphrase(options, console)
        case "backup":
            from esk_engine.cli.backups import run_backup

            return run_backup(options, console)
        case "backups":
            from esk_engine.cli.backups import run_backups

            return run_backups(options, console)
        case _:
            from esk_engine.cli.backups import run_check

            return run_check(options, console)


def _demo(options: argparse.Namespace, console: Console) -> int:
    from esk_engine.exchange.demo import create_demo

    create_demo(options.study, person=_person(), language=console.wording.language).close()
    console.say(console.wording("cli.demo_written", path=str(options.study)))
    return 0


def _template(options: argparse.Namespace, console: Console) -> int:
    from esk_engine.exchange.template import write_template

    write_template(options.target, console.wording)
    console.say(console.wording("cli.exported", path=str(options.target)))
    return 0


def _person(who: str = "") -> Person:
    """Who is at work: as told, else as the computer knows them."""
    if who.strip():
        return Person(who.strip())
    try:
        return Person(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return Person("?")


def _snapshot(options: argparse.Namespace) -> StudySnapshot:
    """The study as it stands, under the set of ``--criteria`` where one is given."""
    with Study.open(options.study, person=_READER, read_only=True, key=options.key) as study:
        snapshot = study.snapshot()
        if options.criteria is None:
            return snapshot
        return replace(snapshot, criteria_set=_criteria_of(options.criteria, study))


def _criteria_of(path: Path, study: Study) -> CriteriaSet:
    """The set of a file; unless the study holds the very same, it is one defined now."""
    try:
        raw = read_json(path.read_bytes())
    except FileNotFoundError:
        raise Fault("file_not_found", path=str(path)) from None
    except OSError as error:
        raise Fault("file_unreadable", path=str(path), detail=error.strerror or "") from None
    except NameTwice:
        raise Fault("line_name_twice", path=str(path)) from None
    except ValueError:
        raise Fault("criteria_not_json", path=str(path)) from None
    try:
        found = tidied(criteria_set_from_json(raw, new_id()))
    except Fault as fault:
        fault.params["path"] = str(path)
        raise
    known, patients = study.outcomes_known
    for own in study.criteria_sets:
        if own.name == found.name and own.criteria == found.criteria:
            return own
    name = found.name
    if any(own.name.casefold() == name.casefold() for own in study.criteria_sets):
        name = f"{name} ({path.name})"  # everything printed names its set: never another set by this one's name
    return replace(found, name=name, locked=False, specified_beforehand=False, outcomes_known=known, patients=patients)


def _export(options: argparse.Namespace, console: Console, pictures: Pictures | None) -> int:
    from esk_engine.cli.exports import export_flat, format_of

    wanted = format_of(options)
    if wanted != "xlsx":
        return export_flat(_snapshot(options), options.target, wanted, console)
    from esk_engine.exchange.atomic import check_target
    from esk_engine.exchange.workbook_out import export_workbook

    check_target(options.target)
    snapshot, wording = _snapshot(options), console.wording
    export_workbook(snapshot, options.target, wording, pictures=_drawn(pictures, snapshot, wording))
    console.say(wording("cli.exported", path=str(options.target)))
    return 0


def _drawn(pictures: Pictures | None, snapshot: StudySnapshot, wording: Wording) -> Mapping[str, bytes]:
    """The figures' pictures; none where this computer lacks what draws them, Excel then draws charts."""
    try:
        return pictures(snapshot, wording) if pictures is not None else {}
    except ImportError:
        return {}


def _report(options: argparse.Namespace, console: Console, press: Press | None) -> int:
    from esk_engine.cli.reports import run_report
    from esk_engine.exchange.study_report import signatures_of

    with Study.open(options.study, person=_READER, read_only=True, key=options.key) as study:
        snapshot, signatures = study.snapshot(), signatures_of(study)
        if options.criteria is not None:
            snapshot = replace(snapshot, criteria_set=_criteria_of(options.criteria, study))
        return run_report(options, console, (snapshot, signatures), _person(options.who), press)


def _analyse(options: argparse.Namespace, console: Console) -> int:
    from esk_engine.report import analyse, extras, methods_text, side_tables, tables, to_json

    snapshot = _snapshot(options)
    analysis = analyse(snapshot.cohort)
    found, wording = extras(analysis), console.wording
    if options.json:
        console.say_json(to_json(analysis, found))
        return 0
    from esk_engine.cli.text_tables import text_table, text_warnings

    for table in (*tables(analysis), *side_tables(analysis, found)):
        console.write(text_table(table, wording) + "\n")
    if warnings := text_warnings(found, wording):
        console.write(warnings + "\n")
    console.write(f"{wording('cli.methods')}\n\n{methods_text(analysis, wording, found)}")
    return 0


def _log(options: argparse.Namespace, console: Console) -> int:
    with Study.open(options.study, person=_READER, read_only=True, key=options.key) as study:
        lines = study.snapshot().log()
        if options.json:
            # One document, a line of the log a line of text, written as it is read.
            before = "[\n"
            for line in lines:
                console.write(before + json.dumps(_log_json(line), ensure_ascii=False))
                before = ",\n"
            console.write("\n]\n" if before != "[\n" else "[]\n")
            return 0
        study_nos = {patient.id: patient.study_no for patient in study.patients}
        for line in lines:
            console.write(_log_text(line, study_nos, console) + "\n")
    return 0


def _log_json(line: LogLine) -> dict[str, Any]:
    """The columns of a line; ``old`` and ``new`` as JSON values."""
    form = line._asdict()
    for name in ("old", "new"):
        form[name] = None if form[name] is None else json.loads(form[name])
    return form


def _log_text(line: LogLine, study_nos: Mapping[str, str], console: Console) -> str:
    where = study_nos.get(line.patient_id or "", line.patient_id or "")
    said = [text if text is None or len(text) <= 80 else text[:77] + "..." for text in (line.old, line.new)]
    old, new = (text or console.wording.number(None) for text in said)
    parts = (line.seq, line.utc, line.person, line.act, line.kind, where, line.variable or "", f"{old} -> {new}")
    return "\t".join(" ".join(str(part).split()) for part in (*parts, line.reason or ""))  # a line is one line
