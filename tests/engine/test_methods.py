"""The Methods as text: what they say is what was done, in both languages, with every reference that is cited."""

from __future__ import annotations

import platform
import re
from typing import Any

import numpy as np
import pytest

from esk_engine import __version__
from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.report import analyse, methods_paragraphs, methods_text
from esk_engine.settings import BlqRule, PMethod, Settings
from esk_engine.wording import Wording
from tests.engine.builders import patient

LANGUAGES: tuple[Any, ...] = ("nl", "en")
BY_RELIEF = CriteriaSet("x", "Relief", (Criterion("my own", (Condition("relief_weeks", ">=", 2.5),)),), patients=9)
EXACT = Settings()


def text(
    patients: list[Patient], settings: Settings = EXACT, used: CriteriaSet = BY_RELIEF, language: Any = "en"
) -> str:
    return methods_text(analyse(Cohort.of(patients, settings, used)), Wording(language, strict=True))


def demo(language: Any = "en", settings: Settings | None = None) -> str:
    return text(list(demo_patients()), settings or demo_settings(language), TABLE_2, language)


def one(no: str, weeks: float | None, concentration: Value = None, **values: Any) -> Patient:
    samples = [] if concentration is None else [(480, "esketamine", concentration)]
    return patient(no, samples=samples, infusion_minutes=480, relief_weeks=weeks, **values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", PMethod)
@pytest.mark.parametrize("size", [0, 1, 30])
def test_that_it_can_be_written_of_any_study(language: Any, method: PMethod, size: int) -> None:
    patients = list(demo_patients())[:size]
    written = text(patients, Settings(p_method=method), TABLE_2, language)
    assert not re.search(r"[{}@]|\bNone\b|\bnan\b", written)
    assert "  " not in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_reference_is_cited_in_order_and_every_citation_has_one(language: Any) -> None:
    body, _, listed = demo(language).rpartition("\n\n")
    cited = [int(number) for number in re.findall(r"\[(\d+)\]", body)]
    heading, *references = listed.strip().splitlines()
    assert heading in ("Literatuur", "References")
    assert cited == sorted(cited)
    assert [int(line.split(".")[0]) for line in references] == sorted(set(cited)) == list(range(1, len(references) + 1))
    found = " ".join(references)
    for authors, year in (
        ("Mann HB, Whitney DR", 1947),
        ("Hodges JL Jr, Lehmann EL", 1963),
        ("Fisher RA", 1922),
        ("Naranjo CA", 1981),
        ("van Elteren PH", 1960),
        ("Holm S", 1979),
    ):
        assert re.search(rf"{authors}[^;]*{year};", found), authors


def test_that_the_set_of_the_model_study_is_told_with_every_threshold() -> None:
    written = demo()
    assert (
        "criteria of Table 2. A responder met every criterion: pain relief (NRS reduction ≥ 30%); "
        "duration (duration of pain relief ≥ 3 weeks); heart rate (heart rate variation ≤ 20%); blood pressure "
        "(systolic variation ≤ 20%, diastolic variation ≤ 20% and highest systolic pressure ≤ 180 mmHg)."
    ) in written
    assert "specified beforehand" in written
    assert (
        "Of 30 patients, 10 met the criteria (responders), 20 did not (non-responders) and 0 remained undetermined."
        in written
    )
    assert "at most 2 scheduled readings missing" in written
    assert "Synthetic data" in written


def test_that_a_set_defined_later_is_told_to_be_exploratory() -> None:
    used = CriteriaSet("x", "Relief", BY_RELIEF.criteria, outcomes_known=7, patients=9)
    written = text([one("A", 3.0, age_years=40), one("B", 0.0, age_years=50), one("C", None)], used=used)
    assert "my own (duration of pain relief ≥ 2.5 weeks)" in written
    assert "outcomes of 7 of 9 patients were known; the classification is therefore exploratory" in written
    assert "specified beforehand" not in written
    assert (
        "Of 3 patients, 1 met the criteria (responders), 1 did not (non-responders) and 1 remained undetermined."
        in written
    )
    assert "scheduled readings" not in written  # no criterion on a series


@pytest.mark.parametrize(
    ("method", "said", "unsaid"),
    [
        (PMethod.EXACT, "permutation distribution", "normal approximation with"),
        (PMethod.ASYMPTOTIC, "without continuity correction (in SPSS Asymp. Sig. 2-tailed)", "permutation"),
        (PMethod.EXACT_SPSS, "Exact Sig. [2*(1-tailed Sig.)]", "permutation"),
    ],
)
def test_that_the_p_which_the_study_prints_is_the_one_described(method: PMethod, said: str, unsaid: str) -> None:
    written = demo(settings=Settings(p_method=method))
    assert said in written
    assert unsaid not in written


def test_that_a_p_which_spss_does_not_give_is_named_with_its_reason() -> None:
    # 50 against 50 and 60: U is half a number.
    patients = [one("A", 3.0, age_years=50), one("B", 0.0, age_years=50), one("C", 0.0, age_years=60)]
    written = text(patients, Settings(p_method=PMethod.EXACT_SPSS))
    assert re.search(r"Without a P value: [^.]*age[^.]*\(U is not whole", written)


def test_that_ties_are_counted() -> None:
    tied = text([one("A", 3.0, age_years=50), one("B", 0.0, age_years=50)])
    assert "they occurred in 1 of the 2 comparisons" in tied  # age; the weeks of relief differ
    assert "No ties occurred in any of the 2 comparisons." in text(
        [one("A", 3.0, age_years=50), one("B", 0.0, age_years=51)]
    )


@pytest.mark.parametrize(
    ("rule", "said"), [(BlqRule.MISSING, "left out of means"), (BlqRule.HALF, "counted as half the LLOQ")]
)
def test_that_concentrations_below_the_lloq_are_counted_with_their_rule(rule: BlqRule, said: str) -> None:
    patients = [one("A", 3.0, BelowLloq(5.0)), one("B", 3.0, BelowLloq(5.0)), one("C", 0.0, 20.0)]
    written = text(patients, Settings(blq=rule))
    assert "LLOQ; esketamine Css 2)" in written
    assert said in written
    assert "Without an estimated difference: esketamine Css" in written
    assert "No concentration was below" in demo()


def test_that_missing_values_are_counted_and_not_imputed() -> None:
    patients = [one("A", 3.0, age_years=40, sex="male"), one("B", 0.0, age_years=50), one("C", None, age_years=60)]
    written = text(patients)
    assert re.search(r"not imputed.*Of 3 patients were missing: [^.]*duration of pain relief 1", written)
    assert re.search(r"sex 2 and indication 3\.", written)
    assert "No values were missing" in demo()


def test_that_side_effects_name_the_cut_off_and_who_is_pending() -> None:
    event: dict[str, Value] = {"term": "headache", "phase": "during", "naranjo_1": "yes"}
    patients = [one("A", 3.0, events=[event]), one("B", 0.0)]
    written = text(patients, Settings(naranjo_cutoff=4))
    assert "a score of 4 or more" in written
    assert "For 1 combination of patient and side effect the score was still pending" in written
    assert "21 comparisons, not adjusted, exploratory" in demo()  # seven side effects, three concentrations


def test_that_sex_is_told_as_it_was_taken_into_account() -> None:
    assert "divided unequally over the groups (Fisher's exact test, P: 0.024)" in demo()
    patients = [one("A", 3.0, age_years=40), one("B", 0.0, age_years=50)]
    assert "stratified by sex was not possible (neither sex has values of both groups)" in text(patients)
    mixed = [
        one("A", 3.0, age_years=40, sex="female"),
        one("B", 0.0, age_years=50, sex="female"),
        one("C", 0.0, age_years=51, sex="male"),
        one("D", 0.0, age_years=52),
    ]
    assert "other or unknown sex (at most 1 per comparison)" in text(mixed)
    assert "values in one group only (at most 1)" in text(mixed)


def test_that_holm_is_told_only_where_there_is_more_than_one_concentration() -> None:
    assert "concentrations (3 tests)" in demo()
    alone = text([one("A", 3.0, 20.0), one("B", 0.0, 30.0)])
    assert "were not adjusted for multiple testing" in alone
    assert "Holm" not in alone


def test_that_intervals_tell_the_level_they_reached_or_why_there_are_none() -> None:
    # 10 against 20: counting splits, P(U <= 55) = 0.0245 and P(U <= 56) = 0.0273.
    assert "was, reckoned without ties, 95.1%." in demo()
    small = text([one("A", 3.0, age_years=40), one("B", 0.0, age_years=50)])
    assert re.search(r"Without an interval: age and duration of pain relief \(groups too small", small)


def test_that_the_software_is_told_with_its_versions() -> None:
    written = demo()
    for name, version in (("Esk", __version__), ("Python", platform.python_version()), ("NumPy", np.__version__)):
        assert f"{name} {version}" in written
    # Without a ratio of geometric means nothing of SciPy was used.
    assert "SciPy" in written
    assert "SciPy" not in text([one("A", 3.0, age_years=40), one("B", 0.0, age_years=50)])


def test_that_the_text_is_its_paragraphs() -> None:
    analysis, wording = analyse(Cohort.of(list(demo_patients()), demo_settings("nl"), TABLE_2)), Wording("nl")
    parts = methods_paragraphs(analysis, wording)
    assert all(part.heading and part.text for part in parts)
    assert methods_text(analysis, wording).split("\n\n") == [
        f"{part.heading}\n{part.text}" + ("\n" if part is parts[-1] else "") for part in parts
    ]
