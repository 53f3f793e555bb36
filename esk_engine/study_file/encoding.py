"""How a value, a patient and a row of the log are written down: the one place that knows the canonical forms.

The canonical form of a value is JSON without spaces, keys sorted, texts in NFC:

=============  ======================================  =========================
text, code     a string                                ``"crps"``
whole          a number                                ``71``
decimal        a number, shortest, no trailing ``.0``  ``71.5``, ``71``
below an LLOQ  an object                               ``{"below_lloq":5}``
date           a string, ISO                           ``"2024-01-16"``
date and time  a string, ISO, local, no zone           ``"2024-01-16T09:30:00"``
missing        SQL NULL, never a JSON text
=============  ======================================  =========================

A whole patient is ``{"id":..,"rows":[{"id":..,"kind":..,"values":{..}},..],"values":{..}}``; missing values are absent.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeGuard, cast

from esk_engine.dictionary import Kind, ValueType, Variable, variable
from esk_engine.records import BelowLloq, Patient, Record, Value, Values, in_reading_order


def canonical_json(value: object) -> str:
    """JSON without spaces, keys sorted, every character as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def plain_number(value: float) -> int | float:
    """A number as it is written: a whole one without ``.0``."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def _plain(value: Value) -> object:
    """What JSON can hold of a value."""
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, BelowLloq):
        return {"below_lloq": _plain(value.lloq)}
    return value.isoformat() if isinstance(value, date) else value


def encode_value(value: Value) -> str | None:
    """The canonical text of one value; None for a missing one."""
    return None if value is None else canonical_json(_plain(value))


def _typed(declared: Variable, raw: object) -> Value:
    """A value from its JSON form; ValueError where it is none of that variable."""
    if isinstance(raw, Mapping) and declared.type is ValueType.CONCENTRATION:
        return BelowLloq(float(cast(Mapping[str, Any], raw)["below_lloq"]))
    if declared.type is ValueType.DATETIME and isinstance(raw, str):
        return datetime.fromisoformat(raw)
    if declared.type is ValueType.DATE and isinstance(raw, str):
        return date.fromisoformat(raw)
    if isinstance(raw, (str, int, float)):
        return normalised(declared, raw)
    raise ValueError(f"{declared.name}: {raw!r}")


def decode_value(kind: Kind, name: str, text: str | None) -> Value:
    """The value of one variable from its canonical text.

    Raises
    ------
    KeyError
        Where the dictionary does not know the variable.
    ValueError
        Where the text is not a value of it.
    """
    return None if text is None else _typed(variable(kind, name), json.loads(text))


def normalised(declared: Variable, value: Value) -> Value:
    """The value in the one Python form that the study holds: decimals are floats, texts are in NFC, "" is missing.

    Raises
    ------
    ValueError
        Where it is of another type, not finite, or cannot be written as UTF-8.
    """
    if value is None or value == "":
        return None
    match declared.type:
        case ValueType.TEXT | ValueType.CODE if isinstance(value, str):
            return clean_text(value)
        case ValueType.WHOLE if _is_number(value) and float(value).is_integer() and abs(value) < 2**53:
            return int(value)
        case ValueType.DECIMAL | ValueType.CONCENTRATION if _is_number(value):
            return float(value) + 0.0  # no negative zero
        case ValueType.CONCENTRATION if isinstance(value, BelowLloq) and _is_number(value.lloq):
            return BelowLloq(float(value.lloq))
        case ValueType.DATE if isinstance(value, date) and not isinstance(value, datetime):
            return value
        case ValueType.DATETIME if isinstance(value, datetime) and value.tzinfo is None:
            return value
        case _:
            raise ValueError(f"{declared.name}: {value!r}")


def _is_number(value: object) -> TypeGuard[int | float]:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def clean_text(text: str) -> str:
    """The text in NFC; ValueError where it holds half a surrogate pair, or a NUL that other programs end at."""
    clean = unicodedata.normalize("NFC", text)
    clean.encode("utf-8")
    if "\0" in clean:
        raise ValueError("a NUL character")
    return clean


def repaired_text(text: str) -> str:
    """The text as the file can hold it, for what is noted rather than entered: names of people, reasons."""
    return clean_text(text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")).strip()


def _encode_values(values: Values) -> dict[str, object]:
    return {name: _plain(value) for name, value in values.items()}


def patient_form(patient: Patient) -> dict[str, object]:
    """A whole patient as JSON holds it."""
    rows = [
        {"id": row.id, "kind": row.kind.value, "values": _encode_values(row.values)} for row in patient.records()[1:]
    ]
    return {"id": patient.id, "rows": rows, "values": _encode_values(patient.record.values)}


def encode_patient(patient: Patient | None) -> str | None:
    """The canonical text of a whole patient; None for none."""
    return None if patient is None else canonical_json(patient_form(patient))


def _decode_record(raw: Mapping[str, Any], kind: Kind, patient_id: str) -> Record:
    values = {name: _typed(variable(kind, name), value) for name, value in raw["values"].items()}
    return Record(raw["id"], kind, patient_id, values)


def decode_patient(text: str | None) -> Patient | None:
    """A whole patient from its canonical text; KeyError or ValueError where it is none."""
    if text is None:
        return None
    raw: Mapping[str, Any] = json.loads(text)
    rows: dict[Kind, list[Record]] = {Kind.READING: [], Kind.SAMPLE: [], Kind.ADVERSE_EVENT: []}
    for row in raw["rows"]:
        kind = Kind(row["kind"])
        rows[kind].append(_decode_record(row, kind, raw["id"]))
    return Patient(
        _decode_record(raw, Kind.PATIENT, raw["id"]),
        *(in_reading_order(kind, rows[kind]) for kind in (Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT)),
    )


def course_of(patient: Patient) -> str:
    """What a patient's course says, whatever its ids and the order of its rows: equal texts, equal courses."""
    rows = sorted(canonical_json([row.kind.value, _encode_values(row.values)]) for row in patient.records()[1:])
    return canonical_json([_encode_values(patient.record.values), rows])
