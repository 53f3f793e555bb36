"""Lists of others: CSV, TSV and any workbook, understood column by column, shown before anything is taken in.

``open_source`` reads the file as it stands, ``propose`` says what its columns may mean, ``questions`` what a person has
to decide, ``read`` puts patients together, ``compare`` holds them against a study, ``act_of`` is the one act that
takes them in. Nothing is converted, mapped to missing or chosen between two readings without a person's word.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from esk_engine.exchange.book_parts import sheet_names
from esk_engine.exchange.intake.assemble import Intake, TablePreview, read
from esk_engine.exchange.intake.book_in import read_book
from esk_engine.exchange.intake.cells import CellRead
from esk_engine.exchange.intake.compare import Comparison, Difference, act_of, compare, faults_of
from esk_engine.exchange.intake.mapping import ColumnRule, Mapping, Target, propose
from esk_engine.exchange.intake.questions import Question, answer, asked, questions
from esk_engine.exchange.intake.raw import RawCell, RawTable, Source, TextForm
from esk_engine.exchange.intake.recipes import applied, fits, read_recipe, recipes, save_recipe
from esk_engine.exchange.intake.text_in import DELIMITERS, read_folder, read_text
from esk_engine.exchange.intake.units import MOLAR_MASS, factor, units_for
from esk_engine.exchange.layout import READ_SHEETS, name_key
from esk_engine.exchange.safe_zip import calm

__all__ = [
    "DELIMITERS",
    "MOLAR_MASS",
    "TEXT_ENDINGS",
    "CellRead",
    "ColumnRule",
    "Comparison",
    "Difference",
    "Intake",
    "Mapping",
    "Question",
    "RawCell",
    "RawTable",
    "Source",
    "TablePreview",
    "Target",
    "TextForm",
    "act_of",
    "answer",
    "applied",
    "asked",
    "compare",
    "factor",
    "faults_of",
    "fits",
    "is_folder",
    "is_import_workbook",
    "open_source",
    "propose",
    "questions",
    "read",
    "read_recipe",
    "recipes",
    "save_recipe",
    "units_for",
]

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".tab")


def is_folder(path: Path) -> bool:
    """Whether a folder is named; a name that no file can have names none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def open_source(path: str | Path, form: TextForm | None = None, cancelled: Callable[[], bool] | None = None) -> Source:
    """Open a file to be imported, by what it is rather than by its name; a folder by the data files in it.

    Parameters
    ----------
    form
        How a text file is read, where a person changed what was recognised.

    Raises
    ------
    Fault
        Where it is neither a workbook nor a text file that may be opened.
    """
    path = Path(path)
    if is_folder(path):
        return read_folder(path, form)
    with calm(path), path.open("rb") as file:
        head = file.read(8)
    is_text = path.suffix.casefold() in TEXT_ENDINGS and not head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    return read_text(path, form) if is_text else read_book(path, cancelled)


def is_import_workbook(path: str | Path) -> bool:
    """Whether a file is read by the strict rules of the import workbook: by its sheets, or because it is no list."""
    path = Path(path)
    if is_folder(path) or path.suffix.casefold() in TEXT_ENDINGS:
        return False
    names = sheet_names(path)
    return not names or any(name_key(name) in READ_SHEETS for name in names)
