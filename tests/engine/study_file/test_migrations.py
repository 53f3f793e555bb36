"""The frame that brings an older file to a newer version: all steps, or none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sql

import esk_engine.study_file.migrations as migrations
from esk_engine.study_file.connection import PUBLIC, connect
from esk_engine.study_file.migrations import migrate
from tests.engine.study_file.helpers import closed_study


def add_table(connection: sql.Connection) -> None:
    connection.execute("CREATE TABLE first (text TEXT)")


def fail(connection: sql.Connection) -> None:
    connection.execute("CREATE TABLE second (text TEXT)")
    connection.execute("no SQL")


def state(path: Path) -> tuple[object, set[str]]:
    connection = connect(path, PUBLIC, "ro")
    (version,) = connection.execute("PRAGMA user_version").fetchone() or (None,)
    names = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    return version, names & {"first", "second"}


def test_that_every_step_that_is_due_is_made(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    connection = connect(path, PUBLIC, "rw")
    assert migrate(connection, 1, {1: add_table, 2: lambda _: None, 5: fail}) == 3
    connection.close()
    assert state(path) == (3, {"first"})


def test_that_a_step_that_fails_takes_those_before_it_along(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    connection = connect(path, PUBLIC, "rw")
    with pytest.raises(sql.OperationalError):
        migrate(connection, 1, {1: add_table, 2: fail})
    connection.close()
    assert state(path) == (1, set())


def test_that_no_step_imports_the_living_engine() -> None:
    for room in Path(migrations.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(room.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith("esk_engine")]
