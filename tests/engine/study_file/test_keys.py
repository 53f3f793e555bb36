"""Keys: what a passphrase and a recovery key open, what is told where one does not, how those who guess are slowed."""

from __future__ import annotations

import base64
import hashlib
import os
import traceback
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sql

from esk_engine.errors import Fault
from esk_engine.study import Key, Study
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import PUBLIC, connect
from esk_engine.study_file.keys import check_new, is_protected, read_recovery, recovery_text, unlock
from esk_engine.study_file.tries import Tries
from esk_engine.wording import Wording
from tests.engine.study_file.helpers import NURSE, closed_study, digest, python, two_patients

PAGE = 4096
PASSPHRASE = "één kat op 't dak"


def protected(folder: Path, passphrase: str = PASSPHRASE) -> Path:
    path = folder / "secret.esk"
    Study.create(path, person=NURSE, patients=two_patients(), key=Key.of_passphrase(passphrase)).close()
    return path


def code_of(path: Path, key: Key = PUBLIC) -> str:
    before = digest(path)
    with pytest.raises(Fault) as caught:
        Study.open(path, person=NURSE, key=key)
    assert digest(path) == before
    return caught.value.code


def damage(path: Path, *places: int) -> None:
    content = bytearray(path.read_bytes())
    for at in places:
        content[at] ^= 1
    path.write_bytes(content)


def plain_shell(path: Path, statement: str) -> int:
    """What any SQLCipher 4 shell counts in a file after a statement of its own about the key."""
    connection = sql.connect(f"file:{path}?mode=ro", uri=True)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(statement)
    (count,) = connection.execute("SELECT count(*) FROM patient").fetchone()
    connection.close()
    return count


def test_that_sqlcipher_itself_opens_a_study_by_its_passphrase_and_by_its_recovery_key(tmp_path: Path) -> None:
    path = protected(tmp_path, "kat op 't dak")
    assert plain_shell(path, "PRAGMA key = 'kat op ''t dak'") == 2
    raw = unlock(path, "kat op 't dak").raw
    assert raw == hashlib.pbkdf2_hmac("sha512", b"kat op 't dak", path.read_bytes()[:16], 256_000, 32)
    assert plain_shell(path, f"PRAGMA key = \"x'{raw.hex()}'\"") == 2


def test_that_a_study_opens_by_its_passphrase_and_by_its_recovery_key_and_by_nothing_else(tmp_path: Path) -> None:
    path = protected(tmp_path)
    recovery = recovery_text(unlock(path, PASSPHRASE))
    for text in (PASSPHRASE, unicodedata.normalize("NFD", PASSPHRASE), recovery, recovery.lower().replace("-", " ")):
        with Study.open(path, person=NURSE, key=unlock(path, text)) as study:
            assert len(study.patients) == 2
    assert is_protected(path)
    assert check_file(path, unlock(path, recovery)).is_whole
    assert check_file(path, Key.of_passphrase(PASSPHRASE)).is_whole
    assert code_of(path) == "key_needed"
    assert code_of(path, Key.of_passphrase(PASSPHRASE + " ")) == "key_wrong"
    assert code_of(path, Key(raw=bytes(32))) == "key_wrong"
    other = recovery_text(Key(raw=bytes(range(32))))
    for text in ("", " ", "KAT", recovery[:-1], other):
        with pytest.raises(Fault, match="key_wrong"):
            unlock(path, text)


def test_that_a_passphrase_that_looks_like_a_recovery_key_is_a_passphrase_too(tmp_path: Path) -> None:
    text = recovery_text(Key(raw=bytes(range(32))))
    path = protected(tmp_path, text)
    with Study.open(path, person=NURSE, key=unlock(path, text)) as study:
        assert len(study.patients) == 2


def test_that_two_studies_of_one_passphrase_have_keys_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = protected(tmp_path / "a"), protected(tmp_path / "b")
    assert unlock(one, PASSPHRASE).raw != unlock(other, PASSPHRASE).raw


