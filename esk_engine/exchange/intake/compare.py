"""What a file would change in a study: patients that are new, the same or different, and the act that takes it in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from esk_engine.dictionary import Kind
from esk_engine.errors import Issue, Place
from esk_engine.exchange.intake.assemble import Intake, row_key
from esk_engine.exchange.intake.places import Places, RowKey
from esk_engine.records import Act, Change, Edit, Patient, PatientChange, Record, Value, new_id
from esk_engine.study import Study
from esk_engine.validation import check_patient

_ROW_KINDS = (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)
_KEYS = {
    Kind.READING: ("minute",),
    Kind.SAMPLE: ("minute", "analyte"),
    Kind.ADVERSE_EVENT: ("term", "phase"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of a patient that the study holds and the file says otherwise.

    Attributes
    ----------
    record_id
        Of the record in the study; a new id where the row is new to it.
    is_new_row
        Whether the whole row is: its values are chosen together.
    old, new
        What the study holds (None: nothing) and what the file says.
    place
        Where the file says it.
    """

    patient_id: str
    study_no: str
    kind: Kind
    record_id: str
    variable: str
    old: Value
    new: Value
    place: Place
    is_new_row: bool = False

    @property
    def row(self) -> tuple[str, str]:
        """What is chosen together: one value, or all of a new row."""
        return self.record_id, "" if self.is_new_row else self.variable


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file held against a study: who is new, who is the same, what differs.

    What a file does not say of a patient takes nothing away.
    """

    new: tuple[Patient, ...]
    same: tuple[str, ...]
    differing: tuple[Difference, ...]

    @property
    def differing_patients(self) -> tuple[str, ...]:
        """Study numbers of those of whom anything differs, in the file's order."""
        return tuple(dict.fromkeys(difference.study_no for difference in self.differing))


def compare(intake: Intake, study: Study | None) -> Comparison:
    """Hold what was read against an open study; without one every patient is new."""
    new: list[Patient] = []
    same: list[str] = []
    differing: list[Difference] = []
    for patient in intake.patients:
        present = study.patient_by_study_no(patient.study_no) if study is not None else None
        if present is None:
            new.append(patient)
            continue
        found = list(_differences(patient, present, intake.places[patient.id]))
        differing += found
        if not found:
            same.append(present.study_no)
    return Comparison(tuple(new), tuple(same), tuple(differing))


def _differences(told: Patient, present: Patient, places: Places) -> Iterator[Difference]:
    yield from _record_differences(told.record, present.record, present, None, places)
    for kind in _ROW_KINDS:
        known: dict[RowKey, list[Record]] = defaultdict(list)
        for row in present.rows(kind):
            known[row_key(kind, row.values)].append(row)
        for row in told.rows(kind):
            key = row_key(kind, row.values)
            own = known[key].pop(0) if known[key] else None
            if own is not None:
                yield from _record_differences(row, own, present, key, places)
                continue
            record_id = new_id()
            for name, value in row.values.items():
                place = places.of(key, name)
                yield Difference(
                    present.id, present.study_no, kind, record_id, name, None, value, place, is_new_row=True
                )


def _record_differences(
    told: Record,
    own: Record,
    present: Patient,
    key: RowKey | None,
    places: Places,
) -> Iterator[Difference]:
    for name, value in told.values.items():
        old = own.get(name)
        if old == value or (own.kind is Kind.ADVERSE_EVENT and name in _KEYS[own.kind]):
            continue
        place = places.of(key, name)
        yield Difference(present.id, present.study_no, own.kind, own.id, name, old, value, place)


def act_of(comparison: Comparison, chosen: Collection[Difference], reason: str = "") -> Act:
    """One act that brings in the new patients and the differences that were chosen."""
    changes: list[Change] = [PatientChange(patient.id, None, patient) for patient in comparison.new]
    for difference in comparison.differing:
        if difference in chosen:
            changes.append(
                Edit(
                    difference.patient_id,
                    difference.kind,
                    difference.record_id,
                    difference.variable,
                    difference.old,
                    difference.new,
                )
            )
    patients = {change.patient_id for change in changes if isinstance(change, (Edit, PatientChange))}
    return Act(tuple(changes), "import", reason, params={"n": str(len(patients))})


def faults_of(comparison: Comparison, chosen: Collection[Difference], study: Study) -> tuple[Issue, ...]:
    """What the chosen differences would break in the patients as the study holds them: rules across fields."""
    found: list[Issue] = []
    by_patient: dict[str, list[Difference]] = defaultdict(list)
    for difference in comparison.differing:
        if difference in chosen:
            by_patient[difference.patient_id].append(difference)
    for patient_id, wanted in by_patient.items():
        before = study.patient(patient_id)
        after = before
        for each in wanted:
            after = after.with_edit(Edit(patient_id, each.kind, each.record_id, each.variable, each.old, each.new))
        known = {_essence(issue) for issue in check_patient(before)}
        for issue in check_patient(after):
            if issue.is_error and _essence(issue) not in known:
                found.append(replace(issue, place=_place(issue, wanted)))
    return tuple(found)


def _essence(issue: Issue) -> tuple[str, str, str]:
    return issue.code, issue.variable, str(sorted(issue.params.items(), key=lambda item: item[0]))


def _place(issue: Issue, wanted: list[Difference]) -> Place:
    """The cell of the chosen value that an issue is about, else of the first one."""
    record_id = issue.params.get("record_id", wanted[0].patient_id)
    return next(
        (each.place for each in wanted if (each.record_id, each.variable) == (record_id, issue.variable)),
        wanted[0].place,
    )
