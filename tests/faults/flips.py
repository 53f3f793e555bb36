"""Damage: bits flipped, files cut, files that are none of ours, journals that belong elsewhere; none is silent."""

from __future__ import annotations

import random
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.figures import Figures
from tests.faults.processes import chunks, elsewhere, folder

if TYPE_CHECKING:
    from esk_engine.study_file.connection import Key

_PORTION = 500
_SECTOR = 512


def run(n: int, seed: int, workers: int = 1) -> Figures:
    """Flip ``n`` bits, one at a time, in files with and without a passphrase; then everything else, each once."""
    total = Figures("damage")
    with total.timed():
        calls = [(seed + at, count, at == 0) for at, (_, count) in enumerate(chunks(n, _PORTION))]
        for one in elsewhere(damage_some, calls, workers):
            total.add(one)
    return total


@dataclass(frozen=True, slots=True)
class Sample:
    """A study file that is whole, and what it holds."""

    name: str
    key: Key
    content: bytes
    data: object


def damage_some(seed: int, n: int, rest: bool) -> Figures:
    """Flip some bits; with ``rest`` also cut, replace and swap."""
    found, chance = Figures("damage"), random.Random(seed)
    with folder() as place:
        samples = _samples(place, chance)
        path = place / "damaged" / "study.esk"
        path.parent.mkdir()
        for at in range(n):
            sample = samples[at % 2]
            content = bytearray(sample.content)
            bit = chance.randrange(len(content) * 8)
            content[bit // 8] ^= 1 << bit % 8
            found.count(f"bits flipped, {sample.name}")
            _look(sample, path, bytes(content), found, f"seed {seed}, bit {bit}, {sample.name}", at)
        if rest:
            for sample in samples:
                for size in range(0, len(sample.content), _SECTOR):
                    found.count("files cut, at each 512 bytes")
                    _look(sample, path, sample.content[:size], found, f"cut at {size}, {sample.name}", size // _SECTOR)
                for more in (1, 511, 512, 4095, 4096, 8192):
                    found.count("files grown")
                    grown = sample.content + chance.randbytes(more)
                    _look(sample, path, grown, found, f"{more} bytes more, {sample.name}", more)
            _foreign(samples[0], path, chance, found)
            _journals(place / "journals", chance, found)
    return found


def _samples(place: Path, chance: random.Random) -> tuple[Sample, Sample]:
    from esk_engine.study import Key, Study
    from esk_engine.study_file.connection import PUBLIC, bound
    from tests.faults import work

    made: list[Sample] = []
    for name, key in (("without a passphrase", PUBLIC), ("with one", Key.of_passphrase("a winter’s day"))):
        path = place / f"{len(made)}.esk"
        people = [work.some_patient(f"P{n}", chance) for n in range(3)]
        with Study.create(path, person=work.WHO, patients=people, key=key) as study:
            for _ in range(12):
                work.step(study, chance)
        bound_key = bound(path, key)
        made.append(Sample(name, bound_key, path.read_bytes(), data_of(path, bound_key)))
    return made[0], made[1]


def data_of(path: Path, key: Key) -> object:
    """All that a study holds, read by the engine; Fault where it refuses."""
    from esk_engine.study_file.reading import LogFilter, log_lines, read_file, reader

    state = read_file(path, key).state
    with reader(path, key) as connection:
        return state, list(log_lines(connection, LogFilter()))


def _look(sample: Sample, path: Path, content: bytes, found: Figures, told_as: str, turn: int) -> None:
    """Open a damaged file in one of three ways: refused and left alone, or all that it held is there."""
    path.write_bytes(content)
    wrong = refused_or_same(path, sample.key, sample.data, turn, found)
    if wrong:
        found.fail(f"{told_as}: {wrong}")


def refused_or_same(path: Path, key: Key, data: object, turn: int, found: Figures) -> str:
    """What is wrong with how the engine takes a file; "" where it refuses it by name or reads what was there."""
    from esk_engine.errors import Fault
    from esk_engine.study import Study
    from esk_engine.study_file.check import check_file
    from esk_engine.wording import Wording
    from tests.faults import work

    before = _bytes(path)
    try:
        match turn % 3:
            case 0:
                Study.open(path, person=work.WHO, key=key).close()
            case 1:
                Study.open(path, person=work.WHO, key=key, read_only=True).close()
            case _ if not check_file(path, key).is_whole:
                raise Fault("file_damaged", path=str(path))
            case _:
                pass
        if data_of(path, key) != data:
            return "SILENT: other data"
        found.count("same data")
        return ""
    except Fault as fault:
        found.count(f"refused: {fault.code}")
        if not all(Wording(language).fault(fault) for language in ("nl", "en")):
            return "refused without a message"
        return "" if _bytes(path) == before else f"refused as {fault.code}, but the file was written to"
    except Exception as error:  # noqa: BLE001 - what the user would see as a traceback
        return f"traceback: {error!r}"


def _bytes(path: Path) -> tuple[bytes, bytes]:
    journal = path.with_name(path.name + "-journal")
    return path.read_bytes() if path.is_file() else b"", journal.read_bytes() if journal.is_file() else b""


def _foreign(sample: Sample, path: Path, chance: random.Random, found: Figures) -> None:
    """Files of other programs under a study's name."""
    for name, content in _others(path.parent, chance).items():
        for turn in range(3):
            found.count("foreign files")
            _look(sample, path, content, found, f"foreign: {name}", turn)
    path.unlink()
    path.mkdir()
    found.count("foreign files")
    wrong = refused_or_same(path, sample.key, sample.data, 0, found)
    if wrong:
        found.fail(f"foreign: a folder: {wrong}")
    path.rmdir()


def _others(place: Path, chance: random.Random) -> dict[str, bytes]:
    from esk_engine.study_file.connection import PUBLIC, connect

    plain = place / "plain.db"
    with sqlite3.connect(plain) as connection:
        connection.execute("CREATE TABLE patient (id TEXT)")
    connection.close()
    content = plain.read_bytes()
    plain.unlink()
    encrypted = place / "encrypted.db"
    encrypted.touch()
    ours = connect(encrypted, PUBLIC, "rwc")
    ours.execute("CREATE TABLE patient (id TEXT)")
    ours.close()
    same_key = encrypted.read_bytes()
    encrypted.unlink()
    return {
        "nothing": b"",
        "one byte": b"x",
        "text": b"studienummer;leeftijd\nP01;57\n" * 500,
        "noughts": bytes(40_960),
        "noise": chance.randbytes(40_960),
        "noise that ends in a page": chance.randbytes(41_000),
        "a workbook": b"PK\x03\x04" + chance.randbytes(20_000),
        "plain SQLite": content,
        "SQLCipher under the same key": same_key,
    }


# -- journals ------------------------------------------------------------------------------------------------------


def _journals(place: Path, chance: random.Random, found: Figures) -> None:
    """Journals that are not this file's, or not of this moment, or damaged."""
    from esk_engine.study_file.connection import PUBLIC
    from tests.faults import work

    place.mkdir()
    first, other = place / "first.esk", place / "other.esk"
    for path in (first, other):
        work.new_study(path, chance, patients=6).close()
    early, journal = half_done(first)
    strange, others_journal = half_done(other)
    _go_on(first, chance)
    whole = first.read_bytes()
    data = data_of(first, PUBLIC)
    late, late_journal = half_done(first)
    cases: dict[str, tuple[bytes, bytes]] = {
        "journal of another study": (whole, others_journal),
        "journal of another study, half-written file": (late, others_journal),
        "journal of an older state": (whole, journal),
        "journal of an older state, half-written file": (late, journal),
        "journal of noise": (whole, chance.randbytes(9000)),
        "journal of noughts": (whole, bytes(9000)),
        "half-written file without its journal": (late, b""),
    }
    for at in range(0, len(late_journal), max(_SECTOR, len(late_journal) // 40)):
        cases[f"own journal, cut at {at}"] = (late, late_journal[:at])
    for _ in range(40):
        flipped = bytearray(late_journal)
        bit = chance.randrange(len(flipped) * 8)
        flipped[bit // 8] ^= 1 << bit % 8
        cases[f"own journal, bit {bit} flipped"] = (late, bytes(flipped))
    cases["own journal"] = (late, late_journal)
    assert early != whole != strange
    for name, (content, beside) in cases.items():
        for turn in range(3):
            case = place / "case"
            case.mkdir()
            path = case / "first.esk"
            path.write_bytes(content)
            path.with_name("first.esk-journal").write_bytes(beside)
            found.count("swapped or damaged journals")
            wrong = refused_or_same(path, PUBLIC, data, turn, found)
            if wrong:
                found.fail(f"{name}, way {turn}: {wrong}")
            shutil.rmtree(case)


def half_done(path: Path) -> tuple[bytes, bytes]:
    """A file in the middle of a large act, and the journal that would take it back; the file itself is left whole."""
    from esk_engine.study_file.connection import PUBLIC, connect

    connection = connect(path, PUBLIC, "rw")
    try:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE patient SET age_years = 99, remarks = ?", ("x" * 9000,))
        connection.execute("UPDATE reading SET systolic_mmhg = 1")
        connection.execute("CREATE TABLE more (text TEXT)")
        connection.executemany("INSERT INTO more VALUES (?)", [("y" * 4000,)] * 20)
        taken = path.read_bytes(), path.with_name(path.name + "-journal").read_bytes()
        connection.execute("ROLLBACK")
    finally:
        connection.close()
    return taken


def _go_on(path: Path, chance: random.Random) -> None:
    from esk_engine.study import Study
    from tests.faults import work

    with Study.open(path, person=work.WHO) as study:
        for _ in range(30):
            work.step(study, chance)
