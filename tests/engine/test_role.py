"""The writer's role: one program's at a time, given back when nothing is done, taken again by the next act."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault, Issue, Refused
from esk_engine.records import Act, CriteriaChange, Edit, PersonChange, RestoreChange
from esk_engine.study import Entry, EntryResult, Person, SaveState, SignOff, Study
from esk_engine.study_file import connection as connection_room
from esk_engine.study_file import writer as writer_room
from esk_engine.study_file.check import check_file
from esk_engine.study_file.lock import lock_path, note_path
from esk_engine.wording import Language, Wording
from tests.engine.builders import patient
from tests.engine.study_file.helpers import from_outside, new_study, python

NURSE, PHARMACIST = Person("AB"), Person("CD")
TODAY = date(2026, 6, 1)
TAKE_TURNS = """
import sys, time
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Person, Study
name, n = sys.argv[2], int(sys.argv[3])
study = Study.open(sys.argv[1], person=Person(name), follow=True)
print("open", flush=True)
sys.stdin.readline()
one = study.patients[0]
for number in range(n):
    for _ in range(2000):
        try:
            study.set_value(one.id, Kind.ADVERSE_EVENT, f"{name}-{number}", "term", f"{name} {number}").result(10)
        except Fault as fault:
            assert fault.code == "file_locked", fault
            time.sleep(0.002)
        else:
            print(name, number, flush=True)
            break
    study.release()
