"""What a study holds, as data: patients, settings, criteria sets; and what a change makes of it.

The open study in memory and the replay of the log are both this; the tables are read into it too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from esk_engine.criteria import CriteriaSet, criteria_set_from_json
from esk_engine.records import Change, CriteriaChange, Edit, Patient, PatientChange, SettingChange, Value
from esk_engine.settings import Settings
from esk_engine.study_file.encoding import canonical_json, plain_number


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Somebody who works on the study for the first time, or in another role."""

    initials: str
    old: str | None
    new: str | None


StoredChange = Change | PersonChange


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
    """All data of a study; ``apply`` is the one definition of what a change does to it."""

    patients: dict[str, Patient] = field(default_factory=dict[str, Patient])
    settings: Settings = field(default_factory=Settings)
    criteria: dict[str, CriteriaState] = field(default_factory=dict[str, CriteriaState])
    in_use: str = ""
    people: dict[str, str] = field(default_factory=dict[str, str])

    def apply(self, change: StoredChange) -> None:
        """Make one change; KeyError where it speaks of a patient that is not there."""
        match change:
            case Edit():
                self.patients[change.patient_id] = self.patients[change.patient_id].with_edit(change)
            case PatientChange():
                if change.new is None:
                    del self.patients[change.patient_id]
                else:
                    self.patients[change.patient_id] = change.new
            case SettingChange():
                self.settings = self.settings.with_value(change.name, change.new)
            case CriteriaChange(name="in_use"):
                self.in_use = change.new or ""
            case CriteriaChange():
                before = self.criteria.get(change.set_id) or CriteriaState(change.set_id)
                is_version = change.name == "version"
                after = replace(before, version=change.new) if is_version else replace(before, deleted=bool(change.new))
                self.criteria[change.set_id] = after
            case PersonChange():
                self.people[change.initials] = change.new or ""

    def copy(self) -> StudyState:
        """The same state, which later changes leave alone."""
        return StudyState(dict(self.patients), self.settings, dict(self.criteria), self.in_use, dict(self.people))


def criteria_version(criteria_set: CriteriaSet, version_id: str) -> str:
    """What a saved version of a set is in the file and its log: the canonical JSON with the version's own id."""
    form: dict[str, Any] = {"version": version_id, **criteria_set.to_json()}
    for criterion in form["criteria"]:
        for condition in criterion["conditions"]:
            condition["threshold"] = plain_number(condition["threshold"])
    return canonical_json(form)


def birth_changes(
    settings: Mapping[str, Value], versions: Iterable[tuple[str, str]], in_use: str
) -> tuple[StoredChange, ...]:
    """The changes that a new study starts with: every setting, every criteria set (set id, version), the one in use."""
    return (
        *(SettingChange(name, None, value) for name, value in settings.items()),
        *(CriteriaChange(set_id, "version", None, version) for set_id, version in versions),
        CriteriaChange(in_use, "in_use", None, in_use),
    )
