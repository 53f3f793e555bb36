"""Scripted work on a study, by chance: what the processes do that are killed, cut off, or run into a fault."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import date, datetime
from pathlib import Path
from typing import cast

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind, ValueType, Variable, variables_of
from esk_engine.errors import Fault
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.study import Person, SignOff, Study
from esk_engine.study_file.encoding import canonical_json, patient_form
from tests.engine.builders import patient, steady

WHO = Person("AB", "nurse")
_ROWS = (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)
_VARIABLES = [declared for kind in Kind for declared in variables_of(kind) if declared.name != "study_no"]


def value_of(declared: Variable, chance: random.Random) -> Value:
    """A value that a variable may hold, or none."""
    if chance.random() < 0.08:
        return None
    low, high = (declared.hard.low, declared.hard.high) if declared.hard is not None else (1, 99)
    match declared.type:
        case ValueType.CODE:
            return chance.choice(declared.codes)
        case ValueType.WHOLE:
            return chance.randint(int(low), int(high))
        case ValueType.DECIMAL | ValueType.CONCENTRATION:
            number = round(low + (high - low) * chance.uniform(0.01, 1), 1 if declared.decimals is not None else 3)
            below = declared.type is ValueType.CONCENTRATION and chance.random() < 0.3
            return BelowLloq(number) if below else number
        case ValueType.DATE:
            return date(2024, chance.randint(1, 6), chance.randint(1, 28))
        case ValueType.DATETIME:
            return datetime(2024, chance.randint(1, 6), chance.randint(1, 28), chance.randint(0, 23))
        case ValueType.TEXT:
            return "€ één " + "x" * chance.choice((0, 3, 40, 900, 6000))
        case _:
            return None


def some_patient(study_no: str, chance: random.Random) -> Patient:
    """A patient with a course of some length."""
    course = steady(chance.randint(50, 90), until=chance.choice((30, 120, 480)))
    samples: list[tuple[int, str, Value]] = [(480, "esketamine", 95.5), (480, "norketamine", BelowLloq(5.0))]
    events: list[dict[str, Value]] = [{"term": "dizziness", "phase": "during", "naranjo_1": "yes"}]
    return patient(study_no, course, samples, events, age_years=chance.randint(18, 99), remarks="r" * 200)


def new_study(path: Path, chance: random.Random, patients: int = 3) -> Study:
    """A study that was just made."""
    return Study.create(path, person=WHO, patients=[some_patient(f"P{n:02}", chance) for n in range(1, patients + 1)])


def _edit(study: Study, chance: random.Random) -> Future[int]:
    declared = chance.choice(_VARIABLES)
    one = chance.choice(study.patients)
    rows = one.rows(declared.kind)
    is_known = bool(rows) and chance.random() < 0.7
    record_id = chance.choice(rows).id if is_known else f"{one.id}-{study.version}"
    reason = chance.choice(("", "misread", "the pump’s own log"))
    return study.set_value(one.id, declared.kind, record_id, declared.name, value_of(declared, chance), reason)


def _come(study: Study, chance: random.Random) -> Future[int]:
    return study.add(some_patient(f"N{study.version}", chance)).saved


def _go(study: Study, chance: random.Random) -> Future[int]:
    return study.delete_patient(chance.choice(study.patients[1:] or study.patients[:0]).id)


def _row_goes(study: Study, chance: random.Random) -> Future[int]:
    one, kind = chance.choice(study.patients), chance.choice(_ROWS)
    return study.delete_row(one.id, chance.choice(one.rows(kind)).id)


def _import(study: Study, chance: random.Random) -> Future[int]:
    many = [some_patient(f"I{study.version}-{n}", chance) for n in range(chance.randint(2, 12))]
    return study.import_patients(many)


def _setting(study: Study, chance: random.Random) -> Future[int]:
    return study.set_setting("naranjo_cutoff", chance.randint(1, 9))


def _criteria(study: Study, chance: random.Random) -> Future[int]:
    if chance.random() < 0.5:
        return study.copy_criteria_set(TABLE_2.set_id, f"Copy {study.version}")[1]
    return study.use_criteria_set(chance.choice(study.criteria_sets).set_id)


def _sign(study: Study, chance: random.Random) -> Future[int]:
    """Sign a moment, or open one that is signed."""
    one, moment = chance.choice(study.patients), chance.choice(tuple(SignOff))
    if study.is_locked:
        return study.unlock_study(initials=WHO.initials, reason="not yet")
    if chance.random() < 0.1:
        return study.lock_study(initials=WHO.initials)
    if study.may_be_signed(one.id, moment) and chance.random() < 0.5:
        return study.sign(one.id, moment, initials=WHO.initials)
    return study.unlock(one.id, moment, "misread")


def _undo(study: Study, chance: random.Random) -> Future[int]:
    return study.redo() if study.can_redo and chance.random() < 0.5 else study.undo()


_STEPS: dict[Callable[[Study, random.Random], Future[int]], int] = {
    _edit: 60,
    _come: 5,
    _go: 3,
    _row_goes: 4,
    _import: 3,
    _setting: 3,
    _criteria: 4,
    _sign: 10,
    _undo: 12,
}


_TRIES = 2000


def step(study: Study, chance: random.Random, *, only: str = "") -> Future[int]:
    """One act of a person at work; what the study refuses is left, and another one tried."""
    for _ in range(_TRIES):
        act = chance.choices(list(_STEPS), list(_STEPS.values()))[0]
        if only == "import":
            act = _sign if study.is_locked else _import  # which opens the study again, or every import is refused
        before = study.version
        try:
            saved = act(study, chance)
        except (Fault, IndexError):
            continue
        if study.version != before:
            return saved
    raise RuntimeError("the study refuses everything")


def digests(study: Study, patient_ids: Iterable[str]) -> dict[str, str]:
    """What tells of some patients whether they are as they were; "" for one that is gone."""
    return {one: digest(study.patient(one)) if study.has_patient(one) else "" for one in patient_ids}


def digest(one: Patient) -> str:
    """Equal for two states of a patient that hold the same, whatever the order of their rows."""
    form = patient_form(one)
    rows = sorted(canonical_json(row) for row in cast("list[object]", form["rows"]))
    return hashlib.sha256(canonical_json([form["values"], rows]).encode()).hexdigest()[:16]
