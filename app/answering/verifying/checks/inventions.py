"""What a sentence says that its statement does not have: a quotation, a value, a name or a word."""

from __future__ import annotations

import re
from itertools import chain
from typing import Final

from app.answering.verifying.atoms import Atoms, same_date, written
from app.answering.verifying.claims import comparable, names, quotations, titles, words
from app.answering.verifying.values import borne, set_around
from app.answering.verifying.words.stems import Stems
from app.answering.verifying.words.wording import Words, foreign_word
from app.text.normalise import in_simplified

_DIGITS: Final = re.compile(r"\d+")


def invented_quotation(claim: str, text: str) -> str | None:
    """The first quotation that the statement does not have word for word."""
    source = comparable(in_simplified(text))
    for quoted in quotations(claim):
        if comparable(in_simplified(quoted)) not in source:
            return f"“{quoted}” is not a quotation from the statement it rests on"
    return None


def invented_atom(said: Atoms, known: Atoms, own: Atoms) -> str | None:
    """The first date, time, number or identifier that the statement does not have."""
    for date in said.dates:
        a_year = date[1:] == (None, None) and any(q.value == date[0] for q in known.quantities)
        if not a_year and not any(same_date(date, other) for other in known.dates):
            return "a date in it is not in the statement it rests on"
    if not set(said.times) <= set(known.times):
        return "a time in it is not in the statement it rests on"
    plain = {written(quantity) for quantity in known.quantities}
    missing = next(
        chain(
            (d for d in _DIGITS.findall(said.rest) if d not in _DIGITS.findall(known.rest)),
            (n for n in said.dotted if n not in known.dotted and n not in plain),
            (i for i in said.identifiers if i not in known.identifiers),
            (
                str(quantity)
                for quantity in said.quantities
                if borne(quantity, said, own) is None and not set_around(quantity, known)
            ),
        ),
        None,
    )
    return None if missing is None else f"{missing} is not in the statement it rests on"


def invented_name(rest: str, claim: str, whole: str, stems: Stems) -> str | None:
    """The first name or title that the statement in its setting, ``whole``, does not have."""
    known = words(whole)
    known_stems = frozenset(stems(whole))
    for name in names(rest):
        if name.isalpha() and name.isascii() and rest.lstrip().startswith(name):
            continue  # the capital of a sentence; the word is looked for like any other
        parts = re.split(r"[-/'’]", name.lower())
        own = stems(name)
        if not (
            name.lower() in known
            or known.issuperset(parts)
            or (own and known_stems.issuperset(own))
        ):
            return f"{name!r} is not in the statement it rests on"
    spelled = comparable(whole)
    for title in titles(claim):
        if comparable(title) not in spelled:
            return f"《{title}》 is not in the statement it rests on"
    return None


def invented_word(said: Atoms, known: Atoms, whole: str, stems: Stems) -> str | None:
    """The first word that the statement in its setting, ``whole``, does not have."""
    # The whole is read with its numbers: "one", "first" and units are words there, too.
    source = Words(f"{known.rest}\n{whole}", stems)
    word = foreign_word(Words(said.rest, stems), source)
    return None if word is None else f"“{word}” is not in the statement it rests on"
