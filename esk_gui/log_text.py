"""A log line as a person reads it: local time, the item by its label, values by their texts."""

from __future__ import annotations

import json
from collections.abc import Iterable

from esk_engine.dictionary import Kind, has_variable, variable
from esk_engine.exchange.layout import setting_column
from esk_engine.records import Patient, Record, Value
from esk_engine.settings import setting
from esk_engine.study import LogLine, Study
from esk_engine.wording import MISSING, Wording


class LogText:
    """Renders lines; keeps what it has to look up more than once.

    Parameters
    ----------
    study
        Tells the study numbers and minutes of today; what is gone is looked up in ``lines``.
    """

    def __init__(self, study: Study, lines: Iterable[LogLine], wording: Wording) -> None:
        self._wording = wording
        self._study_nos = {patient.id: patient.study_no for patient in study.patients}
        self._minutes: dict[str, Value] = {}
        self._sets = {each.set_id: each.name for each in study.criteria_sets}
        for patient in study.patients:
            self._note(patient.records())
        for line in lines:
            self._note_line(line)

    @property
    def study_nos(self) -> dict[str, str]:
        """Study numbers by patient id, of patients that are gone too."""
        return self._study_nos

    def when(self, line: LogLine) -> str:
        """Date and time to the second, in this computer's time zone."""
        at = line.when
        return f"{self._wording.date(at.date())} {at:%H:%M:%S}"

    def patient(self, line: LogLine) -> str:
        return self._study_nos.get(line.patient_id or "", "") if line.patient_id else ""

    def item(self, line: LogLine) -> str:
        """What was changed: a variable (of a reading with its minute), a setting, a criteria set, a whole patient."""
        words, name = self._wording, line.variable
        if line.kind == "study":
            return words("log.study_founded")
        if line.kind == "person":
            return words("log.role", person=line.record_id or "")
        if line.kind == "criteria":
            return words(f"log.criteria_{name}")
        if name is None:
            return words("log.whole_patient")
        label = words.label(name)
        minute = self._minutes.get(line.record_id or "")
        is_row = line.kind in (Kind.READING, Kind.SAMPLE) and minute is not None and name != "minute"
        return words("log.minute", variable=label, minute=minute) if is_row else label

    def old(self, line: LogLine) -> str:
        return self._said(line, is_new=False)

    def new(self, line: LogLine) -> str:
        return self._said(line, is_new=True)

    def note(self, line: LogLine) -> str:
        """The reason that was given, or that the line takes another back."""
        if line.reason:
            return line.reason
        return self._wording("log.undoes", act=line.undoes_act) if line.undoes_act else ""

    def _said(self, line: LogLine, *, is_new: bool) -> str:
        raw = line.new if is_new else line.old
        if raw is None:
            return MISSING
        value = line.new_value if is_new else line.old_value
        if isinstance(value, Patient):
            return self._wording.plural("log.values", sum(len(record.values) for record in value.records()))
        if line.kind == "criteria":
            return self._criteria(line, value)
        if line.kind == "setting" and line.variable:
            return self._wording.value(setting_column(setting(line.variable)), value)
        if line.kind == "person":
            key = f"shell.role.{value}"
            return self._wording(key) if self._wording.has(key) else str(value)
        if line.variable and line.kind in tuple(Kind) and has_variable(Kind(line.kind), line.variable):
            return self._wording.value(variable(Kind(line.kind), line.variable), value)
        return str(value)

    def _criteria(self, line: LogLine, value: object) -> str:
        if line.variable == "version":
            return str(json.loads(str(value)).get("name", ""))
        if line.variable == "in_use":
            return self._sets.get(str(value), str(value))
        return self._wording.code("yes" if value else "no")

    def _note(self, records: Iterable[Record]) -> None:
        for record in records:
            minute = record.get("minute")
            if minute is not None:
                self._minutes[record.id] = minute

    def _note_line(self, line: LogLine) -> None:
        """Remember the minute of a row and the number of a patient that the study no longer holds."""
        if line.variable == "minute" and line.record_id and line.record_id not in self._minutes:
            self._minutes[line.record_id] = _plain(line.new_value)
        if line.kind == Kind.PATIENT and line.variable is None and line.patient_id not in self._study_nos:
            gone = line.new_value or line.old_value
            if isinstance(gone, Patient):
                self._study_nos[gone.id] = gone.study_no
                self._note(gone.records())


def _plain(value: Value | Patient) -> Value:
    return None if isinstance(value, Patient) else value
