"""Who does not write follows: what another program wrote is read soon, and is what a fresh reading gives."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind, Variable, variables_of
from esk_engine.errors import Fault
from esk_engine.records import Patient, Value
from esk_engine.study import Person, SignOff, Study, StudyChanged
from esk_engine.study_file.lock import note_path, writer_of
from tests.engine.builders import patient, steady
from tests.engine.study_file.helpers import NURSE, closed_study, from_outside, new_study, python
from tests.engine.study_file.strategies import values_of

PHARMACIST = Person("CD")
WRITE = """
import sys, time
from esk_engine.dictionary import Kind
from esk_engine.study import Person, Study
study = Study.open(sys.argv[1], person=Person("EF"))
print("open", flush=True)
for line in sys.stdin:
    one = study.patients[0]
    study.set_value(one.id, Kind.PATIENT, one.id, "remarks", line.strip()).result(5)
    print(time.time(), flush=True)
study.close()
"""


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Study, Study]]:
    """A study that is open to write, and open again by one who follows."""
    with new_study(tmp_path) as writer, Study.open(writer.path, person=PHARMACIST, follow=True) as follower:
        yield writer, follower


def catch_up(follower: Study) -> None:
    update = follower.poll()
    if update is not None:
        follower.take(update)


def set_remarks(study: Study, text: str) -> None:
    one = study.patients[0]
    study.set_value(one.id, Kind.PATIENT, one.id, "remarks", text).result(5)


def everything(study: Study) -> tuple[object, ...]:
    """All that a study shows, the order of its patients and rows too."""
    sets = tuple(one for one in study.criteria_sets)
    signatures = tuple(study.signatures(one.id) for one in study.patients)
    protection = tuple(study.protection(one.id, moment) for one in study.patients for moment in SignOff)
    pins = {who: study.has_pin(who) for who in study.people}
    return study.patients, study.settings, sets, study.criteria_set, study.people, pins, signatures, protection


# What is followed


def test_that_a_study_that_another_has_open_opens_to_be_followed(both: tuple[Study, Study]) -> None:
    writer, follower = both
    assert (writer.is_writer, follower.is_writer, follower.read_only) == (True, False, False)
    elsewhere = follower.writer_elsewhere
    assert elsewhere is not None
    assert (elsewhere.code, elsewhere.params["who"]) == ("file_locked", "AB")
    assert writer.writer_elsewhere is None
    assert follower.patients == writer.patients


def test_that_what_the_writer_wrote_is_taken_over_and_told_as_saved(both: tuple[Study, Study]) -> None:
    writer, follower = both
    told: list[StudyChanged] = []
    follower.subscribe(told.append)
    assert follower.poll() is None
    one, two = writer.patients
    writer.set_value(one.id, Kind.PATIENT, one.id, "nrs_end", 3.0)
    writer.delete_patient(two.id)
    added = writer.add(patient("P09", steady(until=60))).patient_id
    writer.set_setting("naranjo_cutoff", 4).result(5)
    update = follower.poll()
    assert update is not None
    assert follower.patient(one.id).get("nrs_end") == 4.5  # nothing is taken over beside the owner's thread
    follower.take(update)
    assert everything(follower) == everything(writer)
    assert follower.version == writer.version
    ids = frozenset({one.id, two.id, added})
    assert told == [
        StudyChanged(ids, frozenset({added}), frozenset({two.id}), frozenset({"naranjo_cutoff"}), saved=True)
    ]
    assert follower.poll() is None


def test_that_an_update_is_taken_once(both: tuple[Study, Study]) -> None:
    writer, follower = both
    set_remarks(writer, "one")
    first, second = follower.poll(), follower.poll()
    assert first is not None
    assert second is not None
    follower.take(first)
    told: list[StudyChanged] = []
    follower.subscribe(told.append)
    follower.take(second)
    assert told == []
    assert follower.version == writer.version


def test_that_signatures_locks_and_people_are_followed(both: tuple[Study, Study]) -> None:
    writer, follower = both
    told: list[StudyChanged] = []
    follower.subscribe(told.append)
    one = writer.patients[0]
    writer.hand_over(Person("GH", "pharmacist"))
    writer.sign(one.id, SignOff.INCLUSION, initials="GH")
    writer.set_pin("GH", "1234")
    writer.lock_study(initials="GH")
    writer.settle()
    catch_up(follower)
    assert everything(follower) == everything(writer)
    assert (follower.is_locked, follower.people, follower.has_pin("GH")) == (True, {"GH": "pharmacist"}, True)
    assert [change.protection for change in told] == [True]
    assert told[0].patients == {one.id}


def test_that_one_who_only_may_read_follows_too(tmp_path: Path) -> None:
    with new_study(tmp_path) as writer, Study.open(writer.path, person=PHARMACIST, read_only=True) as reader:
        set_remarks(writer, "seen")
        catch_up(reader)
        assert reader.patients[0].get("remarks") == "seen"


def test_that_a_study_in_a_folder_of_another_process_is_followed_within_two_seconds(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with python(WRITE, path) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with Study.open(path, person=PHARMACIST, follow=True) as follower:
            delays: list[float] = []
            for text in ("first", "second", "third"):
                other.stdin.write(text + "\n")
                other.stdin.flush()
                while follower.patients[0].get("remarks") != text:
                    time.sleep(0.2)
                    catch_up(follower)
                delays.append(time.time() - float(other.stdout.readline()))
        other.communicate()
    assert max(delays) < 1.0


# It is what a fresh reading gives

ROWS = (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)
EDITS = st.sampled_from([v for kind in Kind for v in variables_of(kind)]).flatmap(
    lambda declared: st.tuples(st.just(declared), st.none() | values_of(declared))
)
MINUTES = [v for kind in (Kind.READING, Kind.SAMPLE) for v in variables_of(kind) if v.name == "minute"]
FEW_MINUTES = st.tuples(st.sampled_from(MINUTES), st.none() | st.sampled_from([0, 30, 480]))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("edit", "edit", "edit", "add", "delete", "row", "set", "criteria", "sign", "undo", "redo")),
        st.integers(0, 4),
        st.integers(0, 3),
        EDITS | FEW_MINUTES,
        st.booleans(),
    ),
    max_size=14,
)


def do(study: Study, what: str, who: int, row: int, edit: tuple[Variable, Value]) -> None:
    """One thing that a person may do; what is refused is nothing."""
    one: Patient | None = study.patients[who % len(study.patients)] if study.patients else None
    if what == "undo" or what == "redo":
        study.undo() if what == "undo" else study.redo()
    elif what == "set":
        study.set_setting("naranjo_cutoff", who)
    elif what == "criteria":
        sets = study.criteria_sets
        chosen = sets[row % len(sets)]
        if who == 0:
            study.copy_criteria_set(TABLE_2.set_id, f"Copy {row}")
        elif who == 1:
            study.use_criteria_set(chosen.set_id)
        elif who == 2:
            study.delete_criteria_set(chosen.set_id)
        else:
            study.save_criteria_set(chosen.with_criteria(chosen.criteria[: 1 + row]))
    elif what == "add":
        study.add(patient(f"P{who}", steady(until=30), [(480, "esketamine", 50.0)], [{"term": "x"}, {"term": "y"}]))
    elif one is None:
        pass
    elif what == "delete":
        study.delete_patient(one.id)
    elif what == "sign":
        moment = tuple(SignOff)[row]
        study.sign(one.id, moment, initials="AB") if who % 2 else study.unlock(one.id, moment, "seen again")
    elif what == "row":
        rows = one.records()[1:]
        if rows:
            study.delete_row(one.id, rows[row % len(rows)].id, "gone")
    else:
        declared, value = edit
        rows = one.rows(declared.kind)
        record_id = rows[row].id if row < len(rows) else f"{one.id}-{declared.kind}-{row}"
        study.set_value(one.id, declared.kind, record_id, declared.name, value, "better")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(STEPS)
def test_that_what_is_followed_is_what_a_fresh_reading_gives(
    steps: list[tuple[str, int, int, tuple[Variable, Value], bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = patient("P1", steady(until=60), [(480, "esketamine", 5.0)], [{"term": "x"}])
        writer = Study.create(Path(folder) / "s.esk", person=Person("AB", "nurse"), patients=[course])
        follower = Study.open(writer.path, person=PHARMACIST, follow=True)
        with writer, follower:
            assert follower.cohort is not None
            for what, who, row, edit, looks in steps:
                with contextlib.suppress(Fault):
                    do(writer, what, who, row, edit)
                if looks:
                    writer.settle()
                    catch_up(follower)
            writer.settle()
            catch_up(follower)
            with Study.open(writer.path, person=PHARMACIST, read_only=True) as fresh:
                assert everything(follower) == everything(fresh)
                assert everything(writer) == everything(fresh)
                assert follower.cohort.to_frame().equals(fresh.cohort.to_frame())
                assert follower.version == fresh.version


# What does not go on from what is known


def test_that_a_file_that_was_put_back_is_read_anew(both: tuple[Study, Study]) -> None:
    writer, follower = both
    path = writer.path
    old = path.read_bytes()
    set_remarks(writer, "one")
    gone = writer.patients[1].id
    catch_up(follower)
    writer.close()
    path.write_bytes(old)
    with Study.open(path, person=NURSE) as again:
        set_remarks(again, "another")
        again.delete_patient(gone)
        added = again.add_patient({"study_no": "P7"}).patient_id
        again.settle()
        told: list[StudyChanged] = []
        follower.subscribe(told.append)
        catch_up(follower)
        assert everything(follower) == everything(again)
        assert follower.version == again.version
    (change,) = told
    assert (change.added, change.removed, change.criteria, change.saved) == ({added}, {gone}, True, True)
    assert len(change.patients) == 3
    assert "naranjo_cutoff" in change.settings
    assert follower.poll() is None


def test_that_a_file_that_went_back_is_read_anew(both: tuple[Study, Study]) -> None:
    writer, follower = both
    old = writer.path.read_bytes()
    set_remarks(writer, "one")
    catch_up(follower)
    writer.close()
    writer.path.write_bytes(old)
    catch_up(follower)
    assert follower.patients[0].get("remarks") != "one"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET kind = 'unheard of' WHERE seq = (SELECT max(seq) FROM log)",
        "UPDATE log SET patient_id = 'nobody' WHERE seq = (SELECT max(seq) FROM log)",
        "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log) - 1",
    ],
)
def test_that_lines_that_esk_did_not_write_lead_to_a_reading_of_all(tmp_path: Path, statement: str) -> None:
    path = closed_study(tmp_path)
    with Study.open(path, person=PHARMACIST, read_only=True) as follower:
        with Study.open(path, person=NURSE) as writer:
            set_remarks(writer, "one")
            set_remarks(writer, "two")
        with from_outside(path) as connection:
            connection.execute(statement)
        for _ in range(2):
            catch_up(follower)
        assert follower.patients[0].get("remarks") == "two"
        assert follower.poll() is None


# What cannot be read now


def test_that_a_file_that_vanishes_is_told_of_and_followed_again_when_it_is_back(both: tuple[Study, Study]) -> None:
    writer, follower = both
    set_remarks(writer, "one")
    away = writer.path.with_name("away")
    writer.path.rename(away)
    shown = follower.patients
    with pytest.raises(Fault) as caught:
        follower.poll()
    assert caught.value.code == "file_vanished"
    assert follower.patients == shown
    assert follower.writer_elsewhere is not None
    away.rename(writer.path)
    catch_up(follower)
    assert follower.patients[0].get("remarks") == "one"


def test_that_a_folder_that_vanishes_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    path = closed_study(folder)
    with Study.open(path, person=PHARMACIST, read_only=True) as reader:
        folder.rename(tmp_path / "away")
        with pytest.raises(Fault) as caught:
            reader.poll()
    assert caught.value.code == "file_vanished"


def test_that_damage_is_told_of_and_what_is_shown_stays(both: tuple[Study, Study]) -> None:
    writer, follower = both
    set_remarks(writer, "one")
    writer.close()
    whole = bytearray(writer.path.read_bytes())
    whole[100] ^= 1
    writer.path.write_bytes(whole)
    with pytest.raises(Fault) as caught:
        follower.poll()
    assert caught.value.code in ("not_a_study", "key_needed", "file_damaged")
    assert len(follower.patients) == 2


def test_that_another_file_in_its_place_is_read_only_where_it_is_whole(both: tuple[Study, Study]) -> None:
    writer, follower = both
    writer.release()
    other = new_study(writer.path.parent, "other.esk")
    other.close()
    whole, shown = other.path.read_bytes(), writer.patients
    for page in range(1, len(whole) // 4096):
        damaged = bytearray(whole)
        damaged[page * 4096 + 50] ^= 1
        writer.path.write_bytes(damaged)
        with pytest.raises(Fault, match="file_damaged"):
            follower.poll()
        with pytest.raises(Fault, match="file_damaged"):
            set_remarks(writer, "one")
        assert writer.path.read_bytes() == bytes(damaged)
    assert (writer.patients, writer.is_writer) == (shown, False)
    assert not note_path(writer.path).exists()
    other.path.replace(writer.path)
    catch_up(follower)
    assert [one.id for one in follower.patients] == [one.id for one in other.patients]


def test_that_a_closed_study_is_not_followed(both: tuple[Study, Study]) -> None:
    writer, follower = both
    set_remarks(writer, "one")
    update = follower.poll()
    follower.close()
    assert update is not None
    follower.take(update)
    assert follower.poll() is None
    assert follower.patients[0].get("remarks") != "one"


# Who writes elsewhere


def test_that_nobody_writes_where_there_is_no_note(tmp_path: Path) -> None:
    assert writer_of(closed_study(tmp_path)) is None


def test_that_who_is_at_work_elsewhere_is_seen_to_change(both: tuple[Study, Study]) -> None:
    writer, follower = both
    first = follower.writer_elsewhere
    writer.hand_over(Person("GH"))
    follower.poll()
    second = follower.writer_elsewhere
    assert first is not None
    assert second is not None
    assert (first.params["who"], second.params["who"]) == ("AB", "GH")
    assert first.params["since"] == second.params["since"]
    writer.release()
    follower.poll()
    assert follower.writer_elsewhere is None


def test_that_the_note_of_a_program_that_was_cut_off_names_nobody(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    note_path(path).write_text('{"who": "AB", "pc": "WARD-3", "since": "2026-01-01T10:00:00Z"}', encoding="utf-8")
    with Study.open(path, person=PHARMACIST, read_only=True) as reader:
        reader.poll()
        assert reader.writer_elsewhere is None
    assert not note_path(path).exists()


def test_that_looking_keeps_nobody_from_writing(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    for _ in range(20):
        note_path(path).write_text("{}", encoding="utf-8")
        assert writer_of(path) is None
        with Study.open(path, person=NURSE) as study:
            assert study.is_writer
            found = writer_of(path)
            assert found is not None
            assert found.params["who"] == "AB"
