"""Faultless workbooks with one cell spoilt: what is wrong is known to the cell."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

LIMITS = {
    "patients": {
        "age_years": (18, 120),
        "height_cm": (100, 250),
        "weight_kg": (25, 400),
        "dose_planned_mg": (0, 1000),
        "dose_mg": (0, 1000),
        "infusion_minutes": (1, 1440),
        "nrs_before": (0, 10),
        "nrs_end": (0, 10),
        "heart_rate_lowest_bpm": (20, 300),
        "heart_rate_highest_bpm": (20, 300),
        "relief_weeks": (0, 52),
    },
    "vital_signs": {
        "minute": (0, 1440),
        "heart_rate_bpm": (20, 300),
        "systolic_mmhg": (40, 300),
        "diastolic_mmhg": (20, 200),
    },
    "samples": {"minute": (0, 1440), "concentration_ug_l": (0, 10_000)},
}
CODED = {
    "patients": ("sex", "indication", "indication_group", "relief_ongoing", "treatment_continued"),
    "samples": ("analyte",),
    "adverse_events": ("phase", *(f"naranjo_{q}" for q in range(1, 11))),
}
WHOLE = {
    "patients": ("age_years", "infusion_minutes", "heart_rate_lowest_bpm", "heart_rate_highest_bpm"),
    "vital_signs": ("minute", "heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg"),
    "samples": ("minute",),
}
KEYS = {"vital_signs": ("study_no", "minute"), "samples": ("study_no", "minute", "analyte")}
Columns = dict[str, int]
Place = tuple[Worksheet, int, str] | None  # sheet, row, column


@dataclass(frozen=True)
class Fault:
    """Where the one fault stands: ``sheet!cell``, the variable (or setting) it is about, and what was done to it."""

    kind: str
    place: str
    variable: str


class Spoiler:
    """Spoils one cell of a faultless workbook."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.kinds: dict[str, Callable[[Any], Place]] = {
            "too_high": lambda book: self._limit(book, high=True),
            "too_low": lambda book: self._limit(book, high=False),
            "bad_code": self._bad_code,
            "date_for_number": lambda book: self._any_number(
                book, [date(2024, 5, 3), datetime(2024, 5, 3, 12), time(3)]
            ),
            "no_number": lambda book: self._any_number(book, ["abc", "12 kg", "?", "--5", "1e", "nan", "inf", True]),
            "two_separators": lambda book: self._any_number(book, ["1.234,5", "1,2,3", "1..2", "7,.5"]),
            "ambiguous": lambda book: self._any_number(book, ["1.234", "1,234", "7.125"], LIMITS["patients"]),
            "two_decimals": lambda book: self._put(book, "patients", ("nrs_before", "nrs_end"), ["4,55", 4.55, "3.25"]),
            "not_whole": lambda book: self._among(book, WHOLE, ["57,5", 57.5, "60.1"]),
            "bad_date": lambda book: self._put(
                book, "patients", ("inclusion_date",), ["31-02-2024", "1-1-24x", "ooit"]
            ),
            "future": lambda book: self._put(book, "patients", ("inclusion_date",), self._future()),
            "bad_study_no": lambda book: self._put(
                book, "patients", ("study_no",), ["P 1", "P_1", "P" * 17, "é1", None]
            ),
            "unknown_patient": self._unknown_patient,
            "duplicate_patient": self._duplicate_patient,
            "duplicate_row": self._duplicate_row,
            "diastolic_not_below": self._diastolic,
            "bad_artefact": lambda book: self._put(book, "vital_signs", ("artefact",), ["pols", "heart_rate_bpm;x"]),
            "bad_lloq": lambda book: self._put(book, "samples", ("concentration_ug_l",), ["<", "<0", "<abc", ">5"]),
            "no_minute": lambda book: self._among(book, dict.fromkeys(KEYS, ("minute",)), [None, " "]),
            "no_term": lambda book: self._put(book, "adverse_events", ("term",), [None, "  "]),
            "bad_setting": self._setting,
            "bad_criterion": self._criterion,
        }

    def spoil(self, path: Path) -> Fault | None:
        """Put one fault into the workbook; None where it has no place for the kind that was drawn."""
        book = load_workbook(path)
        kind = self.random.choice(sorted(self.kinds))
        found = self.kinds[kind](book)
        if found is None:
            return None
        sheet, row, column = found
        book.save(path)
        columns = self._columns(sheet)
        variable = str(sheet.cell(row, columns["setting"]).value) if sheet.title == "settings" else column
        return Fault(kind, f"{sheet.title}!{sheet.cell(row, columns[column]).coordinate}", variable)

    @staticmethod
    def _columns(sheet: Worksheet) -> Columns:
        return {str(cell.value): at for at, cell in enumerate(sheet[1], 1) if cell.value}

    def _cell(self, sheet: Worksheet, row: int, name: str) -> Any:
        return sheet.cell(row, self._columns(sheet)[name])

    @staticmethod
    def _rows(sheet: Worksheet) -> list[int]:
        return [
            at
            for at in range(2, sheet.max_row + 1)
            if any(cell.value is not None and str(cell.value).strip() for cell in sheet[at])
        ]

    def _place(self, book: Any, title: str, names: tuple[str, ...]) -> Place:
        """A row of the sheet and one of these columns, if it has both."""
        if title not in book.sheetnames:
            return None
        sheet = book[title]
        there = [name for name in names if name in self._columns(sheet)]
        rows = self._rows(sheet)
        return (sheet, self.random.choice(rows), self.random.choice(there)) if there and rows else None

    def _put(self, book: Any, title: str, names: tuple[str, ...], values: list[Any]) -> Place:
        found = self._place(book, title, names)
        if found is not None:
            sheet, row, name = found
            self._cell(sheet, row, name).value = self.random.choice(values)
        return found

    def _among(self, book: Any, of: dict[str, tuple[str, ...]], values: list[Any]) -> Place:
        title = self.random.choice(sorted(of))
        return self._put(book, title, of[title], values)

    def _any_number(self, book: Any, values: list[Any], only: dict[str, Any] | None = None) -> Place:
        of = {sheet: tuple(names) for sheet, names in LIMITS.items()} if only is None else {"patients": tuple(only)}
        return self._among(book, of, values)

    def _limit(self, book: Any, *, high: bool) -> Place:
        title = self.random.choice(sorted(LIMITS))
        found = self._place(book, title, tuple(LIMITS[title]))
        if found is None:
            return None
        sheet, row, name = found
        value = LIMITS[title][name][1] + 1 if high else LIMITS[title][name][0] - 1
        self._cell(sheet, row, name).value = self.random.choice((value, str(value)))
        return found

    def _bad_code(self, book: Any) -> Place:
        return self._among(book, CODED, ["xyz", "misschien", 7, "yes or no"])

    def _future(self) -> list[Any]:
        day = date.today() + timedelta(days=self.random.randint(2, 400))
        return [day, f"{day:%d-%m-%Y}"]

    def _unknown_patient(self, book: Any) -> Place:
        return self._among(
            book, dict.fromkeys(("vital_signs", "samples", "adverse_events"), ("study_no",)), ["NOBODY-1"]
        )

    def _duplicate_patient(self, book: Any) -> Place:
        """The row of a patient once more, with another age: the second is at fault."""
        return self._repeat(book, "patients", "study_no")

    def _duplicate_row(self, book: Any) -> Place:
        return self._repeat(book, self.random.choice(sorted(KEYS)), "minute")

    def _repeat(self, book: Any, title: str, variable: str) -> Place:
        found = self._place(book, title, (variable,))
        if found is None:
            return None
        sheet, row, _ = found
        last = sheet.max_row + 1
        for at, cell in enumerate(list(sheet[row]), 1):
            copy: Any = sheet.cell(last, at)
            copy.value = cell.value
            copy.data_type = cell.data_type
        return sheet, last, variable

    def _diastolic(self, book: Any) -> Place:
        found = self._place(book, "vital_signs", ("diastolic_mmhg",))
        if found is not None:
            sheet, row, _ = found
            self._cell(sheet, row, "systolic_mmhg").value = 120
            self._cell(sheet, row, "diastolic_mmhg").value = self.random.choice((120, "121", 200))
        return found

    def _setting(self, book: Any) -> Place:
        if "settings" not in book.sheetnames:
            return None
        sheet = book["settings"]
        columns = self._columns(sheet)
        bad = {"naranjo_cutoff": 14, "blq": "soms", "p_method": "t-test", "css_from_minute": -1}
        name = self.random.choice(sorted(bad))
        row = next(at for at in self._rows(sheet) if sheet.cell(at, columns["setting"]).value == name)
        self._cell(sheet, row, "value").value = bad[name]
        return sheet, row, "value"

    def _criterion(self, book: Any) -> Place:
        name, values = self.random.choice(
            (("variable", ["sex", "nrs", None]), ("operator", ["<", "=", None]), ("threshold", ["veel", None]))
        )
        return self._put(book, "criteria", (name,), values)
