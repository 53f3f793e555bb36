"""What a study holds, as data: patients, settings, criteria sets, signatures; and what a change makes of it.

The open study in memory and the replay of the log are both this; the tables are read into it too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from esk_engine.criteria import CriteriaSet, criteria_set_from_json
from esk_engine.records import (
    Change,
    CriteriaChange,
    Edit,
    KeyChange,
    LockChange,
    Patient,
    PatientChange,
    PersonChange,
    RestoreChange,
    SettingChange,
    SignatureChange,
    Value,
)
from esk_engine.settings import Settings
from esk_engine.study_file.encoding import canonical_json, plain_number
from esk_engine.study_file.signatures import Signature, SignOff, sign_off_of, signature_of, signed_text

STUDY_LOCK = ("", "study")
"""The lock on all patients of the study, where others name a patient and a moment."""


@dataclass(frozen=True, slots=True)
class CriteriaState:
    """Where one criteria set stands: its current version (None: it does not exist now) and whether it is hidden."""

    set_id: str
    version: str | None = None
    deleted: bool = False

    @property
    def version_id(self) -> str | None:
        return None if self.version is None else str(json.loads(self.version)["version"])

    @property
    def is_shown(self) -> bool:
        return self.version is not None and not self.deleted

    def read(self) -> CriteriaSet:
        """The set itself; KeyError where it does not exist now."""
        if self.version is None:
            raise KeyError(self.set_id)
        return criteria_set_from_json(json.loads(self.version), self.set_id)


@dataclass(slots=True)
class StudyState:
    """All data of a study; ``apply`` is the one definition of what a change does to it.

    Attributes
    ----------
    pins
        By initials, the digest of the Argon2id text of a PIN.
    signatures
        By patient and id, the oldest first; void ones too.
    locks
        (patient id, moment) of what is locked; ``STUDY_LOCK`` among them where all is.
    """

    patients: dict[str, Patient] = field(default_factory=dict[str, Patient])
    settings: Settings = field(default_factory=Settings)
    criteria: dict[str, CriteriaState] = field(default_factory=dict[str, CriteriaState])
    in_use: str = ""
    people: dict[str, str] = field(default_factory=dict[str, str])
    pins: dict[str, str] = field(default_factory=dict[str, str])
    signatures: dict[str, dict[str, Signature]] = field(default_factory=dict[str, dict[str, Signature]])
    locks: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    has_passphrase: bool = False

    def apply(self, change: Change) -> None:
        """Make one change; KeyError where it speaks of a patient that is not there."""
        match change:
            case Edit():
                self._void(self.touched(change))
                self.patients[change.patient_id] = self.patients[change.patient_id].with_edit(change)
            case PatientChange():
                self._void(self.touched(change))
                if change.new is None:
                    del self.patients[change.patient_id]
                else:
                    self.patients[change.patient_id] = change.new
            case SettingChange():
                self.settings = self.settings.with_value(change.name, change.new)
            case CriteriaChange():
                self._apply_criteria(change)
            case _:
                self._apply_lasting(change)

    def _apply_criteria(self, change: CriteriaChange) -> None:
        if change.name == "in_use":
            self.in_use = change.new or ""
            return
        before = self.criteria.get(change.set_id) or CriteriaState(change.set_id)
        is_version = change.name == "version"
        after = replace(before, version=change.new) if is_version else replace(before, deleted=bool(change.new))
        self.criteria[change.set_id] = after

    def _apply_lasting(self, change: PersonChange | SignatureChange | LockChange | KeyChange | RestoreChange) -> None:
        match change:
            case PersonChange(name="pin"):
                self.people.setdefault(change.initials, "")
                if change.new is None:
                    self.pins.pop(change.initials, None)
                else:
                    self.pins[change.initials] = change.new
            case PersonChange():
                self.people[change.initials] = change.new or ""
            case SignatureChange():
                self.signatures.setdefault(change.patient_id, {})[change.signature_id] = signature_of(change)
            case LockChange():
                place = (change.patient_id, change.moment)
                self.locks.add(place) if change.is_locked else self.locks.discard(place)
            case KeyChange():
                self.has_passphrase = change.has_passphrase
            case RestoreChange():  # what it brought back stands in lines of its own  # pragma: no branch
                pass

    def touched(self, change: Edit | PatientChange) -> tuple[Signature, ...]:
        """The signatures that a change makes void."""
        standing = [each for each in self.signatures.get(change.patient_id, {}).values() if not each.void]
        moments = self.moments(change) if standing else frozenset[SignOff]()
        return tuple(each for each in standing if each.moment in moments)

    def moments(self, change: Edit | PatientChange) -> frozenset[SignOff]:
        """The moments in which a change alters a value."""
        if isinstance(change, Edit):
            moment = sign_off_of(change.kind, change.variable)
            return frozenset[SignOff]() if moment is None else frozenset((moment,))
        before = self.patients.get(change.patient_id)
        if before is None or change.new is None:
            return frozenset(SignOff)
        after = change.new
        return frozenset(moment for moment in SignOff if signed_text(before, moment) != signed_text(after, moment))

    def _void(self, signatures: Iterable[Signature]) -> None:
        for each in signatures:
            self.signatures[each.patient_id][each.id] = replace(each, void=True)

    def copy(self) -> StudyState:
        """The same state, which later changes leave alone."""
        signatures = {patient_id: dict(own) for patient_id, own in self.signatures.items()}
        return StudyState(
            dict(self.patients),
            self.settings,
            dict(self.criteria),
            self.in_use,
            dict(self.people),
            dict(self.pins),
            signatures,
            set(self.locks),
            self.has_passphrase,
        )


def pin_digest(text: str) -> str:
    """What the log says of a PIN in place of its Argon2id text: enough to tell that the list of people holds it."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def criteria_version(criteria_set: CriteriaSet, version_id: str) -> str:
    """What a saved version of a set is in the file and its log: the canonical JSON with the version's own id."""
    form: dict[str, Any] = {"version": version_id, **criteria_set.to_json()}
    for criterion in form["criteria"]:
        for condition in criterion["conditions"]:
            condition["threshold"] = plain_number(condition["threshold"])
    return canonical_json(form)


def birth_changes(
    settings: Mapping[str, Value], versions: Iterable[tuple[str, str]], in_use: str
) -> tuple[Change, ...]:
    """The changes that a new study starts with: every setting, every criteria set (set id, version), the one in use."""
    return (
        *(SettingChange(name, None, value) for name, value in settings.items()),
        *(CriteriaChange(set_id, "version", None, version) for set_id, version in versions),
        CriteriaChange(in_use, "in_use", None, in_use),
    )
