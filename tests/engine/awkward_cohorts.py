"""Random cohorts that lie on every edge, and the workbooks that a hurried ward would hand in of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.engine.oracle.model import (
    VITALS,
    Below,
    Concentration,
    Condition,
    Criterion,
    Event,
    Number,
    Patient,
    Reading,
    Rules,
    Sample,
    StudyData,
)
from tests.engine.oracle.workbook import CODES, COLUMNS, DUTCH, NUMBERS, TERMS

# Starting values from which -20 % and +20 % are whole numbers; 150 goes to exactly 180.
BEFORE = {
    "heart_rate": (50, 55, 60, 65, 70, 75, 80, 85, 95, 73, 68),
    "systolic": (100, 105, 110, 115, 120, 125, 130, 140, 145, 150, 155, 137),
    "diastolic": (50, 55, 60, 65, 70, 75, 80, 85, 90, 67),
}
FREE_TERMS = ("Jeuk", "jeuk", "JEUK ", "dubbel  zien", "Dubbel zien", "Straße", "STRASSE", "é-klacht", "+ zweten", "2")
INFUSIONS = (480, 480, 480, 480, 475, 470, 465, 466, 495, 494, 500, 510, 450, 449, 240, 31, 30, 29, 15, 14, 1, 1440)
STUDY_NUMBERS: tuple[Callable[[int], str], ...] = (
    lambda i: f"P{i:02d}",
    lambda i: f"P{i}",
    str,
    lambda i: f"{i % 3}-P{i}",
    lambda i: f"A{i}B{100 - i}",
)
NUMERIC = (
    *NUMBERS,
    "bmi_kg_m2",
    "nrs_reduction_percent",
    *(f"{v}_{w}" for v in VITALS for w in ("before", "end", "change_percent", "variation_percent")),
    "systolic_max_mmhg",
    "esketamine_css_ug_l",
    "norketamine_css_ug_l",
    "ratio",
)
USUAL = {
    "age_years": (40, 57, 80),
    "height_cm": (150, 170.5),
    "weight_kg": (60, 71.5),
    "dose_planned_mg": (40, 50),
    "dose_mg": (30, 44, 50),
    "infusion_minutes": (450, 475, 480),
    "nrs_before": (5, 7.5, 10),
    "nrs_end": (3, 5, 7),
    "relief_weeks": (2, 3, 6),
    "heart_rate_lowest_bpm": (50, 60),
    "heart_rate_highest_bpm": (90, 110),
    "bmi_kg_m2": (20, 25, 30),
    "nrs_reduction_percent": (0, 10, 30, 50, 100),
    "systolic_max_mmhg": (150, 160, 180, 192),
    "esketamine_css_ug_l": (5, 10, 50, 80),
    "norketamine_css_ug_l": (2.5, 20, 60),
    "ratio": (0.5, 1, 1.25),
}


def _decimal(value: float | str) -> Fraction:
    return Fraction(str(value))


class CohortMaker:
    """One random cohort; ``tied`` and ``emptier`` set the mood of the whole of it.

    Parameters
    ----------
    seed
        The same seed gives the same cohort, and the same workbook but for its time stamps.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tied = self.random.random() < 0.12
        self.emptiness = self.random.choice((0.0, 0.02, 0.02, 0.1, 0.5))
        self.calm = self.random.choice((0.2, 0.7, 0.95))
        self.number_style = self.random.choice(STUDY_NUMBERS)

    def make(self) -> StudyData:
        size = self.random.choice((0, 1, 2, 3, 5, 8, 12, 16, 20, 24, 30, 30, 40, 60))
        patients = [self._patient(self.number_style(i)) for i in range(1, size + 1)]
        self.random.shuffle(patients)
        return StudyData(self._rules(), patients)

    def _often(self, part: float) -> bool:
        return self.random.random() < part

    def _maybe(self, value: Any) -> Any:
        """The value, or nothing as often as this cohort leaves things out."""
        return None if self._often(self.emptiness) else value

    def _patient(self, study_no: str) -> Patient:
        pick = self.random.choice
        before = pick((10, 9, 8, 7, 5, 7.5, 0, 6.5, 10))
        ratio = pick((0.7, 0.7, 0.5, 0.3, 0, 1, 0.6, 0.8))
        numbers = {
            "age_years": pick((18, 30, 57, 57, 63, 100, 120)),
            "height_cm": pick((100, 163, 170, 181.5, 250)),
            "weight_kg": pick((25, 60, 71.5, 84.55, 400, 70.125)),
            "dose_planned_mg": pick((40, 50, 60.5)),
            "dose_mg": pick((0.5, 40, 44, 44, 50, 50.5, 999)),
            "infusion_minutes": pick(INFUSIONS),
            "nrs_before": before,
            "nrs_end": min(10, round(before * ratio, 1)) if self._often(0.9) else pick((0, 10, 3.5)),
            "relief_weeks": pick((0, 2, 3, 3, 6, 2.5, 2.9999, 12, 52, 0.125)),
        }
        if self.tied:
            numbers = {"infusion_minutes": 480, "nrs_before": 10, "nrs_end": 7, "relief_weeks": 3, "age_years": 57}
        made = Patient(study_no)
        made.numbers = {name: _decimal(v) for name, v in numbers.items() if self._maybe(v) is not None}
        codes = {
            "sex": pick(("male", "female", "female", "other")),
            "indication": pick(("peripheral", "peripheral", "central")),
            "indication_group": pick(("post_surgical_or_traumatic", "crps", "other")),
            "relief_ongoing": pick(("yes", "no", "no")),
            "treatment_continued": pick(("yes", "no")),
        }
        made.codes = {name: code for name, code in codes.items() if self._maybe(code) is not None}
        self._vital_signs(made)
        self._samples(made)
        made.events = [self._event() for _ in range(pick((0, 0, 1, 2, 4)))]
        return made

    def _minutes(self, infusion: int) -> list[int]:
        scheduled = [m for m in range(0, min(infusion, 540) + 1, 30) if m == 0 or not self._often(self.emptiness)]
        minutes = set(scheduled) - ({0} if self._often(0.3 * self.emptiness) else set())
        if self._often(0.5):
            minutes.add(infusion)
        if self._often(0.3):
            minutes |= {m for m in (infusion - 7, infusion + 7) if m >= 0}
        if self._often(0.15):
            minutes -= {infusion}
        for _ in range(self.random.choice((0, 0, 1, 3))):
            near_end = infusion + self.random.choice((-16, -15, -14, 1, 14, 15, 16, 20, 60))
            minutes.add(max(0, self.random.choice((near_end, self.random.randint(0, infusion)))))
        return sorted(m for m in minutes if m <= 1440)

    def _vital_signs(self, made: Patient) -> None:
        infusion = int(made.numbers.get("infusion_minutes", Fraction(480)))
        start = {vital: 80 if self.tied else self.random.choice(BEFORE[vital]) for vital in VITALS}
        start["systolic"] = max(start["systolic"], start["diastolic"] + 1)
        calm = self._often(self.calm)
        for minute in self._minutes(infusion):
            values: dict[str, Number] = {}
            for vital in VITALS:
                percent = 0 if minute == 0 or self.tied else self.random.choice((0, 0, 5, -5, 10, -10))
                if minute and not self.tied and self._often(0.1):
                    percent = self.random.choice((20, -20) if calm else (20, -20, 21, -25, 35))
                values[vital] = self._maybe(Fraction(round(start[vital] * (100 + percent) / 100)))
            systolic, diastolic = values["systolic"], values["diastolic"]
            if systolic is not None and diastolic is not None and diastolic >= systolic:
                values["diastolic"] = None
            there = [vital for vital in VITALS if values[vital] is not None]
            marked = frozenset(vital for vital in there if self._often(0.02))
            if there and self._often(0.02):  # a slipped sensor: far off, and marked as such
                values["heart_rate"], marked = Fraction(300), marked | {"heart_rate"}
            made.readings.append(Reading(minute, values, marked))
        if self._often(0.25):
            low = self.random.choice((-20, -21, -10, 0))
            made.numbers["heart_rate_lowest_bpm"] = Fraction(max(20, round(start["heart_rate"] * (100 + low) / 100)))
        if self._often(0.25):
            high = self.random.choice((20, 21, 10, 0))
            made.numbers["heart_rate_highest_bpm"] = Fraction(round(start["heart_rate"] * (100 + high) / 100))
        self.random.shuffle(made.readings)

    def _concentration(self) -> Concentration:
        if self.tied:
            return Fraction(50)
        if self._often(0.12):
            return Below(_decimal(self.random.choice((5, 2.5, 10, 0.5))))
        if self._often(0.01):
            return Fraction(1, 10**10)  # rounds to nothing
        if self._often(0.5):
            return _decimal(self.random.choice((49, 50, 80, 44.5, 0.001, 10000, 63.25, 60, 10, 2.5)))
        return _decimal(round(self.random.lognormvariate(4, 0.5), self.random.choice((0, 1, 2))) or 1)

    def _samples(self, made: Patient) -> None:
        infusion = int(made.numbers.get("infusion_minutes", Fraction(480)))
        usual = (infusion, infusion, infusion + 5, infusion + 6, infusion - 1, 449, 450, 480, 240)
        for analyte in ("esketamine", "norketamine", "hydroxynorketamine"):
            many = self.random.choice((1, 1, 1, 2, 3))
            minutes = {self.random.choice(usual) for _ in range(many)} if self._often(0.95) else set[int]()
            for minute in minutes:
                if 0 <= minute <= 1440 and self._maybe(True):
                    made.samples.append(Sample(minute, analyte, self._concentration()))
        self.random.shuffle(made.samples)

    def _event(self) -> Event:
        pick = self.random.choice
        listed = list(TERMS.values())
        term = pick(listed[:3]) if self._often(0.6) else pick(listed) if self._often(0.5) else pick(FREE_TERMS)
        likely = {1: "yes", 2: "yes", 3: "yes", 5: "no"} if self._often(0.6) else {}
        blank = pick((0.0, 0.0, 0.1, 0.6))
        answers = [likely.get(q) or pick(("yes", "no", "unknown", "unknown")) for q in range(1, 11)]
        answers = [None if self._often(blank) else answer for answer in answers]
        return Event(" ".join(term.split()), self._maybe(pick(("before", "during", "end", "after"))), tuple(answers))

    def _condition(self) -> Condition:
        name = self.random.choice(NUMERIC)
        usual = USUAL.get(name, (-20, -5, 0, 5, 10, 20, 25) if "percent" in name else (60, 80, 100, 120))
        return Condition(name, self.random.choice((">=", "<=")), _decimal(self.random.choice(usual)))

    def _criteria(self) -> tuple[Criterion, ...]:
        if self._often(0.4):  # one plain condition: two groups, few undetermined
            return (Criterion("duur", (Condition("relief_weeks", ">=", _decimal(3)),)),)
        names = self.random.sample(
            ["pain_relief", "Tweede", "bloeddruk + pols", "4", "kort"], self.random.randint(1, 4)
        )
        sizes = [self.random.choice((1, 1, 2, 3)) for _ in names]
        return tuple(
            Criterion(n, tuple(self._condition() for _ in range(size))) for n, size in zip(names, sizes, strict=True)
        )

    def _rules(self) -> Rules:
        pick = self.random.choice
        if self._often(0.35):
            return Rules()
        varied = Rules(
            study_name=pick(("Pilot", "Pijn – één")),
            p_method=pick(("exact", "asymptotic", "exact_spss")),
            naranjo_cutoff=pick((5, 5, 1, 9, -4, 13)),
            blq=pick(("half", "missing")),
            reading_interval_minutes=pick((30, 30, 15, 60, 45, 480)),
            css_from_minute=pick((450, 450, 0, 480, 240)),
            max_missing_readings=pick((2, 2, 0, 1, 5, 100)),
        )
        if self._often(0.35):
            return varied
        return Rules(**{**vars(varied), "set_name": "Eigen set", "criteria": self._criteria()})