study.close()
"""


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Study, Study]]:
    """One study open twice, by the nurse who has the role, and the pharmacist; who fails tries again when told to."""
    monkeypatch.setattr(connection_room, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(writer_room, "RETRY_SECONDS", 600)
    nurse = new_study(tmp_path)
    pharmacist = Study.open(nurse.path, person=PHARMACIST, follow=True)
    yield nurse, pharmacist
    nurse.close(discard=True)
    pharmacist.close(discard=True)
    assert check_file(nurse.path).findings == ()


def change(study: Study, variable: str, value: object) -> int:
    """Set a value of the first patient, and wait until it is on disk."""
    one = study.patients[0]
    return study.set_value(one.id, Kind.PATIENT, one.id, variable, value).result(5)  # type: ignore[arg-type]


def type_in(study: Study, variable: str, text: str, kind: Kind = Kind.PATIENT, record_id: str = "") -> EntryResult:
    one = study.patients[0]
    return study.parse_and_set(one.id, kind, record_id or one.id, variable, text, TODAY)


def shown(study: Study, variable: str) -> object:
    return study.patients[0].get(variable)


def catch_up(study: Study) -> None:
    update = study.poll()
    if update is not None:
        study.take(update)


def codes(issues: tuple[Issue, ...]) -> list[tuple[str, str]]:
    return [(issue.code, issue.variable) for issue in issues if issue.is_error]


# Given back and taken again


def test_that_the_role_is_given_back_when_no_act_came_for_long_enough(
    both: tuple[Study, Study], monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, pharmacist = both
    change(nurse, "age_years", 58)
    nurse.tend()
    assert nurse.is_writer
    monkeypatch.setattr(Study, "RELEASE_SECONDS", 0.0)
    nurse.tend()
    assert (nurse.is_writer, nurse.read_only, nurse.read_only_reason) == (False, False, None)
    assert (nurse.save_state.status, nurse.save_state.at is not None) == ("saved", True)
    assert not note_path(nurse.path).exists()
    assert not nurse.path.with_name(nurse.path.name + "-journal").exists()
    assert change(pharmacist, "nrs_end", 2.0)
    assert pharmacist.is_writer
    catch_up(nurse)
    assert (shown(nurse, "nrs_end"), shown(pharmacist, "age_years")) == (2.0, 58)


def test_that_five_minutes_are_what_is_waited() -> None:
    assert Study.RELEASE_SECONDS == 300


def test_that_each_act_begins_the_waiting_anew(both: tuple[Study, Study], monkeypatch: pytest.MonkeyPatch) -> None:
    nurse, _ = both
    clock = [1000.0]
    monkeypatch.setattr("esk_engine.study.role.time.monotonic", lambda: clock[0])
    for _ in range(3):
        change(nurse, "age_years", 40 + int(clock[0]) % 50)
        clock[0] += 299
        nurse.tend()
        assert nurse.is_writer
    clock[0] += 2
    nurse.tend()
    assert not nurse.is_writer


def test_that_the_next_act_takes_the_role_again_and_keeps_what_others_wrote(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    nurse.release()
    change(pharmacist, "nrs_end", 2.0)
    added = pharmacist.add(patient("P09")).patient_id
    pharmacist.release()
    change(nurse, "age_years", 58)
    assert nurse.is_writer
    assert (shown(nurse, "nrs_end"), nurse.has_patient(added)) == (2.0, True)
    nurse.release()
    catch_up(pharmacist)
    assert pharmacist.patients == nurse.patients
    assert [line.person for line in nurse.log()[-3:]] == ["CD", "CD", "AB"]


def test_that_who_changes_nothing_or_is_refused_takes_no_role(both: tuple[Study, Study]) -> None:
    nurse, _ = both
    nurse.release()
    assert not type_in(nurse, "age_years", "57").is_refused  # what it is already
    assert type_in(nurse, "age_years", "many").is_refused
    assert type_in(nurse, "study_no", "P02").is_refused
    with pytest.raises(Fault, match="nothing_to_undo"):
        nurse.undo()
    assert not nurse.is_writer
    assert not note_path(nurse.path).exists()


def test_that_who_types_while_somebody_else_writes_is_told_and_tries_again(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    result = type_in(pharmacist, "nrs_end", "3")
    assert codes(result.issues) == [("someone_writes", "")]
    assert result.issues[0].params["who"] == "AB"
    assert (result.saved, shown(pharmacist, "nrs_end")) == (None, 4.5)
    with pytest.raises(Fault) as caught:
        change(pharmacist, "nrs_end", 3.0)
    assert caught.value.code == "file_locked"
    nurse.release()
    assert not type_in(pharmacist, "nrs_end", "3").is_refused
    assert shown(pharmacist, "nrs_end") == 3.0
    with pytest.raises(Fault) as back:
        change(nurse, "age_years", 58)
    assert back.value.params["who"] == "CD"
    told = nurse.writer_elsewhere
    assert told is not None
    assert told.params["who"] == "CD"


def test_that_who_may_only_read_takes_no_role(both: tuple[Study, Study]) -> None:
    nurse, _ = both
    nurse.release()
    with Study.open(nurse.path, person=PHARMACIST, read_only=True) as reader:
        assert reader.read_only
        with pytest.raises(Fault, match="read_only_study"):
            change(reader, "age_years", 58)
        with pytest.raises(Fault, match="read_only_study"):
            type_in(reader, "age_years", "58")
        reader.release()
        reader.tend()


@pytest.mark.skipif(os.name == "nt", reason="a folder is not marked read-only there")
def test_that_a_study_that_was_made_read_only_meanwhile_keeps_the_text(both: tuple[Study, Study]) -> None:
    nurse, _ = both
    nurse.release()
    nurse.path.chmod(0o444)
    result = type_in(nurse, "nrs_end", "3")
    assert codes(result.issues) == [("cannot_write", "")]
    nurse.path.chmod(0o644)
    assert not type_in(nurse, "nrs_end", "3").is_refused


def test_that_a_closed_study_gives_back_nothing_more(both: tuple[Study, Study]) -> None:
    nurse, _ = both
    nurse.release()
    nurse.release()
    nurse.close()
    nurse.tend()
    with pytest.raises(Fault, match="study_closed"):
        change(nurse, "age_years", 58)


# Nothing is given back before it is on disk


def test_that_who_cannot_save_keeps_the_role(both: tuple[Study, Study], monkeypatch: pytest.MonkeyPatch) -> None:
    nurse, pharmacist = both
    monkeypatch.setattr(Study, "RELEASE_SECONDS", 0.0)
    folder = nurse.path.parent
    away = folder.with_name(folder.name + "-away")
    folder.rename(away)
    one = nurse.patients[0]
    saved = nurse.set_value(one.id, Kind.PATIENT, one.id, "age_years", 58)
    assert not nurse.settle(5)
    nurse.tend()
    assert nurse.is_writer
    with pytest.raises(Fault, match="file_vanished"):
        nurse.release()
    assert nurse.is_writer
    away.rename(folder)
    nurse.retry()
    assert saved.result(5)
    nurse.settle(5)
    nurse.tend()
    assert not nurse.is_writer
    catch_up(pharmacist)
    assert shown(pharmacist, "age_years") == 58


def test_that_a_role_is_given_back_while_the_folder_is_away(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "age_years", 58)
    folder = nurse.path.parent
    away = folder.with_name(folder.name + "-away")
    folder.rename(away)
    nurse.release()
    result = type_in(nurse, "nrs_end", "3")
    assert codes(result.issues) == [("cannot_write", "")]
    with pytest.raises(Fault, match="file_vanished"):
        change(nurse, "nrs_end", 3.0)
    away.rename(folder)
    assert not type_in(nurse, "nrs_end", "3").is_refused
    nurse.release()
    change(pharmacist, "remarks", "back")
    assert shown(pharmacist, "nrs_end") == 3.0


def test_that_a_lock_file_that_was_taken_away_is_made_again(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    nurse.release()
    lock_path(nurse.path).unlink()
    change(pharmacist, "age_years", 58)
    with pytest.raises(Fault, match="file_locked"):
        change(nurse, "nrs_end", 3.0)


# Nobody overwrites what they have not seen


def test_that_a_value_that_somebody_changed_meanwhile_is_seen_first(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    result = type_in(pharmacist, "nrs_end", "3")  # who sees 4.5
    assert codes(result.issues) == [("changed_meanwhile", "nrs_end")]
    assert result.issues[0].params == {"study_no": "P01", "variable": "nrs_end", "who": "AB", "now": 2.0}
    assert shown(pharmacist, "nrs_end") == 2.0
    assert not type_in(pharmacist, "nrs_end", "3").is_refused
    assert shown(pharmacist, "nrs_end") == 3.0


@pytest.mark.parametrize(
    ("language", "text"),
    [("nl", ": intussen door AB gewijzigd in 2."), ("en", ": changed to 2 by AB")],
)
def test_that_who_is_refused_reads_what_is_there_now(both: tuple[Study, Study], language: Language, text: str) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    (issue,) = type_in(pharmacist, "nrs_end", "3").issues
    wording = Wording(language)
    assert wording.issue(issue).startswith(wording.label("nrs_end") + text)


def test_that_a_value_that_was_followed_is_a_value_that_was_seen(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    catch_up(pharmacist)
    assert not type_in(pharmacist, "nrs_end", "3").is_refused


def test_that_another_value_of_the_same_patient_goes_through(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    assert not type_in(pharmacist, "age_years", "58").is_refused
    assert (shown(pharmacist, "nrs_end"), shown(pharmacist, "age_years")) == (2.0, 58)


def test_that_what_both_entered_the_same_goes_through(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    lines = nurse.version
    nurse.release()
    assert not type_in(pharmacist, "nrs_end", "2").is_refused
    assert pharmacist.version == lines


def test_that_a_value_that_came_back_to_what_was_seen_goes_through(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    change(nurse, "nrs_end", 4.5)
    nurse.release()
    assert not type_in(pharmacist, "nrs_end", "3").is_refused


def test_that_an_act_of_which_one_value_was_changed_meanwhile_is_refused_whole(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    one = pharmacist.patients[0]
    entries = [Entry(Kind.PATIENT, one.id, name, text) for name, text in (("age_years", "58"), ("nrs_end", "3"))]
    assert codes(pharmacist.enter(one.id, entries, TODAY).issues) == [("changed_meanwhile", "nrs_end")]
    assert shown(pharmacist, "age_years") == 57


def test_that_a_row_that_was_moved_or_taken_away_meanwhile_is_seen_first(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    moved, gone = pharmacist.patients[0].readings[1:3]
    nurse.set_value(moved.patient_id, Kind.READING, moved.id, "minute", 45)
    nurse.delete_row(gone.patient_id, gone.id)
    nurse.release()
    with pytest.raises(Refused) as caught:
        pharmacist.set_value(moved.patient_id, Kind.READING, moved.id, "heart_rate_bpm", 90)
    assert codes(caught.value.issues) == [("changed_meanwhile", "heart_rate_bpm")]
    assert caught.value.issues[0].params["who"] == "AB"
    pharmacist.release()
    nurse.undo()
    nurse.release()
    with pytest.raises(Refused) as again:  # the row is there again
        pharmacist.set_value(gone.patient_id, Kind.READING, gone.id, "heart_rate_bpm", 90)
    assert codes(again.value.issues) == [("changed_meanwhile", "heart_rate_bpm")]


def test_that_two_who_begin_the_same_minute_make_one_row(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    one = nurse.patients[0]
    row = (("minute", "150"), ("heart_rate_bpm", "88"))
    nurse.enter(one.id, [Entry(Kind.READING, "row-1", name, text) for name, text in row], TODAY)
    nurse.release()
    result = pharmacist.enter(one.id, [Entry(Kind.READING, "row-2", name, text) for name, text in row], TODAY)
    assert {code for code, _ in codes(result.issues)} == {"duplicate_minute"}  # each of both rows names it
    assert [row.id for row in pharmacist.patients[0].readings].count("row-2") == 0


def test_that_a_patient_who_was_changed_meanwhile_is_neither_deleted_nor_signed_unseen(
    both: tuple[Study, Study],
) -> None:
    nurse, pharmacist = both
    one = nurse.patients[0]
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    with pytest.raises(Refused) as caught:
        pharmacist.delete_patient(one.id)
    assert codes(caught.value.issues) == [("changed_meanwhile_whole", "")]
    assert caught.value.issues[0].params["who"] == "AB"
    change(pharmacist, "age_years", 58)
    pharmacist.release()
    with pytest.raises(Refused) as signing:
        nurse.sign(one.id, SignOff.INCLUSION, initials="AB")
    assert codes(signing.value.issues)[0] == ("changed_meanwhile_whole", "")
    assert nurse.signatures(one.id) == ()
    nurse.sign(one.id, SignOff.INCLUSION, initials="AB")


def test_that_what_was_locked_meanwhile_is_locked(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    one = nurse.patients[0]
    nurse.sign(one.id, SignOff.INCLUSION, initials="AB")
    nurse.release()
    assert [code for code, _ in codes(type_in(pharmacist, "age_years", "58").issues)] == ["signed_locked"]
    with pytest.raises(Fault, match="already_signed"):
        pharmacist.sign(one.id, SignOff.INCLUSION, initials="CD")


def test_that_a_patient_who_was_deleted_meanwhile_does_not_come_back(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    one = nurse.patients[0]
    nurse.delete_patient(one.id)
    nurse.release()
    result = type_in(pharmacist, "age_years", "58")
    assert codes(result.issues) == [("changed_meanwhile", "age_years")]
    assert not pharmacist.has_patient(one.id)


def test_that_settings_and_criteria_that_were_changed_meanwhile_are_seen_first(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    nurse.set_setting("naranjo_cutoff", 4)
    nurse.release()
    pharmacist.set_setting("max_missing_readings", 3)
    pharmacist.release()
    change(nurse, "remarks", "seen")
    nurse.set_setting("naranjo_cutoff", 6)
    own, _ = nurse.copy_criteria_set(TABLE_2.set_id, "Own")
    nurse.release()
    with pytest.raises(Refused) as setting:
        pharmacist.set_setting("naranjo_cutoff", 3)
    assert codes(setting.value.issues) == [("changed_meanwhile", "naranjo_cutoff")]
    pharmacist.use_criteria_set(own)
    pharmacist.release()
    with pytest.raises(Refused) as criteria:
        nurse.delete_criteria_set(own)
    assert codes(criteria.value.issues) == [("changed_meanwhile_whole", "")]
    assert nurse.criteria_set.set_id == own


def test_that_a_set_is_marked_beforehand_by_what_is_known_now(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    two = pharmacist.patients[1]
    nurse.set_value(two.id, Kind.PATIENT, two.id, "nrs_end", 2.0)
    nurse.release()
    with pytest.raises(Refused) as caught:
        pharmacist.copy_criteria_set(TABLE_2.set_id, "Own")
    assert codes(caught.value.issues) == [("changed_meanwhile_whole", "")]
    set_id, _ = pharmacist.copy_criteria_set(TABLE_2.set_id, "Own")
    copied = next(one for one in pharmacist.criteria_sets if one.set_id == set_id)
    assert (copied.outcomes_known, copied.patients) == (2, 2)


# Undo takes back one's own


def test_that_an_undo_takes_back_what_is_still_there(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    change(pharmacist, "age_years", 58)
    pharmacist.release()
    assert nurse.can_undo
    nurse.undo().result(5)
    assert (shown(nurse, "nrs_end"), shown(nurse, "age_years")) == (4.5, 58)
    nurse.release()
    change(pharmacist, "age_years", 59)
    pharmacist.release()
    nurse.redo().result(5)
    assert (shown(nurse, "nrs_end"), shown(nurse, "age_years")) == (2.0, 59)
    lines = nurse.log()[-5:]
    assert [line.undoes_act for line in lines] == [None, None, lines[0].act, None, lines[2].act]


def test_that_an_undo_or_redo_of_what_somebody_changed_since_is_refused(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    change(_caught_up(pharmacist), "nrs_end", 3.0)
    pharmacist.release()
    with pytest.raises(Fault) as caught:
        nurse.undo()
    assert (caught.value.code, caught.value.params["variable"]) == ("changed_since", "nrs_end")
    assert shown(nurse, "nrs_end") == 3.0
    nurse.release()
    pharmacist.undo()
    pharmacist.release()
    nurse.undo()  # it is there again
    nurse.release()
    change(_caught_up(pharmacist), "nrs_end", 1.0)
    pharmacist.release()
    catch_up(nurse)
    with pytest.raises(Fault, match="changed_since"):
        nurse.redo()


def test_that_an_import_of_which_a_patient_was_edited_since_is_not_taken_back(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    nurse.import_patients([patient("P08"), patient("P09")])
    nurse.release()
    edited = next(one for one in _caught_up(pharmacist).patients if one.study_no == "P08")
    pharmacist.set_value(edited.id, Kind.PATIENT, edited.id, "remarks", "seen")
    pharmacist.release()
    with pytest.raises(Fault) as caught:
        nurse.undo()
    assert (caught.value.code, caught.value.params["study_no"]) == ("changed_since", "P08")
    nurse.release()
    pharmacist.undo()
    pharmacist.release()
    nurse.undo()
    assert [one.study_no for one in nurse.patients] == ["P01", "P02"]


def _caught_up(study: Study) -> Study:
    catch_up(study)
    return study


def test_that_undo_of_every_kind_is_refused_where_it_was_changed_since(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    own, _ = nurse.copy_criteria_set(TABLE_2.set_id, "Own")

    def refused_after(by_nurse: object, by_pharmacist: object) -> None:
        nurse.release()
        by_nurse()  # type: ignore[operator]
        nurse.release()
        catch_up(pharmacist)
        by_pharmacist()  # type: ignore[operator]
        pharmacist.release()
        with pytest.raises(Fault) as caught:
            nurse.undo()
        assert caught.value.code == "changed_since"
        nurse.release()
        pharmacist.undo()
        pharmacist.release()
        nurse.undo()

    def save(study: Study, n: int) -> None:
        mine = next(one for one in study.criteria_sets if one.set_id == own)
        study.save_criteria_set(mine.with_criteria(mine.criteria[:n]))

    refused_after(lambda: nurse.set_setting("naranjo_cutoff", 4), lambda: pharmacist.set_setting("naranjo_cutoff", 3))
    refused_after(lambda: save(nurse, 2), lambda: save(pharmacist, 1))
    refused_after(lambda: nurse.delete_criteria_set(own), lambda: _put_back(pharmacist, own))
    two = nurse.patients[1]
    refused_after(lambda: nurse.delete_patient(two.id), lambda: pharmacist.add(two))
    nurse.use_criteria_set(own)
    nurse.release()
    catch_up(pharmacist)
    pharmacist.use_criteria_set(TABLE_2.set_id)
    pharmacist.release()
    with pytest.raises(Fault, match="changed_since"):
        nurse.undo()


def _put_back(study: Study, set_id: str) -> None:
    study.apply(Act((CriteriaChange(set_id, "deleted", "yes", None),), "criteria_save"))


def test_that_a_row_that_went_and_came_back_is_no_change(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    events = [{"term": "headache"}, {"term": "dizziness"}]
    added = nurse.add(patient("P09", events=events)).patient_id
    nurse.release()
    catch_up(pharmacist)
    first = pharmacist.patient(added).adverse_events[0]
    pharmacist.delete_row(added, first.id)
    pharmacist.undo()
    pharmacist.release()
    nurse.undo()
    assert not nurse.has_patient(added)


def test_that_a_file_that_is_read_anew_ends_what_could_be_undone(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    old = nurse.path.read_bytes()
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    nurse.path.write_bytes(old)
    catch_up(nurse)
    assert not nurse.can_undo
    one = nurse.patients[0]
    edit = Edit(one.id, Kind.PATIENT, one.id, "nrs_end", None, 1.0)
    assert nurse.apply(Act((edit,))).result(5) == nurse.version


def test_that_an_act_upon_a_file_that_was_put_back_is_prepared_anew(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    old = nurse.path.read_bytes()
    change(nurse, "nrs_end", 2.0)
    nurse.release()
    nurse.path.write_bytes(old)
    result = type_in(nurse, "nrs_end", "3")
    assert codes(result.issues) == [("changed_meanwhile", "nrs_end")]
    assert result.issues[0].params["who"] == "?"
    assert shown(nurse, "nrs_end") == 4.5


# Who is at work


def test_that_others_are_told_who_is_at_work_now(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    nurse.hand_over(Person("EF"))
    result = type_in(pharmacist, "nrs_end", "3")
    assert result.issues[0].params["who"] == "EF"
    nurse.release()
    nurse.hand_over(NURSE)
    change(nurse, "nrs_end", 2.0)
    assert type_in(pharmacist, "nrs_end", "3").issues[0].params["who"] == "AB"


def test_that_two_programs_that_take_turns_lose_nothing(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        study.release()
        with python(TAKE_TURNS, study.path, "EF", 25) as one, python(TAKE_TURNS, study.path, "GH", 25) as two:
            for process in (one, two):
                assert process.stdout is not None
                assert process.stdout.readline() == "open\n"
            for process in (one, two):
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            said = [process.communicate()[0].splitlines() for process in (one, two)]
        assert [len(lines) for lines in said] == [25, 25]
        catch_up(study)
        terms = {row.get("term") for row in study.patients[0].adverse_events}
        assert {line for lines in said for line in lines} <= terms
        with Study.open(study.path, person=NURSE, read_only=True) as fresh:
            assert fresh.patients == study.patients
    assert check_file(study.path).is_whole


def test_that_a_share_is_known_as_one(both: tuple[Study, Study]) -> None:
    nurse, _ = both
    assert isinstance(nurse.on_network, bool)


# A share that went away and came back, and somebody wrote there meanwhile


def dropped_out(nurse: Study) -> Path:
    """The folder goes away under the nurse's hands and with it her lock; as it is on the server it is there again."""
    folder = nurse.path.parent
    server = folder.with_name(folder.name + "-server")
    shutil.copytree(folder, server)
    shutil.rmtree(folder)
    return server


