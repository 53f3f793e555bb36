"""The report of a whole study: who made it when, how patients were classified, tables, figures, methods, signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from esk_engine import __version__
from esk_engine.errors import Fault
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
    TableBlock,
)
from esk_engine.judge import Group
from esk_engine.report import (
    TOTAL,
    Analysis,
    Extras,
    Figure,
    analyse,
    caution_text,
    extras,
    figure_series,
    methods_paragraphs,
    note_text,
    set_note,
    side_tables,
    tables,
)
from esk_engine.report.render import set_name
from esk_engine.study import Person, Signature, SignOff, Study, StudySnapshot
from esk_engine.wording import Wording

Signatures = Mapping[str, Sequence[Signature]]
FIGURE_1 = "figure_1"
SIGNS = {">=": "\N{GREATER-THAN OR EQUAL TO}", "<=": "\N{LESS-THAN OR EQUAL TO}"}


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a report, and when."""

    person: Person
    when: datetime

    def name(self, wording: Wording) -> str:
        """Initials and role, as far as they are known."""
        return who_text(self.person.initials, self.person.role, wording)

    def line(self, wording: Wording) -> str:
        """``Made by AB, pharmacist on 16-01-2024 14:02, Esk 1.0``"""
        who, when = self.name(wording), wording.datetime(self.when)
        said = wording("document.made_by", who=who, when=when) if who else wording("document.made", when=when)
        return f"{said} \N{MIDDLE DOT} Esk {__version__}"


def who_text(initials: str, role: str, wording: Wording) -> str:
    """``AB, hospital pharmacist``"""
    key = f"shell.role.{role}"
    told = wording(key).lower() if role and wording.has(key) else role
    return ", ".join(part for part in (initials, told) if part)


def signatures_of(study: Study) -> dict[str, tuple[Signature, ...]]:
    """All signatures of a study, by patient."""
    return {patient.id: study.signatures(patient.id) for patient in study.patients}


def study_name(snapshot: StudySnapshot) -> str:
    return snapshot.settings.study_name or snapshot.name


def document_of(
    snapshot: StudySnapshot, title: str, maker: Maker, wording: Wording, blocks: Sequence[Block]
) -> Document:
    """A document with what stands on each of its pages."""
    settings = snapshot.settings
    return Document(
        title,
        " \N{MIDDLE DOT} ".join(part for part in (study_name(snapshot), settings.clinic_name) if part),
        wording("document.synthetic") if settings.synthetic else "",
        maker.line(wording),
        wording("document.page", n="{n}", m="{m}"),
        wording.language,
        tuple(blocks),
    )


def study_report(
    snapshot: StudySnapshot,
    signatures: Signatures,
    maker: Maker,
    wording: Wording,
    cancelled: Callable[[], bool] | None = None,
) -> Document:
    """The whole report.

    Parameters
    ----------
    signatures
        By patient; ``signatures_of`` a study.
    cancelled
        Asked now and then while the tables are computed.

    Raises
    ------
    Fault
        ``cancelled``.
    """

    def look(share: float) -> None:
        del share
        if cancelled is not None and cancelled():
            raise Fault("cancelled")

    analysis = analyse(snapshot.cohort, look)
    found = extras(analysis, look)
    blocks = (
        *_opening(snapshot, maker, wording),
        *_groups(analysis, wording),
        *_criteria(snapshot, analysis, wording),
        *(_results(analysis, found, wording) if snapshot.patients else ()),
        *_signed(snapshot, signatures, wording),
        *_origin(snapshot, wording),
    )
    title = wording("document.report_title", study=study_name(snapshot))
    return document_of(snapshot, title, maker, wording, blocks)


def _opening(snapshot: StudySnapshot, maker: Maker, wording: Wording) -> Iterator[Block]:
    settings = snapshot.settings
    yield Heading(study_name(snapshot), 0)
    yield Paragraph(wording("document.report"), "lead")
    if settings.synthetic:
        yield Paragraph(wording("note.synthetic"), "mark")
    rows = (
        (wording.label("clinic_name"), settings.clinic_name),
        (wording("export.file"), f"{snapshot.name}.esk"),
        (wording("export.made"), wording.datetime(maker.when)),
        (wording("document.by"), maker.name(wording)),
    )
    yield Facts(tuple((label, text) for label, text in rows if text))


def _results(analysis: Analysis, found: Extras, wording: Wording) -> Iterator[Block]:
    yield Heading(wording("document.results"))
    yield from (TableBlock(table) for table in tables(analysis))
    yield from figure_blocks(figure_series(analysis), analysis, wording)
    yield Heading(wording("document.beside"))
    yield from (TableBlock(table) for table in side_tables(analysis, found))
    yield from _warnings(found, wording)
    yield Heading(wording("document.methods"))
    yield from _methods(analysis, found, wording)


