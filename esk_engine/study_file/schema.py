"""The tables of a study file, made from the dictionary, and what tells it from any other file.

====================  ==========================================================================
table                 holds
====================  ==========================================================================
patient               one row a patient, a column for each of its variables
reading, sample,      the rows of each patient, a column for each variable of their kind
adverse_event
setting               the study's settings, each value in its canonical JSON
criteria_version      every version of every criteria set that was ever saved; never changed
criteria_set          which version of a set is current (NULL: none), and whether it is deleted
criteria_in_use       one row: the set that classifies
person                who has worked on the study, in which role, and the Argon2id text of a PIN
signature             who signed which values when, under a patient's moment; void ones too
lock                  which moments of which patients are locked; the whole study without a patient
log                   what happened, a line a value; only ever added to
====================  ==========================================================================

A concentration has two columns: ``concentration_ug_l``, or ``concentration_ug_l_lloq`` where it is below its LLOQ.
Dates are ISO texts. A variable that is new in the dictionary is a new column, empty in an older file.
"""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind, ValueType, Variable, variables_of
from esk_engine.errors import Fault

APPLICATION_ID = 0x45736B31  # "Esk1"
VERSION = 2
LLOQ_SUFFIX = "_lloq"
_COLUMN_TYPES = {ValueType.WHOLE: "INTEGER", ValueType.DECIMAL: "REAL", ValueType.CONCENTRATION: "REAL"}

LOG_COLUMNS = (
    "seq",
    "utc",
    "person",
    "pc",
    "program",
    "act",
    "undoes_act",
    "kind",
    "record_id",
    "patient_id",
    "variable",
    "old",
    "new",
    "reason",
    "hash",
)
_FIXED_TABLES = (
    "CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT",
    "CREATE TABLE criteria_version (id TEXT PRIMARY KEY NOT NULL, set_id TEXT NOT NULL, name TEXT NOT NULL,"
    " canonical TEXT NOT NULL, locked INTEGER NOT NULL, utc TEXT NOT NULL, person TEXT NOT NULL) STRICT",
    "CREATE TABLE criteria_set (set_id TEXT PRIMARY KEY NOT NULL, version_id TEXT, deleted INTEGER NOT NULL) STRICT",
    "CREATE TABLE criteria_in_use (one INTEGER PRIMARY KEY CHECK (one = 1), set_id TEXT NOT NULL) STRICT",
    "CREATE TABLE person (initials TEXT PRIMARY KEY NOT NULL, role TEXT NOT NULL, pin TEXT) STRICT",
    "CREATE TABLE signature (id TEXT PRIMARY KEY NOT NULL, patient_id TEXT NOT NULL, moment TEXT NOT NULL,"
    " person TEXT NOT NULL, role TEXT NOT NULL, utc TEXT NOT NULL, signed TEXT NOT NULL, void INTEGER NOT NULL) STRICT",
    "CREATE TABLE lock (patient_id TEXT NOT NULL, moment TEXT NOT NULL, PRIMARY KEY (patient_id, moment)) STRICT",
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, utc TEXT NOT NULL, person TEXT NOT NULL, pc TEXT NOT NULL,"
    " program TEXT NOT NULL, act INTEGER NOT NULL, undoes_act INTEGER, kind TEXT NOT NULL, record_id TEXT,"
    " patient_id TEXT, variable TEXT, old TEXT, new TEXT, reason TEXT, hash TEXT NOT NULL) STRICT",
)
# No hand that goes through SQL changes what was logged, saved or signed by mistake; a signature can only become void.
_KEPT = (
    *((table, act, act) for table in ("log", "criteria_version") for act in ("UPDATE", "DELETE")),
    ("signature", "DELETE", "DELETE"),
    ("signature", "UPDATE", "UPDATE OF id, patient_id, moment, person, role, utc, signed"),
)
_TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_keeps_{act.lower()} BEFORE {event} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
    for table, act, event in _KEPT
)