def is_told(study: Study, code: str) -> bool:
    """Whether the writer comes to this fault ("" for none) once it has tried again."""
    told = threading.Event()

    def listen(state: SaveState) -> None:
        if (state.fault.code if state.fault is not None else "") == code and state.status != "saving":
            told.set()

    forget = study.subscribe_saved(listen)
    study.retry()
    found = told.wait(5)
    forget()
    return found


def test_that_what_waits_goes_behind_what_others_wrote_while_the_share_was_away(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    change(nurse, "remarks", "before")
    server = dropped_out(nurse)
    one = nurse.patients[0]
    first = nurse.set_value(one.id, Kind.PATIENT, one.id, "age_years", 58)
    second = nurse.add_patient({"study_no": "P07"}).saved
    nurse.undo()
    assert is_told(nurse, "file_vanished")
    server.rename(nurse.path.parent)
    with Study.open(nurse.path, person=PHARMACIST) as other:
        change(other, "nrs_end", 2.0)
        assert is_told(nurse, "file_locked")
        nurse.tend()
    assert is_told(nurse, "file_changed")
    nurse.tend()
    assert (first.result(5), second.result(5)) == (nurse.version - 2, nurse.version - 1)
    assert nurse.settle(5)
    assert (shown(nurse, "age_years"), shown(nurse, "nrs_end"), shown(nurse, "remarks")) == (58, 2.0, "before")
    nurse.redo()
    assert [one.study_no for one in nurse.patients] == ["P01", "P02", "P07"]
    nurse.undo()
    nurse.undo().result(5)
    assert shown(nurse, "age_years") == 57
    assert [line.person for line in nurse.log()[-7:]] == ["CD"] + 6 * ["AB"]
    with Study.open(nurse.path, person=PHARMACIST, read_only=True) as fresh:
        assert fresh.patients == nurse.patients


def test_that_what_others_changed_while_the_share_was_away_is_not_overwritten(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    server = dropped_out(nurse)
    one = nurse.patients[0]
    nurse.set_value(one.id, Kind.PATIENT, one.id, "nrs_end", 3.0)
    assert is_told(nurse, "file_vanished")
    server.rename(nurse.path.parent)
    with Study.open(nurse.path, person=PHARMACIST) as other:
        change(other, "nrs_end", 2.0)
    assert is_told(nurse, "file_changed")
    nurse.tend()
    assert (shown(nurse, "nrs_end"), nurse.save_state.status) == (3.0, "failed")
    nurse.close(discard=True)
    with Study.open(nurse.path, person=PHARMACIST, read_only=True) as fresh:
        assert shown(fresh, "nrs_end") == 2.0


def test_that_what_others_entered_the_same_while_the_share_was_away_is_saved(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    server = dropped_out(nurse)
    one = nurse.patients[0]
    saved = nurse.set_value(one.id, Kind.PATIENT, one.id, "nrs_end", 3.0)
    assert is_told(nurse, "file_vanished")
    server.rename(nurse.path.parent)
    with Study.open(nurse.path, person=PHARMACIST) as other:
        last = change(other, "nrs_end", 3.0)
    assert is_told(nurse, "file_changed")
    nurse.tend()
    assert saved.result(5) == last
    assert nurse.save_state.status == "saved"
    change(nurse, "age_years", 58)


def test_that_signatures_and_people_that_wait_go_behind_too(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    server = dropped_out(nurse)
    one, two = nurse.patients
    nurse.hand_over(Person("EF", "nurse"))
    nurse.sign(two.id, SignOff.INCLUSION, initials="EF")
    assert is_told(nurse, "file_vanished")
    server.rename(nurse.path.parent)
    with Study.open(nurse.path, person=PHARMACIST) as other:
        change(other, "nrs_end", 2.0)
    assert is_told(nurse, "file_changed")
    nurse.tend()
    assert nurse.settle(5)
    assert (nurse.people, len(nurse.signatures(two.id)), nurse.signatures(one.id)) == ({"EF": "nurse"}, 1, ())


def test_that_another_file_in_its_place_is_left_alone(both: tuple[Study, Study], tmp_path: Path) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with new_study(elsewhere) as other:
        other_path = other.path
    nurse.path.unlink()
    one = nurse.patients[0]
    nurse.set_value(one.id, Kind.PATIENT, one.id, "nrs_end", 3.0)
    assert is_told(nurse, "file_vanished")
    before = other_path.read_bytes()
    nurse.path.write_bytes(before)
    assert is_told(nurse, "file_changed")
    nurse.tend()
    assert nurse.save_state.status == "failed"
    assert nurse.path.read_bytes() == before
    nurse.path.unlink()
    nurse.tend()
    other_path.rename(nurse.path)


@pytest.mark.parametrize("wait", ["number", "role", "restore"])
def test_that_what_does_not_go_with_what_others_wrote_stays_in_the_window(both: tuple[Study, Study], wait: str) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    server = dropped_out(nurse)
    if wait == "number":
        nurse.add_patient({"study_no": "P07"})
    elif wait == "role":
        nurse.hand_over(Person("EF", "nurse"))
        change_unsaved(nurse)
    else:
        nurse.apply(Act((RestoreChange('{"file":"x"}'),), "restore"))
    assert is_told(nurse, "file_vanished")
    server.rename(nurse.path.parent)
    with Study.open(nurse.path, person=Person("EF", "pharmacist")) as other:
        other.add_patient({"study_no": "P07"}).saved.result(5)
    assert is_told(nurse, "file_changed")
    nurse.tend()
    assert nurse.save_state.status == "failed"


def change_unsaved(study: Study) -> None:
    one = study.patients[0]
    study.set_value(one.id, Kind.PATIENT, one.id, "age_years", 58)


def test_that_locks_pins_and_restores_are_of_what_was_seen(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    one = nurse.patients[0]
    nurse.sign(one.id, SignOff.INCLUSION, initials="AB")
    nurse.set_pin("AB", "1234")
    nurse.release()
    change(_caught_up(pharmacist), "nrs_end", 2.0)
    pharmacist.unlock(one.id, SignOff.INCLUSION, "wrong age")
    pharmacist.set_pin("AB", "9999", "1234")
    pharmacist.release()
    with pytest.raises(Refused) as unlocking:
        nurse.unlock(one.id, SignOff.INCLUSION, "wrong age")
    assert codes(unlocking.value.issues) == [("changed_meanwhile_whole", "")]
    nurse.release()
    change(pharmacist, "nrs_end", 3.0)
    pharmacist.release()
    with pytest.raises(Refused) as restoring:
        nurse.apply(Act((RestoreChange('{"file":"x"}'),), "restore"))
    assert codes(restoring.value.issues) == [("changed_meanwhile_whole", "")]
    nurse.set_pin("AB", "5678", "9999")
    nurse.release()
    pin = pharmacist._state.pins["AB"]
    with pytest.raises(Refused) as pins:
        pharmacist.apply(Act((PersonChange("AB", pin, None, "pin"),), "pin_reset", "forgotten"))
    assert codes(pins.value.issues) == [("changed_meanwhile_whole", "")]
    assert pins.value.issues[0].params["who"] == "AB"


def test_that_a_file_that_was_damaged_meanwhile_is_not_written(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    nurse.release()
    whole = nurse.path.read_bytes()
    damaged = bytearray(whole)
    damaged[4096 * (len(whole) // 4096 - 1) + 50] ^= 1
    for at in range(4096 + 50, len(damaged), 4096):
        damaged[at] ^= 1
    nurse.path.write_bytes(damaged)
    assert codes(type_in(nurse, "age_years", "58").issues) == [("cannot_write", "")]
    assert nurse.path.read_bytes() == bytes(damaged)
    assert not note_path(nurse.path).exists()
    nurse.path.write_bytes(whole)
    assert not type_in(nurse, "age_years", "58").is_refused


def test_that_a_study_without_its_log_is_not_written(both: tuple[Study, Study]) -> None:
    nurse, pharmacist = both
    pharmacist.close()
    nurse.release()
    with from_outside(nurse.path) as connection:
        connection.execute("DROP TABLE log")
    with pytest.raises(Fault):
        change(nurse, "age_years", 58)
    assert not nurse.is_writer
    assert not note_path(nurse.path).exists()
    new_study(nurse.path.parent, "other.esk").close()
    nurse.path.with_name("other.esk").replace(nurse.path)
