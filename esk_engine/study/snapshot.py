"""A study at one moment, frozen: what a job beside the window reads while the study goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from esk_engine.cohort import Cohort
from esk_engine.criteria import CriteriaSet
from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_engine.study_file.log import LogLine


@dataclass(frozen=True)
class StudySnapshot:
    """Frozen copy of a study.

    Attributes
    ----------
    name
        The file's name without its ending.
    version
        Number of the last log line at that moment.
    """

    name: str
    version: int
    patients: tuple[Patient, ...]
    settings: Settings
    criteria_sets: tuple[CriteriaSet, ...]
    criteria_set: CriteriaSet
    read_log: Callable[[int], Iterator[LogLine]] = field(repr=False, compare=False)
    read_hash: Callable[[int], str] = field(default=lambda _: "", repr=False, compare=False)

    @cached_property
    def cohort(self) -> Cohort:
        """Columns and verdicts of this moment, computed where they are first asked for."""
        return Cohort.of(self.patients, self.settings, self.criteria_set)

    def log(self) -> Iterator[LogLine]:
        """The log up to this moment, the oldest line first."""
        return self.read_log(self.version)

    @cached_property
    def head(self) -> str:
        """The hash of the last log line of this moment, "" while that line is not on disk."""
        return self.read_hash(self.version)
