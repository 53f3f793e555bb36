"""What stands in one moment of a patient, as tables to read: what a signature signs, what is missing, what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from esk_engine.dictionary import ANSWERS, NARANJO_QUESTIONS, Kind, Variable, variable, variables_of
from esk_engine.naranjo import score
from esk_engine.records import Patient, Value
from esk_engine.settings import Settings
from esk_engine.study import SignedValue, SignOff, sign_off_of
from esk_engine.wording import MISSING, Wording
from esk_gui.patients.vital_rows import VITAL_VARIABLES, grid_rows

_OF_ROWS = {
    Kind.READING: ("minute", *VITAL_VARIABLES),
    Kind.SAMPLE: ("minute", "analyte", "concentration_ug_l"),
    Kind.ADVERSE_EVENT: ("term", "phase"),
}


@dataclass(frozen=True, slots=True)
class Cells:
    """A small table: headings, rows of texts, which columns are numbers, and whether the first names the values."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    has_names: bool = False


@dataclass(slots=True)
class _Row:
    """One record's values of the moment."""

    kind: Kind
    record_id: str
    values: dict[str, Value] = field(default_factory=dict[str, Value])


def values_of(patient: Patient, moment: SignOff) -> tuple[SignedValue, ...]:
    """What stands in a moment now, in the shape in which a signature keeps what it signed."""
    return tuple(
        SignedValue(record.kind, record.id, name, value)
        for record in patient.records()
        for name, value in record.values.items()
        if sign_off_of(record.kind, name) is moment
    )


def _grouped(values: Iterable[SignedValue]) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for each in values:
        rows.setdefault(each.record_id, _Row(each.kind, each.record_id)).values[each.variable] = each.value
    return rows


def _text(declared: Variable, value: Value, words: Wording) -> str:
    text = words.value(declared, value)
    return words.with_unit(text, declared.unit) if declared.unit and value is not None else text


def tables(values: Iterable[SignedValue], moment: SignOff, words: Wording) -> tuple[Cells, ...]:
    """The values of a moment: the single ones first, then a table for each kind of rows."""
    rows = _grouped(values)
    found: list[Cells] = []
    single: Mapping[str, Value] = next((row.values for row in rows.values() if row.kind is Kind.PATIENT), {})
    named = [declared for declared in variables_of(Kind.PATIENT) if declared.name in single]
    if named:
        lines = tuple((words.label(each.name), _text(each, single[each.name], words)) for each in named)
        found.append(Cells((), lines, has_names=True))
    for kind, columns in _OF_ROWS.items():
        own = sorted((row for row in rows.values() if row.kind is kind), key=_row_order)
        if own:
            found.append(_table(kind, columns, own, words))
    return tuple(found)


def _row_order(row: _Row) -> tuple[float, str]:
    minute = row.values.get("minute")
    at = float(minute) if isinstance(minute, (int, float)) else 0.0
    return at, str(row.values.get("analyte", ""))


def _table(kind: Kind, columns: Sequence[str], rows: Sequence[_Row], words: Wording) -> Cells:
    heads = [_head(kind, name, words) for name in columns]
    lines = [[words.value(variable(kind, name), row.values.get(name)) for name in columns] for row in rows]
    numbers = frozenset(at for at, name in enumerate(columns) if variable(kind, name).is_numeric)
    extra = {Kind.READING: _artefact, Kind.ADVERSE_EVENT: _answers}.get(kind)
    if extra is not None:
        asides = [extra(row, words) for row in rows]
        if any(asides):
            heads.append("" if kind is Kind.READING else words("side_effects.panel_title"))
            lines = [[*line, aside] for line, aside in zip(lines, asides, strict=True)]
    return Cells(tuple(heads), tuple(tuple(line) for line in lines), numbers)


def _head(kind: Kind, name: str, words: Wording) -> str:
    unit = words.unit_text(variable(kind, name).unit) if name != "minute" else ""
    return f"{words.short_label(name)} {unit}".strip()


def _artefact(row: _Row, words: Wording) -> str:
    marked = row.values.get("artefact")
    if marked is None:
        return ""
    names = words.value(variable(Kind.READING, "artefact"), marked)
    return words("sign.artefact", names=names, reason=row.values.get("artefact_reason"))


