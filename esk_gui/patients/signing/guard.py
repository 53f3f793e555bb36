"""What stands between a person and the values of a patient: signatures, locks, and the reason that a change needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esk_engine.dictionary import Kind
from esk_engine.errors import Issue
from esk_engine.records import Patient
from esk_engine.study import Protection, Signature, SignOff, sign_off_of

if TYPE_CHECKING:
    from esk_gui.app import Session

Reasons = dict[tuple[str, SignOff], str]
TAB_MOMENTS: Mapping[str, tuple[SignOff, ...]] = {
    "inclusion": (SignOff.INCLUSION,),
    "infusion": (SignOff.INFUSION, SignOff.LABORATORY),
    "side_effects": (SignOff.INFUSION, SignOff.EVALUATION),
    "evaluation": (SignOff.EVALUATION,),
}
_LOCKS = (Protection.LOCKED, Protection.STUDY_LOCKED)


def holds_values(patient: Patient, moment: SignOff) -> bool:
    """Whether anything was entered that belongs to a moment."""
    return any(sign_off_of(record.kind, name) is moment for record in patient.records() for name in record.values)


class Guard(QObject):
    """Asks the study what may be changed, and keeps the reasons that are typed for it.

    ``reasons_changed`` after a reason was set from outside its line; ``reason_missing`` carries the moment whose change
    had to wait for one, ``reason_wanted`` the moment whose reason somebody goes to fill in; ``reason_given`` patient
    and moment once there is one.
    """

    reasons_changed = Signal()
    reason_wanted = Signal(object)
    reason_missing = Signal(object)
    reason_given = Signal(str, object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._reasons: Reasons = {}

    # What may be changed

    def protection(self, patient_id: str, moment: SignOff) -> Protection:
        study = self._session.study
        return Protection.OPEN if study is None else study.protection(patient_id, moment)

    def last_signature(self, patient_id: str, moment: SignOff) -> Signature | None:
        """The newest signature of a moment, void or not."""
        study = self._session.study
        signed = study.signatures(patient_id, moment) if study is not None else ()
        return signed[-1] if signed else None

    def lock_text(self, patient_id: str, moment: SignOff | None) -> str:
        """Why a value of a moment cannot be changed now, in a sentence; "" where it can."""
        study, words = self._session.study, self._session.wording
        if study is None or study.read_only:
            return words("sign.read_only")
        if study.is_locked:
            return words("sign.study_locked")
        if moment is None or self.protection(patient_id, moment) is not Protection.LOCKED:
            return ""
        last = self.last_signature(patient_id, moment)
        if last is None:
            return words("sign.locked")
        return words("sign.locked_by", person=last.person, when=last.when)

    def lock_of(self, patient_id: str, kind: Kind, variable: str) -> str:
        """Why one value cannot be changed now; "" where it can."""
        return self.lock_text(patient_id, sign_off_of(kind, variable))

    def locked_moments(self, patient_id: str) -> tuple[SignOff, ...]:
        """The moments of a patient that are signed and locked."""
        return tuple(moment for moment in SignOff if self.protection(patient_id, moment) is Protection.LOCKED)

    def is_signed(self, patient: Patient) -> bool:
        """Whether every moment that holds values is signed, and nothing of it was changed since."""
        study = self._session.study
        if study is None or not study.signatures(patient.id):
            return False
        signed = {each.moment for each in study.signatures(patient.id) if not each.void}
        held = {sign_off_of(record.kind, name) for record in patient.records() for name in record.values} - {None}
        return held <= signed and all(moment and self.protection(patient.id, moment) in _LOCKS for moment in held)

    # The reason of a change

    def needs_reason(self, patient_id: str, moment: SignOff) -> bool:
        """Whether a change of this moment has to say why."""
        return self.protection(patient_id, moment) is Protection.REASON

    def reason(self, patient_id: str, moment: SignOff) -> str:
        """What stands in the line for the reason."""
        return self._reasons.get((patient_id, moment), "")

    def set_reason(self, patient_id: str, moment: SignOff, text: str, *, is_typed: bool = False) -> None:
        """Keep a reason for every change that follows; ``is_typed``: in its own line, which shows it already."""
        self._reasons[(patient_id, moment)] = text
        if not is_typed:
            self.reasons_changed.emit()

    def reason_for(self, patient_id: str, touched: Iterable[tuple[Kind, str]]) -> str:
        """The reason that goes with a change of these values; "" where none is needed, or none was given."""
        moments = {sign_off_of(kind, name) for kind, name in touched}
        wanted = [moment for moment in SignOff if moment in moments and self.needs_reason(patient_id, moment)]
        given = [self.reason(patient_id, moment).strip() for moment in wanted]
        return "; ".join(dict.fromkeys(given)) if all(given) else ""

    def note_missing(self, issues: Iterable[Issue], kind: Kind, variable: str) -> None:
        """A change was refused: where that was for want of a reason, its line draws the eye."""
        if any(issue.code == "reason_needed" for issue in issues):
            self.reason_missing.emit(sign_off_of(kind, variable))

    def ask_reason(self, kind: Kind, variable: str) -> None:
        """Lead the person to the line where the reason is missing."""
        self.reason_wanted.emit(sign_off_of(kind, variable))

    # What survives a rebuild of the page

    def state(self) -> Reasons:
        return dict(self._reasons)

    def restore(self, reasons: Reasons) -> None:
        self._reasons = dict(reasons)
        self.reasons_changed.emit()
