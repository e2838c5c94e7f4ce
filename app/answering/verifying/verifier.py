"""Whether one statement, in its setting, bears the whole of what a sentence claims.

The check can't prove that one entails the other. It refuses whatever could make the sentence false:
a quantity, date, version, identifier, name or word that the statement does not have, an opposite, a
negation too many or too few, words in another order, a value under another head, a subject of one
clause with the value of another. Each check is strict, since a sentence that is refused wrongly
costs a rewording, for which a quotation stands in, and one that is accepted wrongly costs trust.

Words may also come from the setting, as a subject does: "The T40's payload is 250 kg" rests on the
row "Payload: 250 kg" under "T40". But what is claimed must stand in the statement itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from app.answering.verifying.atoms import Atoms, atoms_of
from app.answering.verifying.boilerplate import no_sentence, plain_claim
from app.answering.verifying.checks.clauses import of_another_clause
from app.answering.verifying.checks.excerpts import cut_short, stands_in
from app.answering.verifying.checks.inventions import (
    invented_atom,
    invented_name,
    invented_quotation,
    invented_word,
)
from app.answering.verifying.checks.opposites import opposite
from app.answering.verifying.checks.predicates import has_what_is_not_said
from app.answering.verifying.checks.rows import Row, also_said, misread, names_itself, row_of
from app.answering.verifying.comparisons import told_from_the_other_end
from app.answering.verifying.sources import Source
from app.answering.verifying.values import as_written, written_values
from app.answering.verifying.words.alignment import misplaced
from app.answering.verifying.words.stems import Stems
from app.answering.verifying.words.tokens import tokens_of
from app.answering.verifying.words.wording import Words
from app.domain.statements import Statement

LEAST_OWN: Final = 0.4
"""Share of a sentence's words and values that the statement itself must hold, not its setting.

