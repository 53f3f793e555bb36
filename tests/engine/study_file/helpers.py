"""What the tests of the study file share: a small study, and a hand that reaches into the file from outside."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
from collections.abc import Generator
from datetime import date
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.records import BelowLloq, Patient
from esk_engine.study import Person, Study
from esk_engine.study_file.connection import PUBLIC, Key, connect
from tests.engine.builders import patient, steady

NURSE = Person("AB")
ROOT = Path(__file__).resolve().parents[3]


def two_patients() -> list[Patient]:
    """One with a whole course, one just included."""
    full = patient(
        "P01",
        steady(until=120),
        [(480, "esketamine", 95.5), (480, "norketamine", BelowLloq(5.0))],
        [{"term": "dizziness", "phase": "during", "naranjo_1": "yes"}],
        sex="female",
        age_years=57,
        weight_kg=71.5,
        inclusion_date=date(2024, 1, 16),
        nrs_before=8.0,
        nrs_end=4.5,
        remarks="één ‘keer’ 100 % <b>\n=SOM(1)",
    )
    return [full, patient("P02", age_years=40)]


def new_study(folder: Path, name: str = "study.esk") -> Study:
    """A new open study with two patients."""
    return Study.create(folder / name, person=NURSE, patients=two_patients())


def closed_study(folder: Path, name: str = "study.esk") -> Path:
    """A study file that nobody has open."""
    study = new_study(folder, name)
    study.close()
    return study.path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextlib.contextmanager
def from_outside(path: Path, key: Key = PUBLIC) -> Generator[sql.Connection]:
    """A connection that goes past Esk, its triggers taken away meanwhile; committed at the end."""
    connection = connect(path, key, "rw")
    try:
        connection.execute("BEGIN")
        triggers = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master").fetchall()}
        for name, table, text in triggers:
            if table in there and name not in there:
                connection.execute(text)
        connection.execute("COMMIT")
    finally:
        connection.close()


def python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that runs a script with the engine on its path; its output is read line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
