"""The rows of all tables put together as patients, every fault with its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Of
from dataclasses import dataclass, field, replace
from datetime import date

from esk_engine.cohort import term_key
from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.cells import CellReader
from esk_engine.exchange.intake.cells import CellRead, RuleReader
from esk_engine.exchange.intake.mapping import ColumnRule, Mapping, Target
from esk_engine.exchange.intake.places import Places, RowKey, Where
from esk_engine.exchange.intake.questions import Question, asked, folded_word
from esk_engine.exchange.intake.raw import RawTable, Source
from esk_engine.exchange.sheet_reader import MOST_ERRORS, MOST_ISSUES
from esk_engine.exchange.workbook_in import code_words
from esk_engine.records import Patient, Value, make_patient
from esk_engine.validation import check_patient

_STEP = 1_000
_CHECKED = 10  # putting a patient together takes as long as reading that many rows
_MOST = (
    (Severity.ERROR, MOST_ERRORS, "errors_left_out"),
    (Severity.WARNING, MOST_ISSUES, "warnings_left_out"),
)
_PASSED_BY = frozenset(("redcap_repeat_instrument", "redcap_repeat_instance", "redcap_event_name"))


@dataclass(slots=True)
class _Draft:
    """One patient while its rows are gathered; where each value came from."""

    places: Places
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    rows: dict[RowKey, dict[str, Value]] = field(default_factory=dict[RowKey, dict[str, Value]])
    is_incomplete: bool = False


class _TableRules:
    """The rules of one table, looked up once for all of its rows."""

    def __init__(self, table: RawTable, mapping: Mapping) -> None:
        rules = [rule for rule in mapping.of_table(table.name) if rule.target is not None]
        by_target = {rule.target: rule for rule in rules}
        self.table, self.rules = table, rules
        self.number = by_target.get(Target(Kind.PATIENT, "study_no"))
        self.others = [rule for rule in rules if rule is not self.number]
        self.analyte = by_target.get(Target(Kind.SAMPLE, "analyte"))
        self.minutes = {kind: by_target.get(Target(kind, "minute")) for kind in (Kind.READING, Kind.SAMPLE)}
        self.names_analytes = any(
            rule.target is not None and rule.target.kind is Kind.SAMPLE and rule.target.analyte for rule in rules
        )


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file gives by its mapping.

    Attributes
    ----------
    patients
        Those that could be read, with fresh ids, in the order of their first rows.
    issues
        Every error and warning, each with its table and cell.
    unanswered
        Questions that are open; the needed ones keep the file from coming in.
    places
        By patient id, where each of its values stands.
    asked
        Every question of the file with its answer, None where it is open.
    changed
        By table, the rows (from 0) in which a value is another than what was read.
    """

    source: Source
    mapping: Mapping
    patients: tuple[Patient, ...]
    issues: tuple[Issue, ...]
    unanswered: tuple[Question, ...]
    places: Of[str, Places]
    today: date
    incomplete: frozenset[str] = frozenset()
    asked: tuple[tuple[Question, str | None], ...] = ()
    changed: Of[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.is_error)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if not issue.is_error)

    @property
    def may_come_in(self) -> bool:
        """Whether every needed question is answered and no cell is at fault."""
        return not self.errors and not any(question.is_needed for question in self.unanswered)

    def cell(self, table: str, row: int, column: int) -> CellRead:
        """What became of one cell, rows and columns from 0: what a preview shows."""
        return self.preview(table).cell(row, column)

    def preview(self, table: str) -> TablePreview:
        """What became of every cell of one table."""
        return TablePreview(self.source.table(table), self.mapping, self.today)