def columns_of(declared: Variable) -> tuple[tuple[str, str], ...]:
    """The columns (name, SQL type) that hold one variable."""
    columns = ((declared.name, _COLUMN_TYPES.get(declared.type, "TEXT")),)
    if declared.type is ValueType.CONCENTRATION:
        columns += ((declared.name + LLOQ_SUFFIX, "REAL"),)
    return columns


def record_columns(kind: Kind) -> tuple[tuple[str, str], ...]:
    """Every value column of one kind of record, in the dictionary's order."""
    return tuple(column for declared in variables_of(kind) for column in columns_of(declared))


def _record_table(kind: Kind) -> str:
    owner = "" if kind is Kind.PATIENT else "patient_id TEXT NOT NULL, "
    columns = ", ".join(f"{name} {type_}" for name, type_ in record_columns(kind))
    return f"CREATE TABLE {kind.value} (id TEXT PRIMARY KEY NOT NULL, {owner}{columns}) STRICT"


def create_tables(connection: sql.Connection) -> None:
    """Write the empty tables and the file's marks, inside the caller's transaction."""
    for statement in (*(_record_table(kind) for kind in Kind), *_FIXED_TABLES, *_TRIGGERS):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def existing_columns(connection: sql.Connection, kind: Kind) -> frozenset[str]:
    """The columns that the file's table of one kind has."""
    return frozenset(str(row[1]) for row in connection.execute(f"PRAGMA table_info({kind.value})"))


def absent_columns(connection: sql.Connection) -> tuple[tuple[Kind, str, str], ...]:
    """What the dictionary knows and an older file does not hold yet: (kind, column, SQL type)."""
    return tuple(
        (kind, name, type_)
        for kind in Kind
        for existing in (existing_columns(connection, kind),)
        for name, type_ in record_columns(kind)
        if name not in existing
    )


def add_absent_columns(connection: sql.Connection) -> None:
    """Bring an older file's tables up to the dictionary, in one transaction; what is new is missing everywhere."""
    absent = absent_columns(connection)
    if not absent:
        return
    connection.execute("BEGIN IMMEDIATE")
    for kind, name, type_ in absent:
        connection.execute(f"ALTER TABLE {kind.value} ADD COLUMN {name} {type_}")
    connection.execute("COMMIT")


def file_version(connection: sql.Connection) -> int:
    """The version of the file's form."""
    (version,) = connection.execute("PRAGMA user_version").fetchone() or (0,)
    return int(version)


def check_identity(connection: sql.Connection, path: Path) -> int:
    """The file's version, once it is known to be a study that this Esk can read.

    Raises
    ------
    Fault
        ``not_a_study``, or ``file_newer`` where a later Esk wrote it (its version or a column unknown here).
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone() or (0,)
    version = file_version(connection)
    if application_id != APPLICATION_ID or version < 1:
        raise Fault("not_a_study", path=str(path))
    if version > VERSION:
        raise Fault("file_newer", path=str(path), version=version, known=VERSION)
    for kind in Kind:
        known = {"id", "patient_id", *(name for name, _ in record_columns(kind))}
        unknown = existing_columns(connection, kind) - known
        if unknown:
            raise Fault("file_newer", path=str(path), version=", ".join(sorted(unknown)), known=VERSION)
    return int(version)


def foreign_objects(connection: sql.Connection) -> tuple[str, ...]:
    """The tables, triggers and views by whose names, kinds or statements a file of this version is not as Esk makes it.

    A column that was added or taken away shows elsewhere: it is refused as newer, or its values are missing.
    """
    found = {
        str(name): (str(kind), str(text) if kind == "trigger" else "")
        for kind, name, text in connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    }
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        return ("user_version",) if "signature" in found else ()  # its number was led back
    made = {text.split()[2]: ("trigger", text) for text in _TRIGGERS}
    made |= {text.split()[2]: ("table", "") for text in (*(_record_table(kind) for kind in Kind), *_FIXED_TABLES)}
    return tuple(sorted(name for name in found.keys() | made.keys() if found.get(name) != made.get(name)))
