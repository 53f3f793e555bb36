"""Signing off: who vouches for which moment of a patient's course, what is locked by it, and how it is unlocked."""

from __future__ import annotations

from concurrent.futures import Future
from enum import StrEnum

from esk_engine.errors import Fault
from esk_engine.records import Act, LockChange, Patient, new_id
from esk_engine.study.people import People
from esk_engine.study.preparing import refused
from esk_engine.study_file.log import utc_now
from esk_engine.study_file.signatures import NOTHING, Signature, SignOff, signed_text
from esk_engine.study_file.state import STUDY_LOCK


class Protection(StrEnum):
    """What stands between a person and the values of one moment.

    ``reason``: it was signed and unlocked again, so that each change says why. ``locked``: it is signed.
    """

    OPEN = "open"
    REASON = "reason"
    LOCKED = "locked"
    STUDY_LOCKED = "study_locked"


class Signing(People):
    """The part of an open study that knows its signatures and locks. Act names: sign, unlock, lock_study,
    unlock_study."""

    def _known(self, patient_id: str) -> Patient:
        if patient_id not in self._state.patients:
            raise refused("no_such_patient", value=patient_id)
        return self._state.patients[patient_id]

    def signatures(self, patient_id: str, moment: SignOff | None = None) -> tuple[Signature, ...]:
        """A patient's signatures, the oldest first, void ones too."""
        own = self._state.signatures.get(patient_id, {}).values()
        return tuple(each for each in own if moment is None or each.moment is moment)

    def protection(self, patient_id: str, moment: SignOff) -> Protection:
        """What a change of a value of this moment meets."""
        if self.is_locked:
            return Protection.STUDY_LOCKED
        if (patient_id, moment.value) in self._state.locks:
            return Protection.LOCKED
        return Protection.REASON if self.signatures(patient_id, moment) else Protection.OPEN

    def may_be_signed(self, patient_id: str, moment: SignOff) -> bool:
        """Whether the moment holds any value and is not locked."""
        has_values = signed_text(self.patient(patient_id), moment) != NOTHING
        return has_values and (patient_id, moment.value) not in self._state.locks

    def sign(self, patient_id: str, moment: SignOff, *, initials: str, pin: str = "") -> Future[int]:
        """Sign what stands in one moment of a patient, and lock it.

        Parameters
        ----------
        initials, pin
            The person once more; the PIN only where the study asks for one.

        Raises
        ------
        Fault
            ``signer_differs`` where these are not the initials of who is at work, ``pin_wrong``, ``pin_needed``,
            ``nothing_to_sign``, ``already_signed``; ``study_locked`` as Refused.
        """
        patient = self._known(patient_id)
        self._again(initials, pin)
        if self.is_locked:
            raise refused("study_locked", study_no=patient.study_no)
        if (patient_id, moment.value) in self._state.locks:
            raise Fault("already_signed", moment=moment.value, study_no=patient.study_no)
        signed = signed_text(patient, moment)
        if signed == NOTHING:
            raise Fault("nothing_to_sign", moment=moment.value, study_no=patient.study_no)
        role = self.person.role or self.people.get(self.person.initials, "")
        made = Signature(new_id(), patient_id, moment, self.person.initials, role, utc_now(), signed)
        changes = (made.change(), LockChange(patient_id, moment.value, True))
        return self.apply(Act(changes, "sign", params={"study_no": patient.study_no, "moment": moment.value}))

    def unlock(self, patient_id: str, moment: SignOff, reason: str) -> Future[int]:
        """Open a signed moment again; its signature stands until a value is changed.

        Raises
        ------
        Fault
            ``reason_needed``; ``study_locked`` as Refused.
        """
        patient = self._known(patient_id)
        if self.is_locked:
            raise refused("study_locked", study_no=patient.study_no)
        if (patient_id, moment.value) not in self._state.locks:
            return self._nothing_done()
        _want(reason)
        change = LockChange(patient_id, moment.value, False)
        params = {"study_no": patient.study_no, "moment": moment.value}
        return self.apply(Act((change,), "unlock", reason, params=params))

    @property
    def is_locked(self) -> bool:
        """Whether the whole study is: no value of any patient can be changed."""
        return STUDY_LOCK in self._state.locks

    def lock_study(self, *, initials: str, pin: str = "", reason: str = "") -> Future[int]:
        """Freeze the data of all patients, before the analysis; criteria and settings stay free.

        Raises
        ------
        Fault
            ``signer_differs``, ``pin_wrong``, ``pin_needed``.
        """
        return self._lock_study(True, initials, pin, reason)

    def unlock_study(self, *, initials: str, pin: str = "", reason: str) -> Future[int]:
        """Let the data be changed again.

        Raises
        ------
        Fault
            ``reason_needed``, ``signer_differs``, ``pin_wrong``, ``pin_needed``.
        """
        _want(reason)
        return self._lock_study(False, initials, pin, reason)

    def _lock_study(self, locked: bool, initials: str, pin: str, reason: str) -> Future[int]:
        self._again(initials, pin)
        if self.is_locked is locked:
            return self._nothing_done()
        name = "lock_study" if locked else "unlock_study"
        return self.apply(Act((LockChange(*STUDY_LOCK, locked),), name, reason))


def _want(reason: str) -> None:
    if not reason.strip():
        raise Fault("reason_needed")
