"""One patient's page for the file: study number, course, samples, side effects, evaluation, verdict, signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from esk_engine.cohort import Cohort, score_of
from esk_engine.dictionary import CONCENTRATIONS, PHASES, Kind, derived, numeric, variable
from esk_engine.exchange.document import (
    Block,
    Column,
    Document,
    Facts,
    FigureBlock,
    Grid,
    GridCell,
    GridRow,
    Heading,
    Paragraph,
    Sides,
)
from esk_engine.exchange.study_report import SIGNS, Maker, document_of, study_name, who_text
from esk_engine.judge import Group, Verdict
from esk_engine.naranjo import Score
from esk_engine.records import BelowLloq, Patient, Record
from esk_engine.report import note_text
from esk_engine.report.table import Note
from esk_engine.settings import Settings
from esk_engine.study import Signature, SignOff, StudySnapshot
from esk_engine.verdicts import ConditionVerdict, PatientVerdict
from esk_engine.wording import Wording

COURSE = "course"
Short = Heading | Paragraph | Facts | Grid
_INCLUSION = (
    *("inclusion_date", "sex", "age_years", "height_cm", "weight_kg", "bmi_kg_m2"),
    *("indication", "indication_group", "dose_planned_mg"),
)
_INFUSION = (
    *("infusion_start", "infusion_minutes", "stop_reason", "dose_mg", "nrs_before", "nrs_end"),
    "nrs_reduction_percent",
)
_MONITOR = ("heart_rate_lowest_bpm", "heart_rate_highest_bpm")
_EVALUATION = ("evaluation_date", "relief_weeks", "relief_ongoing", "treatment_continued")
_WAITED_FOR = ("relief_weeks", "treatment_continued")
_SERIES = {"heart_rate": "heart_rate_bpm", "systolic": "systolic_mmhg", "diastolic": "diastolic_mmhg"}
_MOST_TIMES = 10


def patient_page(
    snapshot: StudySnapshot, patient_id: str, signatures: Sequence[Signature], maker: Maker, wording: Wording
) -> Document:
    """The page of one patient; never a name, the study number alone.

    Concentrations and verdict are left out while the evaluation waits for them, as on the screen.

    Parameters
    ----------
    signatures
        The patient's own.

    Raises
    ------
    KeyError
        Where the study holds no such patient.
    """
    page = _Page(snapshot.cohort, patient_id, snapshot.settings, wording)
    title = wording("document.patient_title", study_no=page.patient.study_no, study=study_name(snapshot))
    return document_of(snapshot, title, maker, wording, tuple(page.blocks(signatures)))


def steers(patient: Patient, settings: Settings) -> bool:
    """Whether verdict and concentrations would steer who still has to score the evaluation."""
    return not settings.verdict_during_entry and any(patient.get(name) is None for name in _WAITED_FOR)


class _Page:
    def __init__(self, cohort: Cohort, patient_id: str, settings: Settings, wording: Wording) -> None:
        self._cohort, self._settings, self._wording = cohort, settings, wording
        self._row = cohort.row_of(patient_id)
        self.patient = cohort.patients[self._row]
        self._verdict = cohort.verdict(patient_id)
        self._is_covered = steers(self.patient, settings)

    def blocks(self, signatures: Sequence[Signature]) -> Iterator[Block]:
        wording, group = self._wording, self._verdict.group
        name = wording("document.patient", study_no=self.patient.study_no)
        if self._is_covered:
            yield Heading(name, 0)
        else:
            yield Heading(f"{name}: {wording(f'group.{group}').lower()}", 0, group)
        yield Heading(wording("sign_off.inclusion"), 2)
        yield self._facts(_INCLUSION, 5)
        yield Heading(wording("document.infusion"), 2)
        monitor = tuple(name for name in _MONITOR if self.patient.get(name) is not None)
        yield self._facts((*_INFUSION, *monitor), 5)
        yield from self._course()
        yield Sides(tuple(self._samples()), tuple(self._side_effects()), 0.34)
        evaluation = (Heading(wording("document.evaluation"), 2), self._facts(_EVALUATION, 2))
        yield Sides(evaluation, tuple(self._signed(signatures)))
        remarks = self.patient.get("remarks")
        if remarks:
            yield Paragraph(str(remarks), opening=wording.label("remarks"))
        yield from self._judged()

    # Values

    def _facts(self, names: Sequence[str], columns: int) -> Facts:
        return Facts(tuple((self._label(name), self._value(name)) for name in names), columns)

    def _label(self, name: str) -> str:
        return self._wording.label(name)

    def _value(self, name: str) -> str:
        wording = self._wording
        try:
            declared = variable(Kind.PATIENT, name)
        except KeyError:
            found = derived(name)
            text = wording.value(found, float(self._cohort.column(name)[self._row]))
            return wording.with_unit(text, found.unit) if text != wording.number(None) else text
        value = self.patient.get(name)
        text = wording.value(declared, value)
        return text if value is None else wording.with_unit(text, declared.unit)

    # The course

    def _course(self) -> Iterator[Block]:
        wording = self._wording
        if not any(_minute(row) is not None for row in self.patient.readings):
            yield Heading(wording("document.course"), 2)
            yield Paragraph(wording("document.course.empty"), "second")
            return
        yield FigureBlock(COURSE, "", wording("document.course"), (wording("document.course.allowed"),))
        deciding = {} if self._is_covered else _deciding(self._verdict)
        by_minute = {minute: row for row in self.patient.readings if (minute := _minute(row)) is not None}
        minutes = self._minutes(by_minute, deciding)
        heads = (
            Column(wording("document.course.minute")),
            *(Column(wording.number(m), align="number") for m in minutes),
        )
        rows: list[GridRow] = []
        for name in _SERIES.values():
            cells = [GridCell(f"{wording.label(name)} ({wording.unit(name)})")]
            for minute in minutes:
                row = by_minute.get(minute)
                value = None if row is None or name in _artefacts(row) else row.get(name)
                number = value if isinstance(value, (int, float)) else None
                cells.append(GridCell(wording.number(number), bold=minute in deciding.get(name, ())))
            rows.append(GridRow(tuple(cells)))
        yield Grid("", "", heads, tuple(rows), (wording("document.course.table"),) if deciding else ())

    def _minutes(self, by_minute: Mapping[int, Record], deciding: Mapping[str, Sequence[int]]) -> list[int]:
        """Every hour, or as many hours apart as there is room for; the end and what decided besides."""
        entered = self.patient.get("infusion_minutes")
        end = int(entered) if isinstance(entered, (int, float)) else max(by_minute)
        step = next(step for step in (60, 120, 180, 240, 480) if end / step < _MOST_TIMES)
        wanted = set(range(0, end + 1, step)) | {m for minutes in deciding.values() for m in minutes}
        if end in by_minute:
            wanted.add(end)
        return sorted(wanted)

    # Samples and side effects

    def _samples(self) -> Iterator[Short]:
        wording = self._wording
        yield Heading(wording("document.samples"), 2)
        if self._is_covered:
            yield Paragraph(wording("document.samples.hidden"), "second")
            return
        if not self.patient.samples:
            yield Paragraph(wording("document.samples.empty"), "second")
            return
        analytes = list(dict.fromkeys(str(row.get("analyte")) for row in self.patient.samples if row.get("analyte")))
        unit = wording.unit("concentration_ug_l")
        heads = [Column(self._head(Kind.SAMPLE, "minute"), align="number")]
        heads += [Column(wording.code(analyte), f"({unit})", "number") for analyte in analytes]
        rows: list[GridRow] = []
        for minute in dict.fromkeys(row.get("minute") for row in self.patient.samples):
            taken = [row for row in self.patient.samples if row.get("minute") == minute]
            cells = [GridCell(wording.value(variable(Kind.SAMPLE, "minute"), minute))]
            cells += [GridCell(", ".join(self._concentrations(taken, analyte))) for analyte in analytes]
            rows.append(GridRow(tuple(cells)))
        yield Grid("", "", tuple(heads), tuple(rows))
        steady = "; ".join(f"{self._label(name)} {self._steady(name)}" for name in CONCENTRATIONS)
        yield Paragraph(wording("document.steady", values=steady), "note")

    def _concentrations(self, rows: Sequence[Record], analyte: str) -> Iterator[str]:
        declared = variable(Kind.SAMPLE, "concentration_ug_l")
        for row in rows:
            if row.get("analyte") == analyte:
                yield self._wording.value(declared, row.get("concentration_ug_l"))

    def _steady(self, name: str) -> str:
        """A value at steady state; below its LLOQ it is said to be."""
        lloq = None if name == "ratio" else float(self._cohort.lloq(name)[self._row])
        if lloq is not None and lloq == lloq:  # not NaN
            return self._wording.with_unit(self._wording.value(numeric(name), BelowLloq(lloq)), numeric(name).unit)
        return self._value(name)

    def _head(self, kind: Kind, name: str) -> str:
        unit = self._wording.unit_text(variable(kind, name).unit)
        return f"{self._wording.label(name)} ({unit})" if unit else self._wording.label(name)

    def _side_effects(self) -> Iterator[Short]:
        wording, cutoff = self._wording, self._settings.naranjo_cutoff
        yield Heading(wording("document.side_effects"), 2)
        events = [row for row in self.patient.adverse_events if row.get("term") is not None]
        if events:
            heads = (
                Column(wording("side_effects.column.term")),
                Column(wording("side_effects.column.phase")),
                Column(wording("document.naranjo"), align="number"),
                Column(wording("side_effects.column.counts"), wording("document.counts", cutoff=cutoff)),
            )
            yield Grid("", "", heads, tuple(self._event(row, cutoff) for row in events))
        else:
            yield Paragraph(wording("document.side_effects.empty"), "second")
        asked: list[str] = []
        for phase in PHASES:
            answer = self.patient.get(f"side_effects_asked_{phase}")
            told = wording("document.side_effects.unanswered") if answer is None else wording.code(str(answer))
            asked.append(wording("document.side_effects.asked_in", phase=wording.code(phase), answer=told))
        yield Paragraph(f"{wording('document.side_effects.asked')} {'; '.join(asked)}.", "note")

    def _event(self, row: Record, cutoff: int) -> GridRow:
        wording, found = self._wording, score_of(row)
        phase = row.get("phase")
        return GridRow(
            (
                GridCell(wording.term(str(row.get("term")))),
                GridCell(wording.number(None) if phase is None else wording.code(str(phase))),
                GridCell(wording.number(found.score if found.answered else None), _standing(found, wording)),
                GridCell(wording(f"side_effects.counts.{found.counts(cutoff)}")),
            )
        )

    # Verdict and signatures

    def _judged(self) -> Iterator[Block]:
        wording = self._wording
        yield Heading(wording("document.verdict"), 2)
        yield Paragraph(note_text(self._set_note(), wording), "note")
        if self._is_covered:
            yield Paragraph(wording("document.samples.hidden"), "second")
            return
        heads = (
            *(Column(wording(f"export.head.{head}")) for head in ("criterion", "variable")),
            Column(wording("document.value")),
            Column(wording("export.head.threshold")),
            Column(wording("export.head.verdict")),
        )
        rows: list[GridRow] = []
        for criterion in self._verdict.criteria:
            for at, judged in enumerate(criterion.conditions):
                rows.append(self._evidence(wording.criterion(criterion.name) if at == 0 else "", judged, at == 0))
        yield Grid("", "", heads, tuple(rows))
        if self._verdict.group is Group.UNDETERMINED and self._verdict.missing:
            names = ", ".join(wording.short_label(each) for each in self._verdict.missing)
            yield Paragraph(wording("document.missing", names=names), "note")

    def _set_note(self) -> Note:
        used = self._cohort.criteria_set
        if used.specified_beforehand:
            return Note("set_beforehand", {"name": used.name})
        return Note("set_defined", {"name": used.name, "k": used.outcomes_known, "n": used.patients})

    def _evidence(self, criterion: str, judged: ConditionVerdict, is_first: bool) -> GridRow:
        wording, condition = self._wording, judged.condition
        unit = numeric(condition.variable).unit
        failed = judged.verdict is Verdict.NOT_MET
        value = wording.number(None)
        pale = ""
        if judged.value is not None:
            value = wording.with_unit(wording.number_beside(judged.value, condition.threshold), unit)
            if judged.minute == "monitor":
                pale = wording("export.monitor")
            elif judged.minute is not None:
                pale = wording("document.at_minute", minute=judged.minute)
        elif judged.reason and wording.has(f"reason.{judged.reason}"):
            pale = wording(f"reason.{judged.reason}")
        limit = wording.with_unit(wording.number(condition.threshold), unit)
        verdict = wording(f"verdict.{judged.verdict}")
        if judged.so_far and judged.verdict is Verdict.UNKNOWN:
            verdict = f"{verdict} ({wording('export.so_far')})"
        cells = (
            GridCell(criterion),
            GridCell(wording.label(condition.variable)),
            GridCell(value, pale, bold=failed),
            GridCell(f"{SIGNS[condition.operator]} {limit}"),
            GridCell(verdict, bold=failed),
        )
        return GridRow(cells, starts_block=is_first)

    def _signed(self, signatures: Sequence[Signature]) -> Iterator[Short]:
        wording = self._wording
        yield Heading(wording("document.signatures"), 2)
        facts: list[tuple[str, str]] = []
        for moment in SignOff:
            told = [self._signature(each) for each in signatures if each.moment is moment]
            facts.append((wording(f"sign_off.{moment}"), "\n".join(told) or wording("document.not_signed")))
        yield Facts(tuple(facts), 2)

    def _signature(self, each: Signature) -> str:
        who = who_text(each.person, each.role, self._wording)
        void = self._wording("document.is_void") if each.void else ""
        return "\n".join(part for part in (who, self._wording.datetime(each.when), void) if part)


def _minute(row: Record) -> int | None:
    minute = row.get("minute")
    return int(minute) if isinstance(minute, (int, float)) else None


def _artefacts(row: Record) -> list[str]:
    return str(row.get("artefact") or "").split(",")


def _deciding(verdict: PatientVerdict) -> dict[str, list[int]]:
    """The minutes on which a condition that is not met fell, by vital sign."""
    found: dict[str, list[int]] = {}
    for judged in (judged for criterion in verdict.criteria for judged in criterion.conditions):
        vital = next((name for stem, name in _SERIES.items() if judged.condition.variable.startswith(f"{stem}_")), None)
        if vital is not None and judged.verdict is Verdict.NOT_MET and isinstance(judged.minute, int):
            found.setdefault(vital, []).append(judged.minute)
    return found


def _standing(found: Score, wording: Wording) -> str:
    """The category of a complete score, else what it can still become."""
    if found.category is not None:
        return wording(f"naranjo.category.{found.category}")
    return wording("document.naranjo.still", low=found.lowest, high=found.highest)
