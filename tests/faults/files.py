"""Foreign files spoilt in every way: read, or refused with a reason; never a traceback, a file, a hang or a heap."""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.figures import Figures
from tests.faults.messages import untold
from tests.faults.processes import chunks, elsewhere, folder
from tests.faults.spoil import spoilt

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from esk_engine.errors import Issue

_PORTION = 250
_SECONDS = 5.0  # of the processor's time, so that a busy machine is no fault
_HANGS = 90.0  # of the clock: then it is killed
_MEGABYTES = 300
_PATIENTS = 6
_STUDY = "new.esk"
_REAL = 20  # every so many files the import is a real one
_TODAY = date(2024, 6, 1)


def run(n: int, seed: int, workers: int = 1) -> Figures:
    """Spoil ``n`` files and open each of them both ways: as the import workbook, and as a list of others."""
    total = Figures("foreign files")
    with total.timed():
        calls = [(seed, first, count) for first, count in chunks(n, _PORTION)]
        for one in elsewhere(spoil_some, calls, workers):
            total.add(one)
    return total


def spoil_some(seed: int, first: int, n: int) -> Figures:
    """A portion of the files; each has a chance of its own, so that one can be made again."""
    found = Figures("foreign files")
    with folder() as place:
        samples = make_samples(place / "samples")
        work = place / "work"
        work.mkdir()
        with_reader = _Reader()
        try:
            for number in range(first, first + n):
                chance = random.Random(f"{seed} {number}")
                sample = chance.choice(samples)
                how, content = spoilt(sample.read_bytes(), chance)
                path = work / f"spoilt{sample.suffix}"
                path.write_bytes(content)
                told_as = f"seed {seed}, file {number}: {sample.name}, {how}"
                _look(with_reader, path, found, told_as, is_real=number % _REAL == 0)
                path.unlink()
        finally:
            with_reader.stop()
    return found


def _look(reader: _Reader, path: Path, found: Figures, told_as: str, *, is_real: bool) -> None:
    found.count("files")
    before = path.read_bytes()
    for way in ("workbook", "list") if path.suffix == ".xlsx" else ("list",):
        outcome = reader.read(path, way, is_real=is_real)
        found.count(f"as a {way}: {outcome.code}")
        found.measure("processor seconds for a file", outcome.seconds)
        found.measure("megabytes of a reading process", outcome.megabytes)
        wrong = outcome.wrong
        if outcome.seconds > _SECONDS:
            wrong.append(f"took {outcome.seconds:.1f} s")
        if outcome.grown and outcome.megabytes > _MEGABYTES:
            wrong.append(f"took {outcome.megabytes:.0f} MB")
        left = sorted(each.name for each in path.parent.iterdir() if each != path)
        is_made = _STUDY in left
        if path.read_bytes() != before or (left and not is_real):
            wrong.append(f"left {left} behind, or changed the file")
        elif is_real and is_made != (outcome.code == "read"):
            wrong.append(f"{outcome.code}, and the study is {'there' if is_made else 'not there'}")
        found.count("studies made of what was read", int(is_made))
        for text in wrong:
            found.fail(f"{told_as}, as a {way}: {text}")
        for name in left:
            (path.parent / name).unlink()


def make_samples(place: Path) -> list[Path]:
    """Real files of every kind that comes in: Esk's own exports, a filled template, lists of a laboratory."""
    from esk_engine.exchange.csv_out import export_csv
    from esk_engine.exchange.demo import demo_patients
    from esk_engine.exchange.redcap import export_redcap
    from esk_engine.exchange.workbook_out import export_workbook
    from esk_engine.study import Study
    from esk_engine.wording import Wording
    from tests.faults import work

    place.mkdir()
    with Study.create(place / "study.esk", person=work.WHO, patients=demo_patients()[:_PATIENTS]) as study:
        snapshot = study.snapshot()
    export_workbook(snapshot, place / "export.xlsx", Wording("nl"))
    export_csv(snapshot, place / "csv", Wording("nl"))
    export_redcap(snapshot, place / "redcap", Wording("en"))
    _fill_template(place / "export.xlsx", place / "template.xlsx")
    _laboratory(place)
    books = [place / "export.xlsx", place / "template.xlsx", place / "laboratory.xlsx"]
    lists = [place / "csv" / f"{name}.csv" for name in ("patients", "vital_signs", "samples", "adverse_events")]
    return [*books, *books, *lists, place / "redcap" / "redcap_data.csv", place / "laboratory.csv", place / "wide.csv"]


def _fill_template(export: Path, target: Path) -> None:
    """The template as it is saved, filled with an export's own rows, by another program."""
    from openpyxl import load_workbook

    from esk_engine.exchange.template import write_template
    from esk_engine.wording import Wording

    write_template(target, Wording("nl"))
    source, book = load_workbook(export), load_workbook(target)
    for name in ("patients", "vital_signs", "samples", "adverse_events"):
        rows: Any = source[name].iter_rows(values_only=True)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                book[name].cell(number, column).value = value
    book.save(target)


