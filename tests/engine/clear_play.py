"""A protected study at work in a process of its own, scene by scene: `python -m tests.engine.clear_play FOLDER`.

After each scene it names it and waits for a line, so that whoever started it can look at every file meanwhile; the
last scene goes on until the process is killed.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from esk_engine import fault_log
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.exchange.import_study import import_workbook
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_engine.study import Entry, Key, Person, SignOff, Study, StudyChanged
from esk_engine.wording import Wording
from tests.engine import builders, in_clear

TODAY = date(2026, 11, 22)
PERSON = Person("AB", "pharmacist")


def patient(study_no: str = in_clear.STUDY_NO) -> Patient:
    """A patient of whom every value that can be recognised is planted."""
    return builders.patient(
        study_no,
        builders.steady(),
        [(480, "esketamine", in_clear.CONCENTRATION)],
        [{"term": in_clear.TERM, "phase": "during", "naranjo_1": "yes"}],
        weight_kg=in_clear.WEIGHT,
        dose_mg=in_clear.DOSE,
        remarks=in_clear.REMARK,
        infusion_minutes=480,
        nrs_before=8.0,
        nrs_end=4.0,
    )


class Play:
    """The study and what is done to it; ``elsewhere`` is where the person puts things themselves."""

    def __init__(self, folder: Path) -> None:
        self.elsewhere = folder / "elsewhere"
        self.path = folder / "studies" / "pilot.esk"
        self.key = Key.of_passphrase(in_clear.PASSPHRASE)
        self.study = self.born()

    def born(self) -> Study:
        """A study that has its passphrase from its birth on."""
        named = Settings(study_name=in_clear.STUDY_NAME, clinic_name=in_clear.CLINIC_NAME)
        return Study.create(self.path, person=PERSON, settings=named, patients=[patient()], key=self.key)

    def edits(self) -> None:
        held = self.study.patients[0]
        study, own = self.study, (held.id, Kind.PATIENT, held.id)
        study.set_value(*own, "weight_kg", in_clear.WEIGHT + 1, in_clear.REASON)
        study.undo()
        study.set_pin("AB", in_clear.PIN)
        study.sign(held.id, SignOff.INCLUSION, initials="AB")
        study.unlock(held.id, SignOff.INCLUSION, in_clear.REASON)
        study.set_value(*own, "remarks", f"{in_clear.REMARK}!", in_clear.REASON)
        assert study.settle(20)

    def refusals(self) -> None:
        held = self.study.patients[0]
        for name, text in (("weight_kg", in_clear.DRAFT), ("dose_mg", f"{in_clear.DOSE}x"), ("study_no", "GEHEIM 7!")):
            result = self.study.enter(held.id, (Entry(Kind.PATIENT, held.id, name, text),), TODAY)
            assert result.is_refused
        with contextlib.suppress(Fault):
            self.study.set_pin("AB", in_clear.PIN + "0", old_pin="0000")
        with contextlib.suppress(Fault):
            Study.open(self.path, person=PERSON, key=Key.of_passphrase(in_clear.NEW_PASSPHRASE), read_only=True)

    def failed_imports(self) -> None:
        for name in ("faulty.xlsx", "damaged.xlsx"):
            try:
                import_workbook(self.elsewhere / name, self.path, person=PERSON, today=TODAY, key=self.key)
            except Fault:
                continue
            raise AssertionError(name)

    def crashes(self) -> None:
        """Bugs whose text is a value: in a listener, in a thread, while an object goes, in what follows a save."""

        def listener(change: StudyChanged) -> None:
            raise ValueError(f"{in_clear.STUDY_NO} weighs {in_clear.WEIGHT}")

        def job() -> None:
            raise KeyError(in_clear.REMARK)

        forget = self.study.subscribe(listener)
        held = self.study.patients[0]
        try:
            self.study.set_value(held.id, Kind.PATIENT, held.id, "nrs_end", 3.5)
        except ValueError as error:
            fault_log.record(error)
        forget()
        thread = threading.Thread(target=job)
        thread.start()
        thread.join()
        saved = self.study.set_value(held.id, Kind.PATIENT, held.id, "nrs_end", 4.5)
        saved.add_done_callback(lambda _: job())
        assert self.study.settle(20)

        class Going:
            def __del__(self) -> None:
                raise ValueError(in_clear.TERM)

        going = Going()
        del going

    def backup(self) -> None:
        made = self.study.back_up()
        assert made is not None
        held = self.study.patients[0]
        self.study.set_value(held.id, Kind.PATIENT, held.id, "dose_mg", in_clear.DOSE + 1)
        self.study.restore(self.study.read_backup(made.path), made.path, in_clear.REASON)
        assert self.study.settle(20)

    def export_half_way(self) -> None:
        """An export of the person's own wish stops in the middle: beside its target there may be something of it."""

        def stop_here(share: float) -> None:
            if share > 0.3:
                self.stop("an export under way")
                raise KeyboardInterrupt

        with contextlib.suppress(KeyboardInterrupt):
            export_workbook(self.study.snapshot(), self.elsewhere / "out.xlsx", Wording("nl"), progress=stop_here)

    def another_passphrase(self) -> None:
        self.study.change_passphrase(in_clear.NEW_PASSPHRASE)
        self.key = Key.of_passphrase(in_clear.NEW_PASSPHRASE)

    def opened_again(self) -> None:
        self.study.close()
        self.study = Study.open(self.path, person=PERSON, key=self.key)

    def without_end(self) -> None:
        """Whole patients come and go until somebody pulls the plug."""
        for number in range(1_000_000):
            self.study.import_patients([patient(f"{in_clear.STUDY_NO}-{number}-{at}") for at in range(20)])
            self.study.undo()
            if number == 0:
                self.stop("killed")
            self.study.settle(20)

    def stop(self, scene: str) -> None:
        """Let every file be looked at; the recovery key is where a person would keep it."""
        keys = self.elsewhere / "recovery.txt"
        known = keys.read_text(encoding="utf-8").split() if keys.exists() else []
        keys.write_text("\n".join(dict.fromkeys((*known, self.study.recovery_key))), encoding="utf-8")
        sys.stdout.write(f"{scene}\n")
        sys.stdout.flush()
        sys.stdin.readline()


SCENES: tuple[tuple[str, Callable[[Play], None]], ...] = (
    ("edits", Play.edits),
    ("refusals", Play.refusals),
    ("failed imports", Play.failed_imports),
    ("crashes", Play.crashes),
    ("a backup and back", Play.backup),
    ("an export that stops", Play.export_half_way),
    ("another passphrase", Play.another_passphrase),
    ("opened again", Play.opened_again),
)


def main() -> None:
    """Play all scenes, then go on until killed."""
    fault_log.watch(lambda error: None)
    play = Play(Path(sys.argv[1]))
    play.stop("born")
    for name, scene in SCENES:
        scene(play)
        play.stop(name)
    time.sleep(0)
    play.without_end()


if __name__ == "__main__":
    main()
