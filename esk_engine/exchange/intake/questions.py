"""What a file leaves open and a person decides, once a column: units, doubtful numbers and dates, missing codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Of
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, cast

from esk_engine.dictionary import Kind, ValueType, Variable, variable
from esk_engine.errors import Fault
from esk_engine.exchange.cells import number_text
from esk_engine.exchange.intake.headers import folded, heading_of
from esk_engine.exchange.intake.mapping import ColumnRule, Mapping, Target
from esk_engine.exchange.intake.raw import DateOrder, DecimalSign, RawTable, Source, TextForm
from esk_engine.exchange.intake.text_in import date_order_of, decimal_of
from esk_engine.exchange.intake.units import factor, own_unit
from esk_engine.exchange.synonyms import CodeWords
from esk_engine.validation import parse, parse_number

_MISSING_TEXTS = "n.b., nb, n.v.t., nvt, na, n/a, #n/a, onbekend, unknown, missing, ontbreekt, ., -, --, ?"
MISSING_TEXTS: Final = frozenset((*_MISSING_TEXTS.split(", "), "nan", "null", "none"))
MISSING_NUMBERS: Final = frozenset((-99.0, -98.0, -97.0, -96.0, -95.0, 99.0, 999.0, 9999.0, -999.0, -9.0))
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide, about one column where ``column`` is not None.

    Attributes
    ----------
    code
        ``unit`` (params unit, own, factor, molar_mass), ``ambiguous_numbers`` (readings), ``date_order``,
        ``missing_codes`` (codes with their counts), ``unknown_words`` (words; the choice is a mapping to codes),
        ``minute_missing`` (the choice is the minute of all samples), ``analyte_missing``.
    choices
        What it can be answered with, the proposed one first; "" in front where nothing is proposed.
    is_needed
        Whether nothing can be imported before it is answered.
    """

    code: str
    table: str
    column: int | None
    header: str
    choices: tuple[str, ...]
    params: Of[str, object] = field(default_factory=dict[str, object])
    is_needed: bool = True

    @property
    def key(self) -> str:
        return f"{self.code}/{self.table}/{'' if self.column is None else self.column}"


def questions(source: Source, mapping: Mapping, words: CodeWords) -> tuple[Question, ...]:
    """Everything that is still open, in the order of the columns."""
    return tuple(question for question, choice in asked(source, mapping, words) if choice is None)


def asked(source: Source, mapping: Mapping, words: CodeWords) -> tuple[tuple[Question, str | None], ...]:
    """Every question that the file raises, decided or not, each with what it was answered with (None: open).

    Of ``unknown_words`` the answer is "yes" once it was given; the codes stand in the column's rule.
    """
    found: list[Question] = []
    for table in source.tables:
        rules = [rule for rule in mapping.of_table(table.name) if rule.target is not None]
        for rule in rules:
            found += _of_column(table, rule, mapping, words, source.form)
        found += _of_table(table, rules)
    return tuple((question, _decision(mapping, question)) for question in found)


def _decision(mapping: Mapping, question: Question) -> str | None:
    """What a question was answered with, None where it is open."""
    if question.code == "minute_missing":
        return None if mapping.minute is None else str(mapping.minute)
    if question.code == "analyte_missing":
        return mapping.analyte or None
    rule = mapping.rule(question.table, question.column or 0)
    declined = question.key in mapping.declined
    match question.code:
        case "unit":
            return rule.unit if rule.unit_confirmed else None
        case "ambiguous_numbers":
            return rule.decimal or None
        case "date_order":
            return rule.date_order or None
        case "missing_codes":
            counts = cast("Of[str, int]", question.params["codes"])
            return "no" if declined else "yes" if rule.missing.issuperset(counts) else None
        case _:
            unknown = cast("Of[str, int]", question.params["words"])
            return "yes" if declined or all(folded_word(word) in rule.codes for word in unknown) else None