def test_that_a_study_without_a_passphrase_has_no_recovery_key(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    assert not is_protected(path)
    assert recovery_text(Key()) == ""
    assert not is_protected(tmp_path / "none.esk")


def test_that_the_log_says_that_a_study_was_born_with_a_passphrase(tmp_path: Path) -> None:
    path = protected(tmp_path)
    with Study.open(path, person=NURSE, key=unlock(path, PASSPHRASE)) as study:
        (line,) = [line for line in study.log() if line.kind == "passphrase"]
    assert (line.variable, line.old, line.new) == ("passphrase", None, '"yes"')


# -- what is told ------------------------------------------------------------------------------------------------------


def test_that_a_damaged_first_page_is_told_from_a_wrong_key_by_the_pages_after_it(tmp_path: Path) -> None:
    for path in (protected(tmp_path), closed_study(tmp_path)):
        key = Key.of_passphrase(PASSPHRASE) if path.name == "secret.esk" else Key()
        damage(path, 1000)
        assert code_of(path, key) == "file_damaged"


def test_that_damage_that_nothing_tells_from_a_wrong_key_is_told_with_it(tmp_path: Path) -> None:
    path = protected(tmp_path)
    damage(path, 3)  # the salt: every page's seal hangs on it
    assert code_of(path, Key.of_passphrase(PASSPHRASE)) == "key_wrong"
    path = closed_study(tmp_path)
    damage(path, 3)
    assert code_of(path) == "key_needed"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_the_messages_name_a_passphrase_and_damage_both(language: str) -> None:
    wording = Wording(language)  # type: ignore[arg-type]
    for code in ("key_needed", "key_wrong"):
        text = wording.fault(Fault(code, path="a.esk"))
        assert {"nl": "wachtwoord", "en": "passphrase"}[language] in text
        assert {"nl": "beschadigd", "en": "damaged"}[language] in text
    assert "4" in wording.fault(Fault("key_wait", path="a.esk", seconds=4))


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"SQLite format 3\0", b"study_no;nrs_before\r\n", bytes(64)])
def test_that_a_large_file_of_another_program_is_no_study_whatever_its_size(tmp_path: Path, beginning: bytes) -> None:
    path = tmp_path / "foreign.esk"
    path.write_bytes(beginning.ljust(20 * PAGE, b"z"))
    assert code_of(path) == "not_a_study"
    assert not is_protected(path)


# -- a recovery key as people copy it ----------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_that_a_recovery_key_reads_back_as_it_was_printed(raw: bytes) -> None:
    key = Key(raw=raw)
    text = recovery_text(key)
    assert [len(group) for group in text.split("-")] == [4] * 14
    assert read_recovery(text) == key
    assert read_recovery(f" {text.lower()}\n") == key
    sloppy = text.replace("-", "–").replace("0", "O").replace("1", "l")
    assert read_recovery(sloppy) == key


def test_that_a_recovery_key_is_base_32_of_the_key_and_its_checksum() -> None:
    raw = bytes(range(32))
    check = hashlib.sha256(b"Esk recovery key" + raw).digest()[:3]
    letters = base64.b32encode(raw + check).decode()
    told = letters.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    assert recovery_text(Key(raw=raw)).replace("-", "") == told


@given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_that_one_wrong_letter_is_noticed(raw: bytes, at: int, letter: str) -> None:
    text = recovery_text(Key(raw=raw)).replace("-", "")
    changed = text[:at] + letter + text[at + 1 :]
    assert (read_recovery(changed) is None) == (changed != text)


@pytest.mark.parametrize("text", ["", "-", "kat op het dak", "0" * 55, "0" * 57, "U" * 56, "é" * 56])
def test_that_what_is_no_recovery_key_is_none(text: str) -> None:
    assert read_recovery(text) is None


