"""A passphrase: what it costs to open a study with it, what each later connection costs, what changing it costs."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.cohorts import PERSON, patients
from benchmarks.rows import Row, alternate, seconds, timed
from esk_engine.study import Key, Study
from esk_engine.study_file import PUBLIC
from esk_engine.study_file.keys import unlock
from esk_engine.study_file.reading import read_head, reader

_PASSPHRASE = "correct horse"
_CONNECTION = 0.005


def _connection(path: Path, key: Key) -> None:
    with reader(path, key) as connection:
        read_head(connection)


def _keys(folder: Path) -> list[Row]:
    """Derived by Esk once, by SQLCipher as often as it is connected, and not at all."""
    path, plain = folder / "keys.esk", folder / "plain.esk"
    Study.create(path, person=PERSON, patients=patients(30), key=Key.of_passphrase(_PASSPHRASE)).close()
    Study.create(plain, person=PERSON, patients=patients(30)).close()
    key = unlock(path, _PASSPHRASE)
    derived, raw, public = alternate(
        lambda: timed(lambda: unlock(path, _PASSPHRASE)),
        lambda: timed(lambda: _connection(path, key)),
        lambda: timed(lambda: _connection(plain, PUBLIC)),
        rounds=9,
    )
    without = f"without a passphrase {seconds(public)}"
    return [
        Row("passphrase -> key of the study, once per opening", seconds(derived), "-", "-"),
        Row("every later connection", seconds(raw), without, f"<= {seconds(_CONNECTION)}", raw <= _CONNECTION),
    ]


def _opening(folder: Path, n: int) -> list[Row]:
    """From the passphrase to an open study, and to the same study under another passphrase."""
    path, plain = folder / f"secret{n}.esk", folder / f"plain{n}.esk"
    Study.create(path, person=PERSON, patients=patients(n), key=Key.of_passphrase(_PASSPHRASE)).close()
    Study.create(plain, person=PERSON, patients=patients(n)).close()

    def opening(of: Path, key: Key) -> float:
        found: list[Study] = []
        took = timed(lambda: found.append(Study.open(of, person=PERSON, key=key)))
        found[0].close()
        return took

    secret, public = alternate(
        lambda: opening(path, Key.of_passphrase(_PASSPHRASE)), lambda: opening(plain, PUBLIC), rounds=5
    )
    with Study.open(path, person=PERSON, key=Key.of_passphrase(_PASSPHRASE)) as study:
        changing = statistics.median(timed(lambda new=new: study.change_passphrase(new)) for new in ("a", "b", "c"))
    return [
        Row(f"opening by passphrase, {n:,} patients", seconds(secret), f"without {seconds(public)}", "-"),
        Row(f"changing the passphrase, {n:,} patients", seconds(changing), "-", "-"),
    ]


def rows() -> list[Row]:
    """The key alone, then studies of thirty patients and of ten thousand."""
    with tempfile.TemporaryDirectory() as folder:
        found = _keys(Path(folder))
        for n in (30, 10_000):
            found += _opening(Path(folder), n)
    return found