class TablePreview:
    """One table by its mapping, cell by cell: nothing is read before it is asked for."""

    def __init__(self, table: RawTable, mapping: Mapping, today: date) -> None:
        self.table = table
        self._mapping, self._today = mapping, today
        self._rules = _TableRules(table, mapping)
        self._by_column = {rule.column: rule for rule in mapping.of_table(table.name)}

    def rule(self, column: int) -> ColumnRule | None:
        """The rule of a column; None of one beyond the headings."""
        return self._by_column.get(column)

    def cell(self, row: int, column: int) -> CellRead:
        """What became of one cell, rows and columns from 0."""
        cell, rule = self.table.cell(row, column), self._by_column.get(column)
        if rule is None:
            return CellRead(cell.text)
        return _rule_reader(self._today).read(rule, cell, _analyte_of(self._rules, self._mapping, row))


_READERS: dict[date, RuleReader] = {}


def _rule_reader(today: date) -> RuleReader:
    if today not in _READERS:
        words = code_words()
        _READERS.clear()
        _READERS[today] = RuleReader(CellReader(today, words), words)
    return _READERS[today]


def row_key(kind: Kind, values: Of[str, Value]) -> RowKey:
    """What tells one row of its kind from the others of the same patient."""
    if kind is Kind.READING:
        return kind, values.get("minute"), None
    if kind is Kind.SAMPLE:
        return kind, values.get("minute"), values.get("analyte")
    return kind, term_key(str(values.get("term") or "")), values.get("phase")


