"""One field of the form: its label, what it is typed in, and the message beside it, all from the dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from esk_engine.dictionary import Kind, ValueType, derived
from esk_engine.errors import Issue
from esk_engine.records import BelowLloq, Patient, Value
from esk_gui.patients.choices import CodeButtons, CodeList
from esk_gui.patients.drafts import CHANGED, REASON_NEEDED, WAITING, Draft, Place
from esk_gui.patients.form_fields import Entered, Shown
from esk_gui.patients.messages import FittedMessage
from esk_gui.patients.signing.watch import LockWatch
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine, EntryText
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_engine.wording import Wording
    from esk_gui.app import Session
    from esk_gui.patients.entry import Entry

Control = EntryLine | EntryText | CodeList | CodeButtons
_PLACEHOLDER = {ValueType.DATE: "patients.typed.date", ValueType.DATETIME: "patients.typed.datetime"}


class FieldMessage(QWidget):
    """What is wrong with one field, with both readings as buttons where a number is ambiguous."""

    reading_chosen = Signal(object)
    retry_requested = Signal()
    reason_requested = Signal()

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self._words = session.wording
        self.label = FittedMessage(session.theme, f"message_{name}")
        self._decimal = button("", session.theme, self._choose_decimal, kind="link", name=f"{name}_as_decimal")
        self._thousands = button("", session.theme, self._choose_thousands, kind="link", name=f"{name}_as_thousands")
        self._retry = button(session.wording("patients.retry"), session.theme, kind="link", name=f"{name}_retry")
        self._retry.clicked.connect(self.retry_requested)
        self._give = button(session.wording("sign.give_reason"), session.theme, kind="link", name=f"{name}_give_reason")
        self._give.clicked.connect(self.reason_requested)
        self._readings: tuple[Value, Value] = (None, None)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.label, 1)
        for each in (self._decimal, self._thousands, self._retry, self._give):
            each.setProperty("fit", "message")
            row.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
        self.show_issue(None)

    def show_issue(self, issue: Issue | None, stored: str = "") -> None:
        """Show an issue, or nothing; ``stored`` is told where somebody else changed the value meanwhile."""
        is_ambiguous = issue is not None and issue.code == "ambiguous_number"
        text = issue_text(issue, stored, self._words) if issue else ""
        self.label.show_message(text, "error" if issue and issue.is_error else "warning")
        if issue is not None and is_ambiguous:
            self._readings = (_reading(issue.params["as_decimal"]), _reading(issue.params["as_thousands"]))
            self._decimal.setText(self._text_of(self._readings[0]))
            self._thousands.setText(self._text_of(self._readings[1]))
        self._decimal.setVisible(is_ambiguous)
        self._thousands.setVisible(is_ambiguous)
        code = issue.code if issue is not None else ""
        self._retry.setVisible(code in WAITING and code != REASON_NEEDED)
        self._give.setVisible(code == REASON_NEEDED)
        self.setVisible(issue is not None)

    def show_note(self, text: str) -> None:
        """Say why nothing can be typed here; nothing is wrong."""
        self.show_issue(None)
        self.label.show_message(text, "info")
        self.show()

    def show_not_saved(self) -> None:
        """Say that the value is not on disk, and offer to try again."""
        self.show_issue(None)
        self.label.show_message(self._words("patients.field_not_saved"), "error")
        self._retry.show()
        self.show()

    def _text_of(self, reading: Value) -> str:
        if isinstance(reading, BelowLloq):
            return f"<{self._words.number(reading.lloq)}"
        return self._words.number(reading if isinstance(reading, (int, float)) else None)

    def _choose_decimal(self) -> None:
        self.reading_chosen.emit(self._readings[0])

    def _choose_thousands(self) -> None:
        self.reading_chosen.emit(self._readings[1])


def issue_text(issue: Issue, stored: str, words: Wording) -> str:
    """What is wrong; where somebody else changed the value meanwhile also what it is now."""
    text = words.issue(issue)
    return f"{text} {words('patients.stored_now', value=stored)}" if issue.code == CHANGED and stored else text


def _reading(value: object) -> Value:
    """One reading of an ambiguous number; ``<1.234`` is below a limit whichever it is."""
    return value if isinstance(value, (int, float, BelowLloq)) else None


class EntryField(QObject):
    """A variable of the patient: shows the value or its draft, and commits what a person leaves.

    Attributes
    ----------
    label, control, message
        The widgets; whoever makes the field lays them out.
    """

    def __init__(self, spec: Entered, session: Session, entry: Entry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec, self._session, self._entry = spec, session, entry
        self._words = session.wording
        self._place: Place | None = None
        self._is_committing = False
        self._issue: Issue | None = None
        self._stored = ""
        name, words = spec.name, session.wording
        text = words(spec.label) if spec.label else words.short_label(name) if spec.is_short else words.label(name)
        self.label = text_label(text, "label")
        self.control = self._make_control()
        self.control.setAccessibleName(words.label(name))
        self.message = FieldMessage(session, name)
        self.message.reading_chosen.connect(self._choose_reading)
        self.message.retry_requested.connect(entry.retry)
        self.message.reason_requested.connect(self._ask_reason)
        self._lock = ""
        self._watch = self._make_watch()
        self._watch.tried.connect(self._show_lock)
        self._watch.left.connect(self._show_message)
        self.label.setBuddy(self.control)
        if words.label(name) != text:
            self.label.setToolTip(words.label(name))

    @property
    def name(self) -> str:
        return self._spec.name

    @property
    def spec(self) -> Entered:
        return self._spec

    @property
    def place(self) -> Place | None:
        return self._place

    @property
    def is_empty(self) -> bool:
        """Nothing is typed or chosen."""
        control = self.control
        if isinstance(control, (CodeList, CodeButtons)):
            return not control.code()
        return not (control.text() if isinstance(control, EntryLine) else control.toPlainText())

    def place_for(self, patient_id: str) -> Place:
        """Where the value of a patient is typed."""
        return Place(patient_id, self.name)

    def show_value(self, patient: Patient, draft: Draft | None, issue: Issue | None) -> None:
        """Show the stored value, or the draft that stands in for it, with what is wrong or doubtful."""
        place = Place(patient.id, self.name)
        is_other = place != self._place
        self._place = place
        stored = patient.get(self.name)
        self._stored = self._words.value(self._spec.declared, stored)
        control = self.control
        if isinstance(control, (CodeList, CodeButtons)):
            control.show_code(str(stored or ""))
        elif is_other or self._is_committing or not (control.hasFocus() and control.is_uncommitted):
            control.show_text(self._words.typed(self._spec.declared, stored))
            if draft is not None:
                _put_draft(control, draft.text)
        shown = draft.issues[0] if draft and draft.issues else issue
        self._issue = shown
        self._show_message()
        if not isinstance(control, (CodeList, CodeButtons)):
            control.set_state("" if shown is None else "error" if shown.is_error else "warning")

    def show_save(self, state: str) -> None:
        """The state of what was entered last here: "saving", "saved" or "failed"."""
        self.control.setProperty("save", state)
        self._show_message()

    def _show_message(self) -> None:
        if self._place is not None and self._entry.is_unsaved(self._place):
            self.message.show_not_saved()
        else:
            self.message.show_issue(self._issue, self._stored)

    def set_lock(self, text: str) -> None:
        """Let the value be read and copied but not changed, for a reason that is told; "" lets it be changed."""
        if text == self._lock:
            return
        control, locked = self.control, bool(text)
        was_locked, self._lock, self._watch.is_on = bool(self._lock), text, locked
        if locked and not was_locked:
            self._keep_typed()
        if isinstance(control, (CodeList, CodeButtons)):
            control.set_locked(locked)
        else:
            control.setReadOnly(locked)
        for each in control.buttons() if isinstance(control, CodeButtons) else (control,):
            each.setToolTip(text)
            each.setAccessibleDescription(text)

    def _keep_typed(self) -> None:
        """What was being typed when somebody else signed stays in sight as a draft."""
        control = self.control
        if self._place is None or isinstance(control, (CodeList, CodeButtons)) or not control.is_uncommitted:
            return
        if self._entry.drafts.get(self._place) is None:
            self._enter(control.text() if isinstance(control, EntryLine) else control.toPlainText())

    def _show_lock(self) -> None:
        self.message.show_note(self._lock)

    def _ask_reason(self) -> None:
        self._entry.guard.ask_reason(Kind.PATIENT, self.name)

    def _make_watch(self) -> LockWatch:
        control = self.control
        if isinstance(control, CodeButtons):
            return LockWatch(self, *control.buttons(), is_choice=True)
        return LockWatch(self, control, is_choice=isinstance(control, CodeList))

    def commit(self) -> None:
        """Save what is being typed, as leaving the field does."""
        control = self.control
        if isinstance(control, EntryLine) and control.is_uncommitted and not control.isReadOnly():
            self._enter(control.text())
        elif isinstance(control, EntryText) and control.is_uncommitted and not control.isReadOnly():
            self._enter(control.toPlainText())

    def _make_control(self) -> Control:
        declared, words, theme = self._spec.declared, self._words, self._session.theme
        name = declared.name
        choices = tuple((code, words.code(code, name)) for code in declared.codes)
        if self._spec.is_radio:
            buttons = CodeButtons(name, choices)
            buttons.set_label(words.label(name))
            buttons.chosen.connect(self._enter)
            return buttons
        if declared.type is ValueType.CODE:
            listed = CodeList(name, choices)
            listed.chosen.connect(self._enter)
            return listed
        if declared.name == "remarks":
            notes = EntryText(name)
            notes.setFixedHeight(96)
            notes.committed.connect(self._enter)
            return notes
        line = EntryLine(name, theme, unit=words.unit_text(declared.unit), number=declared.is_numeric)
        if declared.type in _PLACEHOLDER:
            line.setPlaceholderText(words(_PLACEHOLDER[declared.type]))
        line.committed.connect(self._enter)
        return line

    def _enter(self, text: str) -> None:
        if self._place is None or self._is_committing:
            return
        self._is_committing = True
        try:
            self._entry.enter(self._place, text)
        finally:
            self._is_committing = False

    def _choose_reading(self, value: Value) -> None:
        self._enter(self._words.typed(self._spec.declared, value))
        self.control.setFocus(Qt.FocusReason.OtherFocusReason)


def _put_draft(control: EntryLine | EntryText, text: str) -> None:
    if isinstance(control, EntryLine):
        control.keep_draft(text)
    elif control.toPlainText() != text:
        control.setPlainText(text)


class ShownField(QObject):
    """A derived value: a label and a figure without a box, its definition as tooltip."""

    def __init__(self, spec: Shown, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spec, self._words = spec, session.wording
        words, name = session.wording, spec.name
        self.label = text_label(words.short_label(name), "label")
        self.control = QWidget()
        self._value = text_label("", "strong", name)
        unit = text_label(words.unit(name), "second")
        row = QHBoxLayout(self.control)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._value)
        row.addWidget(unit)
        row.addStretch(1)
        self.control.setFixedHeight(32)
        for each in (self.label, self.control, self._value):
            each.setToolTip(words(f"definition.{name}"))

    @property
    def spec(self) -> Shown:
        return self._spec

    @property
    def value_label(self) -> QLabel:
        return self._value

    def show_value(self, value: float | None, reason: str | None) -> None:
        """Show the figure; where it is missing a dash, and why in the tooltip."""
        declared = derived(self._spec.name)
        decimals = max(self._spec.decimals, declared.printed_decimals)
        self._value.setText(self._words.number(value, decimals) if value is not None else self._words.number(None))
        definition = self._words(f"definition.{self._spec.name}")
        why = f"\n{self._words(f'reason.{reason}')}" if reason and self._words.has(f"reason.{reason}") else ""
        self._value.setToolTip(definition + why)
        self._value.setAccessibleName(f"{self.label.text()} {self._value.text()}")