def _answers(row: _Row, words: Wording) -> str:
    """The score with the questions of each answer that was given: ``6 (ja: 1, 2; nee: 5)``."""
    answers = [row.values.get(name) for name in NARANJO_QUESTIONS]
    told: list[str] = []
    for code in ANSWERS:
        numbers = [str(number) for number, answer in enumerate(answers, 1) if answer == code]
        if numbers:
            told.append(f"{words.code(code)}: {', '.join(numbers)}")
    return f"{score(answers).score} ({'; '.join(told)})" if told else MISSING


def missing(patient: Patient, moment: SignOff, settings: Settings, words: Wording) -> tuple[str, ...]:
    """What was not entered in a moment, each named."""
    declared = (each.name for each in variables_of(Kind.PATIENT))
    names = [name for name in declared if sign_off_of(Kind.PATIENT, name) is moment]
    if patient.get("indication") != "peripheral":
        names = [name for name in names if name != "indication_group"]  # asked for peripheral pain only
    found = [words.label(name) for name in names if patient.get(name) is None]
    if moment is SignOff.INFUSION:
        found += _missing_readings(patient, settings, words)
    elif moment is SignOff.LABORATORY:
        rows = (row for row in patient.samples if row.get("concentration_ug_l") is None)
        found += [f"{words.label('concentration_ug_l')} {words.code(str(row.get('analyte')))}" for row in rows]
    elif moment is SignOff.EVALUATION:
        for row in patient.adverse_events:
            open_ones = sum(row.get(question) is None for question in NARANJO_QUESTIONS)
            if open_ones:
                found.append(words.plural("sign.questions", open_ones, term=words.term(str(row.get("term")))))
    return tuple(found)


def _missing_readings(patient: Patient, settings: Settings, words: Wording) -> list[str]:
    """A line for each vital sign: the scheduled minutes without it."""
    scheduled = [row for row in grid_rows(patient, settings) if row.is_scheduled]
    found: list[str] = []
    for name in VITAL_VARIABLES:
        minutes = [str(row.minute) for row in scheduled if row.get(name) is None]
        if len(minutes) == len(scheduled):
            found.append(words("sign.all_readings", label=words.label(name)))
        elif minutes:
            found.append(words("sign.readings", label=words.label(name), minutes=", ".join(minutes)))
    return found


def differences(before: Iterable[SignedValue], now: Iterable[SignedValue], words: Wording) -> Cells:
    """What was signed and reads otherwise now, a row each: what, then, now."""
    signed = {(each.kind, each.record_id, each.variable): each for each in before}
    present = {(each.kind, each.record_id, each.variable): each for each in now}
    rows: list[tuple[str, str, str]] = []
    for key in dict.fromkeys((*signed, *present)):
        old, new = (side[key].value if key in side else None for side in (signed, present))
        if old == new:
            continue
        kind, record_id, name = key
        declared = variable(kind, name)
        context = _context(record_id, signed, present, words)
        label = words("sign.in_row", row=context, label=words.label(name)) if context else words.label(name)
        rows.append((label, _text(declared, old, words), _text(declared, new, words)))
    heads = tuple(words(f"sign.column.{name}") for name in ("what", "signed", "now"))
    return Cells(heads, tuple(rows), has_names=True)


_Keyed = Mapping[tuple[Kind, str, str], SignedValue]


def _context(record_id: str, signed: _Keyed, present: _Keyed, words: Wording) -> str:
    """Which row a value stands in: its minute and analyte, or its side effect."""

    def found(kind: Kind, name: str) -> Value:
        own = (side.get((kind, record_id, name)) for side in (present, signed))
        return next((each.value for each in own if each is not None), None)

    minute = found(Kind.READING, "minute")
    if minute is not None:
        return words("sign.minute", minute=minute)
    analyte, minute = found(Kind.SAMPLE, "analyte"), found(Kind.SAMPLE, "minute")
    if analyte is not None or minute is not None:
        at = words("sign.minute", minute=minute)
        return f"{words.code(str(analyte))}, {at}" if analyte is not None else at
    term = found(Kind.ADVERSE_EVENT, "term")
    return words.term(str(term)) if term is not None else ""
