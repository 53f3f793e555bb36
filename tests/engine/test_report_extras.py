"""What stands beside the tables, on cohorts whose figures can be worked out by hand or were given by R."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.report import (
    CautionCode,
    Extras,
    Row,
    Table,
    analyse,
    caution_text,
    cell_text,
    effect_table,
    extras,
    head_text,
    note_text,
    p_table,
    row_label,
    side_effect_table,
    side_tables,
    table_html,
    table_tsv,
    to_json,
)
from esk_engine.settings import BlqRule, PMethod, Settings
from esk_engine.wording import Wording
from tests.engine.builders import patient

NL = Wording("nl")
BY_RELIEF = CriteriaSet("x", "Relief", (Criterion("duration", (Condition("relief_weeks", ">=", 3),)),))
PROBABLE: dict[str, Value] = {"naranjo_1": "yes", "naranjo_2": "yes", "naranjo_3": "yes", "naranjo_4": "yes"}


def one(no: str, responder: bool, /, *events: dict[str, Value], **values: Any) -> Patient:
    """A patient of one group; esketamine and norketamine are the concentrations at the end."""
    names = ("esketamine", "norketamine")
    samples = [(480, name, values.pop(name)) for name in names if name in values]
    weeks = 4.0 if responder else 0.0
    return patient(no, samples=samples, events=events, infusion_minutes=480, relief_weeks=weeks, **values)


def ages(responders: list[int], others: list[int], **values: Any) -> list[Patient]:
    return [
        one(f"{'R' if is_responder else 'N'}{at}", is_responder, age_years=age, **values)
        for is_responder, group in ((True, responders), (False, others))
        for at, age in enumerate(group)
    ]


def found(patients: list[Patient], settings: Settings | None = None) -> Extras:
    return extras(analyse(Cohort.of(patients, settings or Settings(), BY_RELIEF)))


def codes(patients: list[Patient], name: str = "age_years") -> set[str]:
    return {str(warning.code) for warning in found(patients).of(name).warnings}


def texts(row: Row) -> list[str]:
    return [cell_text(cell, NL) for cell in row.cells]


def row_of(table: Table, label: str, sublabel: str = "") -> Row:
    return next(row for row in table.rows if row_label(row, NL) == (label, sublabel))


def notes(table: Table) -> list[str]:
    return [note_text(note, NL) for note in table.notes]


# Warnings


@pytest.mark.parametrize(
    ("responders", "others", "expected"),
    [
        ([40, 50, 60, 70, 80], [45, 55, 65, 75, 85], set[str]()),
        ([40, 50, 60, 70], [45, 55, 65, 75, 85], {"fewer_than_five"}),
        ([50] * 5, [50] * 5, {"all_tied"}),
        ([40, 41, 42, 43, 44], [45, 46, 47, 48, 49], {"separation"}),
        ([40, 41, 42, 43, 45], [45, 46, 47, 48, 49], set[str]()),  # they meet in one value
        ([40, 41], [45, 46], {"fewer_than_five", "separation"}),
        ([40], [], set[str]()),  # nothing is tested: the dash has its reason
    ],
)
def test_that_small_tied_and_separate_groups_are_warned_of(
    responders: list[int], others: list[int], expected: set[str]
) -> None:
    assert codes(ages(responders, others)) == expected


def test_that_values_below_the_lloq_are_warned_of_with_their_number() -> None:
    patients = [one(f"R{i}", True, esketamine=BelowLloq(5.0) if i < 2 else 20.0 + i) for i in range(5)]
    patients += [one(f"N{i}", False, esketamine=20.5 + i) for i in range(5)]
    (warning,) = found(patients).of("esketamine_css_ug_l").warnings
    assert (warning.code, warning.params) == (CautionCode.BELOW_LLOQ, {"n": 2})
    assert caution_text(warning, NL).startswith("2 onder de LLOQ")


def test_that_an_exact_p_left_out_for_time_is_warned_of() -> None:
    patients = [one(f"P{i}", i % 2 == 0, weight_kg=50 + i / 100, height_cm=170) for i in range(1800)]
    warned = found(patients).of("bmi_kg_m2").warnings
    assert [(warning.code, warning.params) for warning in warned] == [
        (CautionCode.EXACT_LEFT_OUT, {"m": 900, "n": 900})
    ]


def test_that_sexes_divided_unequally_are_warned_of_with_fishers_p() -> None:
    # 5 women against 5 men: 2 of the 252 tables are as extreme.
    unequal = [one(f"R{i}", True, sex="female", age_years=40 + 2 * i) for i in range(5)]
    unequal += [one(f"N{i}", False, sex="male", age_years=41 + 2 * i) for i in range(5)]
    (warning,) = found(unequal).of("age_years").warnings
    assert warning.code is CautionCode.SEX_UNBALANCED
    assert warning.params["p"] == pytest.approx(2 / 252, rel=1e-12)
    assert "P: 0,008" in caution_text(warning, NL)


def test_that_a_comparison_of_what_made_the_groups_is_warned_of() -> None:
    patients = ages([40, 50, 60, 70, 80], [45, 55, 65, 75, 85])
    assert "is_criterion" in codes(patients, "relief_weeks")
    assert "is_criterion" not in codes(patients, "age_years")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_every_warning_has_its_text(language: Any) -> None:
    params = {"m": 3, "n": 4, "p": 0.0001, "log10": -317.2}
    for code in CautionCode:
        text = Wording(language, strict=True)(f"warning.{code}", **params)
        assert text.endswith(".")
        assert "{" not in text


# Stratified by sex


def test_that_the_sexes_are_compared_apart() -> None:
    # Men 5 v 3, 4 and women 2, 3 v 1: of the 3 x 3 splits the observed and its mirror image are the farthest. Within
    # each sex the rank sum is 1 above its mean, weight 1/4, variance 2/3: z = 0.5 / sqrt(1/12) = sqrt(3).
    patients = [
        one("R1", True, sex="male", age_years=50),
        one("N1", False, sex="male", age_years=30),
        one("N2", False, sex="male", age_years=40),
        one("R2", True, sex="female", age_years=20),
        one("R3", True, sex="female", age_years=30),
        one("N3", False, sex="female", age_years=19),
        one("R4", True, sex="other", age_years=90),
        one("N4", False, age_years=91),
        one("N5", False, sex="male"),
    ]
    by_sex = found(patients).of("age_years").by_sex
    assert by_sex.sexes == ("female", "male")
    assert (by_sex.m, by_sex.n) == (3, 3)
    assert (by_sex.other_or_unknown, by_sex.one_group_only, by_sex.left_out) == (2, 0, 2)
    assert by_sex.z == pytest.approx(math.sqrt(3), rel=1e-12)
    assert by_sex.p_exact.value == pytest.approx(2 / 9, rel=1e-12)
    assert by_sex.p_asymptotic.value == pytest.approx(0.08326451666355, rel=1e-10)  # R: 2 * pnorm(-sqrt(3))
    assert by_sex.p_exact.method == "van_elteren_exact"
    assert by_sex.p(PMethod.ASYMPTOTIC) is by_sex.p_asymptotic
    assert by_sex.p(PMethod.EXACT_SPSS) is by_sex.p_exact


def test_that_a_sex_of_one_group_takes_no_part_and_is_counted() -> None:
    patients = ages([40, 50], [60, 70, 80], sex="female")
    patients += [one("M1", False, sex="male", age_years=20), one("M2", False, sex="male", age_years=21)]
    by_sex = found(patients).of("age_years").by_sex
    assert (by_sex.sexes, by_sex.m, by_sex.n, by_sex.one_group_only) == (("female",), 2, 3, 2)
    assert by_sex.p_exact.value == pytest.approx(2 / 10, rel=1e-12)  # as women alone: the extreme of 10 splits


def test_that_without_a_sex_with_both_groups_there_is_a_reason() -> None:
    by_sex = found(ages([40, 50], [60, 70])).of("age_years").by_sex
    assert (by_sex.p_exact.value, by_sex.p_asymptotic.value, by_sex.z) == (None, None, None)
    assert by_sex.reason == by_sex.p_exact.reason == "no_stratum_with_both_groups"
    assert by_sex.other_or_unknown == 4


# Holm over the concentrations

CONCENTRATIONS = ("esketamine_css_ug_l", "norketamine_css_ug_l", "ratio")


def three_against_three() -> list[Patient]:
    """Exact P of esketamine 2/20, of norketamine 4/20, of the ratio (1, 0.95, 0.67 v 1, 1, 1) 8/20 given the ties."""
    responders, others = [(10, 10), (20, 21), (30, 45)], [(40, 40), (50, 50), (60, 60)]
    return [
        one(f"{'R' if is_responder else 'N'}{at}", is_responder, esketamine=float(e), norketamine=float(n))
        for is_responder, group in ((True, responders), (False, others))
        for at, (e, n) in enumerate(group)
    ]


def holm_of(seen: Extras) -> list[float | None]:
    adjusted = [seen.of(name).holm for name in CONCENTRATIONS]
    return [None if p is None else p.value for p in adjusted]


def test_that_the_concentrations_are_adjusted_by_holm_and_nothing_else_is() -> None:
    seen = found(three_against_three())
    assert holm_of(seen) == pytest.approx([0.3, 0.4, 0.4], rel=1e-12)
    assert seen.holm_count == 3
    assert seen.of("relief_weeks").holm is None
    holm = seen.of("ratio").holm
    assert holm is not None
    assert holm.method == "holm_mann_whitney_exact"


def test_that_a_p_which_is_unknown_still_counts_among_those_asked_for() -> None:
    # The ratio's U is 1.5: SPSS's exact P is unknown, the other two are still two of three.
    seen = found(three_against_three(), Settings(p_method=PMethod.EXACT_SPSS))
    holm = seen.of("ratio").holm
    assert holm_of(seen)[:2] == pytest.approx([0.3, 0.4], rel=1e-12)
    assert holm is not None
    assert (holm.value, holm.reason, seen.holm_count) == (None, "half_u", 3)


def test_that_a_concentration_nobody_has_does_not_count() -> None:
    patients = [one(f"P{i}", i < 3, esketamine=10.0 + i) for i in range(6)]
    seen = found(patients)
    assert seen.holm_count == 1
    assert holm_of(seen) == [pytest.approx(0.1, rel=1e-12), None, None]


# Effects


def test_that_ranks_give_effect_sizes_with_delongs_interval() -> None:
    # 8 of 9 pairs; each group's shares are 2/3, 1, 1 with variance 1/27: standard error sqrt(2/81).
    effects = found(ages([30, 50, 60], [20, 25, 40])).of("age_years").effects
    half = 1.959963984540054 * math.sqrt(2 / 81)
    common, rank = effects.common_language, effects.rank_biserial
    assert (common.value, common.lower, common.upper) == pytest.approx((8 / 9, 8 / 9 - half, 1.0), rel=1e-12)
    assert (rank.value, rank.lower, rank.upper) == pytest.approx((7 / 9, 7 / 9 - 2 * half, 1.0), rel=1e-12)
    assert effects.geometric_ratio is None


def test_that_groups_which_do_not_overlap_have_no_interval_of_rank_effects() -> None:
    rank = found(ages([30, 40], [50, 60])).of("age_years").effects.rank_biserial
    assert (rank.value, rank.lower, rank.upper, rank.reason) == (-1, None, None, "no_variance")


def test_that_concentrations_have_a_ratio_of_geometric_means() -> None:
    # On logarithms both groups are a mean -+ ln 2: standard error sqrt(2) ln 2 on 2 degrees of freedom.
    values = (("R1", 20.0), ("R2", 80.0), ("N1", 10.0), ("N2", 40.0))
    patients = [one(no, no.startswith("R"), esketamine=value) for no, value in values]
    ratio = found(patients).of("esketamine_css_ug_l").effects.geometric_ratio
    assert ratio is not None
    factor = math.exp(4.302652729911275 * math.sqrt(2) * math.log(2))  # R: qt(0.975, 2)
    assert (ratio.value, ratio.lower, ratio.upper) == pytest.approx((2, 2 / factor, 2 * factor), rel=1e-9)
    assert ratio.method == "welch_geometric_ratio"


@pytest.mark.parametrize("rule", BlqRule)
def test_that_below_the_lloq_there_is_no_ratio_whatever_stands_in_for_it(rule: BlqRule) -> None:
    values: tuple[Value, ...] = (BelowLloq(5.0), 20.0, 30.0, 40.0)
    patients = [one(f"P{at}", at < 2, esketamine=value) for at, value in enumerate(values)]
    effects = found(patients, Settings(blq=rule)).of("esketamine_css_ug_l").effects
    assert effects.geometric_ratio is not None
    assert (effects.geometric_ratio.value, effects.geometric_ratio.reason) == (None, "below_lloq")
    assert effects.common_language.value == 0  # by rank it is below everything


def test_that_an_empty_group_leaves_effects_undefined_with_their_reason() -> None:
    effects = found(ages([30, 40], [])).of("age_years").effects
    assert (effects.rank_biserial.value, effects.rank_biserial.reason) == (None, "group_empty")


# All P-values side by side


def test_that_every_p_stands_under_the_name_of_its_method() -> None:
    analysis = analyse(Cohort.of(three_against_three(), Settings(), BY_RELIEF))
    table = p_table(analysis, extras(analysis))
    heads = [" ".join(head_text(head, NL)) for head in table.head]
    assert heads == [
        "Mann-Whitney asymptotisch",
        "Mann-Whitney asymptotisch, continuïteitscorr.",
        "Mann-Whitney exact",
        "Mann-Whitney exact, verdubbeld",
        "Mann-Whitney exact zoals SPSS",
        "Van Elteren naar geslacht, asymptotisch",
        "Van Elteren naar geslacht, exact",
        "Holm concentraties",
    ]
    # R: wilcox.test(1:3, 4:6, exact = FALSE, correct = FALSE) 0.04953, correct = TRUE 0.08086, exact 0.1.
    esketamine = row_of(table, "Esketamine Css (µg/L)")
    assert texts(esketamine) == ["0,050", "0,081", "0,100", "0,100", "0,100", "–", "–", "0,300"]
    assert [cell.bold for cell in esketamine.cells] == [True, *[False] * 7]
    assert texts(row_of(table, "Ratio esketamine/norketamine"))[4] == "–"
    assert texts(row_of(table, "Leeftijd (jaar)")) == ["–"] * 7 + [""]


def test_that_a_dash_says_why_and_half_a_u_between_what() -> None:
    analysis = analyse(Cohort.of(three_against_three(), Settings(), BY_RELIEF))
    table = p_table(analysis, extras(analysis))
    assert row_of(table, "Ratio esketamine/norketamine").cells[4].reason == "half_u"
    assert "– (1×): U is geen heel getal: hoe SPSS dan rekent is niet gedocumenteerd." in notes(table)
    # U = 1.5 of 9: of the 20 splits 2 have U <= 1, 4 have U <= 2; doubled 0.2 and 0.4.
    assert any("Ratio esketamine/norketamine 0,200–0,400" in note for note in notes(table))
    assert any("ander of onbekend geslacht 6" in note for note in notes(table))
    assert any("Relief" in note for note in notes(table))


def test_that_each_comparison_has_its_row_of_p_values() -> None:
    analysis = analyse(Cohort.of(three_against_three(), Settings(), BY_RELIEF))
    table = p_table(analysis, extras(analysis))
    assert [row.comparison for row in table.rows] == list(analysis.comparisons)
    assert row_label(table.rows[3], NL) == ("Hartslag (/min)", "vóór")


# Side effects against concentration


def with_side_effects() -> list[Patient]:
    def event(**answers: Value) -> dict[str, Value]:
        return {"term": "headache", "phase": "during", **answers}

    probable = {**PROBABLE, "naranjo_5": "no"}
    return [
        one("A", True, event(**probable), esketamine=90.0),
        one("B", False, event(**probable), esketamine=80.0),
        one("C", True, esketamine=30.0),
        patient("D", samples=[(480, "esketamine", 40.0)], infusion_minutes=480),  # undetermined
        one("E", False, event(naranjo_1="yes"), esketamine=99.0),  # pending
    ]


def test_that_concentrations_with_and_without_a_side_effect_stand_beside_each_other() -> None:
    analysis = analyse(Cohort.of(with_side_effects(), Settings(), BY_RELIEF))
    seen = extras(analysis)
    table = side_effect_table(analysis, seen)
    assert [row_label(row, NL) for row in table.rows] == [
        ("hoofdpijn", "Esketamine Css (µg/L)"),
        ("hoofdpijn", "Norketamine Css (µg/L)"),
        ("hoofdpijn", "Ratio esketamine/norketamine"),
    ]
    # 90, 80 against 30, 40: the extreme of 6 splits and its mirror; differences 40, 50, 50, 60; 4 pairs reach no 95 %.
    expected = ["2", "85 [80–90]", "2", "35 [30–40]", "0,333", "50,0", "–"]
    assert texts(table.rows[0]) == expected
    assert table.rows[0].cells[-1].reason == "level_not_reached"
    assert texts(table.rows[1]) == ["0", "–", "0", "–", "–", "–", "–"]
    assert table.rows[1].cells[4].reason == "group_empty"
    assert any("hoofdpijn: bij 1 nog niet beslist" in note and "geen van beide" in note for note in notes(table))
    assert "Van alle 5 patiënten, ook de onbepaalde." in notes(table)
    assert {str(warning.code) for warning in seen.side_effects[0].warnings} == {"fewer_than_five", "separation"}


def test_that_a_concentration_below_its_lloq_leaves_no_shift_between_with_and_without() -> None:
    patients = [*with_side_effects()[:3], one("D", False, esketamine=BelowLloq(5.0))]
    analysis = analyse(Cohort.of(patients, Settings(), BY_RELIEF))
    row = side_effect_table(analysis, extras(analysis)).rows[0]
    assert texts(row) == ["2", "85 [80–90]", "2", "30 [30–30]", "0,333", "–", "–"]
    assert row.cells[5].reason == "below_lloq"


# As a whole


def test_that_an_empty_study_has_both_tables_and_no_error() -> None:
    analysis = analyse(Cohort.of([], Settings(), BY_RELIEF))
    for table in side_tables(analysis, extras(analysis)):
        assert table_tsv(table, NL)
        assert table_html(table, NL)
    json.dumps(to_json(analysis), allow_nan=False)


def test_that_the_json_carries_what_stands_beside_each_comparison() -> None:
    told = to_json(analyse(Cohort.of(three_against_three(), Settings(), BY_RELIEF)))
    json.dumps(told, allow_nan=False)
    by_name = {comparison["variable"]: comparison for comparison in told["comparisons"]}
    norketamine = by_name["norketamine_css_ug_l"]
    log10 = pytest.approx(math.log10(0.4))
    assert norketamine["holm"] == {"p": pytest.approx(0.4), "log10_p": log10, "of": 3, "reason": None}
    assert norketamine["warnings"] == [{"code": "fewer_than_five", "m": 3, "n": 3}]
    assert norketamine["stratified_by_sex"]["p"] == {
        "asymptotic": None,
        "exact": None,
        "log10_p": {"asymptotic": None, "exact": None},
        "reasons": dict.fromkeys(("asymptotic", "exact"), "no_stratum_with_both_groups"),
    }
    assert norketamine["stratified_by_sex"]["left_out"] == {"other_or_unknown": 6, "one_group_only": 0}
    assert norketamine["p_other"]["exact_doubled"] == pytest.approx(0.2, rel=1e-12)
    assert norketamine["p_other"]["log10_p"]["exact_doubled"] == pytest.approx(math.log10(0.2))
    assert norketamine["mann_whitney"]["log10_p"]["exact"] == pytest.approx(math.log10(0.2))
    assert norketamine["effects"]["common_language"]["value"] == pytest.approx(1 / 9)
    assert by_name["age_years"]["holm"] is None
    assert set(told["methods"]) == {"nl", "en"}


# P-values too small for a number


def fully_apart() -> list[Patient]:
    """530 responders of two weights above 530 others of two: an exact P of 2 / C(1060, 530), quickly."""
    return [one(f"P{i}", i >= 530, weight_kg=50 + i // 265, height_cm=170, sex="female") for i in range(1060)]


def test_that_a_p_too_small_for_a_number_is_warned_of_and_keeps_its_logarithm() -> None:
    log10 = math.log10(2) - math.log10(math.comb(1060, 530))
    analysis = analyse(Cohort.of(fully_apart(), Settings(), BY_RELIEF))
    seen = extras(analysis)
    told = to_json(analysis, seen)
    (bmi,) = (each for each in told["comparisons"] if each["variable"] == "bmi_kg_m2")
    assert bmi["mann_whitney"]["log10_p"]["exact"] == pytest.approx(log10, rel=1e-12)
    assert bmi["mann_whitney"]["log10_p"]["exact_spss"] == pytest.approx(log10, rel=1e-12)
    assert bmi["p_other"]["log10_p"]["exact_doubled"] == pytest.approx(log10, rel=1e-12)
    assert bmi["mann_whitney"]["p"]["exact"] < 1e-308
    (warning,) = (each for each in bmi["warnings"] if each["code"] == "p_exact_underflow")
    assert warning["log10"] == pytest.approx(log10, rel=1e-12)
    (shown,) = (each for each in seen.of("bmi_kg_m2").warnings if each.code is CautionCode.P_EXACT_UNDERFLOW)
    assert "log10 P is −317,2" in caution_text(shown, NL)
    row = row_of(p_table(analysis, seen), "BMI (kg/m²)")
    assert texts(row)[2] == "< 0,001"


def test_that_holm_keeps_the_logarithm_of_a_p_too_small_for_a_number() -> None:
    patients = [one(f"P{i}", i >= 530, esketamine=5.0 + i // 265) for i in range(1060)]
    patients[0] = one("P0", False, esketamine=5.0, norketamine=9.0)
    patients[1059] = one("P1059", True, esketamine=8.0, norketamine=8.0)
    holm = found(patients).of("esketamine_css_ug_l").holm
    assert holm is not None
    # norketamine and the ratio have one patient in each group, P 1: three tests in all
    assert holm.log10 == pytest.approx(math.log10(6) - math.log10(math.comb(1060, 530)), rel=1e-12)


# Categories


def test_that_categories_have_an_odds_ratio_and_differences_in_share() -> None:
    patients = [one(f"R{i}", True, sex="female" if i else "male") for i in range(10)]
    patients += [one(f"N{i}", False, sex="female" if i < 9 else "male") for i in range(20)]
    seen = found(patients)
    effects = seen.of_count("sex")
    # R, exact2x2 and mpmath give 10.200124879 (1.06147265 to 524.926249) with the groups the other way round
    ratio = effects.odds_ratio
    assert effects.of == "male"
    assert (ratio.value, ratio.lower, ratio.upper) == pytest.approx(
        (1 / 10.200124879, 1 / 524.926249, 1 / 1.06147265), rel=1e-8
    )
    # 1 of 10 and 11 of 20, Newcombe's method 10 from the limits of R's prop.test(x, n, correct = FALSE)
    (category, difference), (_, mirrored) = effects.differences
    assert category == "male"
    assert (difference.value, difference.lower, difference.upper) == pytest.approx(
        (-0.45, -0.6586441419099, -0.0815766787735), rel=1e-10
    )
    assert mirrored.value == pytest.approx(0.45)
    told = to_json(analyse(Cohort.of(patients, Settings(), BY_RELIEF)), seen)["counts"][0]
    assert told["effects"]["odds_ratio"]["category"] == "male"
    assert [each["category"] for each in told["effects"]["differences"]] == ["male", "female"]
    assert told["fisher"]["method"] == "fisher_2x2"
    assert told["fisher"]["log10_p"] == pytest.approx(math.log10(told["fisher"]["p"]))


def test_that_more_than_two_categories_have_a_difference_each_and_no_odds_ratio() -> None:
    groups = ("post_surgical_or_traumatic", "crps", "other")
    answers = (True, 3, 0), (False, 1, 0), (True, 1, 1), (False, 2, 1), (False, 2, 2)
    patients = [
        one(f"P{at}{i}", responds, indication="peripheral", indication_group=groups[which])
        for at, (responds, n, which) in enumerate(answers)
        for i in range(n)
    ]
    effects = found(patients).of_count("indication_group")
    assert (effects.odds_ratio.value, effects.odds_ratio.reason) == (None, "more_than_two_rows")
    first = effects.differences[0][1]
    # 3 of 4 and 1 of 5, as above
    assert (first.value, first.lower, first.upper) == pytest.approx(
        (0.55, -0.0681372049704, 0.8119295907997), rel=1e-10
    )
    assert [category for category, _ in effects.differences] == list(groups)


def test_that_categories_without_anything_to_compare_say_why() -> None:
    effects = found([one("R1", True, sex="female"), one("N1", False, sex="female")]).of_count("sex")
    assert (effects.differences, effects.of) == ((), None)
    assert effects.odds_ratio.reason == "fewer_than_two_rows_or_columns"


def test_that_every_effect_size_stands_in_one_table_with_its_interval() -> None:
    analysis = analyse(Cohort.of(demo_patients(), demo_settings("nl"), TABLE_2))
    table = effect_table(analysis, extras(analysis))
    heads = [head_text(head, NL)[0] for head in table.head]
    at = {name: heads.index(name) for name in ("Verschil", "Rang-biseriële r", "Verhouding", "Oddsratio")}
    norketamine = texts(row_of(table, "Norketamine Css (µg/L)"))
    assert norketamine[at["Verschil"]] == "−18,5"
    assert norketamine[at["Rang-biseriële r"]] == "−0,49"  # 2 x 51 / 200 - 1
    men = texts(row_of(table, "man"))
    assert men[at["Oddsratio"] :] == ["0,098", "0,002 tot 0,942"]
    assert men[at["Verhouding"]] == ""
    peripheral = texts(row_of(table, "perifeer"))  # all 10 responders, 17 of 20 others
    assert peripheral[at["Oddsratio"]] == "∞"
    assert peripheral[at["Oddsratio"] + 1].endswith("tot ∞")
    assert texts(row_of(table, "Leeftijd (jaar)"))[at["Verhouding"] :] == [""] * 6


def test_that_the_table_of_effect_sizes_says_why_one_is_not_there() -> None:
    analysis = analyse(Cohort.of(ages([40, 50], [60, 70]), Settings(), BY_RELIEF))
    table = effect_table(analysis, extras(analysis))
    assert texts(row_of(table, "Leeftijd (jaar)"))[:4] == ["−20,0", "–", "−1,00", "–"]
    assert any("overlap" in note or "breedte" in note for note in notes(table))


def test_that_an_infinite_odds_ratio_is_told_as_such_in_json() -> None:
    patients = [one(f"P{i}", i < 3, sex="male" if i < 3 else "female") for i in range(6)]
    ratio = to_json(analyse(Cohort.of(patients, Settings(), BY_RELIEF)))["counts"][0]["effects"]["odds_ratio"]
    assert (ratio["value"], ratio["upper"], ratio["infinite"]) == (None, None, ["value", "upper"])
    assert ratio["lower"] > 0


def test_that_sexes_divided_unequally_over_a_side_effect_are_warned_of() -> None:
    event: dict[str, Value] = {"term": "headache", "phase": "during", **PROBABLE, "naranjo_5": "no"}
    patients = [one(f"W{i}", i < 3, event, sex="female", esketamine=20.0 + i) for i in range(6)]
    patients += [one(f"M{i}", i < 3, sex="male", esketamine=21.5 + i) for i in range(6)]
    effects = found(patients).side_effects
    (warning,) = (each for each in effects[0].warnings if each.code is CautionCode.SEX_UNBALANCED_WITH)
    assert warning.params["p"] == pytest.approx(2 / math.comb(12, 6), rel=1e-12)  # two tables of 924 splits
    assert "P: 0,002" in caution_text(warning, NL)


def test_that_progress_goes_up_and_may_stop_it() -> None:
    analysis = analyse(Cohort.of(demo_patients(), demo_settings("nl"), TABLE_2))
    shares: list[float] = []
    extras(analysis, shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] <= 1

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        extras(analysis, stop)