def _laboratory(place: Path) -> None:
    from openpyxl import Workbook

    rows: list[list[object]] = [["Uitslagen", "", ""], ["Studienr", "Tijd (min)", "Esketamine (nmol/L)", "Datum"]]
    rows += [[f"P{n:02}", minute, 100.5 + n, date(2024, 1, n)] for n in range(1, 9) for minute in (30, 480)]
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet["C5"] = "=40+1"
    book.save(place / "laboratory.xlsx")
    text = "\r\n".join(";".join(str(cell).replace(".", ",") for cell in row) for row in rows)
    (place / "laboratory.csv").write_bytes(text.replace("Uitslagen", "Uitslagen één").encode("cp1252"))
    wide = ["patient,sex,hr_0,hr_30,hr_480,sbp_0", *(f"P{n},m,7{n},8{n},,1{n}0" for n in range(1, 9))]
    (place / "wide.csv").write_text("\n".join(wide), encoding="utf-8")


# -- the process that reads ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Outcome:
    """What came of one reading; ``grown`` whether it took more memory than any before it."""

    code: str
    seconds: float = 0.0
    megabytes: float = 0.0
    grown: bool = False
    wrong: list[str] = field(default_factory=list[str])


class _Reader:
    """A process that reads one file after the other; killed, and begun anew, where it does not come back."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._begin()

    def _begin(self) -> None:
        self._here, there = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def read(self, path: Path, way: str, *, is_real: bool) -> _Outcome:
        try:
            self._here.send((str(path), way, is_real))
            if self._here.poll(_HANGS):
                outcome: _Outcome = self._here.recv()
                return outcome
            text = f"hung for {_HANGS:.0f} s and was killed"
        except (EOFError, OSError):
            text = "the process ended"
        self.stop()
        self._begin()
        return _Outcome("no answer", wrong=[text])

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._here.close()


def _serve(connection: Connection) -> None:
    highest = 0.0
    while True:
        try:
            path, way, is_real = connection.recv()
        except EOFError:
            return
        begun = time.process_time()
        outcome = read_one(Path(path), way, is_real=is_real)
        outcome.seconds = time.process_time() - begun
        outcome.megabytes = _peak()
        outcome.grown, highest = outcome.megabytes > highest, max(highest, outcome.megabytes)
        connection.send(outcome)


def read_one(path: Path, way: str, *, is_real: bool) -> _Outcome:
    """Read a file, as far as an import goes; only where it ``is_real`` is a study made."""
    from esk_engine.errors import Fault

    try:
        issues = (_as_workbook if way == "workbook" else _as_list)(path, is_real)
        outcome = _Outcome("read")
    except Fault as fault:
        issues = fault.issues
        outcome = _Outcome(f"refused: {fault.code}", wrong=[wrong] if (wrong := untold(fault)) else [])
    except BaseException as error:  # noqa: BLE001 - what a person would see as a traceback
        return _Outcome("uncaught", wrong=[f"traceback: {error!r}"[:400]])
    outcome.wrong += _untold_issues(issues)
    return outcome


def _as_workbook(path: Path, is_real: bool) -> tuple[Issue, ...]:
    from esk_engine.exchange.import_study import import_workbook
    from tests.faults import work

    target = path.with_name(_STUDY)
    return import_workbook(path, target, person=work.WHO, today=_TODAY, dry_run=not is_real).warnings


def _as_list(path: Path, is_real: bool) -> tuple[Issue, ...]:
    from esk_engine.exchange import intake as lists
    from esk_engine.exchange.intake.into_study import all_or_fault, import_intake
    from tests.faults import work

    source = lists.open_source(path)
    intake = lists.read(source, lists.propose(source), _TODAY)
    import_intake(intake, path.with_name(_STUDY), person=work.WHO, choose=all_or_fault, dry_run=not is_real)
    return intake.issues


def _untold_issues(issues: tuple[Issue, ...]) -> list[str]:
    """One of each code: whether it has a text in both languages."""
    from esk_engine.wording import Wording

    wrong: list[str] = []
    for issue in {issue.code: issue for issue in issues}.values():
        for language in ("nl", "en"):
            try:
                text = Wording(language).issue(issue)
            except Exception as error:  # noqa: BLE001 - a text that lacks or cannot be filled in
                wrong.append(f"issue {issue.code} in {language}: {error!r}")
            else:
                if not text or ("{" in text and "{" not in str(issue.params)) or text == f"issue.{issue.code}":
                    wrong.append(f"issue {issue.code} is told as {text!r}")
    return wrong


def _peak() -> float:
    """The most memory that this process has had, in megabytes; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
