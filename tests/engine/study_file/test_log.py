"""The log: one line a value, sealed as documented, each act's lines together."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind
from esk_engine.records import Act, BelowLloq, Edit
from esk_engine.settings import SETTINGS, Settings
from esk_engine.study import LogFilter, Person, Study
from esk_engine.study_file.connection import PUBLIC, connect
from tests.engine.builders import patient
from tests.engine.study_file.helpers import NURSE, new_study, two_patients

COLUMNS = (
    "seq, utc, person, pc, program, act, undoes_act, kind, record_id, patient_id, variable, old, new, reason, hash"
)


def rows(path: Path) -> list[tuple[object, ...]]:
    connection = connect(path, PUBLIC, "ro")
    try:
        return connection.execute(f"SELECT {COLUMNS} FROM log ORDER BY seq").fetchall()
    finally:
        connection.close()


def test_that_every_line_is_sealed_with_the_line_before_it(tmp_path: Path) -> None:
    # As the documentation says it, without the engine: the hash before and every other column, as one JSON array.
    with new_study(tmp_path) as study:
        study.add_patient({"study_no": "P03"}, "late inclusion: é")
        study.undo()
    before = ""
    for row in rows(study.path):
        text = json.dumps([before, *row[:-1]], ensure_ascii=False, separators=(",", ":"))
        assert row[-1] == hashlib.sha256(text.encode("utf-8")).hexdigest()
        before = str(row[-1])


def test_that_the_log_begins_with_the_study_and_everything_it_was_born_with(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        lines = study.log()
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert (lines[0].kind, lines[0].variable, lines[0].new) == ("study", "founded", '"Esk 0.1.0"')
    assert {line.variable for line in lines if line.kind == "setting"} == {setting.name for setting in SETTINGS}
    version, in_use = [line for line in lines if line.kind == "criteria"]
    assert json.loads(str(version.new)) | {"version": ""} == TABLE_2.to_json() | {"version": ""}
    assert in_use.new_value == TABLE_2.set_id
    assert [line.new_value for line in lines if line.kind == "patient"] == list(study.patients)
    assert {line.act for line in lines} == {1}


def test_that_an_edit_is_one_line_with_old_and_new(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        p01 = study.patients[0]
        seq = study.set_value(p01.id, Kind.PATIENT, p01.id, "weight_kg", 72, "scale read again").result(5)
        line = study.log()[-1]
    assert (line.seq, line.kind, line.record_id, line.patient_id) == (seq, "patient", p01.id, p01.id)
    assert (line.variable, line.old, line.new, line.reason) == ("weight_kg", "71.5", "72", "scale read again")
    assert (line.person, line.program, line.undoes_act) == ("AB", "Esk 0.1.0", None)
    assert (line.old_value, line.new_value) == (71.5, 72.0)


def test_that_an_act_of_many_values_has_a_line_for_each_and_one_number(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        p02, before = study.patients[1], len(study.log())
        edits = (
            Edit(p02.id, Kind.SAMPLE, "new-row", "minute", None, 480),
            Edit(p02.id, Kind.SAMPLE, "new-row", "analyte", None, "esketamine"),
            Edit(p02.id, Kind.SAMPLE, "new-row", "concentration_ug_l", None, BelowLloq(5.0)),
        )
        study.apply(Act(edits)).result(5)
        lines = study.log()[before:]
    assert [line.variable for line in lines] == ["minute", "analyte", "concentration_ug_l"]
    assert lines[2].new == '{"below_lloq":5}'
    assert len({line.act for line in lines}) == 1


def test_that_a_patient_comes_and_goes_as_one_line_with_the_whole_course(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        p01 = study.patients[0]
        study.delete_patient(p01.id, "withdrew consent")
        gone = study.log()[-1]
        study.undo()
        back = study.log()[-1]
    assert (gone.variable, gone.new, gone.old_value, gone.reason) == (None, None, p01, "withdrew consent")
    assert (back.variable, back.old, back.new_value, back.undoes_act) == (None, None, p01, gone.act)


def test_that_an_undo_names_the_act_that_it_takes_back(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        p01 = study.patients[0]
        study.set_value(p01.id, Kind.PATIENT, p01.id, "sex", "male")
        study.undo()
        study.redo()
        done, undone, redone = study.log()[-3:]
    assert (undone.undoes_act, undone.old, undone.new) == (done.act, '"male"', '"female"')
    assert (redone.undoes_act, redone.old, redone.new) == (undone.act, '"female"', '"male"')


def test_that_settings_and_criteria_sets_have_their_lines(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        study.set_setting("naranjo_cutoff", 6)
        setting = study.log()[-1]
        set_id, _ = study.copy_criteria_set(TABLE_2.set_id, "Ours")
        copied = study.log()[-1]
        study.use_criteria_set(set_id)
        used = study.log()[-1]
    assert (setting.kind, setting.variable, setting.old, setting.new) == ("setting", "naranjo_cutoff", "5", "6")
    assert (copied.kind, copied.record_id, copied.variable, copied.old) == ("criteria", set_id, "version", None)
    assert (used.variable, used.old_value, used.new_value) == ("in_use", TABLE_2.set_id, set_id)


def test_that_whoever_tells_a_role_is_on_the_list_of_people_once(tmp_path: Path) -> None:
    path = tmp_path / "study.esk"
    Study.create(path, person=Person("AB", "nurse")).close()
    with Study.open(path, person=Person("CD", "pharmacist")) as study:
        assert study.people == {"AB": "nurse"}
        study.add_patient({"study_no": "P1"})
        study.add_patient({"study_no": "P2"})
        assert study.people == {"AB": "nurse", "CD": "pharmacist"}
        people = [line for line in study.log() if line.kind == "person"]
    assert [(line.record_id, line.new_value) for line in people] == [("AB", "nurse"), ("CD", "pharmacist")]


def test_that_the_log_can_be_asked_for_one_patient_person_or_variable(tmp_path: Path) -> None:
    path = tmp_path / "study.esk"
    Study.create(path, person=NURSE, patients=two_patients()).close()
    with Study.open(path, person=Person("CD")) as study:
        p01, p02 = study.patients
        study.set_value(p01.id, Kind.PATIENT, p01.id, "age_years", 58)
        study.set_value(p02.id, Kind.PATIENT, p02.id, "age_years", 41)
        assert [line.new for line in study.log(LogFilter(person="CD"))] == ["58", "41"]
        assert [line.new for line in study.log(LogFilter(patient_id=p02.id, variable="age_years"))] == ["41"]
        newest = study.log(LogFilter(newest=1))[0]
        assert newest.new == "41"
        assert study.log(LogFilter(since=newest.when))[-1] == newest
        assert newest not in study.log(LogFilter(until=newest.when))


@pytest.mark.parametrize("statement", ["UPDATE log SET new = '1'", "DELETE FROM log", "DELETE FROM criteria_version"])
def test_that_the_file_itself_keeps_the_log_and_saved_versions_from_being_changed(
    tmp_path: Path, statement: str
) -> None:
    with new_study(tmp_path) as study:
        path = study.path
    connection = connect(path, PUBLIC, "rw")
    with pytest.raises(sql.IntegrityError, match="only ever added to"):
        connection.execute(statement)
    connection.close()


def test_that_settings_of_a_new_study_are_those_given(tmp_path: Path) -> None:
    settings = Settings(study_name="Pilot", naranjo_cutoff=4, synthetic=True)
    Study.create(tmp_path / "s.esk", person=NURSE, settings=settings, patients=[patient("P1")]).close()
    with Study.open(tmp_path / "s.esk", person=NURSE) as study:
        assert study.settings == settings
