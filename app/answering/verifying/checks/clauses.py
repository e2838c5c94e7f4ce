"""Whether a sentence mixes up the clauses of its statement: one's subject with another's value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.answering.verifying.atoms import IDENTIFIER, Atoms, atoms_of
from app.answering.verifying.checks.rows import Row
from app.answering.verifying.values import written_values
from app.answering.verifying.words.stems import Stems
from app.answering.verifying.words.wording import Words
from app.domain.statements import Statement

_CLAUSE: Final = re.compile(
    r"[,;，；、:：()（）|]|\b(?:and|but|while|whereas|or)\b|(?<=[\u4e00-\u9fff])(?:而且|而|但是"
    r"|但|以及|并且"
    r"|和)(?=[\u4e00-\u9fff\d])",
    re.IGNORECASE,
)


def of_another_clause(
    said: Atoms, statement: Statement, row: Row | None, stems: Stems
) -> str | None:
    """Whether it gives one clause's value to what another clause speaks of."""
    values = written_values(said)
    if not values or row is not None:
        return None
    clauses = [_clause(part, stems) for part in _CLAUSE.split(statement.text) if part.strip()]
    with_values = [clause for clause in clauses if clause[1]]
    if len(with_values) < 2:  # noqa: PLR2004 - nothing can be mixed up
        return None
    if _of_another_subject(values, [own for _, own in with_values]):
        return "it gives the value of one clause to the subject of another"
    claimed = frozenset(Words(said.rest, stems).sequence())
    for held, own_values in with_values:
        if not own_values & values:
            continue
        others = [c for c in with_values if not c[1] & values]
        elsewhere = frozenset(w for c in others for w in c[0]) - held
        here = held - frozenset(w for c in with_values if c[0] is not held for w in c[0])
        if claimed & elsewhere and here and not claimed & here:
            return "it gives the value of one clause to the subject of another"
    return None


def _clause(text: str, stems: Stems) -> tuple[frozenset[str], frozenset[str]]:
    atoms = atoms_of(text, every_numeral=False)
    return frozenset(Words(atoms.rest, stems).sequence()), written_values(atoms)


def _of_another_subject(values: frozenset[str], clauses: Sequence[frozenset[str]]) -> bool:
    """Whether one of ``values`` stands only in clauses about identifiers that the claim lacks."""
    subjects = frozenset(value for value in values if value.startswith(IDENTIFIER))
    if not subjects:
        return False
    for value in values - subjects:
        about = [[v for v in own if v.startswith(IDENTIFIER)] for own in clauses if value in own]
        if about and all(own and subjects.isdisjoint(own) for own in about):
            return True
    return False
