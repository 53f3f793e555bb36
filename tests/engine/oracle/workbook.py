"""The import workbook's cells by the text of the design: what a faultless one says, read a second time."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.engine.oracle.model import (
    VITALS,
    Below,
    Concentration,
    Condition,
    Criterion,
    Event,
    Patient,
    Reading,
    Rules,
    Sample,
    StudyData,
)

NUMBERS = [
    "age_years",
    "height_cm",
    "weight_kg",
    "dose_planned_mg",
    "dose_mg",
    "infusion_minutes",
    "nrs_before",
    "nrs_end",
    "heart_rate_lowest_bpm",
    "heart_rate_highest_bpm",
    "relief_weeks",
]
CODES = ["sex", "indication", "indication_group", "relief_ongoing", "treatment_continued"]
COLUMNS = {"heart_rate": "heart_rate_bpm", "systolic": "systolic_mmhg", "diastolic": "diastolic_mmhg"}
DUTCH = {
    "sex": {"m": "male", "man": "male", "v": "female", "f": "female", "vrouw": "female", "anders": "other"},
    "indication": {"perifeer": "peripheral", "centraal": "central"},
    "indication_group": {"anders": "other"},
    "phase": {"voor": "before", "tijdens": "during", "einde": "end", "na": "after"},
    "answer": {"ja": "yes", "nee": "no", "onbekend": "unknown"},
}
TERMS = {
    "duizeligheid": "dizziness",
    "slaperigheid/sufheid": "drowsiness",
    "misselijkheid en/of braken": "nausea_or_vomiting",
    "licht in het hoofd/wazig zien": "light_headed_or_blurred_vision",
    "verminderde concentratie": "reduced_concentration",
    "hoofdpijn": "headache",
    "benauwdheid": "shortness_of_breath",
}
Row = dict[str, Any]


def number(cell: object) -> Fraction | None:
    """A number cell by its shortest decimal, a text by its digits with a comma or a point."""
    text = "" if cell is None else str(cell).strip()
    return Fraction(Decimal(text.replace(",", "."))) if text else None


def concentration(cell: object) -> Concentration:
    text = "" if cell is None else str(cell).strip()
    if text.startswith("<"):
        lloq = number(text[1:])
        if lloq is None:
            raise ValueError(text)
        return Below(lloq)
    return number(text)


def word(cell: object, dutch: dict[str, str]) -> str | None:
    text = "" if cell is None else str(cell).strip().casefold()
    return dutch.get(text, text) or None


def _term(cell: object) -> str:
    spelt = " ".join(str(cell).split())
    key = spelt.casefold()
    return TERMS.get(key) or (key if key in TERMS.values() else spelt)


def _rows(book: Any, title: str) -> Iterator[Row]:
    if title not in book.sheetnames:
        return
    rows = book[title].iter_rows(values_only=True)
    names = [str(name).strip() if name is not None else "" for name in next(rows, ())]
    for row in rows:
        if any(cell is not None and str(cell).strip() for cell in row):
            yield {name: cell for name, cell in zip(names, row, strict=False) if name}


def _study_no(row: Row) -> str:
    return str(row["study_no"]).strip().upper()


def _patient(row: Row) -> Patient:
    made = Patient(_study_no(row))
    for name in NUMBERS:
        value = number(row.get(name))
        if value is not None:
            made.numbers[name] = value
    for name in CODES:
        code = word(row.get(name), DUTCH.get(name, DUTCH["answer"]))
        if code is not None:
            made.codes[name] = code
    return made


def _whole(cell: object) -> int:
    value = number(cell)
    if value is None or value.denominator != 1:
        raise ValueError(cell)
    return int(value)


def _reading(row: Row) -> Reading:
    values = {vital: number(row.get(COLUMNS[vital])) for vital in VITALS}
    marked = {name.strip() for name in str(row.get("artefact") or "").split(",")}
    return Reading(_whole(row["minute"]), values, frozenset(v for v in VITALS if COLUMNS[v] in marked))


def _event(row: Row) -> Event:
    answers = tuple(word(row.get(f"naranjo_{q}"), DUTCH["answer"]) for q in range(1, 11))
    return Event(_term(row["term"]), word(row.get("phase"), DUTCH["phase"]), answers)


def _rules(book: Any) -> Rules:
    found: dict[str, Any] = {}
    for row in _rows(book, "settings"):
        name, value = str(row["setting"]), row["value"]
        found[name] = str(value) if name in ("study_name", "p_method", "blq") else _whole(value)
    criteria: dict[str, list[Condition]] = {}
    for row in _rows(book, "criteria"):
        found["set_name"] = row["set"]
        threshold = number(row["threshold"])
        if threshold is None:
            raise ValueError(row)
        condition = Condition(row["variable"], row["operator"], threshold)
        criteria.setdefault(row["criterion"], []).append(condition)
    if criteria:
        found["criteria"] = tuple(Criterion(name, tuple(conditions)) for name, conditions in criteria.items())
    return Rules(**found)


def read_workbook(path: Path) -> StudyData:
    """What a faultless import workbook says."""
    book = load_workbook(path)
    patients = {patient.study_no: patient for patient in map(_patient, _rows(book, "patients"))}
    for row in _rows(book, "vital_signs"):
        patients[_study_no(row)].readings.append(_reading(row))
    for row in _rows(book, "samples"):
        sample = Sample(_whole(row["minute"]), str(word(row["analyte"], {})), concentration(row["concentration_ug_l"]))
        patients[_study_no(row)].samples.append(sample)
    for row in _rows(book, "adverse_events"):
        patients[_study_no(row)].events.append(_event(row))
    rules = _rules(book)
    book.close()
    return StudyData(rules, list(patients.values()))
