"""The two roots of everything that can go wrong, and the issue that a wrong input becomes.

An issue carries a code and its limits, never prose: whoever renders asks ``Wording`` for the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much an issue weighs: an error is refused, a warning is accepted and shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an issue stands: in a workbook (file, sheet, cell) or in the study (study number, record)."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    study_no: str = ""
    row: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """``FILE:SHEET!CELL``, leaving out what is not known."""
        where = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell or self.study_no
        return ":".join(part for part in (self.file, where) if part)


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong or doubtful with one value.

    Attributes
    ----------
    code
        Stable name of the rule, also the catalogue key ``issue.<code>``.
    variable
        Name of the variable concerned, or "".
    params
        What the message needs: ``value`` (as typed), ``low``, ``high``, ...
    """

    code: str
    variable: str = ""
    severity: Severity = Severity.ERROR
    params: Mapping[str, object] = field(default_factory=dict[str, object])
    place: Place = Place()

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class EskError(Exception):
    """Root of all that Esk raises itself."""


class Fault(EskError):
    """The environment's or the user's fault: shown as a calm message, the text is ``fault.<code>``.

    Parameters
    ----------
    code
        Stable name, the catalogue key without its ``fault.`` prefix.
    issues
        Where a whole input was refused: every issue, each with its place.
    params
        What the message needs.
    """

    def __init__(self, code: str, *, issues: tuple[Issue, ...] = (), **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.issues = issues


class Refused(Fault):
    """Input that the study does not take; nothing was changed."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("refused", issues=issues)


class Bug(EskError):
    """Our own defect: goes into the log file whose place the user is told."""
