"""The classes of edit from outside that check finds: raw SQL, the triggers taken away before and put back after.

Each edit is chosen by chance within its class and says what check must then name: one of some codes, with its place.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlcipher3 import dbapi2 as sql


@dataclass(frozen=True, slots=True)
class Expected:
    """What check must find: any of the codes, in a finding that holds the place."""

    codes: tuple[str, ...]
    place: dict[str, object] = field(default_factory=dict[str, object])
    fault: str = ""  # or the file is refused at once


Edit = Callable[["sql.Connection", random.Random], Expected | None]  # None: this study has nothing of the kind
_LOG = (
    "utc", "person", "pc", "program", "act", "undoes_act", "kind", "record_id", "patient_id", "variable", "old", "new",
    "reason", "hash",
)  # fmt: skip
_TABLES = ("patient", "reading", "sample", "adverse_event")
_TRIGGERS = (
    "log_keeps_update", "log_keeps_delete", "criteria_version_keeps_update", "criteria_version_keeps_delete",
    "signature_keeps_update", "signature_keeps_delete",
)  # fmt: skip
_CHAIN = ("log_seal_broken", "log_gap")


def _rows(connection: sql.Connection, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    return connection.execute(query, parameters).fetchall()


def _pick(connection: sql.Connection, chance: random.Random, query: str) -> tuple[Any, ...] | None:
    found = _rows(connection, query)
    return chance.choice(found) if found else None


def _columns(connection: sql.Connection, table: str) -> list[str]:
    return [
        str(row[1]) for row in _rows(connection, f"PRAGMA table_info({table})") if row[1] not in ("id", "patient_id")
    ]


def _filled(connection: sql.Connection, chance: random.Random) -> tuple[str, str, str, object] | None:
    """Some value that is there: table, record, column, value."""
    for _ in range(50):
        table = chance.choice(_TABLES)
        column = chance.choice(_columns(connection, table))
        if table == "patient" and column == "study_no":
            continue
        row = _pick(connection, chance, f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL")
        if row is not None:
            return table, str(row[0]), column, row[1]
    return None


def _plain(column: str) -> str:
    return column.removesuffix("_lloq")


_DATES = ("inclusion_date", "infusion_start", "evaluation_date")


def value_changed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    found = _filled(connection, chance)
    if found is None:
        return None
    table, record, column, old = found
    if isinstance(old, str):
        new: object = ("2021-03-04" + old[10:]) if column in _DATES else old + chance.choice("xyz")
    else:
        new = old + chance.choice((1, -1, 10)) if isinstance(old, (int, float)) else old
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (new, record))
    return Expected(("value_differs",), {"record_id": record, "variable": _plain(column)})


def value_taken(connection: sql.Connection, chance: random.Random) -> Expected | None:
    found = _filled(connection, chance)
    if found is None:
        return None
    table, record, column, _ = found
    connection.execute(f"UPDATE {table} SET {column} = NULL WHERE id = ?", (record,))
    return Expected(("value_differs",), {"record_id": record, "variable": _plain(column)})


def value_put_in(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id FROM patient WHERE nrs_end IS NULL")
    if row is None:
        return None
    connection.execute("UPDATE patient SET nrs_end = 2 WHERE id = ?", row)
    return Expected(("value_differs",), {"record_id": row[0], "variable": "nrs_end"})


def row_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id FROM patient")
    if row is None:
        return None
    connection.execute("INSERT INTO reading (id, patient_id, minute, systolic_mmhg) VALUES ('new', ?, 7, 99)", row)
    return Expected(("record_unlogged",), {"record_id": "new"})


def row_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    table = chance.choice(_TABLES[1:])
    row = _pick(connection, chance, f"SELECT id FROM {table}")
    if row is None:
        return None
    connection.execute(f"DELETE FROM {table} WHERE id = ?", row)
    return Expected(("record_missing",), {"record_id": row[0]})


def row_moved(connection: sql.Connection, chance: random.Random) -> Expected | None:
    table = chance.choice(_TABLES[1:])
    row = _pick(connection, chance, f"SELECT r.id, p.id FROM {table} r, patient p WHERE p.id <> r.patient_id")
    if row is None:
        return None
    connection.execute(f"UPDATE {table} SET patient_id = ? WHERE id = ?", (row[1], row[0]))
    return Expected(("record_unlogged", "record_missing"), {"record_id": row[0]})


def row_renamed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id FROM reading")
    if row is None:
        return None
    connection.execute("UPDATE reading SET id = 'other' WHERE id = ?", row)
    return Expected(("record_missing",), {"record_id": row[0]})


def patient_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute("INSERT INTO patient (id, study_no) VALUES ('new', 'Z99')")
    return Expected(("record_unlogged",), {"record_id": "new", "study_no": "Z99"})


def patient_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id, study_no FROM patient")
    if row is None:
        return None
    for table in _TABLES[1:]:
        connection.execute(f"DELETE FROM {table} WHERE patient_id = ?", (row[0],))
    connection.execute("DELETE FROM patient WHERE id = ?", (row[0],))
    return Expected(("record_missing",), {"record_id": row[0], "study_no": row[1]})


def patient_renumbered(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id FROM patient")
    if row is None:
        return None
    connection.execute("UPDATE patient SET study_no = 'Z99' WHERE id = ?", row)
    return Expected(("value_differs",), {"record_id": row[0], "variable": "study_no"})


def line_column_changed(column: str) -> Edit:
    """One column of one line of the log."""

    def edit(connection: sql.Connection, chance: random.Random) -> Expected | None:
        row = _pick(connection, chance, f"SELECT seq, {column} FROM log")
        if row is None:
            return None
        new = chance.randint(1000, 2000) if column in ("act", "undoes_act") else f"{row[1] or ''}0"
        connection.execute(f"UPDATE log SET {column} = ? WHERE seq = ?", (new, row[0]))
        return Expected(_CHAIN, {"seq": row[0]})

    return edit


def line_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    (last,) = _rows(connection, "SELECT max(seq) FROM log")[0]
    seq = chance.randint(1, last - 1)
    connection.execute("DELETE FROM log WHERE seq = ?", (seq,))
    return Expected(("log_gap",), {"seq": seq + 1})


def line_removed_and_closed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    """The lines after it move up, so that no number is missing."""
    (last,) = _rows(connection, "SELECT max(seq) FROM log")[0]
    seq = chance.randint(1, last - 1)
    connection.execute("DELETE FROM log WHERE seq = ?", (seq,))
    for later in range(seq + 1, last + 1):
        connection.execute("UPDATE log SET seq = seq - 1 WHERE seq = ?", (later,))
    return Expected(_CHAIN, {"seq": seq})


def line_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    (last,) = _rows(connection, "SELECT max(seq) FROM log")[0]
    seq = chance.randint(2, last + 1)
    for later in range(last, seq - 1, -1):
        connection.execute("UPDATE log SET seq = seq + 1 WHERE seq = ?", (later,))
    columns = ", ".join(_LOG)
    connection.execute(f"INSERT INTO log (seq, {columns}) SELECT {seq}, {columns} FROM log WHERE seq = {seq - 1}")
    return Expected(_CHAIN, {"seq": seq})


def lines_swapped(connection: sql.Connection, chance: random.Random) -> Expected | None:
    (last,) = _rows(connection, "SELECT max(seq) FROM log")[0]
    one, other = sorted(chance.sample(range(1, last + 1), 2))
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE log SET seq = ? WHERE seq = ?", (new, old))
    return Expected(_CHAIN, {"seq": one})


def setting_changed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT name, value FROM setting WHERE value GLOB '[0-9]*'")
    if row is None:
        return None
    connection.execute("UPDATE setting SET value = ? WHERE name = ?", (str(int(float(row[1])) + 1), row[0]))
    return Expected(("setting_differs",), {"setting": row[0]})


def setting_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT name FROM setting")
    if row is None:
        return None
    connection.execute("DELETE FROM setting WHERE name = ?", row)
    return Expected(("setting_differs",), {"setting": row[0]})


def setting_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute("INSERT INTO setting (name, value) VALUES ('made_up', '1')")
    return Expected(("setting_differs",), {"setting": "made_up"})


def version_changed(column: str, to: str) -> Edit:
    """One column of one version of a criteria set."""

    def edit(connection: sql.Connection, chance: random.Random) -> Expected | None:
        row = _pick(connection, chance, "SELECT id FROM criteria_version")
        if row is None:
            return None
        connection.execute(f"UPDATE criteria_version SET {column} = {to} WHERE id = ?", row)
        # A set whose current version is gone or cannot be read shows as damage, named all the same.
        return Expected(("criteria_differs", "structure_damaged"), {})

    return edit


def version_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id FROM criteria_version")
    if row is None:
        return None
    connection.execute("DELETE FROM criteria_version WHERE id = ?", row)
    return Expected(("criteria_differs",), {"version": row[0]})


def version_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute(
        "INSERT INTO criteria_version SELECT 'new', set_id, name, canonical, locked, utc, person"
        " FROM criteria_version LIMIT 1"
    )
    return Expected(("criteria_differs",), {"version": "new"})


def set_led_back(connection: sql.Connection, chance: random.Random) -> Expected | None:
    """A set whose current version is another one."""
    row = _pick(
        connection,
        chance,
        "SELECT s.set_id, v.id FROM criteria_set s, criteria_version v WHERE s.version_id <> v.id",
    )
    if row is None:
        return None
    connection.execute("UPDATE criteria_set SET version_id = ? WHERE set_id = ?", (row[1], row[0]))
    return Expected(("criteria_differs",), {"record_id": row[0]})


def set_hidden(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT set_id FROM criteria_set")
    if row is None:
        return None
    connection.execute("UPDATE criteria_set SET deleted = 1 - deleted WHERE set_id = ?", row)
    return Expected(("criteria_differs",), {"record_id": row[0]})


def other_set_in_use(connection: sql.Connection, chance: random.Random) -> Expected | None:
    query = "SELECT set_id FROM criteria_set WHERE set_id NOT IN (SELECT set_id FROM criteria_in_use)"
    row = _pick(connection, chance, query)
    if row is None:
        return None
    connection.execute("UPDATE criteria_in_use SET set_id = ?", row)
    return Expected(("criteria_differs",), {"record_id": row[0]})


def person_changed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT initials FROM person")
    if row is None:
        return None
    connection.execute("UPDATE person SET role = role || 'x' WHERE initials = ?", row)
    return Expected(("person_differs",), {"record_id": row[0]})


def person_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute("INSERT INTO person (initials, role) VALUES ('ZZ', 'nurse')")
    return Expected(("person_differs",), {"record_id": "ZZ"})


def person_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT initials FROM person")
    if row is None:
        return None
    connection.execute("DELETE FROM person WHERE initials = ?", row)
    return Expected(("person_differs",), {"record_id": row[0]})


def pin_changed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT initials FROM person")
    if row is None:
        return None
    new = chance.choice((None, "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$b3RoZXI"))
    if _rows(connection, "SELECT pin IS ? FROM person WHERE initials = ?", new, *row)[0][0]:
        new = "other"
    connection.execute("UPDATE person SET pin = ? WHERE initials = ?", (new, *row))
    return Expected(("person_differs",), {"record_id": row[0]})


def signature_changed(column: str) -> Edit:
    """One column of one signature."""

    def edit(connection: sql.Connection, chance: random.Random) -> Expected | None:
        row = _pick(connection, chance, f"SELECT id, {column} FROM signature")
        if row is None:
            return None
        new: object = 1 - row[1] if column == "void" else {"moment": "laboratory"}.get(column, f"{row[1]} ")
        if new == row[1]:
            new = "evaluation"
        connection.execute(f"UPDATE signature SET {column} = ? WHERE id = ?", (new, row[0]))
        return Expected(("signature_differs", "structure_damaged"), {})

    return edit


def signature_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT id FROM signature")
    if row is None:
        return None
    connection.execute("DELETE FROM signature WHERE id = ?", row)
    return Expected(("signature_differs",), {"record_id": row[0]})


def signature_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    if not _rows(connection, "SELECT 1 FROM signature"):
        return None
    connection.execute(
        "INSERT INTO signature SELECT 'new', patient_id, moment, 'ZZ', role, utc, signed, 0 FROM signature LIMIT 1"
    )
    return Expected(("signature_differs",), {"record_id": "new"})


def lock_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    row = _pick(connection, chance, "SELECT patient_id, moment FROM lock")
    if row is None:
        return None
    connection.execute("DELETE FROM lock WHERE patient_id = ? AND moment = ?", row)
    return Expected(("lock_differs",), {"moment": row[1]})


def lock_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    query = (
        "SELECT p.id, m.moment FROM patient p,"
        " (SELECT 'inclusion' AS moment UNION SELECT 'infusion' UNION SELECT 'evaluation') m"
        " WHERE NOT EXISTS (SELECT 1 FROM lock l WHERE l.patient_id = p.id AND l.moment = m.moment)"
    )
    row = _pick(connection, chance, query)
    if row is None:
        return None
    connection.execute("INSERT INTO lock (patient_id, moment) VALUES (?, ?)", row)
    return Expected(("lock_differs",), {"moment": row[1]})


def column_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute(f"ALTER TABLE {chance.choice(_TABLES)} ADD COLUMN shoe_size INTEGER")
    return Expected((), fault="file_newer")


def column_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    found = _filled(connection, chance)
    if found is None:
        return None
    table, _, column, _ = found
    connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    return Expected(("value_differs",), {"variable": _plain(column)})


def table_removed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    table = chance.choice(("sample", "setting", "criteria_set", "person", "signature", "lock", "log"))
    connection.execute(f"DROP TABLE {table}")
    return Expected(("structure_damaged",), fault="file_damaged")


def version_number_changed(connection: sql.Connection, chance: random.Random) -> Expected | None:
    """The version of the file's form, one up."""
    ((version,),) = _rows(connection, "PRAGMA user_version")
    connection.execute(f"PRAGMA user_version = {version + 1}")
    return Expected((), fault="file_newer")


