"""The Naranjo scale: ten questions, their points, the category, and what is still possible.

Naranjo CA et al. A method for estimating the probability of adverse drug reactions. Clin Pharmacol Ther 1981;30:239-45.
The wording of the questions is Esk's own: texts ``naranjo.question_1`` ... ``naranjo.question_10``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# Points for (yes, no, unknown), questions 1-10.
POINTS: tuple[tuple[int, int, int], ...] = (
    (1, 0, 0),
    (2, -1, 0),
    (1, 0, 0),
    (2, -1, 0),
    (-1, 2, 0),
    (-1, 1, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
    (1, 0, 0),
)
LOWEST, HIGHEST = -4, 13
_ANSWER = {"yes": 0, "no": 1, "unknown": 2}


class Category(StrEnum):
    """Naranjo's four categories."""

    DEFINITE = "definite"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    DOUBTFUL = "doubtful"


class Counts(StrEnum):
    """Whether a side effect counts at the study's cut-off."""

    YES = "yes"
    NO = "no"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Score:
    """What ten answers come to.

    Attributes
    ----------
    score
        Points of the answers given so far; the final score once ``answered`` is 10. Range -4..13.
    lowest, highest
        The lowest and highest final score still possible.
    """

    score: int
    lowest: int
    highest: int
    answered: int

    @property
    def is_complete(self) -> bool:
        return self.answered == len(POINTS)

    @property
    def category(self) -> Category | None:
        """The category, None while the answers still leave it open."""
        low = category_of(self.lowest)
        return low if low is category_of(self.highest) else None

    def counts(self, cutoff: int) -> Counts:
        """Whether it reaches ``cutoff`` whatever is answered yet, cannot, or is still open."""
        if self.lowest >= cutoff:
            return Counts.YES
        return Counts.PENDING if self.highest >= cutoff else Counts.NO


def category_of(score: int) -> Category:
    """Definite >= 9, probable 5-8, possible 1-4, doubtful <= 0."""
    if score >= 9:
        return Category.DEFINITE
    if score >= 5:
        return Category.PROBABLE
    return Category.POSSIBLE if score >= 1 else Category.DOUBTFUL


def points(question: int, answer: object) -> int | None:
    """Points of one answer to question 1-10; None for a blank."""
    at = _ANSWER.get(str(answer)) if answer is not None else None
    return None if at is None else POINTS[question - 1][at]


def score(answers: Iterable[object]) -> Score:
    """Score ten answers, in the order of the questions.

    Parameters
    ----------
    answers
        "yes", "no", "unknown", or None for a blank; shape (10,).

    Raises
    ------
    ValueError
        Where there are not ten answers, or one is another word.
    """
    given = tuple(answers)
    if len(given) != len(POINTS):
        raise ValueError(f"ten answers are needed, {len(given)} were given")
    total = lowest = highest = answered = 0
    for row, answer in zip(POINTS, given, strict=True):
        if answer is None:
            lowest += min(row)
            highest += max(row)
            continue
        if answer not in _ANSWER:
            raise ValueError(f"not an answer: {answer!r}")
        value = row[_ANSWER[str(answer)]]
        total, lowest, highest, answered = total + value, lowest + value, highest + value, answered + 1
    return Score(total, lowest, highest, answered)
