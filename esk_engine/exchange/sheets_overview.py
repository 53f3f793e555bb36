"""The first sheet: which study this is, by which criteria and settings, how many patients, how it was computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from esk_engine import __version__
from esk_engine.dictionary import DERIVED
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_writer import DATETIME, HEAD, LABEL, NOTE, SUBTITLE, TITLE, WHOLE, WRAPPED, Look
from esk_engine.exchange.sheets_check import MOST_PATIENTS
from esk_engine.exchange.sheets_data import Item, SheetPlan, value_item
from esk_engine.judge import Group
from esk_engine.report import TOTAL, Analysis, Extras, method_note, methods_paragraphs, note_text, set_note
from esk_engine.report.render import set_name
from esk_engine.report.table import Note
from esk_engine.settings import SETTINGS, SettingDeclaration
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording

Rows = Iterator[Sequence[Item]]
_WIDTHS = (40, 60, 4, 8, 8)
_BOLD_WRAPPED = Look(bold=True, wrap=True)
_LEFT_WHOLE = replace(WHOLE, align="left")
_LEFT_MOMENT = replace(DATETIME, align="left")


def study_line(snapshot: StudySnapshot, analysis: Analysis, now: datetime, wording: Wording) -> str:
    """What stands above every table: the study, the criteria set, the day, and whether it is made up."""
    parts = [
        snapshot.settings.study_name or snapshot.name,
        snapshot.settings.clinic_name,
        note_text(set_note(analysis), wording).rstrip("."),
        wording.date(now.date()),
        note_text(Note("synthetic"), wording).rstrip(".") if snapshot.settings.synthetic else "",
    ]
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def _about(snapshot: StudySnapshot, now: datetime, wording: Wording) -> Rows:
    settings = snapshot.settings
    yield [(settings.study_name or snapshot.name, TITLE)]
    if settings.synthetic:
        yield [(note_text(Note("synthetic"), wording), LABEL)]
    yield []
    for label, item in (
        (wording.label("study_name"), settings.study_name),
        (wording.label("clinic_name"), settings.clinic_name),
        (wording("export.file"), snapshot.name),
        (wording("export.made"), (now.replace(second=0, microsecond=0), _LEFT_MOMENT)),
        (wording("export.program"), f"Esk {__version__}"),
        (wording("export.log_line"), (snapshot.version, _LEFT_WHOLE)),
        (wording("export.log_head"), snapshot.head),
    ):
        yield [(label, LABEL), item]


def _counts(analysis: Analysis, wording: Wording) -> Rows:
    yield [(wording("export.counts"), SUBTITLE)]
    yield [(wording("group.total"), LABEL), (analysis.sizes[TOTAL], _LEFT_WHOLE)]
    for group in (Group.RESPONDER, Group.NON_RESPONDER, Group.UNDETERMINED):
        yield [(wording(f"group.{group}.plural"), LABEL), (analysis.sizes[group], _LEFT_WHOLE)]


def _criteria(snapshot: StudySnapshot, analysis: Analysis, wording: Wording) -> Rows:
    used = snapshot.criteria_set
    yield [(wording("export.criteria", name=set_name(used.name, wording)), SUBTITLE)]
    yield [(note_text(set_note(analysis), wording), NOTE)]
    heads = ("export.head.criterion", "export.head.variable", "", "export.head.threshold", "export.head.unit")
    yield [(wording(head) if head else "", HEAD) for head in heads]
    for criterion in used.criteria:
        for at, condition in enumerate(criterion.conditions):
            name = condition.variable
            yield [
                (wording.criterion(criterion.name) if at == 0 else "", LABEL),
                wording.label(name),
                condition.operator.replace(">=", "\N{GREATER-THAN OR EQUAL TO}").replace(
                    "<=", "\N{LESS-THAN OR EQUAL TO}"
                ),
                value_item(condition.threshold),
                wording.unit(name),
            ]


def _setting_item(declared: SettingDeclaration, snapshot: StudySnapshot, wording: Wording) -> Item:
    stored = snapshot.settings.stored(declared.name)
    if declared.codes:
        return wording.code(str(stored), declared.name)
    return (stored, _LEFT_WHOLE) if isinstance(stored, int) else value_item(stored)


def _settings(snapshot: StudySnapshot, wording: Wording) -> Rows:
    yield [(wording("export.settings"), SUBTITLE)]
    for declared in SETTINGS:
        if declared.name not in ("study_name", "clinic_name"):
            item = _setting_item(declared, snapshot, wording)
            yield [(wording.label(declared.name), _BOLD_WRAPPED), item, wording.unit_text(declared.unit)]


def _methods(analysis: Analysis, wording: Wording) -> Rows:
    """How each figure was computed: the tests, then every derived value."""
    yield [(wording("export.methods"), SUBTITLE)]
    cutoff = analysis.cohort.settings.naranjo_cutoff
    notes = (
        ("export.method.p", method_note(analysis)),
        ("export.method.fisher", Note("p.fisher_2x2")),
        ("export.method.fisher_rxc", Note("p.fisher_rxc")),
        ("export.method.shift", Note("shift")),
        ("export.method.box", Note("box")),
        ("export.method.side_effects", Note("naranjo", {"cutoff": cutoff})),
    )
    for key, note in notes:
        yield [(wording(key), _BOLD_WRAPPED), (note_text(note, wording), WRAPPED)]
    for key in ("summaries", "rounding"):
        yield [(wording(f"export.method.{key}"), _BOLD_WRAPPED), (wording(f"export.method.{key}.text"), WRAPPED)]
    for declared in DERIVED:
        definition = wording(f"definition.{declared.name}")
        yield [(wording.label(declared.name), _BOLD_WRAPPED), (definition, WRAPPED)]


def _methods_text(analysis: Analysis, found: Extras, wording: Wording) -> Rows:
    """The Methods of an article, a paragraph a row, a reference a row."""
    yield [(wording("export.methods_text"), SUBTITLE)]
    for part in methods_paragraphs(analysis, wording, found):
        for at, text in enumerate(part.text.splitlines()):
            yield [(part.heading if at == 0 else "", _BOLD_WRAPPED), (text, WRAPPED)]


def _rows(snapshot: StudySnapshot, analysis: Analysis, found: Extras, now: datetime, wording: Wording) -> Rows:
    for part in (
        _about(snapshot, now, wording),
        _counts(analysis, wording),
        _criteria(snapshot, analysis, wording),
        _settings(snapshot, wording),
        _methods_text(analysis, found, wording),
        _methods(analysis, wording),
    ):
        yield from part
        yield []
    yield [(wording("export.reads_back"), NOTE)]
    if len(snapshot.patients) > MOST_PATIENTS:
        yield [(wording("export.check.left_out", limit=MOST_PATIENTS), NOTE)]


def overview_sheet(
    snapshot: StudySnapshot, analysis: Analysis, found: Extras, now: datetime, wording: Wording
) -> SheetPlan:
    """The overview."""
    count = 60 + len(snapshot.criteria_set.conditions()) + len(SETTINGS) + len(DERIVED)
    rows = lambda: _rows(snapshot, analysis, found, now, wording)  # noqa: E731 - a plan holds its rows unread
    return SheetPlan(report_title("overview", wording), _WIDTHS, count, rows, 0, 0, is_exact=False)
