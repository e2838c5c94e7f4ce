"""Whether an embedder knows the language of what it embedded, found out without any questions.

A piece of a passage is asked as if it were a query, and its own passage should come back among the
first. Where BM25 brings it back and the vectors do not, the dense route is noise, and fusing noise
with a sound ranking ruins both: with random passages for a dense route, reciprocal rank fusion
takes cmrc2018_dev from 0.980 to 0.090 of questions answered at rank 1
(``docs/results/fusion_choices.json``).

From which share of what BM25 finds on the dense route counts is a setting (`dense_useless`,
`dense_sound`). An English-only embedder (all-MiniLM-L6-v2) finds 0.42 of all Chinese passages of
cmrc2018_dev, 0.36 of 120 of other kinds, and 0.25 of the Chinese manuals and rules of an office
(``eval/questions/office``). The bundled embedder finds 0.86 to 1.0 on most sets, 0.59 and 0.72 of
the office's English and Chinese passages, whose siblings are near twins, and 0.52 and 0.54 among
2,600 short documents of such families: it was trained to find what answers a question, and a piece
of a sentence is none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from app.domain.collections import SelfRecall, SelfRetrieval
from app.domain.documents import Chunk
from app.domain.hits import Candidate
from app.errors import AttestError
from app.filters import OneOf
from app.ports.analyzer import Analyzer
from app.ports.models import Embedder
from app.ports.store import Collection
from app.settings import RetrievalSettings
from app.text.sentences import sentence_spans

logger = logging.getLogger(__name__)

MIN_CHUNKS: Final = 20
"""A language with fewer passages is not measured: too few to tell anything by."""
SAMPLE_CHUNKS: Final = 64
"""Passages asked for, a language: their share is known to ±0.06 (one standard error) or better."""
MAX_LANGUAGES: Final = 16
"""The commonest are measured; metadata that clients send may name any number of them."""
SEED: Final = 0
"""The same collection gives the same sample."""
DEPTH: Final = 10
"""A passage counts as found among so many."""
CHUNKS_PER_RANK: Final = 100
"""Among fewer where a language has few passages, since there everything is near: the first alone
below 100 of them, one more for each further 100.

Of 120 Chinese passages, all-MiniLM-L6-v2 finds 0.73 among the nearest 10, but 0.39 at rank 1.
"""
SENTENCE_CHARACTERS: Final = 200
"""How much of a passage's longest sentence is looked at; the middle half of it is asked."""
MIN_QUERY_CHARACTERS: Final = 8
"""What is asked of a short sentence may be more than its half."""

TWIN_SHARE: Final = 0.8
"""Share of the terms asked for with which another passage counts as a twin of the one meant."""

MIN_FOUND: Final = 8
"""Where BM25 finds fewer passages than this, there is nothing to compare the dense route with."""

WORTH_TELLING: Final = 0.8
"""Factor of the dense route below which people are told that its embedder is weak; it changes what
is told, and no ranking."""
GROWTH: Final = 2
"""Measured again once the collection has grown or shrunk by this factor."""


def measure(collection: Collection, *, analyzer: Analyzer, embedder: Embedder) -> SelfRetrieval:
    """Asks sampled passages of each language for themselves; the same for the same collection.

    Raises:
        RemoteUnavailable: the embedder is behind HTTP and does not answer.
    """
    chunks = collection.stats().chunks
    measurable = _measurable(collection)
    asked = [
        (language, chunk.id, query)
        for language in measurable
        for chunk in collection.sample_chunks(
            SAMPLE_CHUNKS, seed=SEED, where=OneOf("lang", (language,))
        )
        if (query := _query(chunk))
    ]
    found = {language: SelfRecall(0, 0, 0) for language in measurable}
    if not asked:
        return SelfRetrieval(found, chunks)
    vectors = embedder.embed_queries([query for _, _, query in asked])
    for (language, chunk_id, query), vector in zip(asked, vectors, strict=True):
        depth = _depth(measurable[language])
        terms = analyzer.query_terms(query)
        dense = collection.search_dense(vector, limit=depth)
        bm25 = collection.search_lexical(terms, limit=depth)
        so_far = found[language]
        back = partial(_brings_back, chunk_id=chunk_id, terms=frozenset(terms))
        found[language] = SelfRecall(
            asked=so_far.asked + 1,
            dense=so_far.dense + back(dense, collection=collection, analyzer=analyzer),
            bm25=so_far.bm25 + back(bm25, collection=collection, analyzer=analyzer),
        )
    return SelfRetrieval(found, chunks)


def _brings_back(
    found: Sequence[Candidate],
    *,
    chunk_id: str,
    terms: frozenset[str],
    collection: Collection,
    analyzer: Analyzer,
) -> bool:
    """Whether the passage is among those found, or a twin of it that has almost all of the terms.

    Manuals of sibling products, and two versions of one rule, have most of their sentences alike,
    but for a name or a number.
    """
    ids = [candidate.chunk_id for candidate in found]
    if chunk_id in ids:
        return True
    wanted = TWIN_SHARE * len(terms)
    return bool(terms) and any(
        len(terms & set(analyzer.terms(chunk.text))) >= wanted for chunk in collection.chunks(ids)
    )


