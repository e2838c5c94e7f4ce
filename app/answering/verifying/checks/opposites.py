"""Whether a sentence says the opposite of its statement, or denies what that affirms."""

from __future__ import annotations

import re
from typing import Final

from app.answering.verifying.atoms import Atoms, atoms_of
from app.answering.verifying.checks.poles import turned
from app.answering.verifying.claims import denials
from app.answering.verifying.sources import Source
from app.answering.verifying.words.sayings import alike
from app.text.normalise import normalise

_SHARED: Final = 0.5
"""Share of a clause's words from which it is what a sentence speaks of; no setting, as no number
of a check is (`app.answering.verifying.verifier`)."""
_MARK: Final = re.compile(r"¦[\ue000-\uf8ff]?")


def opposite(claim: str, said: Atoms, source: Source) -> str | None:
    """Whether it stands on another side than its statement, or denies what that affirms."""
    texts = (atoms_of(text, every_numeral=False) for text in (source.own, source.around))
    if pole := turned(*(_blanked(atoms) for atoms in (said, *texts))):
        return f"it turns the {pole} of the statement around"
    claimed = denials(alike(claim))
    relevant = _relevant_clauses(claim, source.text)
    known = denials(alike(relevant))
    if claimed and not known and not denials(alike(source.own)):
        return "the statement affirms it"
    if known and not claimed:
        return "the statement denies it"
    return None


def _blanked(atoms: Atoms) -> str:
    """What is no value, which is one sign, so that a pole can look whether one stands beside it."""
    return " ".join(_MARK.sub(" ¦ ", alike(atoms.rest)).split())


def _relevant_clauses(claim: str, text: str) -> str:
    """The clauses of ``text`` that share words with the claim; all, where none does."""
    wanted = frozenset(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", normalise(claim)))
    kept = []
    for part in re.split(r"[,;，；:：。.]", text):
        held = frozenset(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", normalise(part)))
        if held and len(held & wanted) >= _SHARED * len(held):
            kept.append(part)
    return "，".join(kept) if kept else text
