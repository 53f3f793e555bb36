"""The Excel export: what a supplement and a pharmacist's check need, and data sheets that import reads back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from esk_engine.errors import Fault
from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_writer import SheetWriter
from esk_engine.exchange.sheets_codebook import codebook_sheet
from esk_engine.exchange.sheets_data import Item, SheetPlan, criteria_sheet, data_sheets, settings_sheet
from esk_engine.exchange.sheets_figure import add_charts, add_pictures, figure_sheet
from esk_engine.exchange.sheets_log import LOG_WIDTHS, ROWS_PER_SHEET, log_head, log_rows
from esk_engine.exchange.sheets_overview import overview_sheet, study_line
from esk_engine.exchange.sheets_patients import classification_sheet, derived_sheet
from esk_engine.exchange.sheets_tables import table_sheet
from esk_engine.report import Analysis, Figure, analyse, figure_series, tables
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

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
        PNG of the figures "1a", "1b", "1c"; without them Excel draws charts from the data.
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
        analysis = analyse(snapshot.cohort)
        if cancelled():
            raise Fault("cancelled")
        figures = figure_series(analysis)
        report, data = _plans(snapshot, analysis, figures, now or datetime.now(), wording)
        job = _Job(
            sum(p.row_count for p in (*report, *data)) + (snapshot.version if with_log else 0), progress, cancelled
        )
        book = _new_book(snapshot, wording)
        try:
            _write(book, snapshot, report, data, job, wording, figures, pictures or {}, with_log=with_log)
            book.save(beside)
        finally:
            _close(book)
    progress(1.0)


def _plans(
    snapshot: StudySnapshot, analysis: Analysis, figures: Sequence[Figure], now: datetime, wording: Wording
) -> tuple[list[SheetPlan], list[SheetPlan]]:
    """The sheets for a reader, and those that import reads back."""
    line = study_line(snapshot, analysis, now, wording)
    report = [
        overview_sheet(snapshot, analysis, now, wording),
        *(table_sheet(table, line, wording) for table in tables(analysis)),
        figure_sheet(figures, wording),
        classification_sheet(snapshot.cohort, wording),
        derived_sheet(snapshot.cohort, wording),
    ]
    data = [
        *data_sheets(snapshot.patients),
        criteria_sheet(snapshot.criteria_sets, snapshot.criteria_set.set_id),
        settings_sheet(snapshot.settings),
        codebook_sheet(wording),
    ]
    return report, data


def _new_book(snapshot: StudySnapshot, wording: Wording) -> Workbook:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = snapshot.settings.study_name or snapshot.name
    book.properties.creator = "Esk"
    book.properties.language = wording.language
    return book


def _mark(snapshot: StudySnapshot, wording: Wording) -> str:
    """What stands above every printed page."""
    name = snapshot.settings.study_name or snapshot.name
    return f"{name} - {wording('note.synthetic')}" if snapshot.settings.synthetic else name


def _write(
    book: Workbook,
    snapshot: StudySnapshot,
    report: Sequence[SheetPlan],
    data: Sequence[SheetPlan],
    job: _Job,
    wording: Wording,
    figures: Sequence[Figure],
    pictures: Mapping[str, bytes],
    *,
    with_log: bool,
) -> None:
    mark = _mark(snapshot, wording)
    for plan in (*report, *data):
        writer = _write_sheet(book, plan, job, mark)
        if plan.title == report_title("figure1", wording):
            if pictures:
                add_pictures(writer, figures, pictures)
            else:
                add_charts(writer, figures, wording)
    if with_log:
        _write_log(book, snapshot, job, wording, mark)


def _write_sheet(book: Workbook, plan: SheetPlan, job: _Job, mark: str) -> SheetWriter:
    writer = SheetWriter(
        book,
        plan.title,
        plan.widths,
        head_rows=plan.head_rows,
        head_columns=plan.head_columns,
        mark=mark,
        row_count=plan.row_count if plan.is_exact else None,
    )
    _write_rows(writer, plan.rows(), job)
    return writer


def _write_rows(writer: SheetWriter, rows: Iterator[Sequence[Item]], job: _Job) -> None:
    for number, row in enumerate(rows, 1):
        writer.append(row)
        if number % _STEP == 0:
            job.advance(_STEP)
    job.advance(writer.row_count % _STEP)


def _write_log(book: Workbook, snapshot: StudySnapshot, job: _Job, wording: Wording, mark: str) -> None:
    """The log, on as many sheets as Excel needs for it."""
    study_nos = {patient.id: patient.study_no for patient in snapshot.patients}
    lines = log_rows(snapshot.log(), study_nos)
    part = 1
    first = next(lines, None)
    while first is not None or part == 1:
        name = report_title("log", wording) + (f" {part}" if part > 1 else "")
        writer = SheetWriter(book, name, LOG_WIDTHS, head_rows=1, head_columns=1, mark=mark)
        writer.append(log_head(wording))
        if first is not None:
            writer.append(first)
            _write_rows(writer, islice(lines, ROWS_PER_SHEET - 1), job)
        first, part = next(lines, None), part + 1


def _close(book: Workbook) -> None:
    """End every sheet's temporary file, also where the export stopped half way."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
