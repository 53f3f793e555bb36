"""A list of others into a study: one act, all or nothing, or a new study where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from esk_engine.criteria import TABLE_2
from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.import_study import ImportResult
from esk_engine.exchange.intake.assemble import Intake
from esk_engine.exchange.intake.compare import Comparison, Difference, act_of, compare, faults_of
from esk_engine.settings import Settings
from esk_engine.study import Key, Person, Study
from esk_engine.study_file.connection import PUBLIC, exists

Choose = Callable[[Comparison], tuple[Difference, ...]]


def take_in(
    study: Study, intake: Intake, comparison: Comparison, chosen: tuple[Difference, ...], reason: str = ""
) -> int:
    """Bring a file into an open study as one act; the number of its last log line once it is on disk.

    Raises
    ------
    Fault
        ``import_unanswered`` (n) where a needed question is open, ``import_refused`` with every issue; nothing was
        changed then.
    """
    refuse(intake, faults_of(comparison, chosen, study))
    return study.wait_saved(study.apply(act_of(comparison, chosen, reason)))


def refuse(intake: Intake, more: tuple[Issue, ...] = ()) -> None:
    """Fault where a file may not come in: a cell is at fault, or a needed question open."""
    needed = [question for question in intake.unanswered if question.is_needed]
    if needed:
        place = Place(str(intake.source.path))
        open_ = tuple(
            Issue(
                "question_open",
                question.header or question.table,
                params={"value": question.key, "question": question.code, "choices": question.choices},
                place=place,
            )
            for question in needed
        )
        raise Fault(
            "import_unanswered", issues=(*open_, *(each for each in intake.issues if each.code != "unit_unconfirmed"))
        )
    issues = (*intake.issues, *more)
    if any(issue.is_error for issue in issues):
        raise Fault("import_refused", issues=issues)


def import_intake(
    intake: Intake,
    target: Path,
    *,
    person: Person,
    choose: Choose,
    dry_run: bool = False,
    reason: str = "",
    key: Key = PUBLIC,
) -> ImportResult:
    """Import what was read into the study of a file, which is made where there is none.

    Parameters
    ----------
    choose
        Which of the differences come in, once they are known.
    """
    if not exists(target):
        refuse(intake)
        if not dry_run:
            _create(intake, target, person, key)
        return ImportResult(len(intake.patients), 0, True, intake.warnings)
    with Study.open(target, person=person, read_only=dry_run, key=key) as study:
        comparison = compare(intake, study)
        chosen = choose(comparison)
        refuse(intake, faults_of(comparison, chosen, study))
        if not dry_run:
            take_in(study, intake, comparison, chosen, reason)
        touched = {difference.patient_id for difference in chosen}
        warnings = (*intake.warnings, *_left(comparison, chosen))
        return ImportResult(len(comparison.new), len(comparison.same), False, warnings, len(touched))


def _left(comparison: Comparison, chosen: tuple[Difference, ...]) -> tuple[Issue, ...]:
    """Differences that were seen and not chosen: the study keeps what it has, and that is said."""
    return tuple(
        Issue("difference_left", each.variable, Severity.WARNING, {"value": each.new, "old": each.old}, each.place)
        for each in comparison.differing
        if each not in chosen
    )


def all_or_fault(comparison: Comparison) -> tuple[Difference, ...]:
    """The choice of who chose nothing: a difference is a fault that names its cell."""
    if comparison.differing:
        issues = tuple(
            Issue("value_differs", each.variable, params={"value": each.new, "old": each.old}, place=each.place)
            for each in comparison.differing
        )
        raise Fault("import_refused", issues=issues)
    return ()


def take_all(comparison: Comparison) -> tuple[Difference, ...]:
    return comparison.differing


def take_none(comparison: Comparison) -> tuple[Difference, ...]:
    del comparison
    return ()


def _create(intake: Intake, target: Path, person: Person, key: Key) -> None:
    settings = Settings().with_value("study_name", target.stem)
    Study.create(
        target,
        person=person,
        settings=settings,
        patients=intake.patients,
        criteria_sets=(TABLE_2,),
        in_use=TABLE_2.set_id,
        key=key,
    ).close()
