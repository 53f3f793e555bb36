"""What another criteria set would do to the study: who changes group and why, and the agreement with the clinician."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from esk_engine.cohort import Cohort
from esk_engine.criteria import Condition
from esk_engine.judge import Group, Verdict
from esk_engine.verdicts import PatientVerdict


class Why(StrEnum):
    """What became of the condition that made a patient change group; DROPPED: the new set no longer asks for it."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition that decides a change of group.

    Attributes
    ----------
    place
        (criterion, condition) in the new set, from 0; None where the new set no longer has it.
    value
        The patient's value, None where it is missing.
    """

    criterion: str
    condition: Condition
    why: Why
    value: float | None
    place: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Switch:
    """One patient who is in another group under the new set."""

    patient_id: str
    study_no: str
    before: Group
    after: Group
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """In how many classified patients with an answer the group agrees with "treatment continued".

    Responder with "yes" and non-responder with "no" agree.
    """

    agree: int
    of: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """Two criteria sets on the same patients. Counts hold every group; their sum is the number of patients."""

    before: Mapping[Group, int]
    after: Mapping[Group, int]
    switches: tuple[Switch, ...]
    agreement_before: Agreement
    agreement_after: Agreement

    @property
    def patients(self) -> int:
        return sum(self.after.values())


def compare(before: Cohort, after: Cohort) -> Consequences:
    """Compare the same patients under two criteria sets.

    Parameters
    ----------
    before, after
        Cohorts of the same patients in the same order (``before.regrouped(...)``).

    Raises
    ------
    ValueError
        Where the patients differ.
    """
    if list(before.ids) != list(after.ids):
        raise ValueError("two cohorts of different patients cannot be compared")
    changed = [i for i, (old, new) in enumerate(zip(before.groups, after.groups, strict=True)) if old != new]
    switches = tuple(_switch(before, after, i) for i in changed)
    return Consequences(_counts(before), _counts(after), switches, agreement(before), agreement(after))


def agreement(cohort: Cohort) -> Agreement:
    """Agreement of the groups with the clinician's decision."""
    agree = of = 0
    for group, continued in zip(cohort.groups, cohort.codes("treatment_continued"), strict=True):
        if group == Group.UNDETERMINED or continued is None:
            continue
        of += 1
        agree += (group == Group.RESPONDER) == (continued == "yes")
    return Agreement(agree, of)


def _counts(cohort: Cohort) -> dict[Group, int]:
    return {group: int((cohort.groups == group).sum()) for group in Group}


def _switch(before: Cohort, after: Cohort, at: int) -> Switch:
    patient_id = str(after.ids[at])
    old, new = before.verdict(patient_id), after.verdict(patient_id)
    return Switch(patient_id, str(after.study_nos[at]), old.group, new.group, _reasons(old, new))


def _reasons(old: PatientVerdict, new: PatientVerdict) -> tuple[Reason, ...]:
    """The conditions that took the patient out of the old group and into the new one, in the new set's order."""
    known = {(c.name, v.condition): v.verdict for c in old.criteria for v in c.conditions}
    by_kind = {_kind(v.condition): v.verdict for c in old.criteria for v in c.conditions}
    reasons: list[Reason] = []
    for i, criterion in enumerate(new.criteria):
        for j, found in enumerate(criterion.conditions):
            was = known.get((criterion.name, found.condition), by_kind.get(_kind(found.condition)))
            if _decides(was, found.verdict, old.group, new.group):
                reasons.append(Reason(criterion.name, found.condition, Why(found.verdict.value), found.value, (i, j)))
    asked = {_kind(v.condition) for c in new.criteria for v in c.conditions}
    for criterion in old.criteria:
        for found in criterion.conditions:
            if _kind(found.condition) not in asked and _decides(found.verdict, None, old.group, new.group):
                reasons.append(Reason(criterion.name, found.condition, Why.DROPPED, found.value, None))
    return tuple(reasons)


def _kind(condition: Condition) -> tuple[str, str]:
    return condition.variable, condition.operator


def _decides(was: Verdict | None, now: Verdict | None, before: Group, after: Group) -> bool:
    """Whether one condition's turn explains the change of group; None: the set did not or does not ask for it."""
    if was is now:
        return False
    if after is Group.NON_RESPONDER:
        return now is Verdict.NOT_MET
    if after is Group.RESPONDER:
        return was in (Verdict.NOT_MET, Verdict.UNKNOWN)
    return now is Verdict.UNKNOWN if before is Group.RESPONDER else was is Verdict.NOT_MET