def answer(mapping: Mapping, question: Question, choice: str | Of[str, str]) -> Mapping:
    """The mapping with one question decided, in the place of what was decided before.

    Parameters
    ----------
    choice
        One of the question's choices; for ``unknown_words`` a code for each word ("" to leave it a fault).

    Raises
    ------
    Fault
        ``answer_unknown`` where that is none of the choices.
    """
    mapping = replace(mapping, declined=mapping.declined - {question.key})
    if question.code == "unknown_words" and not isinstance(choice, str):
        rule = mapping.rule(question.table, question.column or 0)
        told = {folded_word(word): code for word, code in choice.items()}
        codes = {word: code for word, code in {**rule.codes, **told}.items() if code}
        return replace(mapping.with_rule(replace(rule, codes=codes)), declined=mapping.declined | {question.key})
    if not isinstance(choice, str):
        raise Fault("answer_unknown", value=question.code)
    if question.code == "minute_missing":
        if not choice.isdecimal() or int(choice) > 1440:
            raise Fault("answer_unknown", value=choice)
        return replace(mapping, minute=int(choice))
    if choice not in question.choices:
        raise Fault("answer_unknown", value=choice)
    if question.code == "analyte_missing":
        return replace(mapping, analyte=choice)
    rule = mapping.rule(question.table, question.column or 0)
    match question.code:
        case "unit":
            decided = replace(rule, unit=choice, unit_confirmed=True)
        case "ambiguous_numbers":
            decided = replace(rule, decimal=_decimal(choice))
        case "date_order":
            decided = replace(rule, date_order=_order(choice))
        case "missing_codes":
            counts = cast("Of[str, int]", question.params["codes"])
            if choice != "yes":
                mapping = replace(mapping, declined=mapping.declined | {question.key})
            decided = replace(
                rule, missing=(rule.missing | set(counts)) if choice == "yes" else rule.missing - set(counts)
            )
        case _:
            return replace(mapping, declined=mapping.declined | {question.key})
    return mapping.with_rule(decided)


def _decimal(choice: str) -> DecimalSign:
    return "," if choice == "," else "."


def _order(choice: str) -> DateOrder:
    return "mdy" if choice == "mdy" else "ymd" if choice == "ymd" else "dmy"


def folded_word(text: str) -> str:
    """The compared form of a word that stands for a code; of a word of signs alone, the word itself."""
    return folded(text) or " ".join(text.split()).casefold()


def _of_column(
    table: RawTable, rule: ColumnRule, mapping: Mapping, words: CodeWords, form: TextForm
) -> Iterator[Question]:
    target = rule.target
    if target is None:
        return
    declared = variable(target.kind, target.variable)
    yield from _missing(table, rule, declared, words)
    if declared.is_numeric:
        yield from _unit(table, rule, target, mapping)
        yield from _ambiguous(table, rule, form)
    elif declared.type in (ValueType.DATE, ValueType.DATETIME):
        yield from _dates(table, rule, form)
    elif declared.type is ValueType.CODE:
        yield from _words(table, rule, declared, words)


def _unit(table: RawTable, rule: ColumnRule, target: Target, mapping: Mapping) -> Iterator[Question]:
    own = own_unit(target.kind, target.variable)
    found = heading_of(rule.header).unit if rule.unit_confirmed and rule.unit == own else rule.unit
    if found in ("", own):
        return
    analyte = target.analyte or mapping.analyte
    known = factor(target.kind, target.variable, found, analyte)
    if known is None and target.variable == "concentration_ug_l" and not analyte and found.endswith("mol/L"):
        known = 0.0  # by the analyte of each row
    choices = (own,) if known is None else (found, own)
    params: dict[str, object] = {"unit": found, "own": own, "factor": known, "analyte": analyte}
    yield Question("unit", table.name, rule.column, rule.header, choices, params)


def _ambiguous(table: RawTable, rule: ColumnRule, form: TextForm) -> Iterator[Question]:
    """One separator before exactly three digits: a decimal or a thousand; what the file shows is only proposed."""
    doubtful: list[str] = []
    for text in table.texts(rule.column):
        bare = text.removeprefix("<").strip()
        if text in rule.missing or not any(sign in bare for sign in ",."):
            continue
        _, code, readings = parse_number(bare)
        if readings is not None and code == "ambiguous_number":
            doubtful.append(text)
    if not doubtful:
        return
    decided = decimal_of(table.texts(rule.column)) or form.decimal
    first = doubtful[0].removeprefix("<").strip()
    _, _, readings = parse_number(first)
    choices = (",", ".") if decided == "," else (".", ",") if decided == "." else ("", ",", ".")
    params: dict[str, object] = {
        "examples": tuple(dict.fromkeys(doubtful))[:_EXAMPLES],
        "count": len(doubtful),
        "as_decimal": readings[0] if readings else None,
        "as_thousands": readings[1] if readings else None,
        "decided": decided,
    }
    yield Question("ambiguous_numbers", table.name, rule.column, rule.header, choices, params)


