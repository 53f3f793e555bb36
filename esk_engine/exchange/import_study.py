"""A workbook into a study: into one that is there as one act, else into a new file; all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from esk_engine.criteria import TABLE_2
from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.layout import CRITERIA_SHEET, SETTINGS_SHEET
from esk_engine.exchange.workbook_in import WorkbookRead, read_workbook
from esk_engine.records import Patient
from esk_engine.study import Key, Person, Study
from esk_engine.study_file.connection import PUBLIC, exists
from esk_engine.study_file.encoding import course_of


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do.

    Attributes
    ----------
    added, same
        Patients that came in; those that the study already held, the same in everything.
    created
        Whether the study file is new.
    warnings
        What was doubtful or left out, each with its place.
    changed
        Patients of the study of whom a value was changed.
    """

    added: int
    same: int
    created: bool
    warnings: tuple[Issue, ...]
    changed: int = 0


def import_workbook(
    workbook: str | Path, target: Path, *, person: Person, today: date, dry_run: bool = False, key: Key = PUBLIC
) -> ImportResult:
    """Import a workbook.

    Raises
    ------
    Fault
        ``import_refused`` with every issue where a cell is at fault, else what is wrong with either file;
        nothing was written then.
    """
    read = read_workbook(workbook, today)
    if exists(target):
        return _into_existing(read, target, person, dry_run, key)
    _refuse(read.issues)
    if not dry_run:
        _create(read, target, person, key)
    return ImportResult(len(read.patients), 0, True, read.warnings)


def _refuse(issues: Sequence[Issue]) -> None:
    if any(issue.is_error for issue in issues):
        raise Fault("import_refused", issues=tuple(issues))


def _create(read: WorkbookRead, target: Path, person: Person, key: Key) -> None:
    sets = read.criteria_sets or (TABLE_2,)
    Study.create(
        target,
        person=person,
        settings=read.settings,
        patients=read.patients,
        criteria_sets=sets,
        in_use=read.criteria_set_id or sets[0].set_id,
        key=key,
    ).close()


def _into_existing(read: WorkbookRead, target: Path, person: Person, dry_run: bool, key: Key) -> ImportResult:
    with Study.open(target, person=person, read_only=dry_run, key=key) as study:
        new, issues = compare_with(read, study)
        _refuse(issues)
        if not dry_run:
            study.wait_saved(study.import_patients(new))
        warnings = tuple(issue for issue in issues if not issue.is_error)
        return ImportResult(len(new), len(read.patients) - len(new), False, warnings)


def compare_with(read: WorkbookRead, study: Study) -> tuple[list[Patient], tuple[Issue, ...]]:
    """Which patients of a workbook are new to a study, and every issue of the workbook in that study."""
    new: list[Patient] = []
    issues = list(read.issues)
    for patient in read.patients:
        present = study.patient_by_study_no(patient.study_no)
        if present is None:
            new.append(patient)
        elif patient.id not in read.incomplete and course_of(present) != course_of(patient):
            params = {"value": patient.study_no}
            issues.append(Issue("patient_differs", "study_no", params=params, place=read.places[patient.id]))
    return new, (*issues, *_left_out(read, study))


def _left_out(read: WorkbookRead, study: Study) -> list[Issue]:
    """A study that is there keeps its own settings and criteria; where the workbook has others, that is said."""
    found: list[Issue] = []
    file = next((place.file for place in read.places.values()), "")
    if read.has_settings and read.settings != study.settings:
        place = Place(file, SETTINGS_SHEET)
        found.append(Issue("settings_left_out", "", Severity.WARNING, {"value": SETTINGS_SHEET}, place))
    if read.criteria_sets and any(each not in study.criteria_sets for each in read.criteria_sets):
        place = Place(file, CRITERIA_SHEET)
        found.append(Issue("criteria_left_out", "", Severity.WARNING, {"value": CRITERIA_SHEET}, place))
    return found
