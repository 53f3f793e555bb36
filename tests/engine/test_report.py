"""The report on small cohorts whose figures can be worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.judge import Group
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.report import (
    Analysis,
    Row,
    Table,
    analyse,
    cell_text,
    figure_series,
    head_text,
    note_text,
    row_label,
    table_html,
    table_tsv,
    tables,
    to_json,
)
from esk_engine.settings import BlqRule, PMethod, Settings
from esk_engine.wording import Wording
from tests.engine.builders import patient

EXAMPLE = Path(__file__).parents[1] / "reference" / "analysis.example.json"
NL = Wording("nl")
# One condition is enough to make groups: relief of three weeks or more.
BY_RELIEF = CriteriaSet("x", "Relief", (Criterion("duration", (Condition("relief_weeks", ">=", 3),)),))


def analysis(patients: list[Patient], settings: Settings | None = None) -> Analysis:
    return analyse(Cohort.of(patients, settings or Settings(), BY_RELIEF))


def group(responder: bool, **values: Any) -> dict[str, Any]:
    return {"relief_weeks": 4.0 if responder else 0.0, **values}


def table(found: Analysis, number: str) -> Table:
    return next(t for t in tables(found) if t.number == number)


def texts(row: Row) -> list[str]:
    return [cell_text(cell, NL) for cell in row.cells]


def row_of(found: Table, label: str) -> Row:
    return next(row for row in found.rows if row_label(row, NL)[0] == label)


def concentration(no: str, responder: bool, value: Value) -> Patient:
    samples = [] if value is None else [(480, "esketamine", value)]
    return patient(no, samples=samples, infusion_minutes=480, **group(responder))


def test_that_the_head_counts_the_undetermined_where_the_reader_sees_them() -> None:
    found = analysis([patient("A", **group(True)), patient("B", **group(False)), patient("C"), patient("D")])
    heads = [head_text(head, NL) for head in table(found, "3").head[:3]]
    assert heads == [
        ("Totaal", "n = 4, van wie 2 onbepaald"),
        ("Non-responders", "n = 1"),
        ("Responders", "n = 1"),
    ]


def test_that_total_is_every_patient_and_row_percent_of_the_classified() -> None:
    found = analysis(
        [
            patient("A", sex="male", **group(True)),
            patient("B", sex="male", **group(False)),
            patient("C", sex="male", **group(False)),
            patient("D", sex="male"),
        ]
    )
    assert texts(row_of(table(found, "3"), "man"))[:3] == ["4", "2 (66,7 %)", "1 (33,3 %)"]


def test_that_a_group_entered_with_a_central_indication_is_not_counted_under_peripheral() -> None:
    """A sub-row never holds more patients than the row it stands under."""
    patients = [
        patient("P01", **group(True, indication="peripheral", indication_group="crps")),
        patient("P02", **group(False, indication="peripheral", indication_group="other")),
        patient("P03", **group(False, indication="central", indication_group="crps")),
        patient("P04", **group(True, indication_group="other")),
    ]
    found = analysis(patients)
    counted = [(c.value, c.total) for c in found.count("indication_group").categories]
    assert counted == [("crps", 1), ("other", 1)]
    assert [(c.value, c.total) for c in found.count("indication").categories] == [("peripheral", 2), ("central", 1)]


def test_that_a_row_gets_one_more_decimal_where_a_value_has_decimals() -> None:
    whole = analysis([patient("A", dose_mg=50.0, **group(True)), patient("B", dose_mg=47.0, **group(False))])
    broken = analysis([patient("A", dose_mg=50.0, **group(True)), patient("B", dose_mg=47.5, **group(False))])
    assert texts(table(whole, "4").rows[0])[:3] == ["49 [47–50]", "47 [47–47]", "50 [50–50]"]  # 48.5, half away
    assert texts(table(broken, "4").rows[0])[:3] == ["48,8 [47,5–50,0]", "47,5 [47,5–47,5]", "50,0 [50,0–50,0]"]


def test_that_an_empty_group_leaves_p_undefined_with_its_reason() -> None:
    found = analysis([patient("A", age_years=40, **group(True)), patient("B", age_years=50, **group(True))])
    compared = found.comparison("age_years")
    assert compared.mann_whitney is None
    assert compared.p(PMethod.EXACT).value is None
    assert compared.p(PMethod.EXACT).reason == "group_empty"
    assert texts(row_of(table(found, "3"), "Leeftijd (jaar)")) == ["45 [40–50]", "–", "45 [40–50]", "–", "–", "–"]


def test_that_values_below_the_lloq_rank_lowest_and_are_counted_apart() -> None:
    # Responders <5, <10, 20; non-responders 30, 40, missing: every responder is below every non-responder.
    found = analysis(
        [
            concentration("A", True, BelowLloq(5.0)),
            concentration("B", True, BelowLloq(10.0)),
            concentration("C", True, 20.0),
            concentration("D", False, 30.0),
            concentration("E", False, 40.0),
            concentration("F", False, None),
        ]
    ).comparison("esketamine_css_ug_l")
    responder, other = found.groups["responder"], found.groups["non_responder"]
    assert (responder.n, responder.below_lloq, responder.missing) == (1, 2, 0)
    assert (other.n, other.below_lloq, other.missing) == (2, 0, 1)
    assert found.mann_whitney is not None
    assert found.mann_whitney.u == 0
    # 3 v 2 with two tied: 10 splits, the observed and its mirror image are as far: 1/10 + 1/10.
    assert found.p(PMethod.EXACT).value == pytest.approx(0.2, rel=1e-12)
    assert found.shift is None
    assert found.shift_reason == "below_lloq"


@pytest.mark.parametrize(("rule", "mean", "n_points"), [(BlqRule.MISSING, 20.0, 2), (BlqRule.HALF, 12.5, 3)])
def test_that_means_and_figures_follow_the_studys_rule_below_the_lloq(
    rule: BlqRule, mean: float, n_points: int
) -> None:
    patients = [
        concentration("A", True, BelowLloq(10.0)),
        concentration("B", True, 20.0),
        concentration("C", False, 30.0),
    ]
    found = analysis(patients, Settings(blq=rule))
    summary = found.comparison("esketamine_css_ug_l").groups["responder"].summary
    assert summary is not None
    assert summary.mean == mean
    assert len(figure_series(found)[0].points) == n_points


def event(term: str, *answers: str | None) -> dict[str, Any]:
    given = [*answers, *[None] * (10 - len(answers))]
    return {"term": term, **{f"naranjo_{i}": answer for i, answer in enumerate(given, 1) if answer}}


PROBABLE = ("yes", "yes", "yes", "unknown", "no", *["unknown"] * 5)  # 1+2+1+0+2 = 6
POSSIBLE = ("yes", "yes", *["unknown"] * 8)  # 3


def test_that_a_patient_counts_once_per_term_and_is_pending_only_if_nothing_counts() -> None:
    found = analysis(
        [
            patient("A", events=[event("headache", *PROBABLE), event("headache", *PROBABLE)], **group(True)),
            patient("B", events=[event("headache", *PROBABLE), event("headache", "yes")], **group(False)),
            patient("C", events=[event("headache", "yes")], **group(False)),
            patient("D", events=[event("headache", *POSSIBLE)], **group(False)),
            patient("E", events=[event("Droge  mond", *PROBABLE)]),
            patient("F", events=[event("droge mond", *PROBABLE)], **group(True)),
        ]
    )
    rows = {row.term: (row.total, row.non_responder, row.responder, row.pending) for row in found.side_effects}
    assert rows == {"headache": (2, 1, 1, 1), "Droge  mond": (2, 0, 1, 0)}
    assert [texts(row) for row in table(found, "6").rows] == [
        ["2 (33,3 %)", "0 (0,0 %)", "1 (50,0 %)"],
        ["2 (33,3 %)", "1 (33,3 %)", "1 (50,0 %)"],
    ]
    notes = [note_text(note, NL) for note in table(found, "6").notes]
    assert any("hoofdpijn: bij 1 nog niet beslist" in note for note in notes)


def test_that_patients_with_a_side_effect_are_compared_with_those_without() -> None:
    def one(no: str, value: float, *events: dict[str, Value]) -> Patient:
        return patient(no, samples=[(480, "esketamine", value)], infusion_minutes=480, events=events)

    found = analysis(
        [
            one("A", 90.0, event("headache", *PROBABLE)),
            one("B", 80.0, event("headache", *PROBABLE)),
            one("C", 30.0),
            one("D", 40.0, event("headache", *POSSIBLE)),
            one("E", 99.0, event("headache", "yes")),
        ]
    )
    compared = next(c for c in found.side_effect_comparisons if c.variable == "esketamine_css_ug_l")
    assert (compared.with_it.n, compared.without.n) == (2, 2)
    assert compared.mann_whitney is not None
    assert compared.mann_whitney.u == 4
    assert compared.mann_whitney.p_exact.value == pytest.approx(1 / 3, rel=1e-12)


def test_that_the_decision_is_held_against_the_groups() -> None:
    found = analysis(
        [
            patient("A", treatment_continued="yes", **group(True)),
            patient("B", treatment_continued="no", **group(True)),
            patient("C", treatment_continued="no", **group(False)),
            patient("D", **group(False)),
            patient("E", treatment_continued="yes"),
        ]
    ).continuation
    assert found.groups == {"responder": (1, 1, 0), "non_responder": (0, 1, 1), "undetermined": (1, 0, 0)}
    assert (found.n, found.agree) == (3, 2)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_that_the_json_keeps_the_shape_of_the_example() -> None:
    full = patient("A", sex="male", samples=[(480, "esketamine", 60.0)], events=[event("headache", *PROBABLE)])
    cohort = Cohort.of([full, patient("B", sex="female")], Settings(), TABLE_2)
    found, example = to_json(analyse(cohort)), json.loads(EXAMPLE.read_text(encoding="utf-8"))
    json.dumps(found, allow_nan=False)

    def covers(ours: Any, theirs: Any, place: str) -> None:
        if isinstance(theirs, dict):
            assert set(theirs) <= set(ours), place
            for key in theirs:
                covers(ours[key], theirs[key], f"{place}.{key}")
        elif isinstance(theirs, list) and theirs:
            covers(ours[0], theirs[0], f"{place}[]")

    # Nobody is classified here, so Fisher is null where the example has one.
    found["counts"][0]["fisher"] = {"p": None}
    covers(shape(found), shape(example), "analysis")


def test_that_an_empty_study_has_tables_without_a_figure_and_no_error() -> None:
    found = analysis([])
    for one in tables(found):
        assert table_tsv(one, NL)
        assert table_html(one, NL)
    json.dumps(to_json(found), allow_nan=False)
    assert all(figure.boxes == {"non_responder": None, "responder": None} for figure in figure_series(found))


def test_that_text_of_a_free_term_cannot_break_out_of_the_html() -> None:
    found = analysis([patient("A", events=[event("<b>x</b>", *PROBABLE)], **group(True))])
    assert "<b>x</b>" not in table_html(table(found, "6"), NL)


def test_that_every_table_names_its_criteria_set() -> None:
    found = analysis([patient("A", **group(True)), patient("B", **group(False))])
    for one in tables(found):
        assert any("Relief" in note_text(note, NL) for note in one.notes), one.number


def test_that_groups_are_counted_as_the_cohort_has_them() -> None:
    found = analysis([patient("A", **group(True)), patient("B", **group(False)), patient("C")])
    assert found.sizes == {"total": 3, Group.RESPONDER: 1, Group.NON_RESPONDER: 1, Group.UNDETERMINED: 1}


def test_that_missing_values_are_told_in_one_note() -> None:
    found = analysis([patient("A", age_years=40, **group(True)), patient("B", **group(False))])
    missing = [note_text(note, NL) for note in table(found, "3").notes if note.key == "missing"]
    assert missing == ["Ontbreekt (bij hoeveel patiënten): Leeftijd (1), BMI (2)."]


def test_that_a_table_without_a_counted_side_effect_says_so() -> None:
    found = analysis([patient("A", **group(True)), patient("B", **group(False))])
    assert note_text(table(found, "6").notes[0], NL) == "Geen enkele bijwerking telt mee."
