"""Is a study file whole: its pages, the chain of its log, and whether a replay of the log gives the data.

What is found is told with its place, as codes (texts ``check.<code>``):

===================  ==========================================================================================
page_damaged         a page without the seal of the key (detail)
structure_damaged    SQLite's own check (detail)
log_gap              a line is missing or was added (seq)
log_seal_broken      a line was changed, or the one before it (seq)
log_line_unknown     a line tells of nothing that Esk knows, or of a record that is not there (seq)
log_old_differs      a line says another old value than the lines before it (seq)
value_differs        a value is not what the log says (study_no, kind, record_id, variable, logged, found)
record_unlogged      a row that the log knows nothing of (study_no, kind, record_id)
record_missing       a row that the log has and the data have not (study_no, kind, record_id)
setting_differs      a setting is not what the log says (setting, logged, found)
criteria_differs     a criteria set, or a version of one, is not what the log says (record_id)
schema_differs       a table, trigger or view is missing, changed or added (name)
person_differs       somebody on the list of people, or a PIN, is not as the log says (record_id)
signature_differs    a signature is not as it was set, or not void as it should be (study_no, moment, record_id)
lock_differs         a lock is there or not there against the log (study_no, moment)
passphrase_differs   the file opens without the passphrase that the log says it has
===================  ==========================================================================================

Whoever recomputes the whole chain after changing it is not found by this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.records import (
    Change,
    CriteriaChange,
    Edit,
    KeyChange,
    LockChange,
    Patient,
    PatientChange,
    PersonChange,
    SettingChange,
    SignatureChange,
)
from esk_engine.settings import SETTINGS
from esk_engine.study_file.connection import PUBLIC, Key
from esk_engine.study_file.encoding import encode_value
from esk_engine.study_file.log import Head, LogLine, change_of
from esk_engine.study_file.reading import LogFilter, damaged_pages, log_lines, read_content, reader, without_collector
from esk_engine.study_file.schema import foreign_objects
from esk_engine.study_file.state import CriteriaState, StudyState

_STEP = 1000  # lines between two looks at whether the check is still wanted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, with its place."""

    code: str
    params: dict[str, object] = field(default_factory=dict[str, object])

    @property
    def key(self) -> str:
        """The catalogue's text; it is filled in with ``params``."""
        return f"check.{self.code}"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found; ``lines`` and ``head`` of the log as read, ``patients`` as stored."""

    findings: tuple[Finding, ...]
    patients: int = 0
    lines: int = 0
    head: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.findings


def check_file(path: Path, key: Key = PUBLIC, on_line: Callable[[int], object] | None = None) -> CheckReport:
    """Check a study file without writing to it.

    Parameters
    ----------
    on_line
        Called now and then with the number of the line that the replay has come to; what it raises ends the check.

    Raises
    ------
    Fault
        Where it cannot be read as a study at all.
    """
    with without_collector(), reader(Path(path), key) as connection:
        pages = tuple(_pages(connection))
        if pages:
            return CheckReport(pages)  # what stands on them cannot be trusted any further
        replay = Replay()
        for line in log_lines(connection, LogFilter()):
            replay.take(line)
            if on_line is not None and line.seq % _STEP == 0:
                on_line(line.seq)
        try:
            found = read_content(connection, Path(path)).state
        except Fault as fault:
            damaged = Finding("structure_damaged", {"detail": str(fault.params.get("detail", fault.code))})
            return CheckReport((*replay.findings, damaged), 0, replay.head.seq, replay.head.hash)
        findings = (
            *replay.findings,
            *differences(replay.state, found),
            *_setting_rows(connection, replay.settings),
            *_versions(connection, replay.versions),
            *(Finding("schema_differs", {"name": name}) for name in foreign_objects(connection)),
        )
        # A backup follows its study to another key, and holds the log as it was when it was made.
        if replay.state.has_passphrase and key.is_public and not Path(path).parent.name.endswith("-backups"):
            findings = (*findings, Finding("passphrase_differs"))
        return CheckReport(findings, len(found.patients), replay.head.seq, replay.head.hash)


def _pages(connection: sql.Connection) -> Iterator[Finding]:
    for text in damaged_pages(connection):
        yield Finding("page_damaged", {"detail": text})
    try:
        for (text,) in connection.execute("PRAGMA integrity_check"):
            if text != "ok":
                yield Finding("structure_damaged", {"detail": str(text)})
    except sql.Error as error:
        yield Finding("structure_damaged", {"detail": str(error)})


class Replay:
    """The study as its log tells it, line by line from the first, with what is wrong in the telling."""

    def __init__(self) -> None:
        self.state = StudyState()
        self.findings: list[Finding] = []
        self.versions: dict[str, tuple[str, str, str, str]] = {}  # version id: canonical text, set id, utc, person
        self.settings: dict[str, str | None] = {}  # as they stand in the table
        self.head = Head()

    def take(self, line: LogLine) -> None:
        """The next line: its number, its seal, and what it did."""
        if line.seq != self.head.seq + 1:
            self.findings.append(Finding("log_gap", {"seq": line.seq}))
        if line.sealed(self.head.hash) != line.hash:
            self.findings.append(Finding("log_seal_broken", {"seq": line.seq}))
        self.head = Head(line.seq, line.act, line.hash)
        try:
            change = change_of(line)
            if change is None:
                return
            if not _old_is_right(self.state, change):
                self.findings.append(Finding("log_old_differs", {"seq": line.seq}))
            self.state.apply(change)
            if isinstance(change, CriteriaChange) and change.name == "version" and change.new is not None:
                version_id = CriteriaState(change.set_id, change.new).version_id
                self.versions.setdefault(str(version_id), (change.new, change.set_id, line.utc, line.person))
            if isinstance(change, SettingChange):
                self.settings[change.name] = line.new
        except (KeyError, ValueError, TypeError):
            self.findings.append(Finding("log_line_unknown", {"seq": line.seq}))


def _old_is_right(state: StudyState, change: Change) -> bool:
    """Whether what a line calls old is what the lines before it left."""
    match change:
        case Edit():
            record = state.patients[change.patient_id].find(change.record_id)
            return (record.get(change.variable) if record is not None else None) == change.old
        case PatientChange():
            return _by_id(state.patients.get(change.patient_id)) == _by_id(change.old)
        case SettingChange():
            return change.old is None or state.settings.stored(change.name) == change.old
        case CriteriaChange(name="in_use"):
            return state.in_use == (change.old or "")
        case CriteriaChange():
            before = state.criteria.get(change.set_id) or CriteriaState(change.set_id)
            is_version = change.name == "version"
            return before.version == change.old if is_version else before.deleted == bool(change.old)
        case PersonChange(name="pin"):
            return state.pins.get(change.initials) == change.old
        case PersonChange():
            return (state.people.get(change.initials) or None) == (change.old or None)
        case SignatureChange():
            return change.signature_id not in state.signatures.get(change.patient_id, {})
        case LockChange():
            return ((change.patient_id, change.moment) in state.locks) != change.is_locked
        case KeyChange():
            return state.has_passphrase == change.had_passphrase
        case _:
            return True


def _by_id(patient: Patient | None) -> dict[str, tuple[Kind, dict[str, object]]]:
    """A patient's records by id, whatever their order."""
    return {} if patient is None else {row.id: (row.kind, dict(row.values)) for row in patient.records()}


