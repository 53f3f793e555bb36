"""The state of a moment in one quiet line: to be signed off, signed by whom and when, unlocked, or void."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.records import Patient
from esk_engine.study import Protection, Signature, SignOff
from esk_gui.icons import icon
from esk_gui.patients.signing.guard import Guard, holds_values
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, bare

if TYPE_CHECKING:
    from esk_gui.app import Session

_ONLY_WHO, _ONLY_ICONS = 2, 3


class SigningState(QWidget):
    """One moment. ``asked`` carries what a person wants ("sign", "view" or "unlock") and the moment."""

    asked = Signal(str, object)

    def __init__(self, session: Session, moment: SignOff) -> None:
        super().__init__()
        self._session, self._words, self.moment, self._is_named = session, session.wording, moment, True
        self._last: Signature | None = None
        self._protection = Protection.OPEN
        self._level = 0
        self._shown: object = None
        theme, words = session.theme, session.wording
        self._mark = button("", theme, self._view, kind="signing", name=f"button_signature_{moment}")
        self._sign = button("", theme, self._ask_sign, kind="signing", icon_name="rename", name=f"button_sign_{moment}")
        self._unlock = button(words("sign.unlock"), theme, kind="signing", name=f"button_unlock_{moment}")
        self._unlock.clicked.connect(self._ask_unlock)
        within = words(f"sign.moment.{moment}.within")
        self._unlock.setAccessibleName(words("sign.unlock.named", moment=self._name, within=within))
        row = bare(QHBoxLayout(self), 4)
        for each in (self._mark, self._sign, self._unlock):
            each.setIconSize(QSize(14, 14))
            row.addWidget(each)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def _name(self) -> str:
        return self._words(f"sign.moment.{self.moment}")

    def set_named(self, named: bool) -> None:
        """Whether the moment's name stands in the line."""
        if named != self._is_named:
            self._is_named = named
            self._show_texts()

    def set_level(self, level: int) -> None:
        """0 says all, 1 who and when, 2 only who, 3 only which moment: the rest stands in the tooltip."""
        if level != self._level:
            self._level = level
            self._show_texts()

    def show_patient(self, patient: Patient, guard: Guard) -> bool:
        """Show how far this moment of a patient is signed off; whether that is otherwise than before."""
        study = self._session.open_study
        self._last = guard.last_signature(patient.id, self.moment)
        self._protection = guard.protection(patient.id, self.moment)
        has_values, may_write = holds_values(patient, self.moment), not study.read_only
        shown = (self._last, self._protection, has_values, may_write)
        if shown == self._shown:
            return False
        self._shown = shown
        self._sign.setEnabled(has_values and may_write)
        self._sign.setToolTip("" if has_values else self._words("sign.nothing"))
        self._unlock.setEnabled(may_write)
        self._show_texts()
        return True

    def take_focus(self) -> None:
        """Put the keyboard on the signature, or where there is none on what signs."""
        (self._sign if self._mark.isHidden() else self._mark).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_texts(self) -> None:
        words, last, may_sign = self._words, self._last, self._protection in (Protection.OPEN, Protection.REASON)
        self._mark.setVisible(last is not None)
        self._sign.setVisible(may_sign)
        self._unlock.setVisible(self._protection is Protection.LOCKED and self._level < _ONLY_WHO)
        both = {"moment": self._name, "within": words(f"sign.moment.{self.moment}.within")}
        self._sign.setText(self._sign_text(words("sign.sign.named", **both)))
        self._sign.setAccessibleName(words("sign.sign.named", **both))
        if self._sign.isEnabled():
            self._sign.setToolTip(words("sign.sign.named", **both))
        if last is None:
            return
        state = "void" if last.void else "unlocked" if self._protection is Protection.REASON else "signed"
        who = {"person": last.person, "when": last.when}
        text = words(f"sign.{state}.{min(self._level, _ONLY_WHO)}", **who)
        named_text = words("sign.named", moment=self._name, text=text) if self._level < _ONLY_ICONS else self._name
        self._mark.setText(named_text if self._is_named else text[:1].upper() + text[1:])
        token = "warning" if last.void else "ink_2"
        name = {"void": "warning", "unlocked": "unlock", "signed": "lock"}[state]
        self._mark.setIcon(icon(name, self._session.theme, token))
        whole = words("sign.named", moment=self._name, text=words(f"sign.{state}.0", **who))
        self._mark.setToolTip(f"{whole}\n{words('sign.view.help')}")
        self._mark.setAccessibleName(whole)

    def _sign_text(self, named: str) -> str:
        """What the button says: without its moment where a signature beside it names that."""
        if self._last is None:
            short = self._level >= _ONLY_ICONS
            return self._name if short else named if self._is_named else self._words("sign.sign")
        if self._level >= _ONLY_ICONS:
            return ""
        return self._words("sign.again" if self._level == 0 else "sign.sign")

    def _ask_sign(self) -> None:
        self.asked.emit("sign", self.moment)

    def _view(self) -> None:
        self.asked.emit("view", self.moment)

    def _ask_unlock(self) -> None:
        self.asked.emit("unlock", self.moment)


