"""How likely each statement, in its setting, answers one part of a question.

What is measured of a statement, each in [0, 1]:

- ``similarity``: nearness of its embedding, setting included, to the question's;
- ``said`` and ``covered``: the share of the question's terms that the statement holds, alone and
  with its setting; terms count by their inverse document frequency among the candidates;
- ``counted``: the same as ``covered``, each term counting alike;
- ``absent``: the share of the question's terms that no candidate holds;
- ``contrast``: the share of them that it lacks and that the setting of another candidate has: it is
  about something else;
- ``unnamed``: the share of the names in the question that it lacks, ``implied`` of those that its
  document says for all of it: the parties of a contract, the number of a record;
- ``unkind``: 1 where a kind of thing is asked for (a date, a colour) that it does not hold;
- ``around``: the share of the question's terms that its setting holds; ``row``: 1 for a row;
- ``titled``: the share of the names that its setting holds, so that it is about them;
- ``first``: 1 for the first statement below its heading or question;
- ``tier``: 1 for the row of a range that a number of the question falls into, or that has the most
  of what a superlative asks for, −1 for the other rows;
- ``novel``: 0 where it holds nothing but words of the question;
- ``passage``: nearness of the chunk that it stands in, and ``prior``, 1 / log2(1 + rank of its
  passage);
- ``read``: what a reader says, where there is one.

A statement that lacks what the question names, and whose document is not about it either, is out,
whatever else it says. Logistic regression makes a probability of the rest
(`app.answering.evidence.judgement`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Candidates, Judged, tier_of
from app.answering.evidence.extremes import Place
from app.answering.evidence.glossing import glossed
from app.answering.evidence.judgement import Features, Judge
from app.answering.evidence.kinds.held import heads_kind, holds_kind
from app.answering.evidence.kinds.kind import PLAIN
from app.answering.evidence.lookalikes import (
    echoes,
    has_own_subject,
    is_of_another,
    names_the_whole,
    reverses,
)
from app.answering.evidence.meaning import Meaning
from app.answering.evidence.names.holder import Holder
from app.answering.evidence.names.subject import written_as_names
from app.answering.evidence.overlap import Overlap, share_words
from app.answering.evidence.reading import readable, readings
from app.answering.evidence.tiers import amounts, falls_into
from app.domain.documents import BlockKind, Vectors
from app.domain.questions import Sense
from app.domain.statements import Statement
from app.text.names.named import Named, Sort
from app.text.normalise import normalise


class Relevance:
    """Judges candidates against one part of a question.

    ``senses`` are what its terms are called in the other language; without any, statements in it
    have no words in common with the question. ``near`` gives the nearness of the chunk that a
    statement stands in. Without the question's meaning, similarity is 0 for all, and the judge
    knows.
    """

    def __init__(
        self,
        part: Part,
        candidates: Candidates,
        *,
        meaning: Meaning | None,
        near: Callable[[Statement], float],
        embed: Callable[[Sequence[str]], Vectors],
        read: Callable[[str, Sequence[str]], Sequence[float]] | None,
        judge: Judge,
        senses: Sequence[Sense] = (),
        extremes: Mapping[Place, float] = MappingProxyType({}),
    ) -> None:
        self._part = part
        self._candidates = candidates
        self._meaning = meaning
        self._near = near
        self._embed = embed
        self._read = read
        self._judge = judge
        self._across = [not share_words(part.language, other) for other in candidates.languages]
        self._senses = senses
        self._extremes = extremes
        self._asked = frozenset(part.terms)
        self._overlap = Overlap(part, candidates, self._across, senses)
        self._amounts = amounts(part.shown)
        self._about = _about(part, candidates)

    def rank(self, *, embedded: int) -> list[Judged]:
        """The candidates, best first; of equal ones the first given.

        Only the ``embedded`` best by what costs nothing are embedded and read, and the rest is
        left out: what neither shares words with the question nor stands in a near passage does not
        answer it.

        Raises:
            RemoteUnavailable: a model is behind HTTP and does not answer.
        """
        cheap = [self._judged(at) for at in range(len(self._candidates.statements))]
        best = sorted(cheap, key=self._promise, reverse=True)[:embedded]
        if not best:
            return []
        similarities = self._similarities([readable(judged, self._part) for judged in best])
        says: Sequence[float | None] = [None] * len(best)
        if self._read:
            says = readings(self._part, best, self._candidates.statements, self._read)
            says = self._read_glossed(best, says, self._read)
        ranked = [
            self._with(judged, similarity=float(similarity), read=reading)
            for judged, similarity, reading in zip(best, similarities, says, strict=True)
        ]
        return sorted(ranked, key=lambda judged: judged.probability, reverse=True)

    def _promise(self, judged: Judged) -> float:
        """What can be told before any model is asked."""
        return -1.0 if judged.strictly_missing else self._judge.promise(judged.features)

    def _judged(self, at: int) -> Judged:
        """By what needs no model; its probability is not known yet."""
        statement = self._candidates.statements[at]
        across = self._across[at]
        wanted = [n for n in (*self._part.names, *self._about) if n.strict or not across]
        lacking = [named for named in wanted if not self._candidates.holders[at].holds(named)]
        implied = tuple(named for named in lacking if self._is_implied(named, at))
        missing = tuple(n for n in lacking if n in self._part.names and n not in implied)
        features = Features(
            similarity=0.0,
            **self._overlap.measures(at, implied),
            unnamed=(len(lacking) - len(implied)) / len(wanted) if wanted else 0.0,
            implied=len(implied) / len(wanted) if wanted else 0.0,
            unkind=float(not self._holds_kind(statement)),
            passage=self._near(statement),
            prior=1.0 / math.log2(1 + statement.n),
            titled=_share(self._part.names, self._candidates.around[at]),
            first=float(statement.first),
            novel=float(across or not self._candidates.terms[at] <= self._asked),
            tier=self._extremes.get((statement.document_id, statement.span))
            or falls_into(tier_of(statement), self._amounts),
            row=float(bool(statement.cells)),
            across=float(across),
        )
        return Judged(statement, features, 0.0, missing, implied)

    def _is_implied(self, named: Named, at: int) -> bool:
        """Whether its document says for all of it what a statement lacks.

        It does not where the statement has a subject of its own, or where the name belongs to
        another row or item of its list.
        """
        statement = self._candidates.statements[at]
        if has_own_subject(statement) or not self._candidates.subjects[at].is_about(named):
            return False
        if is_of_another(statement, named, self._part):
            return False
        beside = (statement.document_id, statement.group)
        return statement.group is None or not any(
            (other.document_id, other.group) == beside
            and holder.holds(named)
            and not names_the_whole(other, named)
            for other, holder in zip(
                self._candidates.statements, self._candidates.holders, strict=True
            )
        )

    def _holds_kind(self, statement: Statement) -> bool:
        """Whether it holds what is asked for; an item of a list may be one of those counted."""
        if self._part.form == "count" and statement.group is not None:
            return True
        heads = "\n".join((*statement.setting.heads, statement.setting.row))
        if statement.cells and heads_kind(heads, self._part.kinds):
            return True
        return holds_kind(_kind_text(statement), self._part.kinds)

    def _read_glossed(
        self,
        best: Sequence[Judged],
        says: Sequence[float],
        read: Callable[[str, Sequence[str]], Sequence[float]],
    ) -> Sequence[float]:
        """What is said of each, of those in the other language as their words put the question."""
        across = [at for at, judged in enumerate(best) if judged.features.across]
        texts = [readable(best[at], self._part) for at in across]
        analyse = self._candidates.analyse
        question = glossed(
            self._part.text,
            self._part.language,
            self._senses,
            [frozenset(analyse(text)) for text in texts],
            analyse,
        )
        if not question:
            return says
        found = list(says)
        for at, value in zip(across, read(question, texts), strict=True):
            found[at] = max(found[at], value)
        return found

    def _with(self, judged: Judged, *, similarity: float, read: float | None) -> Judged:
        features = replace(judged.features, similarity=similarity, read=read)
        probability = 0.0 if judged.missing else self._judge.probability(features)
        if features.unkind and self._part.kinds <= PLAIN:
            probability *= HARDLY
        if _MEANS.search(self._part.shown) and self._is_defined_by(judged):
            probability = 1.0 - DEFINES * (1.0 - probability)
        if judged.statement.kind is BlockKind.CODE and not judged.statement.setting.lead_in:
            probability *= BARE_CODE
        if self._part.form != "yes-no" and echoes(judged.statement, self._part):
            probability *= HARDLY
        extreme = self._extremes.get((judged.statement.document_id, judged.statement.span), 0.0)
        if extreme > 0 and not judged.missing:
            probability = 1.0 - DEFINES * (1.0 - probability)
        elif extreme < 0:
            probability *= HARDLY
        if reverses(judged.statement, self._part):
            probability *= HARDLY
        return replace(judged, features=features, probability=probability)

    def _is_defined_by(self, judged: Judged) -> bool:
        """Whether it is the first below what is asked for, or begins with its number."""
        if judged.features.first and judged.features.titled == 1.0:
            return True
        begins = judged.statement.text.lstrip("§ ")
        return not judged.missing and any(
            re.match(rf"{re.escape(named.text)}(?!\w|\.\d)", begins)
            for named in self._part.names
            if named.sort is Sort.IDENTIFIER
        )

    def _similarities(self, texts: Sequence[str]) -> Sequence[float]:
        if self._meaning is None:
            return [0.0] * len(texts)
        return [float(value) for value in self._meaning.nearness(self._embed(texts))]


def chunk_nearness(
    meaning: Meaning | None, chunk_ids: Sequence[str], vectors: Vectors
) -> Mapping[str, float]:
    """Nearness of each chunk; empty where it is not known.

    ``vectors`` has fewer rows than there are ids when a chunk was deleted since the search; which
    one it was can't be told, and an answer does without this part.
    """
    if meaning is None or len(vectors) != len(chunk_ids):
        return {}
    values = meaning.nearness(np.asarray(vectors, dtype=np.float32))
    return dict(zip(chunk_ids, values.tolist(), strict=True))


def _about(part: Part, candidates: Candidates) -> tuple[Named, ...]:
    """What the part is about beside its names: of a story, and names that were typed small."""
    known = {normalise(named.text) for named in (*part.names, *part.about)}
    typed = written_as_names(part.shown, tuple(dict.fromkeys(candidates.subjects)))
    return (*part.about, *(named for named in typed if named.text not in known))


def _share(names: Sequence[Named], holder: Holder) -> float:
    return sum(holder.holds(named) for named in names) / len(names) if names else 0.0


HARDLY: Final = 0.15
"""What the probability is multiplied by of a statement that can hardly answer.

Neither this nor the two below are settings: how sure an answer is was learned of probabilities that
they had been applied to (`app.answering.evidence.confidence`).
"""
DEFINES: Final = 0.4
"""What the doubt is multiplied by of the first words below a heading whose meaning is asked for,
and of a row that has the most of what is asked for."""
_MEANS: Final = re.compile(
    r"\bwhat (?:does|do|did) .{1,60} (?:mean|stand for|indicate|signify|say|stipulate|provide)\b"
    r"|\bmeaning of\b|什么意思|何意|含义|代表什么|表示什么|是什么故障"
    r"|(?:怎么|如何)(?:规定|说|写)|(?:规定|写|说)了?(?:些)?(?:什么|哪些)",
    re.IGNORECASE,
)
BARE_CODE: Final = 0.4
"""As above, of a line of code that nothing introduces: it says what to type and not what for."""


def _kind_text(statement: Statement) -> str:
    """Where a thing of the kind asked for must stand: in the statement, or in a head's unit."""
    return "\n".join((statement.text, *statement.setting.heads))