No number of a check is a setting: that a sentence was verified must mean the same everywhere.
"""
LONGEST_SUBJECT: Final = 6
"""Words, or pairs of Chinese characters, that the sentence before may lend as a subject."""
LONGEST_SOURCE: Final = 5_000
"""Characters of a statement; what is longer bears nothing but its own words, since comparing takes
time that grows with both."""
_MEANS_NOTHING: Final = frozenset("answer question follow correct true fals 答 案".split())  # noqa: SIM905 - a list of words reads as words


class Verifier:
    """Verifies sentences. ``terms`` is the analyzer's; it is asked for single words."""

    def __init__(self, terms: Callable[[str], list[str]]) -> None:
        self._stems = Stems(terms)
        self._held = lru_cache(maxsize=1_024)(self._read)

    def refuse(self, sentence: str, statement: Statement) -> str | None:
        """Why ``statement`` does not bear ``sentence``; ``None`` where it does."""
        if (reason := no_sentence(sentence)) is not None:
            return reason
        claim = plain_claim(sentence)
        if not any(map(str.isalnum, claim)):
            return "it says nothing that could be supported"
        if stands_in(claim, statement.text):
            cut = cut_short(claim, statement.text)
            return "it leaves out what restricts it" if cut else None
        refused = self._refuse_reworded(claim, statement)
        if refused is None or statement.cells or len(statement.text) > LONGEST_SOURCE:
            return refused
        for text in told_from_the_other_end(statement.text):
            if self._refuse_reworded(claim, replace(statement, text=text)) is None:
                return None
        return refused

    def _refuse_reworded(self, claim: str, statement: Statement) -> str | None:
        """What no part of the statement says word for word."""
        if len(statement.text) > LONGEST_SOURCE:
            return "the statement it rests on is too long to be compared with it"
        source = Source.of(statement)
        whole = f"{source.own}\n{source.around}"
        said = atoms_of(claim, every_numeral=False)
        if not self._says_something(claim, said):
            return "it says nothing that could be supported"
        # The sentence before lends a subject, and no number.
        lending = replace(statement, setting=replace(statement.setting, antecedent=""))
        known = atoms_of(f"{source.own}\n{Source.of(lending).around}", every_numeral=True)
        own = atoms_of(source.own, every_numeral=True)
        refused = invented_quotation(claim, statement.text) or invented_atom(said, known, own)
        if refused:
            return refused
        said = as_written(said, known, own)
        row = row_of(statement)
        also = also_said(row, whole) if row else ""
        return (
            invented_name(said.rest, claim, f"{whole}\n{also}", self._stems)
            or invented_word(said, known, f"{whole}\n{also}", self._stems)
            or has_what_is_not_said(claim, said, source, row, self._stems)
            or opposite(claim, said, source)
            or self._of_its_setting(said, source, row)
            or self._of_its_aside(said, statement)
            or of_another_clause(said, statement, row, self._stems)
            or self._misplaced(said, source, statement, row)
            or self._of_another_cell(claim, said, row)
        )

    def is_value(self, sentence: str) -> bool:
        """Whether it is an amount, a date or another value, and no word says of what."""
        said = atoms_of(plain_claim(sentence), every_numeral=True)
        return bool(written_values(said)) and not self._words_beside(said)

    def _words_beside(self, said: Atoms) -> list[str]:
        """The words beside the values that mean something."""
        return [w for w in Words(said.rest, self._stems).sequence() if w not in _MEANS_NOTHING]

    def _says_something(self, claim: str, said: Atoms) -> bool:
        """Whether it is more than "The answer is:"."""
        if claim.rstrip().endswith((":", "：")):
            return False
        return bool(written_values(said) or self._words_beside(said))

    def closest(self, sentence: str, statements: Sequence[Statement]) -> list[Statement]:
        """``statements`` by how much of ``sentence`` they hold in words and values, most first."""
        wanted = self._held(plain_claim(sentence))
        if not wanted:
            return []
        scored = [
            (len(wanted & self._held(statement.in_setting)) / len(wanted), -place, statement)
            for place, statement in enumerate(statements)
        ]
        return [s for share, _, s in sorted(scored, key=lambda x: x[:2], reverse=True) if share > 0]

    def shared(self, sentence: str, statement: Statement) -> float:
        """Share, in [0, 1], of the words and values of ``sentence`` that ``statement`` holds."""
        wanted = self._held(plain_claim(sentence))
        return len(wanted & self._held(statement.in_setting)) / len(wanted) if wanted else 0.0

    def _read(self, text: str) -> frozenset[str]:
        """The words and values of ``text``."""
        atoms = atoms_of(text, every_numeral=True)
        own = Words(atoms.rest, self._stems)
        return frozenset((*own.sequence(), *written_values(atoms)))

    # --- the checks -----------------------------------------------------------------------------

    def _of_its_setting(self, said: Atoms, source: Source, row: Row | None) -> str | None:
        claimed = [*Words(said.rest, self._stems).sequence(), *written_values(said)]
        if not claimed:
            return None
        own = self._held(source.own) | frozenset(Words(source.own, self._stems).sequence())
        share = sum(word in own for word in claimed) / len(claimed)
        text = row.cells[0][1] if row and names_itself(row, said.quantities) else source.text
        whole = self._held(text)
        said_whole = bool(whole) and whole.issubset(claimed)
        if share < LEAST_OWN and not said_whole:
            return "what it says stands in the setting of the statement and not in it"
        return None

    def _of_its_aside(self, said: Atoms, statement: Statement) -> str | None:
        """Whether it takes for its subject what the sentence before did not begin with.

        A pronoun stands for what a sentence is about, which it names first.
        """
        before = statement.setting.antecedent
        if not before:
            return None
        elsewhere = frozenset(
            self._sequence(
                replace(statement, setting=replace(statement.setting, antecedent="")).in_setting
            )
        )
        lent = [word for word in self._sequence(before) if word not in elsewhere]
        used = frozenset(self._sequence(said.rest)).intersection(lent)
        subject = lent[: LONGEST_SUBJECT * (1 + (lent[:1] > ["\u2e80"]))]
        if used and (lent[0] not in used or not used.issubset(subject)):
            return "it speaks of something else than the statement"
        return None

    def _sequence(self, text: str) -> list[str]:
        return Words(text, self._stems).sequence()

    def _misplaced(
        self, said: Atoms, source: Source, statement: Statement, row: Row | None
    ) -> str | None:
        """Whether its words play other parts than in the statement."""
        if row is not None or statement.cells:
            return None
        own = atoms_of(source.text, every_numeral=False)
        setting = statement.setting
        around = f"{source.around}\n{setting.question}\n{setting.lead_in}"

        def stem(word: str) -> str:
            return next(iter(self._stems(word)), word)

        beside = tokens_of(atoms_of(around, every_numeral=True), stem)
        known = frozenset(token.text for token in beside)
        return misplaced(tokens_of(said, stem), tokens_of(own, stem), known=known)

    def _of_another_cell(self, claim: str, said: Atoms, row: Row | None) -> str | None:
        """Whether it reads a row wrongly."""
        if row is None:
            return None
        claimed = frozenset((*self._sequence(said.rest), *written_values(said)))
        return misread(row, claim, claimed, self._held, said.quantities)
