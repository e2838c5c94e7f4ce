"""Whether a sentence says by a light word, as "must" or "has", what its statement does not say."""

from __future__ import annotations

import re
from typing import Final

from app.answering.verifying.atoms import Atoms
from app.answering.verifying.checks.rows import Row
from app.answering.verifying.sources import Source
from app.answering.verifying.values import written_values
from app.answering.verifying.words.sayings import alike
from app.answering.verifying.words.stems import Stems
from app.answering.verifying.words.wording import Words

LEAST_WORDS: Final = 2
"""Words that a sentence must have besides "may" and "must", where the statement has neither."""
_MODAL: Final = re.compile(r"\b(?:may|must|can|need)\b|[可须]|不得|不必")
_HAS: Final = re.compile(
    r"\b(?:has|have|had)\b (?!(?:been|not|to|also|already|never|just)\b)"
    r"(?![a-z]{2,14}(?:ed|en|wn|un)\b)(?=[a-z\d¦])"
)
_HAS_OF: Final = re.compile(r"\bha(?:s|ve) (?:an? |the )?(?:[a-z]{1,20} ){1,3}of (?=[\d$£€-])")
"""It "has a payload of 250 kg" where the payload is 250 kg."""
_HOLDS: Final = re.compile(
    r"\b(?:has|have|had|having|with|includ|contain|gets?|offer|provid|there (?:is|are|was|were)"
    r"|owns?|own|receiv|entitled|given|come|weigh|cost|last|reach|measure)"
    r"|(?:'s|s') "
)


def has_what_is_not_said(
    claim: str, said: Atoms, source: Source, row: Row | None, stems: Stems
) -> str | None:
    """Whether its predicate is a light word that the statement does not have.

    "You have the flu" is made of words of "The flu is a disease", but for what it says.
    """
    own = alike(source.own)
    few = len(Words(said.rest, stems).sequence()) < LEAST_WORDS and not written_values(said)
    if few and _MODAL.search(alike(claim)) and not _MODAL.search(own):
        return "it says what may or must be, and the statement does not"
    has = _HAS.search(_HAS_OF.sub(" ", alike(claim)))
    having = row is None and has and not _HOLDS.search(own)
    return "it says that something has what the statement does not" if having else None