class SigningFoot(QFrame):
    """Where the strip stands at the foot of the form while the tabs' row has no room for it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("signing_foot")
        self.setProperty("kind", "foot")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(PAGE_PADDING - 8, 2, PAGE_PADDING - 8, 2)

    def take(self, strip: SigningStrip) -> None:
        """Hold the strip from here on."""
        self._row.addWidget(strip)
        strip.set_side(Qt.AlignmentFlag.AlignLeft)


def tab_after(form: QWidget, strip: QWidget) -> None:
    """Let Tab reach the strip after everything in the form, wherever it stands: signing comes last."""
    inside = [each for each in _chain(form) if form.isAncestorOf(each)]
    before = inside[-1] if inside else form
    for each in strip.findChildren(QPushButton):
        QWidget.setTabOrder(before, each)
        before = each


def _chain(start: QWidget) -> Iterator[QWidget]:
    """The widgets that Tab reaches from one of them on, once round."""
    at = start.nextInFocusChain()
    while at is not None and at is not start:
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield at
        at = at.nextInFocusChain()


class SigningStrip(QWidget):
    """Some moments side by side, with as many words as there is room for; ``asked`` as of each of them.

    Parameters
    ----------
    is_named
        A single moment bears its name too; else its tab's name says it.
    """

    asked = Signal(str, object)

    def __init__(self, session: Session, moments: tuple[SignOff, ...], *, is_named: bool = False) -> None:
        super().__init__()
        self._is_named = is_named
        self._shown: tuple[SigningState, ...] = ()
        self.states = {moment: SigningState(session, moment) for moment in moments}
        self._row = bare(QHBoxLayout(self), 8)
        self._row.addStretch(1)
        for state in self.states.values():
            state.asked.connect(self.asked)
            state.hide()
            self._row.addWidget(state)
        self._row.addStretch(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_side(self, side: Qt.AlignmentFlag) -> None:
        """Stand at the left or at the right of the room."""
        self._row.setStretch(0, 1 if side == Qt.AlignmentFlag.AlignRight else 0)
        self._row.setStretch(self._row.count() - 1, 0 if side == Qt.AlignmentFlag.AlignRight else 1)

    def show_patient(self, patient: Patient | None, moments: tuple[SignOff, ...], guard: Guard) -> None:
        """Show some moments of a patient."""
        own = [moment for moment in moments if moment in self.states] if patient is not None else []
        before, self._shown = self._shown, tuple(self.states[moment] for moment in own)
        is_other = before != self._shown
        for moment, state in self.states.items():
            state.setVisible(moment in own)
            state.set_named(self._is_named or len(own) > 1)
            if patient is not None and moment in own:
                is_other |= state.show_patient(patient, guard)
        if is_other:
            self._fit()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Say as much as there is room for."""
        for level in range(_ONLY_ICONS + 1):
            for state in self._shown:
                state.set_level(level)
            needed = sum(state.sizeHint().width() for state in self._shown) + 8 * len(self._shown)
            if needed <= self.width():
                return
