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
    names = [*CLASSES, *_WITH_BACKUPS]
    with folder() as place:
        template = place / "study.esk"
        stages = history(template, chance)
        whole = template.read_bytes()
        for at in range(first, first + n):
            name = names[at % len(names)]
            told_as = f"seed {seed}, edit {at}, {name}"
            if name in CLASSES:
                path = place / "edited.esk"
                shutil.copy(template, path)
                _one(name, CLASSES[name], path, chance, found, told_as)
                path.unlink()
            else:
                _rolled_back(name, template, chance.choice(stages), chance, found, told_as)
                template.write_bytes(whole)
    return found


# The study as it once was, in its own place: only what its backups end with shows that there was more.
_WITH_BACKUPS = ("log cut together with its values", "log cut so, and gone on with for longer than it was")


def _rolled_back(name: str, path: Path, stage: bytes, chance: random.Random, found: Figures, told_as: str) -> None:
    from esk_engine.study import Study
    from tests.faults import work

    path.write_bytes(stage)
    found.count("edits")
    code = "log_cut"
    if name == _WITH_BACKUPS[1]:
        code = "log_forked"
        with Study.open(path, person=work.WHO) as study:
            newest = study.backups()[0].seq
            while study.version <= newest:
                work.step(study, chance)
    with Study.open(path, person=work.WHO, read_only=True) as study:
        newest = study.backups()[0]
        findings = study.check().findings
    place: dict[str, object] = {"seq": newest.seq, "file": newest.path.name}
    if any(each.code == code and place.items() <= each.params.items() for each in findings):
        found.count("found and named")
    else:
        found.fail(f"{told_as}: {code} {place} not among {findings[:3]}")


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


def history(path: Path, chance: random.Random) -> list[bytes]:
    """A closed study in which everything has happened that can be tampered with; its file at some earlier moments."""
    from esk_engine.criteria import TABLE_2
    from esk_engine.dictionary import Kind
    from esk_engine.study import Person, SignOff, Study
    from tests.faults import work

    stages: list[bytes] = []
    with work.new_study(path, chance, patients=5) as study:
        set_id, _ = study.copy_criteria_set(TABLE_2.set_id, "Ours")
        copied = next(each for each in study.criteria_sets if each.set_id == set_id)
        study.save_criteria_set(copied.with_criteria(copied.criteria[:2]))
        for at in range(_ACTS):
            work.step(study, chance)
            if at % 20 == 10:
                study.release()
                stages.append(path.read_bytes())
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
        study.back_up()
    return stages
