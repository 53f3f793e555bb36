"""Edits from outside: the listed classes of raw SQL, and a log cut together with its values; all must be found."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.figures import Figures
from tests.faults.outside import CLASSES, Edit, Expected
from tests.faults.processes import chunks, elsewhere, folder

if TYPE_CHECKING:
    from esk_engine.study_file.check import CheckReport

_PORTION = 100
_ACTS = 60  # of the study's history


def run(n: int, seed: int, workers: int = 1) -> Figures:
    """Make ``n`` edits from outside, each in a study of its own, the classes by turns."""
    total = Figures("edits from outside")
    with total.timed():
        calls = [(seed + at, first, count) for at, (first, count) in enumerate(chunks(n, _PORTION))]
        for one in elsewhere(edit_some, calls, workers):
            total.add(one)
    return total


def edit_some(seed: int, first: int, n: int) -> Figures:
    """Make some edits in copies of one study with a history."""
    found, chance = Figures("edits from outside"), random.Random(seed)
    names = list(CLASSES)
    with folder() as place:
        template = history(place / "template.esk", chance)
        for at in range(first, first + n):
            name = names[at % len(names)]
            path = place / f"{at}.esk"
            shutil.copy(template, path)
            _one(name, CLASSES[name], path, chance, found, f"seed {seed}, edit {at}, {name}")
            path.unlink()
    return found


def _one(name: str, edit: Edit, path: Path, chance: random.Random, found: Figures, told_as: str) -> None:
    from esk_engine.errors import Fault
    from esk_engine.study_file.check import check_file

    expected = change(path, edit, chance)
    if expected is None:
        found.count("not possible in that study")
        return
    found.count("edits")
    try:
        report = check_file(path)
    except Fault as fault:
        if fault.code not in (expected.fault, "file_damaged"):
            found.fail(f"{told_as}: refused as {fault.code}, not as {expected.fault or expected.codes}")
        else:
            found.count("refused at once")
        return
    if report.is_whole:
        found.fail(f"{told_as}: NOT FOUND")
    elif not is_named(report, expected):
        found.fail(f"{told_as}: found, but not its place {expected.place}: {report.findings[:3]}")
    else:
        found.count("found and named")


def is_named(report: CheckReport, expected: Expected) -> bool:
    """Whether a finding has one of the codes, and the place."""
    return any(
        finding.code in expected.codes and expected.place.items() <= finding.params.items()
        for finding in report.findings
    )


def change(path: Path, edit: Edit, chance: random.Random) -> Expected | None:
    """Make one edit past Esk; the triggers are away meanwhile and come back as they were."""
    from tests.engine.study_file.helpers import from_outside

    with from_outside(path) as connection:
        return edit(connection, chance)


def history(path: Path, chance: random.Random) -> Path:
    """A closed study in which everything has happened that can be tampered with."""
    from esk_engine.criteria import TABLE_2
    from esk_engine.dictionary import Kind
    from esk_engine.study import Person, SignOff, Study
    from tests.faults import work

    with work.new_study(path, chance, patients=5) as study:
        set_id, _ = study.copy_criteria_set(TABLE_2.set_id, "Ours")
        copied = next(each for each in study.criteria_sets if each.set_id == set_id)
        study.save_criteria_set(copied.with_criteria(copied.criteria[:2]))
        for _ in range(_ACTS):
            work.step(study, chance)
        if study.is_locked:
            study.unlock_study(initials=work.WHO.initials, reason="not yet")
        study.set_pin(work.WHO.initials, "1234")
        one = study.add(work.some_patient("S1", chance)).patient_id
        for moment in (SignOff.INCLUSION, SignOff.INFUSION, SignOff.LABORATORY):
            study.sign(one, moment, initials=work.WHO.initials, pin="1234")
        study.unlock(one, SignOff.INCLUSION, "misread")
        study.set_value(one, Kind.PATIENT, one, "age_years", 17 + 3, "misread")
    with Study.open(path, person=Person("CD", "pharmacist")) as study:
        study.add(work.some_patient("S2", chance))
    return path
