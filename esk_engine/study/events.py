"""What an open study tells and is told: who is at work, what changed, what came of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import NamedTuple

from esk_engine.dictionary import Kind
from esk_engine.errors import Issue
from esk_engine.records import Value


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at work: initials as the log shows them, and a role that the study's list of people keeps."""

    initials: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class StudyChanged:
    """What an act changed, so that only those who are concerned look again.

    Attributes
    ----------
    patients
        Ids of the patients of whom anything changed; ``added`` and ``removed`` are among them.
    saved
        Whether it is on disk already: False for an act of this program, which is told of before it is written.
    protection
        Whether anything was signed, locked or unlocked; the patients concerned are among ``patients``.
    """

    patients: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    criteria: bool = False
    saved: bool = False
    protection: bool = False


class ActName(NamedTuple):
    """What an act is called: the text ``act.<name>`` with its params."""

    name: str
    params: Mapping[str, str]


class Added(NamedTuple):
    """A patient that was added: its id, and the promise that it is on disk."""

    patient_id: str
    saved: Future[int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One value to enter: ``raw`` text is read as typed, anything else is the value itself (None: missing)."""

    kind: Kind
    record_id: str
    variable: str
    raw: Value


@dataclass(frozen=True, slots=True)
class EntryResult:
    """What came of an entry: with an error among the issues nothing was changed and ``saved`` is None."""

    issues: tuple[Issue, ...] = ()
    saved: Future[int] | None = field(default=None, compare=False)

    @property
    def is_refused(self) -> bool:
        return any(issue.is_error for issue in self.issues)