def differences(logged: StudyState, found: StudyState) -> Iterator[Finding]:
    """Where the data are not what the log says."""
    for patient_id in logged.patients.keys() | found.patients.keys():
        yield from _patient_differences(logged.patients.get(patient_id), found.patients.get(patient_id))
    for declared in SETTINGS:
        told, stored = logged.settings.stored(declared.name), found.settings.stored(declared.name)
        if told != stored:
            params: dict[str, object] = {
                "setting": declared.name,
                "logged": encode_value(told),
                "found": encode_value(stored),
            }
            yield Finding("setting_differs", params)
    for set_id in logged.criteria.keys() | found.criteria.keys():
        if logged.criteria.get(set_id) != found.criteria.get(set_id):
            yield Finding("criteria_differs", {"record_id": set_id})
    if logged.in_use != found.in_use:
        yield Finding("criteria_differs", {"record_id": found.in_use})
    for initials in logged.people.keys() | found.people.keys():
        told = logged.people.get(initials), logged.pins.get(initials)
        if told != (found.people.get(initials), found.pins.get(initials)):
            yield Finding("person_differs", {"record_id": initials})
    yield from _protection_differences(logged, found)


def _protection_differences(logged: StudyState, found: StudyState) -> Iterator[Finding]:
    """Signatures and locks that are not as the log says."""

    def study_no(patient_id: str) -> str:
        patient = found.patients.get(patient_id) or logged.patients.get(patient_id)
        return "" if patient is None else patient.study_no

    for patient_id in logged.signatures.keys() | found.signatures.keys():
        told, stored = logged.signatures.get(patient_id, {}), found.signatures.get(patient_id, {})
        for signature_id in told.keys() | stored.keys():
            if told.get(signature_id) != stored.get(signature_id):
                moment = (told.get(signature_id) or stored[signature_id]).moment.value
                place = {"study_no": study_no(patient_id), "moment": moment, "record_id": signature_id}
                yield Finding("signature_differs", dict[str, object](place))
    for patient_id, moment in logged.locks ^ found.locks:
        yield Finding("lock_differs", {"study_no": study_no(patient_id), "moment": moment})


