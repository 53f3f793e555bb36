"""What the wizard holds while a person goes back and forth: the file, what its columns mean, what came of it."""

from __future__ import annotations

from collections.abc import Mapping as Of
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from esk_gui.jobs import Cancelled, Progress

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Comparison, Difference, Intake, Mapping, Question, Source, TextForm
    from esk_engine.study import Study

Asked = tuple[tuple["Question", "str | None"], ...]


@dataclass
class ImportWork:
    """The state of one import; None is what there is not yet.

    Attributes
    ----------
    form
        How the text is read where a person changed what was recognised.
    heads
        By table, the row that names its columns where a person changed it.
    read_with
        The mapping that ``intake`` was read by; another one makes it stale.
    """

    folder: Path
    path: Path | None = None
    form: TextForm | None = None
    heads: dict[str, int] = field(default_factory=dict[str, int])
    source: Source | None = None
    mapping: Mapping | None = None
    asked: Asked = ()
    intake: Intake | None = None
    read_with: Mapping | None = None
    comparison: Comparison | None = None
    chosen: set[Difference] = field(default_factory=set["Difference"])

    @property
    def is_read(self) -> bool:
        """Whether what was read is what the columns mean now."""
        return self.intake is not None and self.read_with is self.mapping

    @property
    def open_needed(self) -> int:
        """How many questions have to be answered before anything can come in."""
        return sum(question.is_needed and choice is None for question, choice in self.asked)

    def forget_file(self) -> None:
        """Begin with another file."""
        self.form, self.heads = None, {}
        self.source = self.mapping = self.intake = self.read_with = self.comparison = None
        self.asked, self.chosen = (), set()


@dataclass(frozen=True)
class Opened:
    """A file as it was opened, what its headings say, and the recipes that fit it."""

    source: Source
    mapping: Mapping
    recipes: tuple[tuple[str, Path], ...]


def open_list(
    path: Path, form: TextForm | None, heads: Of[str, int], folder: Path, progress: Progress, cancelled: Cancelled
) -> Opened:
    """Open a file and propose what its columns mean; runs beside the window."""
    from dataclasses import replace

    from esk_engine.exchange.intake import open_source, propose

    source = open_source(path, form, cancelled)
    tables = tuple(table.with_header_at(heads[table.name]) if table.name in heads else table for table in source.tables)
    source = replace(source, tables=tables)
    return Opened(source, propose(source), fitting(folder, source))


def fitting(folder: Path, source: Source) -> tuple[tuple[str, Path], ...]:
    """The recipes whose columns the file has, by name."""
    from esk_engine.errors import Fault
    from esk_engine.exchange.intake import fits, read_recipe, recipes

    found: list[tuple[str, Path]] = []
    for name, path in recipes(folder):
        try:
            if fits(read_recipe(path), source) >= _FITS:
                found.append((name, path))
        except Fault:  # one that cannot be read is none
            continue
    return tuple(found)


def ask_list(source: Source, mapping: Mapping, progress: Progress, cancelled: Cancelled) -> Asked:
    """Every question of the file; runs beside the window."""
    from esk_engine.exchange.intake import asked
    from esk_engine.exchange.workbook_in import code_words

    return asked(source, mapping, code_words())


def read_list(
    source: Source, mapping: Mapping, study: Study | None, today: date, progress: Progress, cancelled: Cancelled
) -> tuple[Intake, Comparison]:
    """Read the whole file and hold it against the study; runs beside the window."""
    from esk_engine.exchange.intake import compare, read

    intake = read(source, mapping, today, progress, cancelled)
    return intake, compare(intake, study)


_FITS = 0.9
