"""A signature looked at: who signed when, what was signed, and what reads otherwise since."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_engine.records import Patient
from esk_engine.study import Protection, Signature, SignOff
from esk_gui.dialogs.base import EskDialog, labelled
from esk_gui.patients.signing.values import differences, tables, values_of
from esk_gui.patients.signing.values_view import ValuesView
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import bare

if TYPE_CHECKING:
    from esk_gui.app import Session

_WIDTH = 560


class SignatureDialog(EskDialog):
    """The newest signature of a moment, earlier ones by choice.

    Parameters
    ----------
    unlock
        What the button does that unlocks the moment; it is there only while the moment is locked.
    """

    frame_height = 206

    def __init__(
        self, session: Session, parent: QWidget, patient: Patient, moment: SignOff, unlock: Callable[[], object]
    ) -> None:
        words = session.wording
        title = words("sign.view.title", moment=words(f"sign.moment.{moment}.within"), study_no=patient.study_no)
        super().__init__(session, parent, "signature", title, _WIDTH)
        self._patient, self._moment, self._unlock = patient, moment, unlock
        study = session.open_study
        self._signatures = {each.id: each for each in reversed(study.signatures(patient.id, moment))}
        self._protection = study.protection(patient.id, moment)
        self._add_choice()
        self._holder = QWidget()
        self._body = bare(QVBoxLayout(self._holder))
        self._view: ValuesView | None = None
        self._show(next(iter(self._signatures)))
        self.add_scrolling(self._holder)
        if self._protection is Protection.LOCKED and not study.read_only:
            self.add_button(words("sign.unlock"), self._go_unlock, name="button_unlock")
        self.add_button(words("sign.close"), self.accept, kind="primary", name="button_close", is_default=True)

    def _add_choice(self) -> None:
        if len(self._signatures) < 2:
            return
        choices = tuple((each.id, self._choice_text(each)) for each in self._signatures.values())
        self.choice = ChoiceBox("signature_choice", choices)
        self.choice.chosen.connect(self._show)
        self.column.addLayout(labelled(self.wording("sign.view.which"), self.choice))

    def _choice_text(self, signature: Signature) -> str:
        key = "sign.view.choice_void" if signature.void else "sign.view.choice"
        return self.wording(key, person=signature.person, when=signature.when)

    def _show(self, signature_id: str) -> None:
        signature, words = self._signatures[signature_id], self.wording
        if self._view is not None:
            self._body.removeWidget(self._view)
            self._view.deleteLater()
        self._view = view = ValuesView(self.theme, "signature_values")
        view.add_lines((self._who(signature),), "lock")
        if signature.void:
            view.add_lines((words("sign.view.void"),), "warning", "warning")
            found = differences(signature.values(), values_of(self._patient, self._moment), words)
            view.add_heading(words("sign.view.differences"))
            if found.rows:
                view.add_table(found)
            else:
                view.add_lines((words("sign.view.no_differences"),))
        else:
            is_locked = self._protection is not Protection.REASON
            view.add_lines((words("sign.view.locked" if is_locked else "sign.view.unlocked"),))
        view.add_heading(words("sign.view.values"))
        for cells in tables(signature.values(), self._moment, words):
            view.add_table(cells)
        self._body.addWidget(view)

    def _who(self, signature: Signature) -> str:
        words, role_key = self.wording, f"shell.role.{signature.role}"
        if not signature.role:
            return words("sign.view.by", person=signature.person, when=signature.when)
        role = words(role_key) if words.has(role_key) else signature.role
        role = role[:1].lower() + role[1:]
        return words("sign.view.by_role", person=signature.person, role=role, when=signature.when)

    def _go_unlock(self) -> None:
        self.accept()
        self._unlock()
