"""The columns of all patients as arrays: entered and derived values, verdicts, side effects.

Rows stand in the natural order of the study numbers. An edit recomputes one row with the very functions that
compute a million; criteria or settings that change recompute everything.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from esk_engine.course import CODE_NAMES, NUMBER_NAMES, course_of
from esk_engine.criteria import CriteriaSet
from esk_engine.derive import MONITOR, Bools, Course, Derived, Floats, derive
from esk_engine.dictionary import DERIVED, NARANJO_QUESTIONS, TERMS
from esk_engine.judge import GROUPS, VERDICTS, Evidence, Group, Judgement, judge
from esk_engine.naranjo import Counts, Score, score
from esk_engine.records import Patient, Record, natural_key
from esk_engine.settings import Settings
from esk_engine.verdicts import ConditionVerdict, CriterionVerdict, PatientVerdict, missing_for, why_missing

if TYPE_CHECKING:
    import pandas as pd

Codes = NDArray[np.object_]
Column = NDArray[Any]


class AdverseEvents:
    """Which patients have which side effect at a cut-off: a patient counts once per term.

    Attributes
    ----------
    terms
        Codes of table 6, and free terms as first spelt, in the order in which they are met.
    counted, pending
        Shape (n, terms); a patient is pending for a term only if none of its events counts.
    """

    def __init__(self, events: Sequence[tuple[tuple[str, Score], ...]], cutoff: int) -> None:
        spelling: dict[str, str] = {}
        for patient_events in events:
            for term, _ in patient_events:
                spelling.setdefault(term_key(term), term)
        at = {key: i for i, key in enumerate(spelling)}
        self.terms = tuple(spelling.values())
        self.counted: Bools = np.zeros((len(events), len(at)), dtype=np.bool_)
        self.pending: Bools = np.zeros((len(events), len(at)), dtype=np.bool_)
        for row, patient_events in enumerate(events):
            for term, scored in patient_events:
                counts = scored.counts(cutoff)
                self.counted[row, at[term_key(term)]] |= counts is Counts.YES
                self.pending[row, at[term_key(term)]] |= counts is Counts.PENDING
        self.pending &= ~self.counted


def term_key(term: str) -> str:
    """Terms are compared trimmed, single-spaced and case-folded."""
    return " ".join(term.split()).casefold()


def term_order(term: str) -> tuple[int, str]:
    """Terms of table 6 by their code, free terms by their spelling."""
    return (0 if term in TERMS else 1, term_key(term))


def score_of(event: Record) -> Score:
    """The Naranjo score of one side effect."""
    return score(event.values.get(question) for question in NARANJO_QUESTIONS)


def _events_of(patient: Patient) -> tuple[tuple[str, Score], ...]:
    return tuple((str(row.values["term"]), score_of(row)) for row in patient.adverse_events if "term" in row.values)


class Cohort:
    """All patients of a study under one criteria set; made by ``Cohort.of``."""

    def __init__(
        self,
        patients: list[Patient],
        settings: Settings,
        criteria_set: CriteriaSet,
        columns: dict[str, Column],
        judgement: Judgement,
    ) -> None:
        self._patients = patients
        self._keys = [(natural_key(p.study_no), p.id) for p in patients]
        self._row = {p.id: i for i, p in enumerate(patients)}
        self._columns = columns
        self._events = [_events_of(p) for p in patients]
        self._judgement = judgement
        self.settings = settings
        self.criteria_set = criteria_set

    @classmethod
    def of(cls, patients: Iterable[Patient], settings: Settings, criteria_set: CriteriaSet) -> Cohort:
        """Everything of all patients, in the natural order of their study numbers."""
        ordered = sorted(patients, key=lambda p: (natural_key(p.study_no), p.id))
        columns = _columns_of(ordered, course_of(ordered), settings)
        judgement = judge(criteria_set, _evidence(columns), len(ordered))
        return cls(ordered, settings, criteria_set, columns, judgement)

    def regrouped(self, criteria_set: CriteriaSet) -> Cohort:
        """The same patients and derived values under another criteria set."""
        judgement = judge(criteria_set, _evidence(self._columns), len(self))
        return Cohort(list(self._patients), self.settings, criteria_set, self._columns, judgement)

    def snapshot(self) -> Cohort:
        """A copy that later edits leave alone, for a thread."""
        copies = {name: column.copy() for name, column in self._columns.items()}
        judged = Judgement(
            *(part.copy() for part in (self._judgement.conditions, self._judgement.criteria, self.groups_raw))
        )
        return Cohort(list(self._patients), self.settings, self.criteria_set, copies, judged)

    def __len__(self) -> int:
        return len(self._patients)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(p.id for p in self._patients)

    @property
    def study_nos(self) -> tuple[str, ...]:
        return tuple(p.study_no for p in self._patients)

    @property
    def patients(self) -> tuple[Patient, ...]:
        return tuple(self._patients)

    def row_of(self, patient_id: str) -> int:
        """The row of one patient; KeyError where there is none."""
        return self._row[patient_id]

    def with_patient(self, patient: Patient) -> Cohort:
        """Put one patient's row in place (new or anew) and return the same cohort."""
        one = [patient]
        columns = _columns_of(one, course_of(one), self.settings)
        judgement = judge(self.criteria_set, _evidence(columns), 1)
        key = (natural_key(patient.study_no), patient.id)
        row = self._row.get(patient.id)
        if row is not None and self._keys[row] != key:
            self.without(patient.id)
            row = None
        if row is None:
            self._insert(patient, key)
            row = self._row[patient.id]
        self._patients[row] = patient
        self._events[row] = _events_of(patient)
        for name, column in columns.items():
            self._columns[name][row] = column[0]
        self._judgement.conditions[:, row] = judgement.conditions[:, 0]
        self._judgement.criteria[:, row] = judgement.criteria[:, 0]
        self._judgement.groups[row] = judgement.groups[0]
        return self

    def without(self, patient_id: str) -> Cohort:
        """Take one patient's row out and return the same cohort."""
        row = self._row[patient_id]
        del self._patients[row], self._keys[row], self._events[row]

        def taken_out(column: Column, axis: int) -> Column:
            return np.delete(column, row, axis=axis)

        self._resize(taken_out)
        return self

    def _insert(self, patient: Patient, key: tuple[tuple[tuple[int, int, str], ...], str]) -> None:
        row = bisect_left(self._keys, key)
        self._patients.insert(row, patient)
        self._keys.insert(row, key)
        self._events.insert(row, ())

        def put_in(column: Column, axis: int) -> Column:
            return np.insert(column, row, _neutral(column), axis=axis)

        self._resize(put_in)

    def _resize(self, change: Callable[[Column, int], Column]) -> None:
        self._columns = {name: change(column, 0) for name, column in self._columns.items()}
        old = self._judgement
        self._judgement = Judgement(change(old.conditions, 1), change(old.criteria, 1), change(old.groups, 0))
        self._row = {p.id: i for i, p in enumerate(self._patients)}

    def column(self, name: str) -> Floats:
        """One numeric variable, entered or derived, shape (n,), NaN where missing."""
        return self._columns[name]

    def codes(self, name: str) -> Codes:
        """One coded variable, shape (n,), None where missing."""
        return self._columns[f"code:{name}"]

    def lloq(self, name: str) -> Floats:
        """The LLOQ in ug/L of a concentration below it, shape (n,), else NaN."""
        return self._columns[f"lloq:{name}"]

    def below_lloq(self, name: str) -> Bools:
        """Whether a derived concentration is below its LLOQ, shape (n,); for the ratio: either of both."""
        if name == "ratio":
            return self.below_lloq("esketamine_css_ug_l") | self.below_lloq("norketamine_css_ug_l")
        stored = self._columns.get(f"lloq:{name}")
        return np.zeros(len(self), dtype=np.bool_) if stored is None else ~np.isnan(stored)

    @property
    def groups(self) -> Codes:
        """The group of each patient, shape (n,)."""
        return np.array([GROUPS[g] for g in self._judgement.groups], dtype=object)

    @property
    def groups_raw(self) -> NDArray[np.int8]:
        return self._judgement.groups

    def members(self, group: Group) -> Bools:
        """Mask of one group, shape (n,)."""
        return self._judgement.groups == GROUPS.index(group)

    def group(self, patient_id: str) -> Group:
        return GROUPS[int(self._judgement.groups[self._row[patient_id]])]

    def count(self, group: Group) -> int:
        return int(np.count_nonzero(self.members(group)))

    def adverse_events(self, cutoff: int | None = None) -> AdverseEvents:
        """The side effects of every patient at the study's cut-off, or another."""
        return AdverseEvents(self._events, self.settings.naranjo_cutoff if cutoff is None else cutoff)

    def derived(self, patient_id: str) -> dict[str, float | None]:
        """Every derived value of one patient, None where missing."""
        row = self._row[patient_id]
        return {v.name: _number(self._columns[v.name][row]) for v in DERIVED}

    def reason(self, patient_id: str, name: str) -> str | None:
        """Why a derived value of one patient is missing: a code, text ``reason.<code>``; None where it is not."""
        row = self._row[patient_id]
        if not np.isnan(self._columns[name][row]):
            return None
        below = bool(self.below_lloq(name)[row])
        return "below_lloq" if below else why_missing(self._patients[row], name, self.settings)

    def verdict(self, patient_id: str) -> PatientVerdict:
        """The verdict on one patient with its evidence, criterion by criterion."""
        row = self._row[patient_id]
        judged, at = self._judgement, 0
        criteria: list[CriterionVerdict] = []
        for k, criterion in enumerate(self.criteria_set.criteria):
            conditions: list[ConditionVerdict] = []
            for condition in criterion.conditions:
                name = condition.variable
                complete, minutes = self._columns.get(f"complete:{name}"), self._columns.get(f"minute:{name}")
                conditions.append(
                    ConditionVerdict(
                        condition,
                        VERDICTS[int(judged.conditions[at, row])],
                        _number(self._columns[name][row]),
                        None if minutes is None else _minute(minutes[row]),
                        complete is not None and not bool(complete[row]),
                        self.reason(patient_id, name) if name in _DERIVED_NAMES else None,
                    )
                )
                at += 1
            criteria.append(CriterionVerdict(criterion.name, VERDICTS[int(judged.criteria[k, row])], tuple(conditions)))
        missing = missing_for(self._patients[row], criteria, self.settings)
        return PatientVerdict(GROUPS[int(judged.groups[row])], tuple(criteria), missing)

    def to_frame(self) -> pd.DataFrame:
        """The analysis frame: a row a patient, entered and derived values, the group; pandas comes in here."""
        import pandas as pd

        data: dict[str, object] = {"study_no": list(self.study_nos), "group": [str(g) for g in self.groups]}
        data |= {name: self.codes(name) for name in CODE_NAMES}
        data |= {name: self.column(name) for name in (*NUMBER_NAMES, *_DERIVED_NAMES)}
        return pd.DataFrame(data)