def test_that_no_key_shows_itself(tmp_path: Path) -> None:
    key = Key.of_passphrase("geheim").with_salt(bytes(16))
    for text in (repr(key), str(key), repr(Key.of_passphrase("geheim"))):
        assert "geheim" not in text
        assert key.raw.hex() not in text
    with pytest.raises(ValueError, match="bound"):
        recovery_text(Key.of_passphrase("geheim"))


# -- guessing ----------------------------------------------------------------------------------------------------------


def test_that_five_wrong_tries_are_free_and_then_each_costs_a_wait(tmp_path: Path) -> None:
    path, now = protected(tmp_path), [100.0]
    tries = Tries(lambda: now[0])
    for _ in range(5):
        with pytest.raises(Fault, match="key_wrong"):
            unlock(path, "fout", tries)
    with pytest.raises(Fault) as caught:
        unlock(path, PASSPHRASE, tries)  # not even looked at
    assert (caught.value.code, caught.value.params["seconds"]) == ("key_wait", 2)
    now[0] += 2
    with pytest.raises(Fault, match="key_wrong"):
        unlock(path, "fout", tries)
    with pytest.raises(Fault) as caught:
        unlock(path, PASSPHRASE, tries)
    assert caught.value.params["seconds"] == 4
    now[0] += 4
    unlock(path, PASSPHRASE, tries)
    with pytest.raises(Fault, match="key_wrong"):
        unlock(path, "fout", tries)
    unlock(path, PASSPHRASE, tries)


def test_that_a_file_that_cannot_be_read_is_no_wrong_try(tmp_path: Path) -> None:
    tries = Tries()
    for _ in range(9):
        with pytest.raises(Fault, match="file_not_found"):
            unlock(tmp_path / "none.esk", "fout", tries)
    assert tries.wait_seconds() == 0


@pytest.mark.parametrize("text", ["", "   ", "a\0b", "tab\there", "\ud800", "x" * 1025])
def test_that_a_passphrase_that_nobody_types_is_refused(text: str) -> None:
    with pytest.raises(Fault, match="passphrase_form"):
        check_new(text)
    check_new("geheim 😀 één")


# Stopped in the middle of an act, the journal still beside the file.
HALF_DONE = """
import os, sys
from pathlib import Path
from esk_engine.study_file.connection import Key, connect
connection = connect(Path(sys.argv[1]), Key.of_passphrase(sys.argv[2]), "rw")
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE patient SET age_years = 99, remarks = ?", ("x" * 9000,))
connection.execute("CREATE TABLE more (text TEXT)")
connection.executemany("INSERT INTO more VALUES (?)", [("y" * 4000,)] * 50)
os._exit(9)
"""


def test_that_a_study_that_was_cut_off_is_not_taken_for_a_damaged_one_by_who_has_not_its_key(tmp_path: Path) -> None:
    path = protected(tmp_path)
    with python(HALF_DONE, path, PASSPHRASE) as process:
        process.wait()
    assert path.with_name("secret.esk-journal").stat().st_size > 512
    assert is_protected(path)
    assert code_of(path) == "key_needed"
    assert code_of(path, Key.of_passphrase("fout")) == "key_wrong"
    with Study.open(path, person=NURSE, key=unlock(path, PASSPHRASE)) as study:
        assert [one.get("age_years") for one in study.patients] == [57, 40]
    assert check_file(path, unlock(path, PASSPHRASE)).is_whole


def test_that_a_file_that_goes_while_it_is_asked_for_its_key_is_named_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = protected(tmp_path)
    real = Path.stat

    def gone(self: Path, **options: bool) -> os.stat_result:
        if self == path and any(frame.name == "_closed_to" for frame in traceback.extract_stack()):
            raise FileNotFoundError(2, "No such file")
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", gone)
    with pytest.raises(Fault, match="file_vanished"):
        Study.open(path, person=NURSE)


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_that_a_connection_to_nothing_makes_nothing(tmp_path: Path, mode: str) -> None:
    with pytest.raises(Fault, match="file_vanished"):
        connect(tmp_path / "none.esk", PUBLIC, mode)
    assert list(tmp_path.iterdir()) == []
