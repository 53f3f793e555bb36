"""How an import ends: one act in the open study with a way back, or a study of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.importing.work import ImportWork
from esk_gui.widgets.notice import Notice

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Difference, Intake
    from esk_engine.exchange.workbook_in import WorkbookRead
    from esk_engine.study import Study


def take(study: Study, work: ImportWork, reason: str) -> None:
    """Bring in the new patients and the chosen differences as one act; Fault where anything keeps them out."""
    from esk_engine.exchange.intake import act_of, faults_of
    from esk_engine.exchange.intake.into_study import refuse

    if work.intake is None or work.comparison is None:
        return
    chosen = frozenset(work.chosen)
    refuse(work.intake, faults_of(work.comparison, chosen, study))
    study.apply(act_of(work.comparison, chosen, " ".join(reason.split())))


def tell_done(session: Session, parent: QWidget | None, text: str) -> None:
    """A notice of what came in, with the way back."""
    if parent is None:
        return
    undo = (session.wording("importing.undo"), partial(_undo, session))
    notice = Notice(parent.window(), session.theme, text, (undo,), close_text=session.wording("shell.close"))
    notice.place()
    notice.setVisible(not session.is_locked)


def as_workbook(intake: Intake) -> WorkbookRead:
    """What was read as an import workbook that has patients alone: a new study is made of that."""
    from esk_engine.exchange.workbook_in import WorkbookRead
    from esk_engine.settings import Settings

    return WorkbookRead(intake.patients, (), "", Settings(), False, intake.issues, {})


def essence(difference: Difference) -> tuple[object, ...]:
    """What makes a difference the same one when the study is looked at again."""
    return (
        difference.patient_id,
        difference.kind,
        difference.variable,
        difference.place,
        difference.old,
        difference.new,
    )


def _undo(session: Session) -> None:
    study = session.study
    if study is None:
        return
    try:
        study.undo()
    except Fault as fault:
        session.show_error(fault)
