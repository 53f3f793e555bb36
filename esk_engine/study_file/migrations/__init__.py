"""Steps from one version of the file to the next, one room a step.

A step is a function ``step(connection)`` in a room named for where it starts (``from_1.py``). It imports nothing of
the engine, which goes on changing, and neither begins nor ends a transaction: all steps of an opening are one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlcipher3 import dbapi2 as sql

from esk_engine.study_file.migrations import from_1

Step = Callable[[sql.Connection], None]
STEPS: Mapping[int, Step] = {1: from_1.step}


def migrate(connection: sql.Connection, version: int, steps: Mapping[int, Step] = STEPS) -> int:
    """Bring a file from its version to the latest, all steps or none.

    Parameters
    ----------
    steps
        The step that leaves each version.

    Returns
    -------
    int
        The version that the file has now.
    """
    if version not in steps:
        return version
    connection.execute("BEGIN IMMEDIATE")
    try:
        while version in steps:
            steps[version](connection)
            version += 1
            connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return version
