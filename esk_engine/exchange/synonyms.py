"""The words that workbooks use for the codes: Dutch and English, whatever the case.

A word counts only for a variable that has its code; what is not listed is unknown, never guessed at.
"""

from __future__ import annotations

import unicodedata

from esk_engine.dictionary import Variable

WORDS: dict[str, tuple[str, ...]] = {
    "male": ("m", "man", "mannelijk", "mannen"),
    "female": ("v", "f", "vrouw", "vrouwelijk", "woman"),
    "other": ("anders", "ander", "andere", "overig", "overige"),
    "peripheral": ("perifeer", "perifere"),
    "central": ("centraal", "centrale"),
    "post_surgical_or_traumatic": (
        "postchirurgisch of traumatisch",
        "postchirurgisch/traumatisch",
        "postoperatief of traumatisch",
        "postoperatief/traumatisch",
        "postchirurgisch",
        "postoperatief",
        "posttraumatisch",
        "na operatie of trauma",
        "na operatie of letsel",
        "post-surgical/traumatic",
    ),
    "crps": ("crps type i", "crps type ii", "crps type 1", "crps type 2", "crps i", "crps ii", "crps type i of ii"),
    "completed": ("voltooid", "afgerond", "volledig"),
    "intolerance": ("intolerantie", "niet verdragen", "bijwerkingen"),
    "blood_pressure": ("bloeddruk",),
    "technical": ("technisch", "techniek"),
    "yes": ("ja", "j", "y", "waar", "true"),
    "no": ("nee", "n", "onwaar", "false"),
    "unknown": ("onbekend", "weet niet", "niet bekend", "o", "u", "?"),
    "before": ("voor", "vóór", "vooraf", "tevoren"),
    "during": ("tijdens", "gedurende"),
    "end": ("einde", "eind", "aan het einde"),
    "after": ("na", "nadien", "erna", "achteraf"),
    "esketamine": ("s-ketamine", "(s)-ketamine"),
    "norketamine": ("noresketamine", "s-norketamine"),
    "hydroxynorketamine": ("hnk",),
    "dehydronorketamine": ("dhnk",),
    "exact": (),
    "asymptotic": ("asymptotisch",),
    "missing": ("ontbrekend", "weglaten"),
    "half": ("helft", "halve"),
}


def _key(text: str) -> str:
    spaced = " ".join(unicodedata.normalize("NFC", text).replace("_", " ").split())
    return spaced.casefold()


def words_of(codes: tuple[str, ...], labels: dict[str, str] | None = None) -> dict[str, str]:
    """Every word understood for some codes, as a mapping from the compared form to the code.

    Parameters
    ----------
    labels
        Further words, e.g. the catalogue's labels: text to code. A code and its listed words win over them.
    """
    found = {_key(text): code for text, code in (labels or {}).items() if code in codes}
    for code in codes:
        found |= {_key(word): code for word in (code, *WORDS.get(code, ()))}
    return found | {_key(code): code for code in codes}


class CodeWords:
    """The understood words, worked out once a variable.

    Parameters
    ----------
    labels
        The catalogues' labels of the codes: text to code.
    """

    def __init__(self, labels: dict[str, str]) -> None:
        self._labels = labels
        self._known: dict[tuple[str, ...], dict[str, str]] = {}

    def code_of(self, codes: tuple[str, ...], text: str) -> str | None:
        """The code that a text means, or None where it is no known word for any of them."""
        if codes not in self._known:
            self._known[codes] = words_of(codes, self._labels)
        return self._known[codes].get(_key(text))

    def variable_code(self, declared: Variable, text: str) -> str | None:
        return self.code_of(declared.codes, text)
