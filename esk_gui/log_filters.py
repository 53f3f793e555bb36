"""What the log is filtered by: patient, person, item, and from which day until which."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.dictionary import Kind, has_variable, variable
from esk_engine.settings import SETTINGS
from esk_engine.validation import parse
from esk_gui.app import Session
from esk_gui.log_index import LogChoice
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import PAGE_PADDING, bare
from esk_gui.widgets.labels import MessageLabel, text_label

_TYPING_PAUSE_MS: Final = 150
_ONE_LINE_FROM: Final = 900  # pixels
_DAY = variable(Kind.PATIENT, "inclusion_date")  # any variable that is a date: they are all typed alike
_WEEK: Final = 7
_DAY_WIDTH: Final = 108
_CHIP_MARGIN: Final = 24
# Kinds of lines that stand beside the variables, in the order of the list.
_KINDS: Final = ("patient", "criteria", "signature", "lock", "person", "passphrase", "restore", "study")


class LogFilters(QWidget):
    """The fields, in one row or in two; ``changed`` when another choice is to be shown.

    The two days are the whole truth about time: a quick choice only fills them in.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("log_filters")
        self._session, self._words = session, session.wording
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_PADDING, 8, PAGE_PADDING, 8)
        column.setSpacing(4)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(8)
        self._halves.addLayout(self._what())
        self._halves.addLayout(self._when())
        self._halves.addStretch(1)
        column.addLayout(self._halves)
        self._message = MessageLabel(session.theme, "message_log_days")
        column.addWidget(self._message)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._announce)
        self._show_days()

    # What is chosen

    def choice(self) -> LogChoice:
        """What is filtered for now; a text that is no day filters nothing."""
        since, until = (_day_of(field.text()) for field in (self.since, self.until))
        return LogChoice(self.patient.text().strip(), self.person.code(), self.item.code(), since, until)

    def show_choice(
        self, patient: str = "", person: str = "", item: str = "", since: str = "", until: str = ""
    ) -> None:
        """Fill the fields without announcing it; days as they are typed."""
        self.patient.show_text(patient)
        self._pause.stop()
        for box, code in ((self.person, person), (self.item, item)):
            box.show_code(code if box.findData(code) >= 0 else "")
        for field, text in ((self.since, since), (self.until, until)):
            day = _day_of(text)
            field.show_text(text if day is None else self._typed(day))
        self._show_days()

    def state(self) -> dict[str, Any]:
        """The fields as they stand, for ``show_choice`` of a bar in another language."""
        return {
            "patient": self.patient.text(),
            "person": self.person.code(),
            "item": self.item.code(),
            "since": self.since.text(),
            "until": self.until.text(),
        }

    def show_all(self) -> None:
        """Filter nothing any more."""
        self.show_choice()
        self.changed.emit()

    def offer(self, people: Iterable[str], items: Iterable[str]) -> None:
        """The people and the items that the log holds; what is chosen stays where it is still among them."""
        words, names = self._words, frozenset(items)
        _fill(self.person, [("", words("log.everyone")), *((who, who) for who in sorted(people))])
        kinds = [(f"kind:{kind}", words(f"log.kind_{kind}")) for kind in _KINDS if f"kind:{kind}" in names]
        known = sorted((words.label(name), name) for name in names if _is_known(name))
        _fill(self.item, [("", words("log.all_items")), *kinds, *((name, label) for label, name in known)])

    def fields(self) -> tuple[QWidget, ...]:
        """Everything that takes the focus, from left to right."""
        return (self.patient, self.person, self.item, self.since, self.until, *self._quick.values())

    def fit(self, width: int, *, is_roomy: bool) -> None:
        """One row where there is room for it, else two."""
        direction = QBoxLayout.Direction
        self._halves.setDirection(direction.LeftToRight if width >= _ONE_LINE_FROM else direction.TopToBottom)
        self.patient.setFixedWidth(112 if is_roomy else 96)
        self.item.setFixedWidth(176 if is_roomy else 150)

    # Making

    def _what(self) -> QHBoxLayout:
        words, row = self._words, bare(QHBoxLayout(), 8)
        self.patient = EntryLine("log_patient", self._session.theme)
        self.patient.setPlaceholderText(words("log.patient_filter"))
        self.patient.setClearButtonEnabled(True)
        self.patient.textChanged.connect(self._wait)
        self.person = ChoiceBox("log_person", (("", words("log.everyone")),))
        self.person.setFixedWidth(104)
        self.item = ChoiceBox("log_item", (("", words("log.all_items")),))
        for box in (self.person, self.item):
            box.chosen.connect(self._announce)
        for field, name in ((self.patient, "patient"), (self.person, "who"), (self.item, "item")):
            field.setProperty("fit", "header")
            field.setAccessibleName(words(f"log.{name}"))
            row.addWidget(field)
        row.addStretch(1)
        return row

    def _when(self) -> QHBoxLayout:
        words, row = self._words, bare(QHBoxLayout(), 8)
        self.since, self.until = (EntryLine(f"log_{name}", self._session.theme) for name in ("since", "until"))
        for field, name in ((self.since, "since"), (self.until, "until")):
            label = text_label(words(f"log.{name}"), "second")
            label.setBuddy(field)
            field.setAccessibleName(words(f"log.{name}"))
            field.setPlaceholderText(words("log.day_form"))
            field.setProperty("fit", "header")
            field.setFixedWidth(_DAY_WIDTH)
            field.committed.connect(self._take_days)
            field.editingFinished.connect(self._take_days)  # an odd text that was emptied again commits nothing
            row.addWidget(label)
            row.addWidget(field)
        self.until.setToolTip(words("log.until.help"))
        self._quick = {
            name: button(
                words(f"log.{name}"), self._session.theme, None, kind="chip", name=f"log_{name}", in_header=True
            )
            for name in ("today", "week", "all_days")
        }
        for name, chip in self._quick.items():
            chip.clicked.connect(partial(self._choose_days, name))
            heavy = QFont(chip.font())
            heavy.setBold(True)  # as the chosen one is: no chip changes its width
            chip.setMinimumWidth(QFontMetrics(heavy).horizontalAdvance(chip.text()) + _CHIP_MARGIN)
            row.addWidget(chip)
        row.addStretch(1)
        return row

    # Days

    def _quick_days(self, name: str) -> tuple[date | None, date | None]:
        today = self._session.today()
        return {"today": (today, None), "week": (today - timedelta(days=_WEEK - 1), None)}.get(name, (None, None))

    def _choose_days(self, name: str, checked: bool = True) -> None:
        del checked
        since, until = self._quick_days(name)
        self.since.show_text(self._typed(since))
        self.until.show_text(self._typed(until))
        self._show_days()
        self.changed.emit()

    def _take_days(self, text: str = "") -> None:
        """A day was typed: shown as Esk writes it, or told to be none."""
        del text
        before = self._days
        for field in (self.since, self.until):
            day = _day_of(field.text())
            if day is not None or not field.text().strip():
                field.show_text(self._typed(day))
        self._show_days()
        if self._days != before:
            self.changed.emit()

    def _show_days(self) -> None:
        """Which quick choice the days are, and what is wrong with them."""
        choice, words = self.choice(), self._words
        self._days = (choice.since, choice.until)
        for name, chip in self._quick.items():
            chip.setChecked(self._days == self._quick_days(name) and not self._odd())
        for field in (self.since, self.until):
            field.set_state("error" if field in self._odd() else "")
        if self._odd():
            self._message.show_message(words("log.no_day", text=self._odd()[0].text().strip()))
        elif choice.since is not None and choice.until is not None and choice.since > choice.until:
            self._message.show_message(words("log.days_turned", since=choice.since, until=choice.until), "warning")
        else:
            self._message.clear()

    def _odd(self) -> list[EntryLine]:
        """The fields whose text is no day."""
        return [field for field in (self.since, self.until) if field.text().strip() and _day_of(field.text()) is None]

    def _typed(self, day: date | None) -> str:
        return "" if day is None else self._words.date(day)

    def _wait(self) -> None:
        self._pause.start()

    def _announce(self) -> None:
        self.changed.emit()


def _day_of(text: str) -> date | None:
    day = parse(_DAY, text).value
    return day if isinstance(day, date) else None


def _is_known(name: str) -> bool:
    return any(has_variable(kind, name) for kind in Kind) or name in {declared.name for declared in SETTINGS}


def _fill(box: ChoiceBox, choices: list[tuple[str, str]]) -> None:
    """Other choices, the one that is chosen kept where it is still among them."""
    chosen = box.code()
    box.clear()
    for code, text in choices:
        box.addItem(text, code)
    box.show_code(chosen if box.findData(chosen) >= 0 else "")