def trigger_gone(connection: sql.Connection, chance: random.Random) -> Expected | None:
    """Triggers that do not come back: the caller puts back those that it finds no other of that name of."""
    name = chance.choice(_TRIGGERS)
    table = name.split("_keeps_")[0]
    connection.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN 0 BEGIN SELECT 1; END")
    return Expected(("schema_differs",), {"name": name})


def trigger_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute("CREATE TRIGGER mine AFTER INSERT ON reading BEGIN UPDATE reading SET minute = 0; END")
    return Expected(("schema_differs",), {"name": "mine"})


def table_added(connection: sql.Connection, chance: random.Random) -> Expected | None:
    connection.execute(
        f"CREATE {chance.choice(('TABLE mine (a)', 'VIEW mine AS SELECT 1', 'INDEX mine ON log (utc)'))}"
    )
    return Expected(("schema_differs",), {"name": "mine"})


def version_number_lowered(connection: sql.Connection, chance: random.Random) -> Expected | None:
    """The version of the file's form, one down: the step to the next one would be made twice."""
    ((version,),) = _rows(connection, "PRAGMA user_version")
    connection.execute(f"PRAGMA user_version = {version - 1}")
    return Expected(("schema_differs",), {"name": "user_version"})


CLASSES: dict[str, Edit] = {
    "value changed": value_changed,
    "value taken away": value_taken,
    "value put in": value_put_in,
    "row added": row_added,
    "row removed": row_removed,
    "row moved to another patient": row_moved,
    "row given another id": row_renamed,
    "patient added": patient_added,
    "patient removed": patient_removed,
    "patient renumbered": patient_renumbered,
    **{f"log line's {column} changed": line_column_changed(column) for column in _LOG},
    "log line removed": line_removed,
    "log line removed, numbers closed up": line_removed_and_closed,
    "log line added": line_added,
    "two log lines swapped": lines_swapped,
    "setting changed": setting_changed,
    "setting removed": setting_removed,
    "setting added": setting_added,
    "criteria version's name changed": version_changed("name", "name || 'x'"),
    "criteria version's thresholds changed": version_changed("canonical", "replace(canonical, '30', '20')"),
    "criteria version's lock changed": version_changed("locked", "1 - locked"),
    "criteria version's moment changed": version_changed("utc", "'2020-01-01T00:00:00.000Z'"),
    "criteria version's author changed": version_changed("person", "'ZZ'"),
    "criteria version given to another set": version_changed("set_id", "'other'"),
    "criteria version removed": version_removed,
    "criteria version added": version_added,
    "criteria set led to another version": set_led_back,
    "criteria set hidden or shown": set_hidden,
    "criteria set in use changed": other_set_in_use,
    "person's role changed": person_changed,
    "person added": person_added,
    "person removed": person_removed,
    "PIN changed": pin_changed,
    **{
        f"signature's {column} changed": signature_changed(column)
        for column in ("patient_id", "moment", "person", "role", "utc", "signed", "void")
    },
    "signature removed": signature_removed,
    "signature added": signature_added,
    "lock removed": lock_removed,
    "lock added": lock_added,
    "column added": column_added,
    "column removed": column_removed,
    "table removed": table_removed,
    "version of the form raised": version_number_changed,
    "version of the form lowered": version_number_lowered,
    "trigger replaced by an empty one": trigger_gone,
    "trigger added": trigger_added,
    "table, view or index added": table_added,
}
