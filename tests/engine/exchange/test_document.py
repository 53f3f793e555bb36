"""What a report says: its blocks, whole and in order, and what it keeps from whoever still has to judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from esk_engine.criteria import TABLE_2, CriteriaSet
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.exchange.document import (
    Document,
    Facts,
    FigureBlock,
    Grid,
    Heading,
    Paragraph,
    Sides,
    TableBlock,
    grid_of,
    split_number,
)
from esk_engine.exchange.patient_page import patient_page
from esk_engine.exchange.study_report import Maker, signatures_of, study_report
from esk_engine.records import BelowLloq, Patient
from esk_engine.report import analyse, table_tsv, tables
from esk_engine.settings import Settings
from esk_engine.study import Person, Signature, SignOff, Study, StudySnapshot
from esk_engine.wording import Language, Wording
from tests.engine.builders import patient, steady, with_reading

NOW = datetime(2024, 6, 1, 12, 30)
MAKER = Maker(Person("AB", "pharmacist"), NOW)
EVALUATED = {"relief_weeks": 4.0, "treatment_continued": "yes"}


def snapshot_of(
    patients: Iterable[Patient], settings: Settings | None = None, criteria: CriteriaSet = TABLE_2
) -> StudySnapshot:
    own = settings or Settings()
    return StudySnapshot("study", 7, tuple(patients), own, (criteria,), criteria, lambda _: iter(()), lambda _: "abc")


def demo(language: Language = "nl") -> StudySnapshot:
    return snapshot_of(demo_patients(), demo_settings("nl"))


def report(snapshot: StudySnapshot, language: Language = "nl") -> Document:
    return study_report(snapshot, {}, MAKER, Wording(language))


def page(
    who: Patient, settings: Settings | None = None, signed: tuple[Signature, ...] = (), language: Language = "nl"
) -> Document:
    return patient_page(snapshot_of([who], settings), who.id, signed, MAKER, Wording(language))


def texts(document: Document) -> str:
    """Every text of a document, a line each."""
    lines: list[str] = []
    blocks = list(document.blocks)
    while blocks:
        block = blocks.pop(0)
        if isinstance(block, Sides):
            blocks = [*block.left, *block.right, *blocks]
        elif isinstance(block, Heading | Paragraph):
            lines.append(block.text)
        elif isinstance(block, Facts):
            lines += [f"{label}: {text}" for label, text in block.rows]
        elif isinstance(block, Grid):
            lines += [" | ".join(f"{cell.text} {cell.pale}".strip() for cell in row.cells) for row in block.rows]
        elif isinstance(block, FigureBlock):
            lines += [block.caption, *block.notes]
    return "\n".join(lines)


def test_that_the_report_holds_every_table_of_the_article_and_those_beside_them() -> None:
    numbers = [block.table.number for block in report(demo()).blocks if isinstance(block, TableBlock)]
    assert numbers == ["3", "4", "5", "6", "continuation", "7", "p", "effects"]


def test_that_the_report_says_who_made_it_when_of_which_study_and_that_its_data_are_invented() -> None:
    document = report(demo())
    assert document.made.startswith("Gemaakt door AB, ziekenhuisapotheker op 01-06-2024 12:30")
    assert demo_settings("nl").study_name in document.head
    assert document.mark == "Verzonnen gegevens"
    assert report(snapshot_of(demo_patients())).mark == ""


def test_that_groups_criteria_log_and_signatures_are_told() -> None:
    said = texts(report(demo(), "en"))
    for line in ("Responders | 10 | 33.3", "Non-responders | 20 | 66.7", "Total | 30 |"):  # the model study's
        assert line in said
    assert "Pain relief | NRS reduction | ≥ 30%" in said
    assert "≤ 180 mmHg" in said
    assert "Inclusion | 0 | 0 | 30" in said
    assert "abc" in said  # the head of the log


def test_that_a_set_defined_after_the_outcomes_says_so() -> None:
    later = replace(TABLE_2, name="Own", specified_beforehand=False, outcomes_known=12, patients=30)
    snapshot = snapshot_of(demo_patients(), Settings(), later)
    assert "12 of 30" in texts(report(snapshot, "en"))


def test_that_signatures_are_counted_by_moment_and_void_ones_apart(tmp_path: Path) -> None:
    with Study.create(tmp_path / "s.esk", person=Person("AB", "pharmacist"), patients=demo_patients()) as study:
        for who in study.patients[:3]:
            study.sign(who.id, SignOff.INCLUSION, initials="AB")
        first = study.patients[0]
        study.unlock(first.id, SignOff.INCLUSION, "typing error")
        study.set_value(first.id, Kind.PATIENT, first.id, "age_years", 60, reason="typing error")
        signatures = signatures_of(study)
        said = texts(study_report(study.snapshot(), signatures, MAKER, Wording("en")))
        assert "Inclusion | 2 | 1 | 27" in said
        own = texts(patient_page(study.snapshot(), first.id, signatures[first.id], MAKER, Wording("en")))
        assert "void: a value was changed since" in own
        assert "AB, hospital pharmacist" in own


def test_that_a_study_without_patients_has_no_tables() -> None:
    document = report(snapshot_of([]))
    assert not [block for block in document.blocks if isinstance(block, TableBlock | FigureBlock)]
    assert "nog geen patiënten" in texts(document)


def test_that_a_report_that_is_no_longer_wanted_stops() -> None:
    with pytest.raises(Fault) as raised:
        study_report(demo(), {}, MAKER, Wording("nl"), lambda: True)
    assert raised.value.code == "cancelled"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_a_printed_table_says_what_the_copied_one_says(language: Language) -> None:
    wording = Wording(language)
    for table in tables(analyse(demo().cohort)):
        copied = [line.split("\t") for line in table_tsv(table, wording).splitlines()[2:]]
        printed = grid_of(table, wording)
        for row, line in zip(printed.rows, copied, strict=False):
            said = " ".join(f"{cell.text} {cell.pale}" for cell in row.cells)
            for cell in line[2:]:
                for word in cell.split():
                    assert word in said or word == "–"


def test_that_a_label_is_said_once_for_a_block_of_rows() -> None:
    table = next(table for table in tables(analyse(demo().cohort)) if table.number == "4")
    first = [(row.cells[0].text, row.cells[0].pale) for row in grid_of(table, Wording("en")).rows]
    at = first.index(("Heart rate (/min)", "before"))
    assert [pale for _, pale in first[at : at + 3]] == ["before", "end", "change, %"]
    assert [text for text, _ in first[at + 1 : at + 3]] == ["", ""]


def test_that_a_number_is_split_at_its_own_decimal_sign() -> None:
    assert split_number("12,5", Wording("nl")) == ("12", ",5")
    assert split_number("< 0.001", Wording("en")) == ("< 0", ".001")
    assert split_number("57", Wording("nl")) == ("57", "")


# One patient


def test_that_a_patients_page_holds_the_course_the_samples_and_the_verdict_with_its_evidence() -> None:
    course = with_reading(steady(), (217, 100, 120, 70))
    who = patient(
        "P07",
        course,
        [(480, "esketamine", 62.5), (480, "norketamine", BelowLloq(5.0))],
        [{"term": "headache", "phase": "during", **{f"naranjo_{n}": "unknown" for n in range(1, 11)}}],
        infusion_minutes=480,
        nrs_before=8.0,
        nrs_end=7.0,
        sex="female",
        **EVALUATED,
    )
    said = texts(page(who, language="en"))
    assert "Patient P07: non-responder" in said
    assert "Heart rate (/min) | 80 | 80 | 80 | 80 | 100 | 80 | 80 | 80 | 80 | 80" in said  # each hour, and minute 217
    assert "480 | 62.5 | < 5" in said
    assert "headache | during the infusion | 0 doubtful | no" in said
    assert "Pain relief | NRS reduction | 12.5% | ≥ 30% | not met" in said
    assert "Heart rate | Heart rate variation | 25% 217 min | ≤ 20% | not met" in said


def test_that_the_deciding_reading_is_bold_in_the_small_table() -> None:
    course = with_reading(steady(), (240, 100, 120, 70))
    document = page(patient("P1", course, infusion_minutes=480, **EVALUATED))
    grid = next(block for block in document.blocks if isinstance(block, Grid) and block.columns[0].text == "Minuut")
    bold = [(grid.columns[at].text, cell.text) for row in grid.rows for at, cell in enumerate(row.cells) if cell.bold]
    assert bold == [("240", "100")]


def test_that_values_marked_as_artefacts_are_not_printed_as_readings() -> None:
    marked = {"minute": 60, "systolic_mmhg": 250, "diastolic_mmhg": 70, "heart_rate_bpm": 80}
    course = [row for row in steady() if row[0] != 60]
    who = patient("P1", [*course, marked | {"artefact": "systolic_mmhg"}], infusion_minutes=480, **EVALUATED)
    assert "250" not in texts(page(who))


def test_that_concentrations_and_verdict_wait_for_the_evaluation() -> None:
    """Design, section 6: who scores must not be steered, and no concentration is shown there."""
    values = {"infusion_minutes": 480, "nrs_before": 8.0, "nrs_end": 2.0, "relief_weeks": 4.0}
    who = patient("P1", steady(), [(480, "esketamine", 62.5)], **values)
    covered = texts(page(who, language="en"))
    assert "62.5" not in covered
    assert "met" not in covered.split()
    assert "responder" not in covered.lower().replace("non-responder", "responder").split("verdict")[0]
    shown = texts(page(who, Settings(verdict_during_entry=True), language="en"))
    assert "62.5" in shown


def test_that_a_patient_with_nothing_entered_has_a_page() -> None:
    said = texts(page(patient("P1"), language="en"))
    assert "No vital signs have been entered yet." in said
    assert "No side effect has been entered." in said
    assert "Inclusion: not signed" in said


def test_that_the_minutes_of_a_long_infusion_fit_the_page() -> None:
    who = patient("P1", steady(until=1440), infusion_minutes=1440, **EVALUATED)
    grid = next(block for block in page(who).blocks if isinstance(block, Grid) and block.columns[0].text == "Minuut")
    assert [column.text for column in grid.columns[1:]] == [
        "0",
        "180",
        "360",
        "540",
        "720",
        "900",
        "1080",
        "1260",
        "1440",
    ]


def test_that_a_patient_who_is_not_there_has_no_page() -> None:
    with pytest.raises(KeyError):
        patient_page(demo(), "nobody", (), MAKER, Wording("nl"))