class BookWriter:
    """Writes a study as an import workbook whose cells are as mixed as people's are, and still faultless."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def write(self, data: StudyData, path: Path) -> Path:
        sheets: dict[str, list[dict[str, Any]]] = {"patients": [self._patient(p) for p in data.patients]}
        numbered = [(self._study_no(p.study_no), p) for p in data.patients]
        sheets["vital_signs"] = [{"study_no": no, **self._reading(r)} for no, p in numbered for r in p.readings]
        sheets["samples"] = [{"study_no": no, **self._sample(s)} for no, p in numbered for s in p.samples]
        sheets["adverse_events"] = [{"study_no": no, **self._event(e)} for no, p in numbered for e in p.events]
        sheets["settings"] = self._settings(data.rules)
        sheets["criteria"] = self._criteria(data.rules)
        book = Workbook()
        order = [title for title, rows in sheets.items() if rows or title == "patients"]
        self.random.shuffle(order)
        for title in order:
            self._sheet(book.create_sheet(title), sheets[title])
        del book["Sheet"]
        book.save(path)
        return path

    def _sheet(self, sheet: Any, rows: list[dict[str, Any]]) -> None:
        columns = list(dict.fromkeys(name for row in rows for name in row)) or ["study_no", "sex"]
        absent = [name for name in columns if all(row.get(name) in (None, "", "  ") for row in rows)]
        columns = [name for name in columns if name not in absent or self.random.random() < 0.5 or not rows]
        self.random.shuffle(columns)
        sheet.append(columns)
        at = 2
        for row in rows:
            at += self.random.random() < 0.05  # a blank row
            for column, name in enumerate(columns, 1):
                cell = sheet.cell(at, column)
                cell.value = row.get(name)
                if isinstance(cell.value, str):
                    cell.data_type = "s"
            at += 1

    def _study_no(self, study_no: str) -> Any:
        if study_no.isdigit() and self.random.random() < 0.5:
            return int(study_no)
        return self.random.choice((study_no, study_no, study_no.lower(), f" {study_no} "))

    def _number(self, value: Number) -> Any:
        """A number cell, or a text with a comma or a point where that cannot be taken for thousands."""
        if value is None:
            return self.random.choice((None, None, "", "  "))
        shown = int(value) if value.denominator == 1 else float(value)
        text = format(Decimal(value.numerator) / Decimal(value.denominator), "f")
        whole, _, places = text.partition(".")
        if self.random.random() < 0.5 or (len(places) == 3 and whole != "0"):
            return shown
        return self.random.choice((text, text.replace(".", ","), f" {text.replace('.', ',')} "))

    def _word(self, code: str | None, dutch: dict[str, str]) -> Any:
        if code is None:
            return self.random.choice((None, ""))
        word = self.random.choice([code, *(w for w, meant in dutch.items() if meant == code)])
        return self.random.choice((word, word, word.upper(), word.capitalize(), f" {word}"))

    def _date(self) -> Any:
        day = date(2023, 10, 2) + timedelta(days=self.random.randint(0, 150))
        noon = datetime(day.year, day.month, day.day)
        return self.random.choice((day, noon, f"{day:%d-%m-%Y}", f"{day:%Y-%m-%d}"))

    def _patient(self, patient: Patient) -> dict[str, Any]:
        row: dict[str, Any] = {"study_no": self._study_no(patient.study_no), "inclusion_date": self._date()}
        row |= {name: self._number(patient.numbers.get(name)) for name in NUMBERS}
        for name in CODES:
            row[name] = self._word(patient.codes.get(name), DUTCH.get(name, DUTCH["answer"]))
        return {**row, "remarks": self.random.choice((None, "=1+1", "gebeld; later 3,5"))}

    def _reading(self, reading: Reading) -> dict[str, Any]:
        row = {"minute": self._number(Fraction(reading.minute))}
        row |= {COLUMNS[vital]: self._number(reading.values[vital]) for vital in VITALS}
        if reading.artefacts:
            row["artefact"] = self.random.choice((",", ", ")).join(COLUMNS[v] for v in VITALS if v in reading.artefacts)
            row["artefact_reason"] = "bewogen"
        return row

    def _sample(self, sample: Sample) -> dict[str, Any]:
        found = sample.concentration
        if isinstance(found, Below):
            text = f"{float(found.lloq):g}"
            cell = self.random.choice((f"<{text}", f"< {text}", f"<{text.replace('.', ',')}"))
        else:
            cell = self._number(found)
        analyte = self.random.choice((sample.analyte, sample.analyte.capitalize()))
        return {"minute": self._number(Fraction(sample.minute)), "analyte": analyte, "concentration_ug_l": cell}

    def _event(self, event: Event) -> dict[str, Any]:
        words = [event.term, *(w for w, meant in TERMS.items() if meant == event.term)]
        word = self.random.choice(words)
        if event.term in TERMS.values():
            word = self.random.choice((word, word.upper(), f" {word}  "))
        row: dict[str, Any] = {"term": word, "phase": self._word(event.phase, DUTCH["phase"])}
        answers = {f"naranjo_{q}": self._word(a, DUTCH["answer"]) for q, a in enumerate(event.answers, 1)}
        return row | answers

    def _settings(self, rules: Rules) -> list[dict[str, Any]]:
        if not rules.study_name:
            return []
        names = [name for name in vars(rules) if name not in ("set_name", "criteria")]
        self.random.shuffle(names)
        return [{"setting": name, "value": vars(rules)[name]} for name in names]

    def _criteria(self, rules: Rules) -> list[dict[str, Any]]:
        if rules.set_name == Rules().set_name:
            return []
        return [
            {
                "set": rules.set_name,
                "criterion": criterion.name,
                "variable": condition.variable,
                "operator": condition.operator,
                "threshold": self._number(condition.threshold),
                "in_use": "yes",
            }
            for criterion in rules.criteria
            for condition in criterion.conditions
        ]
