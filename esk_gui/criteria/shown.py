"""Which set is looked at, what it is compared with, and what of it is not saved: a trial, a dragged limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esk_engine.criteria import TABLE_2, CriteriaSet

if TYPE_CHECKING:
    from esk_gui.app import Session


class Shown:
    """The page's own state; everything else is asked of the study.

    Attributes
    ----------
    set_id, base_id
        What is looked at and what was chosen to compare it with; "" for the set in use, or for the obvious choice.
    trial
        The set as it stands on the screen where that is not what the study holds.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.set_id, self.base_id = "", ""
        self.trial: CriteriaSet | None = None

    @property
    def stored(self) -> CriteriaSet:
        """The set that is looked at, as the study holds it."""
        study = self._session.open_study
        return next((each for each in study.criteria_sets if each.set_id == self.set_id), study.criteria_set)

    @property
    def current(self) -> CriteriaSet:
        """The set as it stands on the screen."""
        return self.trial if self.trial is not None else self.stored

    @property
    def base(self) -> CriteriaSet:
        """What it is compared with: the set that was chosen, else the one in use, else table 2."""
        study = self._session.open_study
        sets = {each.set_id: each for each in study.criteria_sets}
        wanted = (self.base_id, study.criteria_set.set_id, TABLE_2.set_id)
        stored = self.stored
        return next((sets[i] for i in wanted if i in sets and i != stored.set_id), stored)

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to compare: another set, or a trial of this one."""
        return self.base.set_id != self.stored.set_id or self.trial is not None

    def look_at(self, set_id: str) -> None:
        """Another set; a trial of the former one is dropped."""
        self.set_id, self.trial = set_id, None

    def state(self) -> dict[str, Any]:
        return {"shown": self.set_id, "base": self.base_id, "trial": self.trial}

    def restore(self, state: dict[str, Any]) -> None:
        self.set_id, self.base_id = str(state.get("shown", "")), str(state.get("base", ""))
        trial = state.get("trial")
        self.trial = trial if isinstance(trial, CriteriaSet) and trial.set_id == self.stored.set_id else None