def _patient_differences(logged: Patient | None, found: Patient | None) -> Iterator[Finding]:
    told, stored = _by_id(logged), _by_id(found)
    if told == stored:
        return
    present = found or logged
    study_no = present.study_no if present is not None else ""
    for record_id in told.keys() | stored.keys():
        kind = (stored.get(record_id) or told[record_id])[0]
        place: dict[str, object] = {"study_no": study_no, "kind": kind.value, "record_id": record_id}
        if record_id not in told:
            yield Finding("record_unlogged", place)
        elif record_id not in stored:
            yield Finding("record_missing", place)
        else:
            old, new = told[record_id][1], stored[record_id][1]
            for name in old.keys() | new.keys():
                if old.get(name) != new.get(name):
                    values = {"variable": name, "logged": str(old.get(name)), "found": str(new.get(name))}
                    yield Finding("value_differs", {**place, **values})


def _setting_rows(connection: sql.Connection, logged: dict[str, str | None]) -> Iterator[Finding]:
    """Settings whose row went, or came under any name: the value that one falls back to may be the same."""
    stored: dict[str, str] = dict(connection.execute("SELECT name, value FROM setting").fetchall())
    for name in sorted(logged.keys() ^ stored.keys()):
        params = {"setting": name, "logged": logged.get(name) or "-", "found": stored.get(name) or "-"}
        yield Finding("setting_differs", dict[str, object](params))


def _versions(connection: sql.Connection, logged: dict[str, tuple[str, str, str, str]]) -> Iterator[Finding]:
    """Versions of criteria sets that are not as they were saved, those that are not current any more too."""
    rows = connection.execute("SELECT id, set_id, name, canonical, locked, utc, person FROM criteria_version")
    seen: set[str] = set()
    for version_id, set_id, name, canonical, locked, utc, person in rows:
        seen.add(version_id)
        told = CriteriaState(set_id, logged[version_id][0]).read() if version_id in logged else None
        same = told is not None and (canonical, set_id, utc, person) == logged[version_id]
        if not same or told is None or (name, bool(locked)) != (told.name, told.locked):
            yield Finding("criteria_differs", {"record_id": set_id, "version": version_id})
    for version_id in logged.keys() - seen:
        yield Finding("criteria_differs", {"record_id": "", "version": version_id})
