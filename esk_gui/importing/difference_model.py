"""What the file says otherwise than the study, a row a choice: one value, or all of a row that is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from esk_engine.dictionary import Kind, variable
from esk_engine.wording import Wording
from esk_gui.theme import Theme

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Comparison, Difference
    from esk_engine.study import Study

_Index = QModelIndex | QPersistentModelIndex
_IN_ROW = ("minute", "analyte", "term", "phase")


class Column(IntEnum):
    """What is told of a difference; each head is the text ``importing.difference.<name>``."""

    PATIENT = 0
    WHAT = 1
    OLD = 2
    NEW = 3
    CELL = 4


@dataclass(frozen=True)
class Choice:
    """What is chosen together, and its texts."""

    differences: tuple[Difference, ...]
    texts: tuple[str, ...]

    @property
    def patient_id(self) -> str:
        return self.differences[0].patient_id


def choices_of(comparison: Comparison, study: Study, wording: Wording) -> list[Choice]:
    """Every choice with its words, in the file's order."""
    grouped: dict[tuple[str, str], list[Difference]] = {}
    for difference in comparison.differing:
        grouped.setdefault(difference.row, []).append(difference)
    return [Choice(tuple(group), _texts(tuple(group), study, wording)) for group in grouped.values()]


def _texts(group: tuple[Difference, ...], study: Study, wording: Wording) -> tuple[str, ...]:
    first = group[0]
    if first.is_new_row:
        values = {each.variable: each.new for each in group}
        new = ", ".join(
            f"{wording.short_label(each.variable)} {_value(each.kind, each.variable, each.new, wording)}"
            for each in group
            if each.variable not in _IN_ROW
        )
        what = wording(f"importing.new_row.{first.kind.value}", row=_row_text(first.kind, values, wording))
        old = ""
    else:
        record = study.patient(first.patient_id).find(first.record_id)
        row = _row_text(first.kind, record.values, wording) if record is not None else ""
        what = ", ".join(part for part in (wording.label(first.variable), row) if part)
        old = _value(first.kind, first.variable, first.old, wording)
        new = _value(first.kind, first.variable, first.new, wording)
    place = first.place
    return first.study_no, what, old, new, f"{place.sheet}!{place.cell}" if place.sheet else place.cell


def _row_text(kind: Kind, values: Any, wording: Wording) -> str:
    """Which row of the patient: its minute, its analyte, the side effect."""
    if kind is Kind.PATIENT:
        return ""
    found = [_value(kind, name, values[name], wording) for name in ("analyte", "term", "phase") if name in values]
    if "minute" in values:
        found.append(wording("importing.at_minute", n=values["minute"]))
    return ", ".join(found)


def _value(kind: Kind, name: str, value: Any, wording: Wording) -> str:
    if name == "term" and value is not None:
        return wording.term(str(value))
    return wording.value(variable(kind, name), value)


class DifferenceModel(QAbstractTableModel):
    """Differences with a box to tick; ``chosen_changed`` once for however many were ticked."""

    chosen_changed = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self._choices: list[Choice] = []
        self._chosen: set[int] = set()

    def show_choices(self, choices: list[Choice], chosen: set[Difference]) -> None:
        """Show other differences, those ticked that were chosen before."""
        self.beginResetModel()
        self._choices = choices
        self._chosen = {at for at, choice in enumerate(choices) if choice.differences[0] in chosen}
        self.endResetModel()

    @property
    def chosen(self) -> list[Difference]:
        return [each for at in sorted(self._chosen) for each in self._choices[at].differences]

    @property
    def counts(self) -> tuple[int, int]:
        """How many are chosen, of how many."""
        return len(self._chosen), len(self._choices)

    def choose(self, rows: Iterable[int], *, is_on: bool) -> None:
        """Tick some rows, or take their ticks away."""
        self._chosen = self._chosen | set(rows) if is_on else self._chosen - set(rows)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._choices) - 1, 0))
        self.chosen_changed.emit()

    def all_rows(self) -> range:
        return range(len(self._choices))

    def rows_of_patient(self, row: int) -> list[int]:
        """All rows of the patient that a row is of."""
        patient_id = self._choices[row].patient_id
        return [at for at, choice in enumerate(self._choices) if choice.patient_id == patient_id]

    def is_chosen(self, row: int) -> bool:
        return row in self._chosen

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._choices)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.PATIENT else found

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._choices[index.row()].texts[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == Column.PATIENT:
            return Qt.CheckState.Checked if index.row() in self._chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (Column.OLD, Column.CELL):
            return self._theme.color("ink_2")
        return None

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != Column.PATIENT:
            return False
        self.choose([index.row()], is_on=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._wording(f"importing.difference.{Column(section).name.lower()}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
