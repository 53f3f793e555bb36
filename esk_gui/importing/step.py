"""What the steps of the wizard share: they show the work as it is, and say when a person changed it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTableView, QWidget

from esk_gui.app import Session
from esk_gui.importing.work import ImportWork
from esk_gui.widgets.entry import ChoiceBox


class Step(QWidget):
    """One step; ``show_work`` shows what there is now.

    ``changed`` says that the mapping is another one; ``moved`` asks for a step by name.
    """

    changed = Signal()
    moved = Signal(str)

    def __init__(self, session: Session, work: ImportWork, name: str) -> None:
        super().__init__()
        self.session, self.work = session, work
        self.wording, self.theme = session.wording, session.theme
        self.setObjectName(f"import_step_{name}")

    def show_work(self) -> None:
        """Show the work as it is now."""

    def begin(self) -> None:
        """Put the keyboard where a person starts."""


def fill_tables(box: ChoiceBox, names: Sequence[str]) -> None:
    """The tables of a file in a box of choices; the one that was shown stays."""
    shown = box.code()
    if [box.itemData(at) for at in range(box.count())] != list(names):
        box.clear()
        for name in names:
            box.addItem(name, name)
        box.show_code(shown if shown in names else names[0] if names else "")
    box.setVisible(len(names) > 1)


def share_width(table: QTableView, width: int, shares: Sequence[int]) -> None:
    """Give the columns their share of a width, in hundredths; the last one takes what is left."""
    for at, share in enumerate(shares):
        table.setColumnWidth(at, max(56, width * share // 100))
