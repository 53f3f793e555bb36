"""Backups on the command line: made, listed, restored; and whether the log still holds what was once told of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from esk_engine.cli.console import Console
from esk_engine.cli.passphrase import study_key
from esk_engine.errors import Fault
from esk_engine.study import Backup, Key, Person, Study, replace_damaged
from esk_engine.study_file.backup import back_up, backup_folder, list_backups, make_backup
from esk_engine.study_file.check import CheckReport, Finding, check_file
from esk_engine.study_file.connection import exists
from esk_engine.study_file.heads import KnownHead, check_heads

_READER = Person("")
# What stands in the way of opening a study and not in that of restoring one.
_BEYOND_OPENING = ("file_not_found", "not_a_study", "file_damaged", "file_unreadable", "key_needed", "key_wrong")


def run_backup(options: argparse.Namespace, console: Console) -> int:
    """Make a backup, in the study's own folder or in another one."""
    wording = console.wording
    path, key, folder = options.study, options.key, options.folder
    made = back_up(path, key) if folder is None else make_backup(path, key, folder)
    if made is None:
        console.say(wording("cli.backup_same"))
    else:
        console.say(wording("cli.backup_made", path=str(made.path), patients=made.patients, seq=made.seq))
    return 0


def back_up_beside_work(path: Path, key: Key, console: Console) -> None:
    """A backup before or after work on the command line; what keeps it from being made is told, and keeps nobody."""
    try:
        back_up(path, key)
    except Fault as fault:
        text = console.wording("cli.backup_not_made", text=console.wording.fault(fault))
        console.complain(f"{path}: -: {fault.code}: {text}")


def run_backups(options: argparse.Namespace, console: Console) -> int:
    """List the backups of a study, of one that cannot be read too."""
    folder, found = _all_backups(options.study, options.key)
    if options.json:
        console.say_json([_as_json(each, console) for each in found])
        return 0
    if not found:
        console.say(console.wording("cli.backups_none", path=str(folder)))
        return 0
    console.write(console.wording("cli.backups_head") + "\n")
    for each in found:
        console.write(_as_text(each, console) + "\n")
    return 0


def _all_backups(path: Path, key: Key) -> tuple[Path, tuple[Backup, ...]]:
    """Where they are made, and all there are."""
    try:
        with Study.open(path, person=_READER, read_only=True, key=key) as study:
            return study.backup_folder, study.backups()
    except Fault as fault:
        if fault.code not in _BEYOND_OPENING:
            raise
    folder = backup_folder(path)
    found = list_backups(path, folder, key)
    if not found and not exists(path):
        raise Fault("file_not_found", path=str(path))
    return folder, found


def _as_json(backup: Backup, console: Console) -> dict[str, Any]:
    fault = backup.fault
    return {
        "file": str(backup.path),
        "made": backup.when.isoformat().replace("+00:00", "Z"),
        "log_seq": backup.seq,
        "log_head": backup.head,
        "bytes": backup.size,
        "patients": backup.patients,
        "changes_since": backup.changes_since,
        "left_behind": backup.is_abandoned,
        "fault": None if fault is None else {"code": fault.code, "text": console.wording.fault(fault)},
    }


def _as_text(backup: Backup, console: Console) -> str:
    wording = console.wording
    when = backup.when.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    size = f"{backup.size / 1e6:.1f}"
    if backup.fault is not None:
        return "\t".join((when, "-", "-", size, f"{backup.path}: {wording.fault(backup.fault)}"))
    since = str(backup.changes_since)
    if backup.changes_since is None:
        since = wording("cli.backup_left" if backup.is_abandoned else "cli.backup_apart")
    return "\t".join((when, str(backup.patients), since, size, str(backup.path)))


# -- restoring ---------------------------------------------------------------------------------------------------------


def run_restore(options: argparse.Namespace, console: Console) -> int:
    """Bring a backup back: into the study, or into its place where that cannot be opened."""
    path, backup = options.study, _backup_of(options.study, options.backup)
    person = Person(options.who)
    try:
        key = study_key(options, console)
        study = Study.open(path, person=person, key=key)
    except Fault as fault:
        if fault.code not in _BEYOND_OPENING:
            raise
        key = study_key(argparse.Namespace(**{**vars(options), "study": backup}), console)
        return _replace(path, backup, person, key, options.reason, console)
    with study:
        if study.read_only:
            raise study.read_only_reason or Fault("read_only_study")
        before = study.version
        seq = study.wait_saved(study.restore(study.read_backup(backup), backup, options.reason))
    back_up_beside_work(path, key, console)
    said = "cli.restored" if seq > before else "cli.restored_same"
    console.say(console.wording(said, path=str(backup), seq=before + 1))
    return 0


def _backup_of(path: Path, backup: Path) -> Path:
    """The backup as a path, or as a name in the folder beside the study."""
    beside = backup_folder(path) / backup
    found = beside if not exists(backup) and exists(beside) else backup
    if not exists(found):
        raise Fault("file_not_found", path=str(backup))
    return found


def _replace(path: Path, backup: Path, person: Person, key: Key, reason: str, console: Console) -> int:
    done = replace_damaged(path, backup, person=person, key=key, reason=reason)
    console.say(console.wording("cli.replaced", path=str(backup)))
    if done.aside is not None:
        console.say(console.wording("cli.set_aside", path=str(done.aside)))
    return 0


# -- checking ----------------------------------------------------------------------------------------------------------


def run_check(options: argparse.Namespace, console: Console) -> int:
    """Whether the file is whole, and holds every line that its backups and the files given end with."""
    report = _checked(options.study, options.key, options.against)
    if options.json:
        findings = [{"code": finding.code, **finding.params} for finding in report.findings]
        whole = {"whole": report.is_whole, "patients": report.patients, "log_lines": report.lines, "hash": report.head}
        console.say_json({**whole, "findings": findings})
    for finding in report.findings:
        text = console.wording(finding.key, **finding.params)
        variable = str(finding.params.get("variable") or "-")
        console.complain(f"{options.study}: {variable}: {finding.code}: {text}")
    if report.is_whole and not options.json:
        console.say(console.wording("cli.whole", patients=report.patients, lines=report.lines))
    return 0 if report.is_whole else 1


def _checked(path: Path, key: Key, against: list[Path]) -> CheckReport:
    from esk_engine.exchange.heads_in import head_of_file

    told = [head_of_file(each, key) for each in against]
    report = check_file(path, key)
    if any(finding.code == "page_damaged" for finding in report.findings):
        return report
    missing: tuple[Finding, ...] = check_heads(path, key, [*_known_heads(path, key), *told])
    return CheckReport((*report.findings, *missing), report.patients, report.lines, report.head)


def _known_heads(path: Path, key: Key) -> Iterator[KnownHead]:
    """What the backups of the study end with, those that can be read."""
    try:
        _, found = _all_backups(path, key)
    except Fault:  # a folder that cannot be looked into proves nothing either way
        return
    for each in found:
        if each.head is not None and each.fault is None:
            yield KnownHead(each.seq, each.head, each.path.name)
