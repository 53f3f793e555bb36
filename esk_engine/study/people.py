"""Who works on the study: the list of people, their PINs, and whether somebody is who they say they are."""

from __future__ import annotations

import math
import re
from concurrent.futures import Future
from functools import cached_property

from esk_engine.errors import Fault
from esk_engine.records import Act, PersonChange
from esk_engine.study.core import OpenStudy
from esk_engine.study.events import Person
from esk_engine.study.preparing import refused
from esk_engine.study_file.encoding import repaired_text
from esk_engine.study_file.reading import read_pin
from esk_engine.study_file.state import pin_digest
from esk_engine.study_file.tries import Tries

_PIN = re.compile(r"[0-9]{4,12}")


class People(OpenStudy):
    """The part of an open study that knows its people. Act names: pin_set, pin_reset.

    A PIN tells colleagues at one shared computer apart. It is kept as Argon2id text in the file, which its passphrase
    protects; it does not encrypt anything itself.
    """

    @property
    def pin_needed(self) -> bool:
        """Whether this study asks for PINs."""
        return self.settings.pin_required

    def has_pin(self, initials: str) -> bool:
        return repaired_text(initials) in self._state.pins

    def identify(self, person: Person, pin: str = "") -> None:
        """Let somebody be at work, once it is sure who that is.

        Raises
        ------
        Fault
            ``pin_needed`` where the study asks for PINs and this person has none yet: set one first;
            ``pin_wrong`` (wait: whole seconds until the next try is looked at, 0 for none).
        """
        self._check_pin(person.initials, pin)
        self.hand_over(person)

    def _check_pin(self, initials: str, pin: str) -> None:
        if not self.pin_needed:
            return
        if not self.has_pin(initials):
            raise Fault("pin_needed", person=initials)
        self._match(initials, pin)

    def _match(self, initials: str, pin: str) -> None:
        """Fault ``pin_wrong`` where this is not the PIN of this person, or the next try is not due yet."""
        tries = self._tries.setdefault(initials, Tries())
        wait = math.ceil(tries.wait_seconds())
        if wait:
            raise Fault("pin_wrong", person=initials, wait=wait)
        self.settle(timeout=2.0)
        if not _is_pin(read_pin(self._path, self._key, repaired_text(initials)), pin):
            tries.failed()
            raise Fault("pin_wrong", person=initials, wait=math.ceil(tries.wait_seconds()))
        tries.succeeded()

    @cached_property
    def _tries(self) -> dict[str, Tries]:
        return {}

    def _again(self, initials: str, pin: str) -> None:
        """The person at work once more, before something is signed or locked."""
        if repaired_text(initials) != self.person.initials:
            raise Fault("signer_differs", person=self.person.initials)
        self._check_pin(self.person.initials, pin)

    def set_pin(self, initials: str, new_pin: str, old_pin: str = "") -> Future[int]:
        """Give somebody a PIN, or another one.

        Raises
        ------
        Fault
            ``pin_form`` where it is not 4 to 12 digits; ``pin_wrong`` where the old one is not right.
        """
        if not _PIN.fullmatch(new_pin):
            raise Fault("pin_form")
        initials = repaired_text(initials)
        old = self._state.pins.get(initials)
        if old is not None:
            self._match(initials, old_pin)
        text = _hashed(new_pin)
        change = PersonChange(initials, old, pin_digest(text), "pin", text)
        return self.apply(Act((change,), "pin_set", params={"person": initials}))

    def reset_pin(self, initials: str, reason: str) -> Future[int]:
        """Take away the forgotten PIN of a colleague, who sets a new one when next at work.

        Raises
        ------
        Fault
            ``reason_needed``; ``pin_own`` where it is that of the person at work.
        """
        initials = repaired_text(initials)
        if not reason.strip():
            raise Fault("reason_needed")
        if initials == self.person.initials:
            raise Fault("pin_own")
        old = self._state.pins.get(initials)
        if old is None:
            raise refused("no_such_person", value=initials)
        return self.apply(
            Act((PersonChange(initials, old, None, "pin"),), "pin_reset", reason, params={"person": initials})
        )


def _hashed(pin: str) -> str:
    from argon2 import PasswordHasher  # late: start-up does without it
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).hash(pin)


def _is_pin(text: str, pin: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return bool(text) and PasswordHasher().verify(text, pin)
    except (Argon2Error, InvalidHashError):
        return False