def read(
    source: Source,
    mapping: Mapping,
    today: date,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Intake:
    """Read a whole file by its mapping; nothing is written anywhere.

    Raises
    ------
    Fault
        ``cancelled``; everything that is wrong with the file's cells is an issue of the result.
    """
    return _Assembly(source, mapping, today, progress, cancelled).intake()


class _Assembly:
    def __init__(
        self,
        source: Source,
        mapping: Mapping,
        today: date,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._source, self._mapping, self._today = source, mapping, today
        self._progress, self._cancelled = progress, cancelled
        self._reader = _rule_reader(today)
        self._where = Where(source, mapping)
        self._issues: list[Issue] = list(source.issues)
        self._counts: dict[Severity, int] = {}
        self._drafts: dict[str, _Draft] = {}
        self._changed: dict[str, set[int]] = {}
        self._total = sum(len(table.rows) for table in source.tables) or 1
        self._done = 0

    def intake(self) -> Intake:
        for table in self._source.tables:
            self._table(table)
        self._total = self._done + len(self._drafts) * _CHECKED
        made: list[tuple[Patient, _Draft]] = []
        while self._drafts:  # what a draft held is let go as its patient is made
            draft = self._drafts.pop(next(iter(self._drafts)))
            self._step(_CHECKED)
            made.append((self._patient(draft), draft))
            draft.rows.clear()
        all_asked = asked(self._source, self._mapping, code_words())
        return Intake(
            self._source,
            self._mapping,
            tuple(patient for patient, _ in made),
            self._told(),
            tuple(question for question, choice in all_asked if choice is None),
            {patient.id: draft.places for patient, draft in made},
            self._today,
            frozenset(patient.id for patient, draft in made if draft.is_incomplete),
            all_asked,
            {name: frozenset(rows) for name, rows in self._changed.items()},
        )

    def _step(self, by: int = 1) -> None:
        before, self._done = self._done // _STEP, self._done + by
        if self._done // _STEP == before:
            return
        if self._cancelled is not None and self._cancelled():
            raise Fault("cancelled")
        if self._progress is not None:
            self._progress(min(1.0, self._done / self._total))

    def _table(self, table: RawTable) -> None:
        rules = _TableRules(table, self._mapping)
        if not rules.rules:
            self._about(table, "unknown_sheet", Severity.WARNING, value=table.name)
            return
        self._left_out(table)
        if rules.number is None:
            self._about(table, "column_missing", Severity.ERROR, value="study_no")
            return
        for row in range(len(table.rows)):
            self._step()
            if not table.is_blank_row(row):
                self._row(rules, row, rules.number)

    def _left_out(self, table: RawTable) -> None:
        """Say which named columns are left out, and which names come twice."""
        seen: dict[str, int] = {}
        for rule in self._mapping.of_table(table.name):
            name = rule.header.casefold()
            if name in seen:
                params = {"value": rule.header, "first": self._where.cell(table.name, -1, seen[name]).cell}
                issue = Issue("duplicate_column", name, Severity.WARNING, params)
                self._at(table, -1, rule.column, issue)
            elif name and rule.target is None and name not in _PASSED_BY:
                issue = Issue("unknown_column", rule.header, Severity.WARNING, {"value": rule.header})
                self._at(table, -1, rule.column, issue)
            seen.setdefault(name, rule.column) if name else None

    def _row(self, rules: _TableRules, row: int, number: ColumnRule) -> None:
        table = rules.table
        told = self._cell(table, row, number, "")
        study_no = told.value
        if not isinstance(study_no, str):
            if not told.is_refused:
                self._at(table, row, number.column, Issue("row_without_study_no", "study_no"))
            return
        draft = self._drafts.get(study_no)
        if draft is None:
            draft = self._drafts[study_no] = _Draft(Places(self._where), {"study_no": study_no})
            draft.places.note(None, "study_no", table.name, row, number.column)
        analyte = _analyte_of(rules, self._mapping, row)
        loose: dict[Kind, dict[str, tuple[Value, int]]] = {}
        for rule in rules.others:
            found = self._cell(table, row, rule, analyte)
            draft.is_incomplete = draft.is_incomplete or found.is_refused
            target = rule.target
            if target is None or found.value is None:
                continue
            if target.kind is Kind.PATIENT:
                self._put(draft, None, target.variable, found.value, (table, row, rule.column))
            elif target.minute is not None or target.analyte:
                self._wide(draft, rules, row, rule, found.value)
            else:
                loose.setdefault(target.kind, {})[target.variable] = (found.value, rule.column)
        for kind, values in loose.items():
            self._long(draft, rules, row, kind, values)

    def _wide(self, draft: _Draft, rules: _TableRules, row: int, rule: ColumnRule, value: Value) -> None:
        """A value whose heading says its minute or its analyte."""
        target = rule.target
        if target is None:
            return
        minute = target.minute if target.minute is not None else self._minute_of(rules, row, target.kind)
        keys: dict[str, Value] = {"minute": minute}
        if target.kind is Kind.SAMPLE:
            keys["analyte"] = target.analyte or self._mapping.analyte or None
        key, cell = row_key(target.kind, keys), (rules.table, row, rule.column)
        for name, known in keys.items():
            if known is not None:
                self._put(draft, key, name, known, cell)
        self._put(draft, key, target.variable, value, cell)

    def _minute_of(self, rules: _TableRules, row: int, kind: Kind) -> Value:
        rule = rules.minutes.get(kind)
        if rule is None:
            return self._mapping.minute if kind is Kind.SAMPLE else None
        return self._reader.read(rule, rules.table.cell(row, rule.column)).value

    def _long(
        self, draft: _Draft, rules: _TableRules, row: int, kind: Kind, found: dict[str, tuple[Value, int]]
    ) -> None:
        """The values of one row of a long table."""
        table = rules.table
        values = {name: value for name, (value, _) in found.items()}
        if kind is Kind.SAMPLE:
            if rules.names_analytes and "concentration_ug_l" not in values:
                return  # its minute belongs to the columns that are named for their analyte
            if "minute" not in values and self._mapping.minute is not None:
                values["minute"] = self._mapping.minute
            if "analyte" not in values and self._mapping.analyte:
                values["analyte"] = self._mapping.analyte
        key = row_key(kind, values)
        if kind is Kind.ADVERSE_EVENT or key[1] is None:
            key = (kind, f"{table.name}\0{row}", None)  # rows of one term and phase are events of their own
        first = next(iter(found.values()))[1]
        known = draft.rows.get(key)
        if known is None:
            draft.rows[key] = values
            draft.places.note(key, "", table.name, row, first)
            return
        if kind is not Kind.ADVERSE_EVENT and set(values) & set(known) - {"minute", "analyte"}:
            draft.is_incomplete = True
            where = {name: values[name] for name in ("minute", "analyte") if name in values}
            code = "duplicate_sample" if "analyte" in where else "duplicate_minute"
            issue = Issue(code, "minute", params={"value": values.get("minute"), **where})
            self._at(table, row, first, issue)
            return
        for name, value in values.items():
            self._put(draft, key, name, value, (table, row, found[name][1] if name in found else first))

    def _put(self, draft: _Draft, key: RowKey | None, name: str, value: Value, cell: tuple[RawTable, int, int]) -> None:
        """Take one value; where another place of the file says another one, that is a fault."""
        values = draft.values if key is None else draft.rows.setdefault(key, {})
        table, row, column = cell
        if name not in values:
            values[name] = value
            draft.places.note(key, name, table.name, row, column)
        elif values[name] != value:
            first = draft.places.of(key, name)
            issue = Issue("differs_within_file", name, params={"value": str(value), "first": first.cell})
            self._at(table, row, column, issue)
            draft.is_incomplete = True

    def _patient(self, draft: _Draft) -> Patient:
        rows = [(key[0], values) for key, values in draft.rows.items() if values]
        patient = make_patient(draft.values, rows)
        for issue in check_patient(patient):
            self._tell(replace(issue, place=self._place_of(issue, patient, draft)))
        return patient

    @staticmethod
    def _place_of(issue: Issue, patient: Patient, draft: _Draft) -> Place:
        record = patient.find(str(issue.params.get("record_id", "")))
        if record is not None and record.kind is not Kind.PATIENT:
            key = next((key for key, values in draft.rows.items() if values == record.values), None)
            if key is not None:
                return draft.places.of(key, issue.variable)
        return draft.places.of(None, issue.variable)

    # Cells and places

    def _cell(self, table: RawTable, row: int, rule: ColumnRule, analyte: str) -> CellRead:
        found = self._reader.read(rule, table.cell(row, rule.column), analyte)
        if found.is_changed:
            self._changed.setdefault(table.name, set()).add(row)
        for issue in found.issues:
            self._at(table, row, rule.column, issue)
        return found

    def _tell(self, issue: Issue) -> None:
        """Take an issue along, unless so many were that the list or its columns are not what they seem."""
        self._counts[issue.severity] = count = self._counts.get(issue.severity, 0) + 1
        if count <= (MOST_ERRORS if issue.is_error else MOST_ISSUES):
            self._issues.append(issue)

    def _told(self) -> tuple[Issue, ...]:
        """Every issue that was taken along, and how many were not."""
        place = Place(str(self._source.path))
        for severity, most, code in _MOST:
            left = self._counts.get(severity, 0) - most
            if left > 0:
                self._issues.append(Issue(code, "", severity, {"count": left}, place))
        return tuple(self._issues)

    def _at(self, table: RawTable, row: int, column: int, issue: Issue) -> None:
        self._tell(replace(issue, place=self._where.cell(table.name, row, column)))

    def _about(self, table: RawTable, code: str, severity: Severity, **params: object) -> None:
        place = Place(str(self._source.path), table.name)
        self._tell(Issue(code, "", severity, params, place))


def _analyte_of(rules: _TableRules, mapping: Mapping, row: int) -> str:
    """The analyte that a row of a long list names, for its unit."""
    rule = rules.analyte
    if rule is None:
        return mapping.analyte
    declared = variable(Kind.SAMPLE, "analyte")
    text = rules.table.cell(row, rule.column).text.strip()
    return rule.codes.get(folded_word(text)) or code_words().variable_code(declared, text) or mapping.analyte


def rows_of(intake: Intake) -> Iterator[tuple[str, int]]:
    """Every row of every table that is read, by table and position."""
    for table in intake.source.tables:
        for row in range(len(table.rows)):
            yield table.name, row
