"""The Excel export: what a supplement and a pharmacist's check need, and data sheets that import reads back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from esk_engine.criteria import CriteriaSet
from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_dress import make_filter
from esk_engine.exchange.sheet_writer import SheetWriter
from esk_engine.exchange.sheets_check import check_sheet
from esk_engine.exchange.sheets_codebook import codebook_sheet
from esk_engine.exchange.sheets_data import Line, SheetPlan, criteria_sheet, data_sheets, settings_sheet
from esk_engine.exchange.sheets_figure import figure_sheet
from esk_engine.exchange.sheets_log import LOG_WIDTHS, ROWS_PER_SHEET, log_head, log_rows
from esk_engine.exchange.sheets_overview import overview_sheet, study_line
from esk_engine.exchange.sheets_patients import classification_sheet, derived_sheet
from esk_engine.exchange.sheets_tables import table_sheet
from esk_engine.exchange.streamed import StreamedBook
from esk_engine.report import Analysis, Extras, Figure, analyse, extras, figure_series, side_tables, tables
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]
_STEP = 500  # rows between two looks at whether it is cancelled


def _silent(fraction: float) -> None:
    del fraction


def _never() -> bool:
    return False


@dataclass(slots=True)
class _Job:
    """How far an export is, and whether it is still wanted."""

    total: int
    progress: Progress
    cancelled: Cancelled
    done: int = 0

    def advance(self, rows: int) -> None:
        if self.cancelled():
            raise Fault("cancelled")
        self.done += rows
        self.progress(min(self.done / max(self.total, 1), 0.95))


def export_workbook(
    snapshot: StudySnapshot,
    path: str | Path,
    wording: Wording,
    *,
    pictures: Mapping[str, bytes] | None = None,
    progress: Progress = _silent,
    cancelled: Cancelled = _never,
    now: datetime | None = None,
    with_log: bool = True,
) -> None:
    """Write the whole workbook, or nothing.

    Parameters
    ----------
    snapshot
        The study as it stands; its criteria set classifies.
    path
        The target; an old workbook there is replaced when the new one is whole.
    pictures
        PNG of the figures "1a", "1b", "1c": they stand beside the charts that Excel draws from the data.
    progress
        Told how far it is, 0 to 1.
    cancelled
        Asked now and then; True ends it with nothing written.

    Raises
    ------
    Fault
        ``target_not_xlsx``, ``target_open``, ``target_not_writable``, ``file_full``, ``text_too_long``,
        ``too_many_rows``, ``picture_damaged``, ``cancelled``.
    """
    with written_beside(Path(path)) as beside:
        analysis = analyse(snapshot.cohort, _stopping(cancelled))
        found, figures = extras(analysis, _stopping(cancelled)), figure_series(analysis)
        moment = now or datetime.now()
        plans = _plans(snapshot, analysis, found, figures, moment, wording, pictures or {})
        expected = sum(plan.row_count for plan in plans) + (snapshot.version if with_log else 0)
        book = _Book(beside, snapshot, wording, _Job(expected, progress, cancelled), wording.date(moment.date()))
        try:
            for plan in plans:
                writer = book.write(plan)
                if plan.dress is not None:
                    plan.dress(writer)
                writer.end()
            if with_log:
                book.write_log()
            book.save()
        finally:
            book.close()
    progress(1.0)


def _stopping(cancelled: Cancelled) -> Progress:
    """Looks at whether the analysis is still wanted, as often as it tells how far it is."""

    def look(share: float) -> None:
        del share
        if cancelled():
            raise Fault("cancelled")

    return look


def _sets(snapshot: StudySnapshot) -> tuple[CriteriaSet, ...]:
    """The study's sets, and the one that classifies where it is only tried: what goes out comes in again in use."""
    used = snapshot.criteria_set
    held = any(each.set_id == used.set_id for each in snapshot.criteria_sets)
    return snapshot.criteria_sets if held else (*snapshot.criteria_sets, used)


def _plans(
    snapshot: StudySnapshot,
    analysis: Analysis,
    found: Extras,
    figures: Sequence[Figure],
    now: datetime,
    wording: Wording,
    pictures: Mapping[str, bytes],
) -> list[SheetPlan]:
    """Every sheet but the log: those for a reader, those that import reads back, the codebook."""
    line = study_line(snapshot, analysis, now, wording)
    check = check_sheet(snapshot.cohort, snapshot.patients, wording)
    return [
        overview_sheet(snapshot, analysis, found, now, wording),
        *(table_sheet(table, line, wording) for table in (*tables(analysis), *side_tables(analysis, found))),
        figure_sheet(figures, pictures, wording),
        classification_sheet(snapshot.cohort, wording),
        derived_sheet(snapshot.cohort, wording),
        *([] if check is None else [check]),
        *data_sheets(snapshot.patients),
        criteria_sheet(_sets(snapshot), snapshot.criteria_set.set_id),
        settings_sheet(snapshot.settings),
        codebook_sheet(wording),
    ]


class _Book:
    """The workbook while it is written, a sheet after the other."""

    def __init__(self, path: Path, snapshot: StudySnapshot, wording: Wording, job: _Job, day: str) -> None:
        self._snapshot, self._wording, self._job = snapshot, wording, job
        name = snapshot.settings.study_name or snapshot.name
        self._page_lines = (name, wording("note.synthetic") if snapshot.settings.synthetic else "", day)
        self._book = StreamedBook(path)
        properties = self._book.book.properties
        properties.title, properties.creator, properties.language = name, "Esk", wording.language

    def write(self, plan: SheetPlan) -> SheetWriter:
        """One sheet with all its rows; whoever asked for it ends it."""
        writer = SheetWriter(
            self._book,
            plan.title,
            plan.widths,
            head_rows=plan.head_rows,
            head_columns=plan.head_columns,
            page_lines=self._page_lines,
            row_count=plan.row_count if plan.is_exact else None,
            portrait=plan.portrait,
        )
        self._write_rows(writer, plan.rows())
        return writer

    def write_log(self) -> None:
        """The log, on as many sheets as Excel needs for it."""
        study_nos = {patient.id: patient.study_no for patient in self._snapshot.patients}
        lines = log_rows(self._snapshot.log(), study_nos)
        part = 1
        first = next(lines, None)
        while first is not None or part == 1:
            name = report_title("log", self._wording) + (f" {part}" if part > 1 else "")
            writer = SheetWriter(self._book, name, LOG_WIDTHS, head_rows=1, head_columns=1, page_lines=self._page_lines)
            writer.append(log_head(self._wording))
            if first is not None:
                writer.append(first)
                self._write_rows(writer, islice(lines, ROWS_PER_SHEET - 1))
            make_filter(writer, 1, len(LOG_WIDTHS))
            writer.end()
            first, part = next(lines, None), part + 1

    def _write_rows(self, writer: SheetWriter, rows: Iterator[Line]) -> None:
        before = writer.row_count
        for number, row in enumerate(rows, 1):
            writer.append(row)
            if number % _STEP == 0:
                self._job.advance(_STEP)
        self._job.advance((writer.row_count - before) % _STEP)

    def save(self) -> None:
        self._book.finish()

    def close(self) -> None:
        """Let go of the file, also where the export stopped half way."""
        self._book.give_up()
