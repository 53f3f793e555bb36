"""Criteria sets of a study: versions, copies, locks, and what was known when they were written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.records import BelowLloq
from esk_engine.study import Person, Study
from tests.engine.builders import patient

RELIEF = Criterion("relief", (Condition("relief_weeks", ">=", 2),))
PAIN = Criterion("pain_relief", (Condition("nrs_reduction_percent", ">=", 50),))


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """Three patients of whom nothing is known yet."""
    patients = [patient(f"P{number}", nrs_before=8.0) for number in (1, 2, 3)]
    with Study.create(tmp_path / "study.esk", person=Person("AB"), patients=patients) as opened:
        yield opened


def saved(study: Study, criteria_set: CriteriaSet) -> CriteriaSet:
    """Save a set and give back what the study made of it."""
    study.save_criteria_set(criteria_set)
    return next(each for each in study.criteria_sets if each.name == criteria_set.name)


def know_one(study: Study) -> None:
    p1 = study.patients[0]
    study.set_value(p1.id, Kind.PATIENT, p1.id, "nrs_end", 4.0)


def test_that_a_new_study_uses_table_2_locked(study: Study) -> None:
    assert study.criteria_set == TABLE_2
    assert study.criteria_sets == (TABLE_2,)
    before = study.version
    assert study.save_criteria_set(TABLE_2).result(0) == before
    with pytest.raises(Fault, match="criteria_locked"):
        study.save_criteria_set(TABLE_2.with_criteria((RELIEF,)))
    with pytest.raises(Fault, match="criteria_locked"):
        study.delete_criteria_set(TABLE_2.set_id)


def test_that_a_copy_can_be_edited_and_used(study: Study) -> None:
    set_id, _ = study.copy_criteria_set(TABLE_2.set_id, "Ours")
    ours = study.criteria_sets[1]
    assert (ours.set_id, ours.locked, ours.criteria) == (set_id, False, TABLE_2.criteria)
    study.save_criteria_set(ours.with_criteria((RELIEF,)))
    study.use_criteria_set(set_id)
    assert study.criteria_set.criteria == (RELIEF,)
    assert study.cohort.criteria_set.criteria == (RELIEF,)
    study.close()
    with Study.open(study.path, person=Person("AB"), read_only=True) as again:
        assert again.criteria_set == study.criteria_set
        assert again.criteria_sets == study.criteria_sets


def test_that_a_set_can_be_saved_and_used_in_one_act(study: Study) -> None:
    study.save_criteria_set(CriteriaSet("", "Ours", (RELIEF,)), use=True)
    assert study.criteria_set.name == "Ours"
    study.undo()
    assert (study.criteria_set, study.criteria_sets) == (TABLE_2, (TABLE_2,))


def test_that_saving_what_is_there_already_is_no_act(study: Study) -> None:
    ours = saved(study, CriteriaSet("", "Ours", (RELIEF,)))
    before = study.version
    study.save_criteria_set(ours)
    assert study.version == before


def test_that_a_set_can_be_marked_beforehand_while_no_outcome_is_known(study: Study) -> None:
    assert study.outcomes_known == (0, 3)
    ours = saved(study, CriteriaSet("", "Ours", (RELIEF,), specified_beforehand=True))
    assert (ours.specified_beforehand, ours.outcomes_known, ours.patients) == (True, 0, 3)


@pytest.mark.parametrize("what", ["nrs_end", "relief_weeks", "concentration", "below its LLOQ"])
def test_that_once_any_outcome_is_known_it_says_of_how_many(study: Study, what: str) -> None:
    p1 = study.patients[0]
    if what in ("nrs_end", "relief_weeks"):
        study.set_value(p1.id, Kind.PATIENT, p1.id, what, 0.0)
    else:
        value = 50.0 if what == "concentration" else BelowLloq(5.0)
        study.set_value(p1.id, Kind.SAMPLE, "s", "concentration_ug_l", value)
    ours = saved(study, CriteriaSet("", "Ours", (RELIEF,), specified_beforehand=True))
    assert (ours.specified_beforehand, ours.outcomes_known, ours.patients) == (False, 1, 3)


def test_that_a_mark_lasts_through_a_new_name_and_a_lock_and_goes_with_a_new_threshold(study: Study) -> None:
    ours = saved(study, CriteriaSet("", "Ours", (RELIEF,), specified_beforehand=True))
    know_one(study)
    renamed = saved(study, replace(ours, name="Renamed"))
    assert (renamed.specified_beforehand, renamed.outcomes_known) == (True, 0)
    edited = saved(study, renamed.with_criteria((PAIN,)))
    assert (edited.specified_beforehand, edited.outcomes_known) == (False, 1)
    locked = saved(study, replace(edited, locked=True, specified_beforehand=True))
    assert (locked.locked, locked.specified_beforehand, locked.outcomes_known) == (True, False, 1)


def test_that_a_copy_made_after_outcomes_are_known_is_not_beforehand(study: Study) -> None:
    know_one(study)
    study.copy_criteria_set(TABLE_2.set_id, "Ours")
    ours = study.criteria_sets[1]
    assert (ours.specified_beforehand, ours.outcomes_known, ours.patients) == (False, 1, 3)


def test_that_no_two_sets_have_one_name(study: Study) -> None:
    saved(study, CriteriaSet("", "Ours", (RELIEF,)))
    with pytest.raises(Fault, match="criteria_name_taken"):
        study.save_criteria_set(CriteriaSet("", "OURS", (PAIN,)))
    with pytest.raises(Fault, match="criteria_name_taken"):
        study.copy_criteria_set(TABLE_2.set_id, "ours")


def test_that_names_have_one_form_and_each_criterion_its_own(study: Study) -> None:
    ours = saved(
        study, CriteriaSet("", "Ours", (RELIEF, replace(PAIN, name="relief"), replace(PAIN, name=" a\u00a0 b")))
    )
    assert [criterion.name for criterion in ours.criteria] == ["relief", "relief (2)", "a b"]
    assert ours.criteria[1].conditions == PAIN.conditions


@pytest.mark.parametrize("name", ["half \ud800", "nul \0", "bell \a", "x" * 201])
def test_that_a_name_that_could_not_be_written_down_is_refused(study: Study, name: str) -> None:
    before = study.version
    for wrong in (CriteriaSet("", name, (RELIEF,)), CriteriaSet("", "Ours", (replace(RELIEF, name=name),))):
        with pytest.raises(Fault, match=r"criteria_shape|criteria_name_long"):
            study.save_criteria_set(wrong)
    assert study.version == before


def test_that_the_set_in_use_and_one_that_is_not_there_cannot_be_deleted(study: Study) -> None:
    ours = saved(study, CriteriaSet("", "Ours", (RELIEF,)))
    study.use_criteria_set(ours.set_id)
    with pytest.raises(Fault, match="criteria_in_use"):
        study.delete_criteria_set(ours.set_id)
    study.use_criteria_set(TABLE_2.set_id)
    study.delete_criteria_set(ours.set_id)
    assert study.criteria_sets == (TABLE_2,)
    for attempt in (study.use_criteria_set, study.delete_criteria_set):
        with pytest.raises(Fault, match="criteria_unknown"):
            attempt(ours.set_id)
    saved(study, CriteriaSet("", "Ours", (PAIN,)))  # its name is free again


@pytest.mark.parametrize(
    "wrong",
    [
        CriteriaSet("", "X", ()),
        CriteriaSet("", "X", (Criterion("empty", ()),)),
        CriteriaSet("", "X", (Criterion("odd", (Condition("shoe_size", ">=", 1),)),)),
        CriteriaSet("", "X", (Criterion("odd", (Condition("relief_weeks", ">", 1),)),)),
        CriteriaSet("", "X", (Criterion("odd", (Condition("relief_weeks", ">=", float("nan")),)),)),
    ],
)
def test_that_a_set_that_means_nothing_is_refused(study: Study, wrong: CriteriaSet) -> None:
    with pytest.raises(Fault, match="criteria_"):
        study.save_criteria_set(wrong)
    assert study.criteria_sets == (TABLE_2,)


def test_that_a_study_is_born_with_a_set_that_it_has(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="criteria_unknown"):
        Study.create(tmp_path / "other.esk", person=Person("AB"), in_use="another")
    assert list(tmp_path.iterdir()) == []


def test_that_a_study_can_be_born_with_other_sets(tmp_path: Path) -> None:
    sets = (TABLE_2, CriteriaSet("", "Ours", (RELIEF,)))
    with Study.create(tmp_path / "other.esk", person=Person("AB"), criteria_sets=sets) as study:
        assert [each.name for each in study.criteria_sets] == ["Table 2", "Ours"]
        assert study.criteria_set == TABLE_2
        assert study.criteria_sets[1].set_id
