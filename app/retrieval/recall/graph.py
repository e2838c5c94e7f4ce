"""The route of entities: two passages that share a name and together hold what a question asks.

"Who leads the team that owns the billing service?" is answered by a passage that says who leads
Otter; another one says that Otter owns billing. So the walk goes from what the question names to
passages, from these to what they name, and on to the passages that name it too. What it comes to is
paired with the passage that shares the most words with the question, and counts as far as the two
hold more of the question than any passage does alone (`app.retrieval.graph.together`): where one
passage is enough, the route has nothing to say.

Source: B. J. Gutiérrez et al., "HippoRAG: Neurobiologically Inspired Long-Term Memory for Large
Language Models", NeurIPS 2024: personalised PageRank from the question's entities, each counting by
how few passages name it. Their graph is made by a language model, this one by rules; and they rank
by the walk alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.hits import Candidate
from app.domain.queries import Query
from app.filters import Filter
from app.retrieval.graph.neighbourhood import longest, neighbourhood
from app.retrieval.graph.together import together
from app.retrieval.graph.walk import Walk
from app.retrieval.ranking.term_match import MOST_TERMS
from app.retrieval.recall.route import Parts, RouteKind
from app.text.entities.extraction import asked_names

WORDED: Final = 10
"""Hits of BM25 that pairs are compared with, besides the passages that the walk reaches."""


@dataclass(frozen=True, slots=True)
class GraphRoute:
    """Passages near the entities of the query."""

    parts: Parts

    def recall(self, query: Query, *, limit: int, where: Filter | None) -> list[Candidate]:
        """See `Route.recall`: what pairs with BM25's first hit, that hit first.

        Empty where no pair holds more than one passage.
        """
        collection, settings = self.parts.collection, self.parts.settings
        graph = collection.graph()
        known = graph.frequencies(asked_names(query.text))
        seeds = {name: known[name] for name in longest(known)}
        around = neighbourhood(
            graph, seeds, nodes=settings.graph_nodes, common=settings.graph_common, where=where
        )
        walk = Walk(around, seeds, damping=settings.graph_damping)
        reached = {chunk for chunk, _ in walk.best(settings.graph_read)}
        terms = query.terms[:MOST_TERMS]
        worded = [
            hit.chunk_id for hit in collection.search_lexical(terms, limit=WORDED, where=where)
        ]
        if not worded:
            return []
        first = worded[0]
        bridges = list(walk.bridges(first, reached))
        if not bridges:
            return []
        paired = {chunk for bridge in bridges for chunk in (bridge.first, bridge.second)}
        chunks = collection.chunks(sorted(paired.union(worded)))
        places = self.parts.analyzer.occurrences(
            [chunk.indexed_text for chunk in chunks], frozenset(terms)
        )
        passages = {chunk.id: found for chunk, found in zip(chunks, places, strict=True)}
        found = together(terms, passages, bridges, least=settings.graph_gain)
        best = sorted(found.items(), key=lambda item: (-item[1].gain, item[0] != first, item[0]))
        return [
            Candidate(chunk, rank, pair.gain, tuple(pair.bridge))
            for rank, (chunk, pair) in enumerate(best[:limit], start=1)
        ]

    def trust(self, language: str) -> float:  # noqa: ARG002 - the port asks
        """1: names are names in every language."""
        return 1.0


GRAPH: Final = RouteKind("graph", "entities", GraphRoute, least=0.0, follows=True)
"""A passage that holds no more with another than one does alone scores 0."""
