"""How a draft is named to a person: whose it is, which value, and what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esk_engine.dictionary import Kind, variable
from esk_engine.records import Patient
from esk_gui.patients.drafts import Draft, Place

if TYPE_CHECKING:
    from esk_gui.app import Session


def draft_name(session: Session, draft: Draft) -> str:
    """``P07: Hartslag bij minuut 30 (‘7o’)``; a choice is told by its word."""
    words, place = session.wording, draft.place
    patient = session.open_study.patient(place.patient_id)
    label = words.label(place.variable)
    minute = _minute_of(patient, place)
    if minute is not None:
        label = words("log.minute", variable=label, minute=minute)
    codes = variable(place.kind, place.variable).codes
    text = words.code(draft.text, place.variable) if draft.text in codes else draft.text
    return words("patients.draft_named", study_no=patient.study_no, label=label, text=text)


def _minute_of(patient: Patient, place: Place) -> int | str | None:
    """The minute of a reading or a sample that a draft belongs to; None for anything else."""
    if place.kind in (Kind.PATIENT, Kind.ADVERSE_EVENT) or not place.row:
        return None
    record = patient.find(place.row)
    minute = record.get("minute") if record is not None else place.row.removeprefix("minute:")
    return minute if isinstance(minute, int) or (isinstance(minute, str) and minute.isdigit()) else None
