"""What one side effect says of itself in the table and the panel: plain text made of the engine's score."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.dictionary import NARANJO_QUESTIONS
from esk_engine.naranjo import Counts, Score, score
from esk_engine.records import Record
from esk_engine.wording import MISSING, Wording

QUESTIONS = len(NARANJO_QUESTIONS)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One side effect as the table shows it."""

    record: Record
    score: Score
    counts: Counts

    @property
    def id(self) -> str:
        return self.record.id

    @classmethod
    def of(cls, record: Record, cutoff: int) -> EventLine:
        found = score(record.get(question) for question in NARANJO_QUESTIONS)
        return cls(record, found, found.counts(cutoff))


def term_text(record: Record, wording: Wording) -> str:
    term = record.get("term")
    return MISSING if term is None else wording.term(str(term))


def phase_text(record: Record, wording: Wording) -> str:
    phase = record.get("phase")
    return MISSING if phase is None else wording.code(str(phase))


def score_text(found: Score, wording: Wording) -> str:
    """The points so far, a dash before the first answer."""
    return wording.number(found.score if found.answered else None)


def standing_text(found: Score, wording: Wording) -> str:
    """The category of a complete score, else what is still possible."""
    if not found.answered:
        return wording("side_effects.not_answered")
    category = found.category
    if found.is_complete and category is not None:
        return wording(f"naranjo.category.{category}")
    return wording("side_effects.can_still_be", low=found.lowest, high=found.highest)


def headline(found: Score, wording: Wording) -> str:
    """The panel's large word: the category as soon as it is certain, else that it is still open."""
    category = found.category
    if category is None:
        return wording("side_effects.open")
    name = wording(f"naranjo.category.{category}")
    return name[:1].upper() + name[1:]


def progress_text(found: Score, wording: Wording) -> str:
    if found.is_complete:
        return wording("side_effects.all_answered", n=QUESTIONS)
    return wording("side_effects.answered", k=found.answered, n=QUESTIONS, low=found.lowest, high=found.highest)


def counts_text(counts: Counts, wording: Wording) -> str:
    return wording(f"side_effects.counts.{counts}")