def _groups(analysis: Analysis, wording: Wording) -> Iterator[Block]:
    yield Heading(wording("document.patients"))
    if not analysis.sizes[TOTAL]:
        yield Paragraph(wording("document.no_patients"), "second")
        return
    columns = (Column(wording("export.head.group")), Column("n", align="number"), Column("%", align="number"))
    whole = analysis.sizes[TOTAL]
    rows: list[GridRow] = []
    for group in (Group.RESPONDER, Group.NON_RESPONDER, Group.UNDETERMINED):
        n = analysis.sizes[group]
        percent = wording.number(100 * n / whole, 1) if whole else wording.number(None)
        name = GridCell(wording(f"group.{group}.plural"), group=group)
        rows.append(GridRow((name, GridCell(wording.number(n)), GridCell(percent))))
    total = GridCell(wording("group.total"), bold=True)
    rows.append(GridRow((total, GridCell(wording.number(whole), bold=True), GridCell(""))))
    yield Grid("", "", columns, tuple(rows))


def _criteria(snapshot: StudySnapshot, analysis: Analysis, wording: Wording) -> Iterator[Block]:
    used = snapshot.criteria_set
    yield Heading(wording("export.criteria", name=set_name(used.name, wording)))
    yield Paragraph(note_text(set_note(analysis), wording))
    heads = ("export.head.criterion", "export.head.variable", "export.head.threshold")
    rows: list[GridRow] = []
    for criterion in used.criteria:
        for at, condition in enumerate(criterion.conditions):
            limit = wording.with_unit(wording.number(condition.threshold), wording.unit(condition.variable))
            cells = (
                GridCell(wording.criterion(criterion.name) if at == 0 else ""),
                GridCell(wording.label(condition.variable)),
                GridCell(f"{SIGNS[condition.operator]} {limit}"),
            )
            rows.append(GridRow(cells, starts_block=at == 0))
    yield Grid("", "", tuple(Column(wording(head)) for head in heads), tuple(rows))
    yield Paragraph(wording("methods.groups.rest"), "note")


def figure_blocks(figures: Sequence[Figure], analysis: Analysis, wording: Wording) -> Iterator[Block]:
    """Figure 1 with its three box plots, and everything that is said under them, each once."""
    notes = dict.fromkeys(note_text(note, wording) for figure in figures for note in figure.notes)
    undetermined = analysis.sizes[Group.UNDETERMINED]
    if undetermined:
        notes[wording.plural("figures.undetermined", undetermined)] = None
    name, _, caption = wording("export.figure.title").partition(". ")
    yield FigureBlock(FIGURE_1, name, caption, tuple(notes))


def _warnings(found: Extras, wording: Wording) -> Iterator[Block]:
    """Every warning once, with the comparisons that it is about."""
    about: dict[str, list[str]] = {}
    for one in found.comparisons:
        for warning in one.warnings:
            about.setdefault(caution_text(warning, wording), []).append(wording.label(one.variable))
    for effect in found.side_effects:
        label = f"{wording.term(effect.comparison.term)}, {wording.label(effect.comparison.variable)}"
        for warning in effect.warnings:
            about.setdefault(caution_text(warning, wording), []).append(label)
    if not about:
        return
    yield Heading(wording("cli.warnings"))
    columns = (Column(wording("document.warning")), Column(wording("document.concerns")))
    rows = (GridRow((GridCell(text), GridCell("; ".join(labels)))) for text, labels in about.items())
    yield Grid("", "", columns, tuple(rows))


def _methods(analysis: Analysis, found: Extras, wording: Wording) -> Iterator[Block]:
    *parts, references = methods_paragraphs(analysis, wording, found)
    for part in parts:
        if part.text:
            yield Paragraph(part.text, opening=part.heading)
    if references.text:
        yield Heading(references.heading, 2)
        yield from (Paragraph(line, "reference") for line in references.text.splitlines())


def _signed(snapshot: StudySnapshot, signatures: Signatures, wording: Wording) -> Iterator[Block]:
    """Of how many patients each moment is signed; a signature whose values changed since is counted apart."""
    yield Heading(wording("document.signatures"))
    heads = ("document.moment", "document.signed", "document.void", "document.unsigned")
    rows: list[GridRow] = []
    ids = [patient.id for patient in snapshot.patients]
    for moment in SignOff:
        own = [[each for each in signatures.get(patient_id, ()) if each.moment is moment] for patient_id in ids]
        signed = sum(any(not each.void for each in each_of) for each_of in own)
        void = sum(bool(each_of) and all(each.void for each in each_of) for each_of in own)
        counts = (signed, void, len(ids) - signed - void)
        cells = (GridCell(wording(f"sign_off.{moment}")), *(GridCell(wording.number(n)) for n in counts))
        rows.append(GridRow(cells))
    columns = [Column(wording(head), align="number" if at else "text") for at, head in enumerate(heads)]
    yield Grid("", "", tuple(columns), tuple(rows))


def _origin(snapshot: StudySnapshot, wording: Wording) -> Iterator[Block]:
    """What the report was made from: the log says how the data came to be what they are."""
    yield Heading(wording("document.origin"))
    yield Facts(
        (
            (wording("export.log_line"), wording.number(snapshot.version)),
            (wording("export.log_head"), snapshot.head or wording.number(None)),
            (wording("export.program"), f"Esk {__version__}"),
        )
    )
