"""People and PINs: who may be at work, what is kept of a PIN, and what guessing costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from esk_engine.errors import Fault, Refused
from esk_engine.study import Person, SignOff, Study
from esk_engine.study_file.check import check_file
from esk_engine.study_file.tries import Tries
from tests.engine.study_file.helpers import from_outside, two_patients

AB, CD = Person("AB", "pharmacist"), Person("CD", "nurse_specialist")


def study_with_pins(folder: Path) -> Study:
    study = Study.create(folder / "s.esk", person=AB, patients=two_patients())
    study.set_setting("pin_required", "yes")
    study.set_pin("AB", "1234")
    return study


def test_that_without_the_setting_nobody_is_asked_for_a_pin(tmp_path: Path) -> None:
    with Study.create(tmp_path / "s.esk", person=AB) as study:
        study.identify(CD)
        assert study.person == CD


def test_that_with_it_only_the_right_pin_lets_somebody_be_at_work(tmp_path: Path) -> None:
    with study_with_pins(tmp_path) as study:
        with pytest.raises(Fault, match="pin_needed"):
            study.identify(CD)
        study.set_pin("CD", "998877")
        with pytest.raises(Fault, match="pin_wrong"):
            study.identify(CD, "1234")
        assert study.person == AB
        study.identify(CD, "998877")
        assert study.person == CD


def test_that_a_pin_is_kept_as_argon2id_and_the_log_holds_only_its_digest(tmp_path: Path) -> None:
    study = study_with_pins(tmp_path)
    study.close()
    with from_outside(study.path) as connection:
        ((text,),) = connection.execute("SELECT pin FROM person WHERE initials = 'AB'").fetchall()
        logged = connection.execute("SELECT new FROM log WHERE variable = 'pin'").fetchall()
    assert text.startswith("$argon2id$")
    assert PasswordHasher().verify(text, "1234")
    assert len(logged) == 1
    assert "argon2" not in logged[0][0]
    assert check_file(study.path).is_whole


def test_that_a_pin_put_in_from_outside_is_found(tmp_path: Path) -> None:
    study = study_with_pins(tmp_path)
    study.close()
    with from_outside(study.path) as connection:
        connection.execute("UPDATE person SET pin = ?", (PasswordHasher().hash("0000"),))
    assert [finding.code for finding in check_file(study.path).findings] == ["person_differs"]


def test_that_a_pin_holds_after_opening_again(tmp_path: Path) -> None:
    study_with_pins(tmp_path).close()
    with Study.open(tmp_path / "s.esk", person=CD) as study:
        assert study.has_pin("AB")
        assert not study.has_pin("CD")
        with pytest.raises(Fault, match="pin_wrong"):
            study.identify(AB, "4321")
        study.identify(AB, "1234")


def test_that_changing_a_pin_wants_the_old_one(tmp_path: Path) -> None:
    with study_with_pins(tmp_path) as study:
        with pytest.raises(Fault, match="pin_wrong"):
            study.set_pin("AB", "5678", "0000")
        study.set_pin("AB", "5678", "1234")
        study.identify(AB, "5678")


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "\uff11\uff12\uff13\uff14", "-1234"])
def test_that_a_pin_is_four_to_twelve_digits(tmp_path: Path, pin: str) -> None:
    with Study.create(tmp_path / "s.esk", person=AB) as study, pytest.raises(Fault, match="pin_form"):
        study.set_pin("AB", pin)


def test_that_a_forgotten_pin_is_taken_away_by_a_colleague_with_a_reason(tmp_path: Path) -> None:
    with study_with_pins(tmp_path) as study:
        study.set_pin("CD", "2222")
        with pytest.raises(Fault, match="reason_needed"):
            study.reset_pin("CD", "")
        with pytest.raises(Fault, match="pin_own"):
            study.reset_pin("AB", "forgotten")
        with pytest.raises(Refused):
            study.reset_pin("XX", "nobody")
        study.wait_saved(study.reset_pin("CD", "forgotten"))
        assert not study.has_pin("CD")
        assert study.log()[-1].reason == "forgotten"
        assert not study.can_undo or study.undo_name is None or study.undo_name.name != "pin_reset"


def test_that_signing_wants_the_pin_again(tmp_path: Path) -> None:
    with study_with_pins(tmp_path) as study:
        patient = study.patients[0]
        with pytest.raises(Fault, match="pin_wrong"):
            study.sign(patient.id, SignOff.INCLUSION, initials="AB")
        study.sign(patient.id, SignOff.INCLUSION, initials="AB", pin="1234")
        with pytest.raises(Fault, match="pin_wrong"):
            study.lock_study(initials="AB", pin="9999")
        study.lock_study(initials="AB", pin="1234")


def test_that_after_five_wrong_pins_even_the_right_one_waits(tmp_path: Path) -> None:
    with study_with_pins(tmp_path) as study:
        for _ in range(5):
            with pytest.raises(Fault, match="pin_wrong"):
                study.identify(AB, "0000")
        with pytest.raises(Fault) as fault:
            study.identify(AB, "1234")
        assert fault.value.params["wait"] == 2


def test_that_the_wait_doubles_up_to_a_minute_and_ends_with_a_right_one() -> None:
    now = [0.0]
    tries = Tries(lambda: now[0])
    waits: list[float] = []
    for _ in range(12):
        tries.failed()
        waits.append(tries.wait_seconds())
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60]
    now[0] = 59.5
    assert tries.wait_seconds() == 0.5
    now[0] = 61.0
    assert tries.wait_seconds() == 0
    tries.succeeded()
    tries.failed()
    assert tries.wait_seconds() == 0
