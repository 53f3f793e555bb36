"""A row a patient: the classification criterion by criterion with its evidence, and every derived value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from esk_engine.cohort import Cohort
from esk_engine.criteria import Condition, Criterion
from esk_engine.dictionary import DERIVED, DerivedVariable, numeric
from esk_engine.exchange.layout import cell_name
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_dress import make_filter, mark_texts
from esk_engine.exchange.sheet_writer import HEAD, NOTE, WHOLE, Content, Look, SheetWriter, decimal_look
from esk_engine.exchange.sheets_data import Item, SheetPlan
from esk_engine.judge import Group, Verdict
from esk_engine.records import BelowLloq
from esk_engine.verdicts import ConditionVerdict, CriterionVerdict, PatientVerdict
from esk_engine.wording import Wording

_BESIDE = Look(align="left", indent=1)  # words beside a number of another column
_BESIDE_BOLD = Look(align="left", indent=1, bold=True)
_SPAN = Look(bold=True, align="across", lines="t")
_SIGNS = {">=": "\N{GREATER-THAN OR EQUAL TO}", "<=": "\N{LESS-THAN OR EQUAL TO}"}


def _is_series(condition: Condition) -> bool:
    declared = numeric(condition.variable)
    return isinstance(declared, DerivedVariable) and declared.is_series


class _Words:
    """The few texts that come back in every row, asked for once."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.group = {group: wording(f"group.{group}") for group in Group}
        self.verdict = {verdict: wording(f"verdict.{verdict}") for verdict in Verdict}
        self.so_far = wording("export.so_far")
        self.monitor = wording("export.monitor")
        self._decimal_sign = wording.number(0.5)[1]

    def limit(self, condition: Condition) -> str:
        """``NRS reduction (%) >= 30``"""
        unit = self.wording.unit(condition.variable)
        label = self.wording.short_label(condition.variable) + (f" ({unit})" if unit else "")
        return f"{label} {_SIGNS[condition.operator]} {self.wording.number(condition.threshold)}"

    def value(self, judged: ConditionVerdict) -> Item:
        """The judged value with decimals that do not round it onto its threshold; a reason where it is missing."""
        if judged.value is None:
            key = f"reason.{judged.reason}"
            return (self.wording(key), NOTE) if judged.reason and self.wording.has(key) else None
        shown = self.wording.number_beside(judged.value, judged.condition.threshold)
        return judged.value, decimal_look(len(shown.partition(self._decimal_sign)[2]))


def _criterion_items(judged: CriterionVerdict, words: _Words) -> Iterator[Item]:
    yield words.verdict[judged.verdict], _BESIDE_BOLD if judged.verdict is Verdict.NOT_MET else _BESIDE
    for condition in judged.conditions:
        yield words.value(condition)
        if _is_series(condition.condition):
            minute: Content = condition.minute
            yield words.monitor if minute == "monitor" else (minute, WHOLE)
        if len(judged.conditions) > 1:
            is_open = condition.so_far and condition.verdict is Verdict.UNKNOWN
            yield words.verdict[condition.verdict] + (f" ({words.so_far})" if is_open else ""), _BESIDE


def _criterion_heads(criterion: Criterion, words: _Words) -> list[str]:
    wording = words.wording
    heads = [wording("export.head.verdict")]
    for condition in criterion.conditions:
        heads.append(words.limit(condition))
        heads += [wording("export.head.minute")] if _is_series(condition) else []
        heads += [wording("export.head.verdict")] if len(criterion.conditions) > 1 else []
    return heads


def _patient_row(study_no: str, verdict: PatientVerdict, words: _Words) -> list[Item]:
    missing = ", ".join(words.wording.short_label(name) for name in verdict.missing)
    row: list[Item] = [study_no, words.group[verdict.group], missing]
    for criterion in verdict.criteria:
        row += _criterion_items(criterion, words)
    return row


def _classification_rows(cohort: Cohort, wording: Wording) -> Iterator[Sequence[Item]]:
    words = _Words(wording)
    names: list[Item] = [("", _SPAN)] * 3
    heads = [wording.label("study_no"), wording("export.head.group"), wording("export.head.missing")]
    for criterion in cohort.criteria_set.criteria:
        own = _criterion_heads(criterion, words)
        names += [(wording.criterion(criterion.name), _SPAN), *[("", _SPAN)] * (len(own) - 1)]
        heads += own
    yield names
    yield [(head, HEAD) for head in heads]
    for patient_id, study_no in zip(cohort.ids, cohort.study_nos, strict=True):
        yield _patient_row(study_no, cohort.verdict(patient_id), words)


