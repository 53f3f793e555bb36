"""Signatures: which values belong to which moment, what a signature signed, and the canonical text of both.

A patient's course is signed off in four moments. ``laboratory`` stands apart from the infusion because the
concentrations come weeks later and from somebody else; side effects belong to the evaluation because their Naranjo
answers are given there. Remarks belong to none and stay free.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, cast

from esk_engine.dictionary import VARIABLES, Kind, Moment, Variable
from esk_engine.records import Patient, SignatureChange, Value
from esk_engine.study_file.encoding import canonical_json, decode_value, patient_form


class SignOff(StrEnum):
    """A moment that is signed off, in the order of a patient's course."""

    INCLUSION = "inclusion"
    INFUSION = "infusion"
    LABORATORY = "laboratory"
    EVALUATION = "evaluation"


_OF_MOMENT = {
    Moment.INCLUSION: SignOff.INCLUSION,
    Moment.START: SignOff.INFUSION,
    Moment.DURING: SignOff.INFUSION,
    Moment.END: SignOff.INFUSION,
    Moment.EVALUATION: SignOff.EVALUATION,
}
_OF_ROWS = {
    Kind.READING: SignOff.INFUSION,
    Kind.SAMPLE: SignOff.LABORATORY,
    Kind.ADVERSE_EVENT: SignOff.EVALUATION,
}


def _belongs(declared: Variable) -> SignOff | None:
    return _OF_MOMENT.get(declared.moment) if declared.kind is Kind.PATIENT else _OF_ROWS[declared.kind]


_BY_VARIABLE = {(declared.kind, declared.name): _belongs(declared) for declared in VARIABLES}


def sign_off_of(kind: Kind, name: str) -> SignOff | None:
    """The moment that a value belongs to; None for one that is never signed."""
    return _BY_VARIABLE.get((kind, name))


class SignedValue(NamedTuple):
    """One value that a signature signed."""

    kind: Kind
    record_id: str
    variable: str
    value: Value


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed which values when.

    Attributes
    ----------
    utc
        When, as the log writes it; ``when`` gives it in this computer's time zone.
    signed
        The values as canonical JSON, as ``signed_text`` makes it.
    void
        Whether any of them was changed since; it stays so, whatever they are changed to.
    """

    id: str
    patient_id: str
    moment: SignOff
    person: str
    role: str
    utc: str
    signed: str
    void: bool = False

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.utc).astimezone()

    def values(self) -> tuple[SignedValue, ...]:
        """What it signed, the patient's own values first."""
        return tuple(_values(self.patient_id, json.loads(self.signed)))

    def change(self) -> SignatureChange:
        """The change that sets it."""
        form = {"person": self.person, "role": self.role, "utc": self.utc, "values": json.loads(self.signed)}
        return SignatureChange(self.id, self.patient_id, self.moment.value, canonical_json(form))


def signature_of(change: SignatureChange) -> Signature:
    """The signature that a change sets; KeyError, TypeError or ValueError where it tells of none."""
    form = json.loads(change.new)
    person, role, utc = (str(form[name]) for name in ("person", "role", "utc"))
    moment, signed = SignOff(change.moment), canonical_json(form["values"])
    return Signature(change.signature_id, change.patient_id, moment, person, role, utc, signed)


def signed_text(patient: Patient, moment: SignOff) -> str:
    """The values of one moment as a signature signs them: canonical JSON, rows in the order of their ids."""
    form = cast(Mapping[str, Any], patient_form(patient))
    single = {name: raw for name, raw in form["values"].items() if sign_off_of(Kind.PATIENT, name) is moment}
    rows: list[Mapping[str, Any]] = [row for row in form["rows"] if _OF_ROWS[Kind(row["kind"])] is moment]
    return canonical_json({"rows": sorted(rows, key=_row_order), "values": single})


def _row_order(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["kind"], row["id"]


NOTHING = canonical_json({"rows": [], "values": {}})
"""What ``signed_text`` gives where nothing has been entered."""


def _values(patient_id: str, form: Mapping[str, Any]) -> Iterator[SignedValue]:
    for name, raw in form["values"].items():
        yield SignedValue(Kind.PATIENT, patient_id, name, decode_value(Kind.PATIENT, name, canonical_json(raw)))
    for row in form["rows"]:
        kind = Kind(row["kind"])
        for name, raw in row["values"].items():
            yield SignedValue(kind, row["id"], name, decode_value(kind, name, canonical_json(raw)))