def _dates(table: RawTable, rule: ColumnRule, form: TextForm) -> Iterator[Question]:
    """``03-04-2024``: asked about where no date of the column says which comes first, or where they contradict."""
    texts = table.texts(rule.column)
    doubtful = [text for text in texts if _is_doubtful_date(text)]
    order = date_order_of(texts)
    if not doubtful or order == "dmy":
        return
    choices = ("mdy", "dmy") if (order or form.date_order) == "mdy" else ("dmy", "mdy")
    params: dict[str, object] = {"examples": tuple(dict.fromkeys(doubtful))[:_EXAMPLES], "count": len(doubtful)}
    yield Question("date_order", table.name, rule.column, rule.header, choices, params)


def _is_doubtful_date(text: str) -> bool:
    parts = text.replace("/", "-").replace(".", "-").split(" ")[0].split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or len(parts[2]) != 4:
        return False
    return int(parts[0]) <= 12 and int(parts[1]) <= 12 and int(parts[0]) != int(parts[1])


def _missing(table: RawTable, rule: ColumnRule, declared: Variable, words: CodeWords) -> Iterator[Question]:
    """Texts and numbers that other programs write for missing, and that this variable cannot mean."""
    counts: Counter[str] = Counter()
    for value, count in table.counted(rule.column).items():
        text = missing_code(declared, value, words)
        if text is not None:
            counts[text] += count
    if counts:
        params: dict[str, object] = {"codes": dict(counts.most_common())}
        yield Question("missing_codes", table.name, rule.column, rule.header, ("yes", "no"), params, is_needed=False)


def missing_code(declared: Variable, value: object, words: CodeWords) -> str | None:
    """The text of a cell that may stand for missing, None for any other."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return (
            number_text(value) if float(value) in MISSING_NUMBERS and not _is_possible(declared, float(value)) else None
        )
    if not isinstance(value, str):
        return None
    text = value.strip()
    if declared.type is ValueType.TEXT and declared.name != "artefact":
        return None
    if text.casefold() in MISSING_TEXTS:
        return None if words.variable_code(declared, text) is not None else text
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return text if number in MISSING_NUMBERS and not _is_possible(declared, number) else None


def _is_possible(declared: Variable, number: float) -> bool:
    """Whether a number may well be a value: 99 years, or 99 beats a minute."""
    limits = declared.soft or declared.hard
    return declared.is_numeric and limits is not None and limits.contains(number)


def _words(table: RawTable, rule: ColumnRule, declared: Variable, words: CodeWords) -> Iterator[Question]:
    unknown: Counter[str] = Counter()
    for value, count in table.counted(rule.column).items():
        text = (value if isinstance(value, str) else number_text(value)).strip()
        if not text:
            continue
        if (
            text not in rule.missing
            and words.variable_code(declared, text) is None
            and parse(declared, text).value is None
        ):
            unknown[text] += count
    if unknown:
        params: dict[str, object] = {"words": dict(unknown.most_common(50))}
        yield Question(
            "unknown_words", table.name, rule.column, rule.header, ("", *declared.codes), params, is_needed=False
        )


def _of_table(table: RawTable, rules: Sequence[ColumnRule]) -> Iterator[Question]:
    """A list of concentrations whose rows do not say when, or of what."""
    targets = [rule.target for rule in rules if rule.target is not None]
    samples = [each for each in targets if each.kind is Kind.SAMPLE and each.variable == "concentration_ug_l"]
    says_minute = any(each.kind is Kind.SAMPLE and each.variable == "minute" for each in targets)
    says_analyte = any(each.kind is Kind.SAMPLE and each.variable == "analyte" for each in targets)
    if any(each.minute is None for each in samples) and not says_minute:
        yield Question("minute_missing", table.name, None, "", ("480",), {})
    if any(not each.analyte for each in samples) and not says_analyte:
        choices = variable(Kind.SAMPLE, "analyte").codes
        yield Question("analyte_missing", table.name, None, "", ("", *choices), {})


def read_date(text: str, order: DateOrder) -> date | None:
    """A date in one order; None where it is none."""
    parts = text.replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        return None
    first, second, third = (int(part) for part in parts)
    year, month, day = {"mdy": (third, first, second), "ymd": (first, second, third)}.get(order, (third, second, first))
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None