def classification_sheet(cohort: Cohort, wording: Wording) -> SheetPlan:
    """The group of every patient and what it rests on."""
    words = _Words(wording)
    heads = [head for criterion in cohort.criteria_set.criteria for head in _criterion_heads(criterion, words)]
    verdicts = max(len(text) for text in words.verdict.values())
    verdict, minute = wording("export.head.verdict"), wording("export.head.minute")
    room = {verdict: verdicts * 1.15, minute: float(max(9, len(minute) + 3))}  # bold, and a filter button
    widths = [14.0, 17.0, 28.0, *(room.get(head, max(verdicts, min(len(head), 18))) for head in heads)]
    rows, dress = partial(_classification_rows, cohort, wording), partial(_dress_classes, wording=wording)
    return SheetPlan(report_title("classification", wording), widths, len(cohort) + 2, rows, 2, 1, dress=dress)


def _dress_classes(writer: SheetWriter, wording: Wording) -> None:
    """Filters, the groups in their colours, and what was not met where the eye finds it."""
    head, columns = 2, writer.column_count
    make_filter(writer, head, columns)
    if writer.row_count == head:
        return
    groups = ((Group.NON_RESPONDER, "9C3A00", "FCE8DC"), (Group.RESPONDER, "00507D", "DCEBF5"))
    own = [(wording(f"group.{group}"), letters, behind) for group, letters, behind in groups]
    mark_texts(writer, f"B3:B{writer.row_count}", [*own, (wording(f"group.{Group.UNDETERMINED}"), "5A5A5A", "EDEDED")])
    verdicts = ((Verdict.NOT_MET, "9C3A00", "FCE8DC"), (Verdict.UNKNOWN, "5A5A5A", "EDEDED"))
    found = [(wording(f"verdict.{verdict}"), letters, behind) for verdict, letters, behind in verdicts]
    mark_texts(writer, f"D3:{cell_name(writer.row_count, columns)}", found)


def _derived_columns(cohort: Cohort) -> Mapping[str, Sequence[float]]:
    return {declared.name: cohort.column(declared.name).tolist() for declared in DERIVED}


def _lloqs(cohort: Cohort, wording: Wording) -> dict[tuple[str, int], str]:
    """What stands for a concentration below its LLOQ, by variable and row."""
    found: dict[tuple[str, int], str] = {}
    for declared in DERIVED:
        if declared.name == "ratio":
            continue
        for row in map(int, np.flatnonzero(cohort.below_lloq(declared.name))):
            lloq = float(cohort.lloq(declared.name)[row])
            found[(declared.name, row)] = wording.value(declared, BelowLloq(lloq))
    return found


def _derived_rows(cohort: Cohort, wording: Wording) -> Iterator[Sequence[Item]]:
    units = {declared.name: wording.unit(declared.name) for declared in DERIVED}
    heads = [wording.label(name) + (f" ({unit})" if unit else "") for name, unit in units.items()]
    yield [(wording.label("study_no"), HEAD), *((head, HEAD) for head in heads)]
    columns, below = _derived_columns(cohort), _lloqs(cohort, wording)
    looks = {declared.name: decimal_look(max(declared.printed_decimals, 1)) for declared in DERIVED}
    for row, study_no in enumerate(cohort.study_nos):
        items: list[Item] = [study_no]
        for name, values in columns.items():
            text = below.get((name, row))
            items.append((values[row], looks[name]) if text is None else text)
        yield items


def derived_sheet(cohort: Cohort, wording: Wording) -> SheetPlan:
    """Every derived value of every patient, as it is judged and compared; shown rounded."""
    widths = [14, *(max(11.0, len(wording.label(declared.name)) / 2.4) for declared in DERIVED)]
    rows = partial(_derived_rows, cohort, wording)
    dress = partial(make_filter, head_row=1, columns=len(widths))
    return SheetPlan(report_title("derived", wording), widths, len(cohort) + 1, rows, 1, 1, dress=dress)
