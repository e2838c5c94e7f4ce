"""From hits to the numbered passages that an answer may rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.answering.context.passages import Passage
from app.answering.context.statements import DocumentStatements
from app.answering.verifying.claims import denies, names
from app.answering.verifying.quantities import mentioned_quantities
from app.domain.documents import Chunk, Document, Span
from app.domain.hits import Hit, SearchResult
from app.domain.statements import Statement
from app.ports.store import Collection
from app.settings import AnswerSettings


@dataclass(frozen=True, slots=True)
class Context:
    """``passages`` are numbered from 1 by rank; ``dropped`` says why a hit is not among them.

    ``documents`` are those that passages stand in, by id.
    """

    passages: tuple[Passage, ...]
    chunks: Mapping[str, tuple[Chunk, ...]]
    documents: Mapping[str, Document]
    dropped: Mapping[str, str]

    def statements(self) -> tuple[dict[str, DocumentStatements], list[Statement]]:
        """The statements of each document, made when asked for, and those within the passages.

        Those of one passage come in reading order; where passages overlap, a statement belongs to
        the first that holds it.
        """
        documents = {id_: DocumentStatements(document) for id_, document in self.documents.items()}
        found: dict[tuple[str, Span], Statement] = {}
        for passage in self.passages:
            for statement in documents[passage.document_id].within(passage.span, n=passage.n):
                found.setdefault((statement.document_id, statement.span), statement)
        return documents, list(found.values())

    def chunk_at(self, document_id: str, span: Span) -> str:
        """The chunk that ``span`` begins in."""
        held = [c for c in self.chunks[document_id] if c.span[0] <= span[0] < c.span[1]]
        return held[0].id if held else self.chunks[document_id][0].id

    def explain(self, search: SearchResult) -> SearchResult:
        """The search, with a trace that says what became of the hits that were dropped."""
        if search.trace is None:
            return search
        candidates = tuple(
            replace(candidate, dropped=self.dropped.get(candidate.chunk_id, candidate.dropped))
            for candidate in search.trace.candidates
        )
        return replace(search, trace=replace(search.trace, candidates=candidates))


def gather_context(
    hits: Sequence[Hit],
    collection: Collection,
    *,
    settings: AnswerSettings,
    limit: int,
    terms: Callable[[str], list[str]],
    count_tokens: Callable[[str], int],
) -> Context:
    """Takes hits best first: near-duplicates are left out, neighbours added, the budget kept.

    A hit is widened by the chunks beside it while ``settings.context_tokens`` allow, and joined to
    a passage that it touches. Where even the hit alone does not fit, it is left out.
    """
    gathering = _Gathering(collection, settings, count_tokens)
    facts: list[_Facts] = []
    dropped: dict[str, str] = {}
    for hit in hits:
        fact = _Facts.of(hit.chunk, terms)
        if len(gathering.places) >= limit:
            dropped[hit.chunk.id] = f"context: only {limit} passages are used"
        elif any(_same(fact, other, settings.duplicate_overlap) for other in facts):
            dropped[hit.chunk.id] = "context: nearly the same as a passage ranked above it"
        elif reason := gathering.add(hit.chunk):
            dropped[hit.chunk.id] = f"context: {reason}"
        else:
            facts.append(fact)
    return gathering.context(dropped)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a passage lies, and the hit that brought it in."""

    hit: Chunk
    span: Span


class _Gathering:
    """Places taken so far, and the documents and chunks they lie in."""

    def __init__(
        self, collection: Collection, settings: AnswerSettings, count_tokens: Callable[[str], int]
    ) -> None:
        self._collection = collection
        self._settings = settings
        self._count_tokens = count_tokens
        self._documents: dict[str, Document] = {}
        self._chunks: dict[str, dict[str, Chunk]] = {}
        self._spent = 0
        self.places: list[_Place] = []

    def add(self, hit: Chunk) -> str | None:
        """Takes the hit, as wide as the budget allows, or says why it can't."""
        if hit.document_id not in self._documents:
            document = self._collection.document(hit.document_id)
            if document is None:
                return "deleted since the search"
            self._documents[hit.document_id] = document
        document = self._documents[hit.document_id]
        if not _is_cut_from(document, hit):
            return "its document was replaced since the search"
        beside = self._collection.neighbours(hit.id, radius=self._settings.neighbours)
        beside = [chunk for chunk in beside if _is_cut_from(document, chunk)] or [hit]
        self._chunks.setdefault(hit.document_id, {}).update({c.id: c for c in (*beside, hit)})
        wide = (min(c.span[0] for c in beside), max(c.span[1] for c in beside))
        if self._take(hit, wide) or self._take(hit, hit.span):
            return None
        return "the token budget is spent"

    def _take(self, hit: Chunk, span: Span) -> bool:
        text = self._documents[hit.document_id].text
        at = self._touching(hit.document_id, span)
        before = 0
        if at is not None:
            held = self.places[at].span
            before = self._count_tokens(text[slice(*held)])
            span = (min(held[0], span[0]), max(held[1], span[1]))
        cost = self._count_tokens(text[slice(*span)]) - before
        if self._spent + cost > self._settings.context_tokens and self.places:
            return False
        self._spent += cost
        if at is None:
            self.places.append(_Place(hit, span))
        else:
            self.places[at] = replace(self.places[at], span=span)
        return True

    def _touching(self, document_id: str, span: Span) -> int | None:
        """The passage that overlaps ``span`` or has nothing but white space between."""
        text = self._documents[document_id].text
        for at, place in enumerate(self.places):
            if place.hit.document_id == document_id:
                between = text[min(place.span[1], span[1]) : max(place.span[0], span[0])]
                if not between.strip():
                    return at
        return None

    def context(self, dropped: Mapping[str, str]) -> Context:
        passages = tuple(
            Passage(
                n=n,
                chunk_id=place.hit.id,
                document_id=place.hit.document_id,
                title=place.hit.title,
                context=place.hit.context,
                text=self._documents[place.hit.document_id].text[slice(*place.span)],
                span=place.span,
            )
            for n, place in enumerate(self.places, start=1)
        )
        chunks = {name: tuple(held.values()) for name, held in self._chunks.items()}
        used = {passage.document_id for passage in passages}
        documents = {id_: document for id_, document in self._documents.items() if id_ in used}
        return Context(passages, chunks, documents, dropped)


def _is_cut_from(document: Document, chunk: Chunk) -> bool:
    """Whether the chunk is of this version of the document: its span means nothing in another."""
    return document.text[slice(*chunk.span)] == chunk.text


@dataclass(frozen=True, slots=True)
class _Facts:
    """What tells one passage from another of almost the same words."""

    terms: frozenset[str]
    values: frozenset[str]
    denies: bool

    @classmethod
    def of(cls, chunk: Chunk, terms: Callable[[str], list[str]]) -> _Facts:
        """Of a passage below its headings: the same words about another product differ."""
        text = chunk.indexed_text
        values = {str(quantity) for quantity in mentioned_quantities(text)}
        values |= {name.lower() for name in names(text)}
        return cls(frozenset(terms(chunk.text)), frozenset(values), denies(chunk.text))


def _same(one: _Facts, other: _Facts, overlap: float) -> bool:
    return (
        one.denies == other.denies
        and one.values == other.values
        and _jaccard(one.terms, other.terms) >= overlap
    )


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0
