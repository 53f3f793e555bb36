"""One writer: programs that open the same study at the same moment; and a clock that is set back a year."""

from __future__ import annotations

import json
import os
import random
import signal
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.faults.figures import Figures
from tests.faults.processes import chunks, elsewhere, folder

_PORTION = 50


def run(n: int, seed: int, workers: int = 1) -> Figures:
    """Open a study ``n`` times from two or three programs at once: never two writers, and every promise is kept."""
    total = Figures("double openings")
    with total.timed():
        calls = [(seed + at, count) for at, (_, count) in enumerate(chunks(n, _PORTION))]
        for one in elsewhere(open_some, calls, workers):
            total.add(one)
    return total


def open_some(seed: int, n: int) -> Figures:
    """Some openings of one study that goes on all the while; some of the programs are killed rather than closed."""
    import filelock  # noqa: F401 - brought in once, so that no fork waits for it

    from esk_engine.study_file.check import check_file
    from esk_engine.study_file.connection import PUBLIC
    from esk_engine.study_file.reading import LogFilter, read_log
    from tests.faults import work

    found, chance, told = Figures("double openings"), random.Random(seed), dict[int, str]()
    with folder() as place:
        path = place / "study.esk"
        work.new_study(path, chance).close()
        for at in range(n):
            reports = _at_once(path, 2 + at % 2, chance)
            found.count("openings at once")
            found.count("programs", len(reports))
            writers = [one for one in reports if one["writes"]]
            found.count("with a writer", int(bool(writers)))
            if len(writers) > 1:
                found.fail(f"seed {seed}, opening {at}: {len(writers)} writers")
            for one in reports:
                if one["error"]:
                    found.fail(f"seed {seed}, opening {at}: {one['error']}")
                if one["refused"]:
                    found.count(f"told {one['refused']}")
                if one["seq"]:
                    if one["seq"] in told:
                        found.fail(f"seed {seed}, opening {at}: line {one['seq']} was promised twice")
                    told[one["seq"]] = one["text"]
        lines = {line.seq: line.new for line in read_log(path, PUBLIC, LogFilter())}
        if lost := [seq for seq, text in told.items() if lines.get(seq) != json.dumps(text)]:
            found.fail(f"seed {seed}: lines {lost[:5]} are lost")
        if not check_file(path).is_whole:
            found.fail(f"seed {seed}: not whole: {check_file(path).findings[:3]}")
        found.count("acts acknowledged", len(told))
    return found


def _at_once(path: Path, programs: int, chance: random.Random) -> list[dict[str, Any]]:
    """Let some forks open the study at one moment; what each came to while all had it open."""
    start_reading, start_writing = os.pipe()
    children: list[tuple[int, int, int]] = []
    for number in range(programs):
        reading, writing = os.pipe()
        leave_reading, leave_writing = os.pipe()
        text = f"{chance.random()}"
        child = os.fork()
        if child == 0:
            os.close(start_writing)
            os.close(leave_writing)
            _open_and_act(path, number, text, start_reading, writing, leave_reading)
        os.close(writing)
        os.close(leave_reading)
        children.append((child, reading, leave_writing))
    os.close(start_reading)
    os.close(start_writing)  # now
    reports: list[dict[str, Any]] = []
    for _, reading, _ in children:
        with os.fdopen(reading) as source:
            reports.append(
                json.loads(source.readline() or '{"writes": false, "seq": 0, "refused": "", "error": "gone"}')
            )
    for child, _, leave in children:
        if chance.random() < 0.2:
            os.kill(child, signal.SIGKILL)
        os.close(leave)
    for child, _, _ in children:
        os.waitpid(child, 0)
    return reports


def _open_and_act(path: Path, number: int, text: str, start: int, tell: int, leave: int) -> None:
    """What a fork does: open, change a value, tell, and stay until it is told to leave; it never returns."""
    from esk_engine.dictionary import Kind
    from esk_engine.errors import Fault
    from esk_engine.study import Person, Study

    report: dict[str, Any] = {"writes": False, "seq": 0, "text": text, "refused": "", "error": ""}
    study: Study | None = None
    try:
        os.read(start, 1)
        try:
            study = Study.open(path, person=Person(f"W{number}"), follow=number == 1)
            one = study.patients[0].id
            report["seq"] = study.set_value(one, Kind.PATIENT, one, "remarks", text).result(30)
        except Fault as fault:
            report["refused"] = fault.code
        if study is not None and report["refused"] and study.patients[0].get("remarks") == text:
            report["error"] = "what was refused is in memory all the same"
        report["writes"] = study is not None and study.is_writer
    except BaseException as error:  # noqa: BLE001 - told to the parent
        report["error"] = repr(error)
    os.write(tell, (json.dumps(report) + "\n").encode())
    os.read(leave, 1)
    try:
        if study is not None:
            study.close()
    finally:
        os._exit(0)


def clock(n: int, seed: int) -> Figures:
    """Set the clock back by a year, forward, and back again while a study is worked on: the order of the log stays."""
    total = Figures("clock")
    with total.timed():
        for one in elsewhere(clock_some, [(seed, n)]):
            total.add(one)
    return total


def clock_some(seed: int, n: int) -> Figures:
    """``n`` studies under a clock that jumps."""
    from esk_engine.study import Study
    from esk_engine.study_file import log
    from esk_engine.study_file.check import check_file
    from tests.faults import work

    found, chance = Figures("clock"), random.Random(seed)

    class Jumping(datetime):
        """A clock that somebody sets."""

        off = timedelta()

        @classmethod
        def now(cls, tz: Any = UTC) -> datetime:
            return datetime.now(tz) + cls.off

    real = log.datetime
    log.datetime = Jumping  # type: ignore[misc]
    try:
        for at in range(n):
            with folder() as place:
                path, told = place / "study.esk", list[int]()
                work.new_study(path, chance).close()
                for days in (0, -366, 400, -3660):
                    Jumping.off = timedelta(days=days)
                    with Study.open(path, person=work.WHO) as study:
                        told += [work.step(study, chance).result() for _ in range(4)]
                        lines = study.log()
                    found.count("jumps of the clock")
                if [line.seq for line in lines] != list(range(1, len(lines) + 1)) or told != sorted(told):
                    found.fail(f"seed {seed}, study {at}: another order")
                if not any(after.utc < before.utc for before, after in pairwise(lines)):
                    found.fail(f"seed {seed}, study {at}: the clock did not jump")
                if not check_file(path).is_whole:
                    found.fail(f"seed {seed}, study {at}: not whole")
                found.count("studies")
    finally:
        log.datetime = real
    return found
