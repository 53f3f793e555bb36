"""The import workbook: every value read as it stands, every fault named with its cell, all or nothing."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

from esk_engine.criteria import CriteriaSet
from esk_engine.dictionary import VARIABLES, Kind, Variable
from esk_engine.errors import Issue, Place
from esk_engine.exchange.cells import CellReader
from esk_engine.exchange.layout import DATA_SHEETS, SETTINGS_SHEET, DataSheet, cell_name
from esk_engine.exchange.meta_in import CriteriaRead, read_criteria, read_settings
from esk_engine.exchange.sheet_reader import Enough, Findings, Sheet, Table, TableReader, Watch, open_sheets
from esk_engine.exchange.synonyms import CodeWords
from esk_engine.records import Patient, Value, Values, make_patient
from esk_engine.settings import Settings
from esk_engine.validation import check_patient
from esk_engine.wording import LANGUAGES, Wording

Row = tuple[int, dict[str, Value]]
_STEP = 100  # patients between two looks at whether the reading is still wanted


@dataclass(frozen=True, slots=True)
class WorkbookRead:
    """What a workbook holds.

    Attributes
    ----------
    patients
        Those that could be read, in the order of their rows; fresh record ids.
    criteria_sets, criteria_set_id
        Of the sheet ``criteria``, and which of them is in use; none and "" where there is no such sheet.
    settings
        Of the sheet ``settings`` over the defaults.
    has_settings
        Whether there was such a sheet.
    issues
        Errors and warnings, each with file, sheet and cell, in the workbook's order.
    places
        Where each patient's own row stands, by patient id.
    incomplete
        Ids of patients of whom a cell was refused: what is read of them is not their whole course.
    """

    patients: tuple[Patient, ...]
    criteria_sets: tuple[CriteriaSet, ...]
    criteria_set_id: str
    settings: Settings
    has_settings: bool
    issues: tuple[Issue, ...]
    places: Mapping[str, Place]
    incomplete: frozenset[str] = frozenset()

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.is_error)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if not issue.is_error)


@cache
def code_words() -> CodeWords:
    """The understood words of every code, the labels of both languages among them."""
    labels: dict[str, str] = {}
    for wording in map(Wording, LANGUAGES):
        for declared in VARIABLES:
            labels |= {wording.code(code, declared.name): code for code in declared.codes}
    return CodeWords(labels)


def read_workbook(
    path: str | Path,
    today: date,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> WorkbookRead:
    """Read a workbook whole; nothing is written anywhere.

    Parameters
    ----------
    path
        The workbook; its issues name it as it is given here.
    today
        What "in the future" is held against.
    progress, cancelled
        Told how far it is, 0 to 1; asked now and then, True ends it (Fault ``cancelled``).

    Raises
    ------
    Fault
        Where the file is no workbook that may be opened; faults in its cells are issues of the result.
    """
    findings, where = Findings(str(path)), Path(path)
    reader, watch = CellReader(today, code_words()), Watch(progress, cancelled)
    settings, criteria, patients, is_stopped = Settings(), CriteriaRead(), _NO_PATIENTS, False
    with open_sheets(where, findings, watch) as sheets:
        if not sheets:
            findings.about_sheet("", "no_known_sheet")
        book = _Book(sheets, reader, findings, watch)
        try:
            settings = read_settings(book.table_reader, reader, findings)
            criteria = read_criteria(book.table_reader, reader, findings)
            patients = book.patients() if sheets else _NO_PATIENTS
        except Enough:
            is_stopped = True
    findings.close(is_stopped=is_stopped)
    return _result(patients, criteria, settings, SETTINGS_SHEET in sheets, findings)


def _result(
    patients: _Patients, criteria: CriteriaRead, settings: Settings, has_settings: bool, findings: Findings
) -> WorkbookRead:
    order = {kind.name: at for at, kind in enumerate(DATA_SHEETS)}

    def position(issue: Issue) -> tuple[int, str, int, int]:
        place = issue.place
        return order.get(place.sheet.strip().casefold(), -1), place.sheet, place.row or 0, place.column or 0

    return WorkbookRead(
        patients.found,
        criteria.sets,
        criteria.in_use,
        settings,
        has_settings,
        tuple(sorted(findings.issues, key=position)),
        patients.places,
        patients.incomplete,
    )


@dataclass(frozen=True, slots=True)
class _Patients:
    found: tuple[Patient, ...]
    places: Mapping[str, Place]
    incomplete: frozenset[str] = frozenset()


_NO_PATIENTS = _Patients((), {})


@dataclass(slots=True)
class _Draft:
    """One patient while its rows are gathered: values and rows with the sheet row each came from."""

    number: int
    values: Values
    rows: list[tuple[Kind, int, Values]]


class _Book:
    """The four data sheets of one workbook."""

    def __init__(self, sheets: Mapping[str, Sheet], reader: CellReader, findings: Findings, watch: Watch) -> None:
        self._sheets, self._reader, self._findings, self._watch = sheets, reader, findings, watch
        self._tables: dict[Kind, Table] = {}

    def table_reader(self, name: str, known: Sequence[Variable]) -> TableReader | None:
        """A reader of one sheet; None where the workbook has none of that name."""
        sheet = self._sheets.get(name)
        return None if sheet is None else TableReader(sheet, known, self._reader, self._findings)

    def patients(self) -> _Patients:
        """Every patient with its rows, checked by the rules across fields."""
        own, *others = DATA_SHEETS
        if own.name not in self._sheets:
            if any(sheet.name in self._sheets for sheet in others):
                self._findings.about_sheet("patients", "no_patients_sheet")
            return _NO_PATIENTS
        drafts = self._drafts(own)
        for sheet in others:
            self._gather(sheet, drafts)
        amount = self._watch.rest * _STEP // max(1, len(drafts))
        found: list[Patient] = []
        places: dict[str, Place] = {}
        incomplete: set[str] = set()
        while drafts:  # what a draft held is let go as its patient is made
            draft = drafts.pop(next(iter(drafts)))
            patient = self._patient(draft)
            found.append(patient)
            places[patient.id] = self._place(Kind.PATIENT, draft.number, "study_no")
            refused = self._findings.refused_rows
            if refused and not refused.isdisjoint(self._rows_of(draft)):
                incomplete.add(patient.id)
            if len(found) % _STEP == 0:
                self._watch.step(amount)
        return _Patients(tuple(found), places, frozenset(incomplete))

    def _rows_of(self, draft: _Draft) -> set[tuple[str, int]]:
        """Sheet and row of everything that belongs to one patient."""
        rows = ((kind, number) for kind, number, _ in draft.rows)
        return {(self._tables[kind].title, number) for kind, number in ((Kind.PATIENT, draft.number), *rows)}

    def _rows(self, sheet: DataSheet) -> Iterator[Row]:
        table = self.table_reader(sheet.name, sheet.columns)
        if table is None:
            return
        for number, values in table.rows(("study_no",)):
            self._tables[sheet.kind] = table.table
            yield number, values

    def _drafts(self, sheet: DataSheet) -> dict[str, _Draft]:
        drafts: dict[str, _Draft] = {}
        for number, values in self._rows(sheet):
            study_no = str(values.get("study_no") or "")
            if not study_no:
                self._missing_study_no(sheet.kind, number, values)
            elif study_no in drafts:
                first = self._place(Kind.PATIENT, drafts[study_no].number, "study_no").cell
                issue = Issue("duplicate_study_no", "study_no", params={"value": study_no, "first": first})
                self._report(sheet.kind, number, issue)
            else:
                drafts[study_no] = _Draft(number, values, [])
        return drafts

    def _missing_study_no(self, kind: Kind, number: int, values: Values) -> None:
        """A row with values and no study number; silent where that cell has a fault of its own."""
        place = self._place(kind, number, "study_no")
        is_refused = (place.sheet, number, place.column) in self._findings.refused
        if not is_refused and (values or self._is_refused_row(kind, number)):
            self._report(kind, number, Issue("row_without_study_no", "study_no"))

    def _gather(self, sheet: DataSheet, drafts: Mapping[str, _Draft]) -> None:
        for number, values in self._rows(sheet):
            study_no = str(values.pop("study_no", None) or "")
            draft = drafts.get(study_no)
            if not study_no:
                self._missing_study_no(sheet.kind, number, values)
            elif draft is None:
                self._report(sheet.kind, number, Issue("unknown_patient", "study_no", params={"value": study_no}))
            elif values or self._is_refused_row(sheet.kind, number):
                draft.rows.append((sheet.kind, number, values))

    def _is_refused_row(self, kind: Kind, number: int) -> bool:
        table = self._tables[kind]
        return any((table.title, number, at) in self._findings.refused for at, _ in table.columns)

    def _patient(self, draft: _Draft) -> Patient:
        """The patient of a draft; the rules across its fields are reported at its cells."""
        patient = make_patient(draft.values, ((kind, values) for kind, _, values in draft.rows))
        issues = check_patient(patient)
        if issues:
            numbers = self._row_numbers(patient, draft)
            for issue in issues:
                kind, number = self._row_of(issue, patient, draft, numbers)
                self._report(kind, number, issue)
        return patient

    @staticmethod
    def _row_numbers(patient: Patient, draft: _Draft) -> dict[str, tuple[Kind, int]]:
        """Which sheet row each record came from: rows of one minute kept their order when they were sorted."""
        queues: dict[tuple[Kind, Value, Value], deque[int]] = defaultdict(deque)
        for kind, number, values in draft.rows:
            queues[(kind, values.get("minute"), values.get("analyte"))].append(number)
        rows = chain(patient.readings, patient.samples, patient.adverse_events)
        return {row.id: (row.kind, queues[(row.kind, row.get("minute"), row.get("analyte"))].popleft()) for row in rows}

    @staticmethod
    def _row_of(
        issue: Issue, patient: Patient, draft: _Draft, numbers: Mapping[str, tuple[Kind, int]]
    ) -> tuple[Kind, int]:
        record_id = str(issue.params.get("record_id", ""))
        if not record_id and issue.variable == "concentration_ug_l":
            minute = issue.params.get("minute")
            record_id = next((row.id for row in patient.samples if row.get("minute") == minute), "")
        return numbers.get(record_id, (Kind.PATIENT, draft.number))

    def _place(self, kind: Kind, number: int, variable: str) -> Place:
        table = self._tables[kind]
        at = table.column_of(variable) or table.column_of("study_no") or 1
        return Place(self._findings.file, table.title, cell_name(number, at), "", number, at)

    def _report(self, kind: Kind, number: int, issue: Issue) -> None:
        """One issue at its variable's cell, unless that very cell was refused already."""
        place = self._place(kind, number, issue.variable)
        column = place.column or 1
        if (place.sheet, number, column) not in self._findings.refused or issue.code.startswith("duplicate"):
            self._findings.at(place.sheet, number, column, (issue,))
