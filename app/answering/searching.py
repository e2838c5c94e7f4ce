"""The searches for one question: for the whole, for each of its parts, and in other languages."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest
from typing import Final

from app.answering.asking.asked import Asked
from app.domain.hits import Hit, SearchResult
from app.domain.queries import ALL_KINDS
from app.domain.questions import Sense
from app.errors import AttestError
from app.filters import And, Filter, Not, OneOf
from app.requests import AnswerRequest, SearchRequest
from app.retrieval.pipeline import SearchPipeline
from app.retrieval.understanding.understand import Understood

logger = logging.getLogger(__name__)

SPARE: Final = 2
"""Times as many hits are searched for as are used: near-duplicates and joined neighbours leave
gaps."""
MOST_CALLED: Final = 200
"""Words of the other language that are searched for at once; it bounds the work of a search."""


class QuestionSearch:
    """Searches for what a question asks."""

    def __init__(self, pipeline: SearchPipeline) -> None:
        self._pipeline = pipeline

    def search(
        self,
        request: AnswerRequest,
        understood: Understood,
        asked: Asked,
        senses: Sequence[Sequence[Sense]],
        *,
        limit: int,
        across: int,
    ) -> SearchResult:
        """One search for the whole question and, where it has several parts, one for each.

        What its operators and times say holds for all of them.

        ``senses`` are what the words of each part are called in the other language; each search
        for passages in it may add ``across`` of them.
        """
        whole = self._pipeline.search(
            SearchRequest(request.query, limit=SPARE * limit, explain=request.explain),
            understood=understood,
        )
        queries = dict.fromkeys(part.text for part in asked.parts)
        queries.pop(understood.query.text, None)
        further = [
            self._pipeline.search(
                SearchRequest(query, limit=limit, where=understood.where, ignore=ALL_KINDS)
            ).hits
            for query in queries
        ]
        if across:
            further += map(tuple, self._in_other_languages(understood.where, asked, senses, across))
        return (
            replace(whole, hits=_merged([whole.hits, *further], limit=SPARE * limit))
            if further
            else whole
        )

    def _in_other_languages(
        self,
        within: Filter | None,
        asked: Asked,
        senses: Sequence[Sequence[Sense]],
        across: int,
    ) -> list[Sequence[Hit]]:
        """What is nearest by meaning, or holds its names or what its words are called there.

        Of languages that share no words with it: passages in its own crowd out the others.
        """
        chinese: Filter = OneOf("lang", ("zh",))
        other = Not(chinese) if asked.language == "zh" else chinese
        where = other if within is None else And((within, other))
        near = SearchRequest(
            asked.parts[0].text,
            limit=across,
            where=where,
            routes=("dense",),
            rerank=False,
            ignore=ALL_KINDS,
        )
        searches = [near]
        if names := dict.fromkeys(name.text for part in asked.parts for name in part.names):
            # Names are written alike in both.
            searches.append(replace(near, query=" ".join(names), routes=("bm25",)))
        if called := dict.fromkeys(sense.text for of_part in senses for sense in of_part):
            words = islice(called, MOST_CALLED)
            searches.append(replace(near, query=" ".join(words), routes=("bm25",)))
        found: list[Sequence[Hit]] = []
        for search in searches:
            try:
                found.append(self._pipeline.search(search).hits)
            except AttestError as error:
                logger.warning("other languages are not searched by %s: %s", search.routes, error)
        return found


def _merged(rankings: Sequence[Sequence[Hit]], *, limit: int) -> tuple[Hit, ...]:
    """The first of each, then the second of each, each chunk once; ranks are given anew."""
    taken: dict[str, Hit] = {}
    for hit in chain.from_iterable(zip_longest(*rankings)):
        if hit is not None:
            taken.setdefault(hit.chunk.id, hit)
    best = list(taken.values())[:limit]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(best, start=1))