def refresh(
    collection: Collection,
    *,
    analyzer: Analyzer,
    embedder: Embedder,
    settings: RetrievalSettings,
) -> None:
    """Measures the self-retrieval of a collection that has changed much since the last time.

    Warns in the log of languages that the embedder does not know. Failures are logged, too, and
    never raised: what called it has done its own work, and the next call tries again.
    """
    try:
        if not _is_due(collection):
            return
        self_retrieval = measure(collection, analyzer=analyzer, embedder=embedder)
        collection.keep_self_retrieval(self_retrieval)
    except AttestError as error:
        logger.warning(
            "collection %s: its self-retrieval is not measured: %s", collection.name, error
        )
    except Exception:
        logger.exception("collection %s: its self-retrieval is not measured", collection.name)
    else:
        for weakness in weaknesses(self_retrieval, collection, settings):
            logger.warning("collection %s: %s", collection.name, weakness)


def dense_factor(
    self_retrieval: SelfRetrieval | None, language: str, settings: RetrievalSettings
) -> float:
    """What the dense route's weight is multiplied by for a query of this language, in [0, 1].

    It goes from 0 to 1 as the passages that vectors find go from ``settings.dense_useless`` to
    ``settings.dense_sound`` of those that BM25 finds; where the language was not measured, by all
    passages together. 1 where nothing is known.
    """
    if self_retrieval is None:
        return 1.0
    found = self_retrieval.languages.get(language) or _together(self_retrieval)
    if found.bm25 < MIN_FOUND:
        return 1.0
    share = found.dense / found.bm25
    useless, sound = settings.dense_useless, settings.dense_sound
    if share >= sound:
        return 1.0
    return max(0.0, (share - useless) / (sound - useless)) if useless < sound else 0.0


def remarks(collection: Collection, settings: RetrievalSettings) -> list[str]:
    """What was found in each language, in words, and then what is wrong with it."""
    self_retrieval = collection.self_retrieval()
    if self_retrieval is None:
        due = "the next ingestion does" if _measurable(collection) else "too few passages"
        return [f"dense route: not checked; {due}"]
    found = [
        f"dense route: finds {found.dense} of {found.asked} sampled {language} passages "
        f"(bm25: {found.bm25})"
        for language, found in sorted(self_retrieval.languages.items())
    ]
    weak = weaknesses(self_retrieval, collection, settings)
    return found + [f"warning: {weakness}" for weakness in weak]


def weaknesses(
    self_retrieval: SelfRetrieval, collection: Collection, settings: RetrievalSettings
) -> list[str]:
    """What is wrong with each language whose dense route counts clearly less, and what to do."""
    told = []
    for language in sorted(self_retrieval.languages):
        factor = dense_factor(self_retrieval, language, settings)
        if factor < WORTH_TELLING:
            knows = "is weak in" if factor else "does not know"
            told.append(
                f"the embedder {collection.fingerprint.embedder} {knows} {language}: the dense "
                f"route counts {factor:.2g} there; set models.embedder to a multilingual one and "
                f"run `rag rebuild {collection.name}`"
            )
    return told


def _measurable(collection: Collection) -> Mapping[str, int]:
    """Passages of each language that has enough of them, commonest first."""
    by_count = sorted(collection.languages().items(), key=lambda item: (-item[1], item[0]))
    return {code: count for code, count in by_count[:MAX_LANGUAGES] if count >= MIN_CHUNKS}


def _depth(chunks: int) -> int:
    """Ranks at which a passage of a language with so many passages counts as found."""
    return min(DEPTH, 1 + chunks // CHUNKS_PER_RANK)


def _is_due(collection: Collection) -> bool:
    """Whether a language was never measured, or the collection is of another order of size."""
    measurable = _measurable(collection)
    if not measurable:
        return False
    last, now = collection.self_retrieval(), collection.stats().chunks
    if last is None or not measurable.keys() <= last.languages.keys():
        return True
    return now >= GROWTH * last.chunks or GROWTH * now <= last.chunks


def _together(self_retrieval: SelfRetrieval) -> SelfRecall:
    every = self_retrieval.languages.values()
    return SelfRecall(
        asked=sum(found.asked for found in every),
        dense=sum(found.dense for found in every),
        bm25=sum(found.bm25 for found in every),
    )


def _query(chunk: Chunk) -> str:
    """The middle half of the longest sentence; empty where the passage is blank."""
    sentence = max(_sentences(chunk.text), key=len, default="")
    start = len(sentence) // 4
    return sentence[start : start + max(MIN_QUERY_CHARACTERS, len(sentence) // 2)].strip()


def _sentences(text: str) -> Iterator[str]:
    for first, last in sentence_spans(text):
        yield text[first:last][:SENTENCE_CHARACTERS]
