"""Any walk through edits, undo, redo, signing, locking, closing and opening: the log replayed gives the data."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind, variables_of
from esk_engine.errors import Fault, Refused
from esk_engine.records import Patient
from esk_engine.study import Person, Protection, SignOff, Study
from esk_engine.study_file.check import check_file
from esk_engine.study_file.encoding import patient_form
from tests.engine.builders import patient, steady
from tests.engine.study_file.strategies import values_of

ROWS = (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)
EDITS = st.sampled_from([v for kind in Kind for v in variables_of(kind)]).flatmap(
    lambda declared: st.tuples(st.just(declared), st.none() | values_of(declared))
)
Form = dict[str, object]


def form_of(one: Patient) -> Form:
    """A patient as plain data, its rows by id."""
    form = patient_form(one)
    rows = form["rows"]
    assert isinstance(rows, list)
    return form | {"rows": {row["id"]: row for row in rows}}


class StudyMachine(RuleBasedStateMachine):
    """Drives a study and remembers every state that an undo must come back to."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.study: Study | None = None
        self.past: list[object] = []
        self.future: list[object] = []

    @property
    def open(self) -> Study:
        assert self.study is not None
        return self.study

    def shown(self) -> object:
        study = self.open
        return [form_of(one) for one in study.patients], study.settings, study.criteria_sets, study.criteria_set.set_id

    def vouched(self) -> object:
        """Signatures and locks; no undo takes them back."""
        study = self.open
        return study.is_locked, [
            (one.id, study.signatures(one.id), [study.protection(one.id, moment) for moment in SignOff])
            for one in study.patients
        ]

    def did(self, before: object, version: int) -> None:
        if self.open.version != version:
            self.past.append(before)
            self.future.clear()

    @initialize()
    def begin(self) -> None:
        patients = [patient("P1", steady(until=60)), patient("P2")]
        self.study = Study.create(self.folder / "s.esk", person=Person("AB", "nurse"), patients=patients)

    @rule(edit=EDITS, who=st.integers(0, 9), row=st.integers(0, 3), reason=st.sampled_from(["", "misread"]))
    def edit(self, edit: tuple[object, object], who: int, row: int, reason: str) -> None:
        declared, value = edit
        before, version, patients = self.shown(), self.open.version, self.open.patients
        if not patients:
            return
        one = patients[who % len(patients)]
        rows = one.rows(declared.kind)  # type: ignore[attr-defined]
        record_id = rows[row].id if row < len(rows) else f"{one.id}-{declared.kind}-{row}"  # type: ignore[attr-defined]
        try:
            self.open.set_value(one.id, declared.kind, record_id, declared.name, value, reason)  # type: ignore[attr-defined, arg-type]
        except Refused:
            assert self.shown() == before
        self.did(before, version)

    @rule(text=st.text(max_size=6), name=st.sampled_from(["nrs_end", "study_no", "inclusion_date", "remarks", "sex"]))
    def type_in(self, text: str, name: str) -> None:
        before, version = self.shown(), self.open.version
        for one in self.open.patients[:1]:
            result = self.open.parse_and_set(one.id, Kind.PATIENT, one.id, name, text, date(2024, 6, 1))
            assert not result.is_refused or self.shown() == before
        self.did(before, version)

    @rule(number=st.integers(1, 12))
    def add(self, number: int) -> None:
        before, version = self.shown(), self.open.version
        try:
            self.open.add(patient(f"P{number}", steady(until=30), [(480, "esketamine", 50.0)]))
        except Refused:
            assert self.shown() == before
        self.did(before, version)

    @rule(who=st.integers(0, 9))
    def delete(self, who: int) -> None:
        before, version = self.shown(), self.open.version
        for one in self.open.patients[who : who + 1]:
            with contextlib.suppress(Refused):
                self.open.delete_patient(one.id, "withdrew")
        self.did(before, version)

    @rule(kind=st.sampled_from(ROWS))
    def delete_row(self, kind: Kind) -> None:
        before, version = self.shown(), self.open.version
        for one in self.open.patients[:1]:
            for row in one.rows(kind)[:1]:
                with contextlib.suppress(Refused):
                    self.open.delete_row(one.id, row.id, "misread")
        self.did(before, version)

    @rule(cutoff=st.integers(-5, 14))
    def set(self, cutoff: int) -> None:
        before, version = self.shown(), self.open.version
        try:
            self.open.set_setting("naranjo_cutoff", cutoff)
        except Refused:
            assert not -4 <= cutoff <= 13
        self.did(before, version)

    @rule(which=st.integers(0, 3), act=st.sampled_from(["copy", "use", "delete", "edit"]))
    def criteria(self, which: int, act: str) -> None:
        before, version, sets = self.shown(), self.open.version, self.open.criteria_sets
        one = sets[which % len(sets)]
        try:
            match act:
                case "copy":
                    self.open.copy_criteria_set(TABLE_2.set_id, f"Copy {which}")
                case "use":
                    self.open.use_criteria_set(one.set_id)
                case "delete":
                    self.open.delete_criteria_set(one.set_id)
                case _:
                    self.open.save_criteria_set(one.with_criteria(one.criteria[: 1 + which]))
        except Fault:
            assert self.shown() == before
        self.did(before, version)

    @rule(who=st.integers(0, 3), moment=st.sampled_from(SignOff), act=st.sampled_from(["sign", "unlock"]))
    def vouch(self, who: int, moment: SignOff, act: str) -> None:
        before, initials, refused = self.shown(), self.open.person.initials, ""
        for one in self.open.patients[who : who + 1]:
            try:
                if act == "sign":
                    self.open.sign(one.id, moment, initials=initials)
                    assert self.open.protection(one.id, moment) is Protection.LOCKED
                else:
                    self.open.unlock(one.id, moment, "misread")
                    assert self.open.protection(one.id, moment) is not Protection.LOCKED
            except Fault as fault:
                refused = fault.code
        assert refused in ("", "already_signed", "nothing_to_sign") or self.open.is_locked
        assert self.shown() == before

    @rule(act=st.sampled_from(["lock", "unlock", "unlock"]))
    def lock(self, act: str) -> None:
        before, initials = self.shown(), self.open.person.initials
        if act == "lock":
            self.open.lock_study(initials=initials)
        else:
            self.open.unlock_study(initials=initials, reason="too early")
        assert self.open.is_locked is (act == "lock")
        assert self.shown() == before

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        before = self.shown()
        try:
            self.open.undo()
        except Refused:  # what it would take back was signed since, or needs a reason now
            assert self.shown() == before
            return
        self.future.append(before)
        assert self.shown() == self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        before = self.shown()
        try:
            self.open.redo()
        except Refused:
            assert self.shown() == before
            return
        self.past.append(before)
        assert self.shown() == self.future.pop()

    @rule()
    def reopen(self) -> None:
        before, version, vouched = self.shown(), self.open.version, self.vouched()
        self.open.close()
        report = check_file(self.open.path)
        assert report.findings == ()
        assert report.lines == version
        self.study = Study.open(self.open.path, person=Person("CD"))
        assert (self.shown(), self.vouched()) == (before, vouched)
        self.past.clear()
        self.future.clear()

    @invariant()
    def what_can_be_undone_is_what_was_done(self) -> None:
        if self.study is not None:
            assert (self.study.can_undo, self.study.can_redo) == (bool(self.past), bool(self.future))

    def teardown(self) -> None:
        if self.study is not None:
            self.reopen()
            self.open.close()
        shutil.rmtree(self.folder)


TestStudyMachine = StudyMachine.TestCase
TestStudyMachine.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