_DERIVED_NAMES = tuple(v.name for v in DERIVED)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _minute(value: float) -> int | str | None:
    if np.isnan(value):
        return None
    return "monitor" if value == MONITOR else int(value)


def _neutral(column: Column) -> Any:
    return (
        None
        if column.dtype == object
        else 0
        if column.dtype == np.int8
        else False
        if column.dtype == np.bool_
        else np.nan
    )


def _columns_of(patients: Sequence[Patient], course: Course, settings: Settings) -> dict[str, Column]:
    found: Derived = derive(course, settings)
    columns: dict[str, Column] = {**course.numbers, **found.values}
    columns |= {f"minute:{name}": minutes for name, minutes in found.minutes.items()}
    columns |= {f"complete:{name}": complete for name, complete in found.complete.items()}
    columns |= {f"lloq:{name}": lloq for name, lloq in found.lloq.items()}
    for name in CODE_NAMES:
        column = np.empty(len(patients), dtype=object)
        column[:] = [p.record.values.get(name) for p in patients]
        columns[f"code:{name}"] = column
    return columns


def _evidence(columns: dict[str, Column]) -> Evidence:
    def named(prefix: str) -> dict[str, Column]:
        return {name.removeprefix(prefix): column for name, column in columns.items() if name.startswith(prefix)}

    ongoing: Bools = columns["code:relief_ongoing"] == "yes"
    return Evidence(columns, named("complete:"), named("lloq:"), ongoing)
