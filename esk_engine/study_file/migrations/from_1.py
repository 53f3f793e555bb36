"""From version 1 to 2: PINs, signatures and locks."""

from __future__ import annotations

from sqlcipher3 import dbapi2 as sql

_STATEMENTS = (
    "ALTER TABLE person ADD COLUMN pin TEXT",
    "CREATE TABLE signature (id TEXT PRIMARY KEY NOT NULL, patient_id TEXT NOT NULL, moment TEXT NOT NULL,"
    " person TEXT NOT NULL, role TEXT NOT NULL, utc TEXT NOT NULL, signed TEXT NOT NULL, void INTEGER NOT NULL) STRICT",
    "CREATE TABLE lock (patient_id TEXT NOT NULL, moment TEXT NOT NULL, PRIMARY KEY (patient_id, moment)) STRICT",
    "CREATE TRIGGER signature_keeps_delete BEFORE DELETE ON signature"
    " BEGIN SELECT RAISE(ABORT, 'signature is only ever added to'); END",
    "CREATE TRIGGER signature_keeps_update"
    " BEFORE UPDATE OF id, patient_id, moment, person, role, utc, signed ON signature"
    " BEGIN SELECT RAISE(ABORT, 'signature is only ever added to'); END",
)


def step(connection: sql.Connection) -> None:
    """Add what version 2 has and version 1 has not; nothing of what was there changes."""
    for statement in _STATEMENTS:
        connection.execute(statement)
