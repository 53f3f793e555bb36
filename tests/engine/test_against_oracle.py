"""Random awkward cohorts, imported and analysed, against a second reckoning that shares no code with the engine.

``ESK_ORACLE_COHORTS=300`` runs more of them than the suite does.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from esk_engine.cli import main
from tests.engine.awkward_cohorts import BookWriter, CohortMaker
from tests.engine.oracle.analysis import analyse
from tests.engine.oracle.model import Event, Patient, Rules, StudyData
from tests.engine.oracle.workbook import read_workbook
from tests.engine.single_faults import Fault, Spoiler

COHORTS = int(os.environ.get("ESK_ORACLE_COHORTS", "15"))
FAULTS = int(os.environ.get("ESK_ORACLE_FAULTS", "40"))


def differences(wanted: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where two analyses differ; what only the engine tells (reasons, levels, units) is not looked at."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            if key in found:
                yield from differences(value, found[key], f"{place}/{key}")
            else:
                yield f"{place}/{key} is absent"
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for at, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, f"{place}[{at}]")
    elif isinstance(wanted, float) and isinstance(found, int | float):
        # A sum that is 0 may come out a rounding error away from it; a P never may.
        allowed = 0.0 if "/p" in place else 1e-12
        if not math.isclose(wanted, found, rel_tol=1e-9, abs_tol=allowed):
            yield f"{place}: {wanted!r} but {found!r}"
    elif wanted != found:
        yield f"{place}: {wanted!r} but {found!r}"


@pytest.mark.parametrize("seed", range(1, COHORTS + 1))
def test_that_every_figure_of_an_awkward_cohort_is_the_oracles(
    seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = CohortMaker(seed).make()
    book, study = BookWriter(seed).write(data, tmp_path / "in.xlsx"), tmp_path / "study.esk"
    assert read_workbook(book) == data, "the workbook does not say what the cohort is"

    assert main(["import", str(book), str(study)]) == 0, capsys.readouterr().err
    capsys.readouterr()
    assert main(["analyse", str(study), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert list(differences(analyse(data), found)) == []


def test_that_an_exported_cohort_comes_in_again_with_every_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Any] = []
    book = BookWriter(8).write(CohortMaker(8).make(), tmp_path / "0.xlsx")
    for turn, language in enumerate(("nl", "en")):
        study = tmp_path / f"{turn}.esk"
        assert main(["import", str(book), str(study)]) == 0, capsys.readouterr().err
        capsys.readouterr()
        assert main(["analyse", str(study), "--json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
        book = tmp_path / f"{turn + 1}.xlsx"
        assert main(["export", str(study), str(book), "--lang", language]) == 0

    assert told[0]["patients"]
    assert told[1] == told[0]


@pytest.fixture(scope="module")
def existing(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A study file with a patient whom no cohort has."""
    at = tmp_path_factory.mktemp("existing")
    data = StudyData(Rules(), [Patient("ZZ-OLD", events=[Event("headache", "during", ("yes",) * 10)])])
    assert main(["import", str(BookWriter(0).write(data, at / "in.xlsx")), str(at / "old.esk")]) == 0
    return (at / "old.esk").read_bytes()


def spoilt(seed: int, path: Path) -> Fault:
    """Write a small cohort's workbook with one fault in it."""
    made = (CohortMaker(100 * seed + k).make() for k in range(100))
    BookWriter(seed).write(next(data for data in made if 0 < len(data.patients) <= 12), path)
    spoiler = Spoiler(seed)
    while (fault := spoiler.spoil(path)) is None:
        pass
    return fault


@pytest.mark.parametrize("seed", range(FAULTS))
def test_that_one_spoilt_cell_is_named_and_nothing_is_written(
    seed: int, tmp_path: Path, existing: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    book, old = tmp_path / "in.xlsx", tmp_path / "old.esk"
    fault = spoilt(seed, book)
    old.write_bytes(existing)

    for study in (tmp_path / "new.esk", old):
        capsys.readouterr()
        assert main(["import", str(book), str(study), "--lang", "en"]) == 1
        faults = [line for line in capsys.readouterr().err.splitlines() if ": warning: " not in line]
        places = {line.removeprefix(f"{book}:").split(": ")[0] for line in faults}
        variables = {line.removeprefix(f"{book}:").split(": ")[1] for line in faults}
        assert fault.place in places, (fault, faults)
        assert variables == {fault.variable}, (fault, faults)
        assert all(allowed(fault.kind, fault.place, line, places) for line in faults), (fault, faults)
    assert old.read_bytes() == existing
    assert not list(tmp_path.glob("new.esk*"))


def allowed(kind: str, place: str, line: str, places: set[str]) -> bool:
    """The fault itself; of a pair both; of a patient whose number is wrong the rows that then belong to nobody."""
    if f":{place}: " in line:
        return True
    return (kind == "duplicate_row" and len(places) == 2) or (kind == "bad_study_no" and ": unknown_patient: " in line)
