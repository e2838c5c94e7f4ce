"""Makes judged questions from a collection: sample, propose, screen, balance."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.domain.collections import CollectionStats
from app.ports.analyzer import Analyzer
from app.ports.models import Generator
from app.ports.store import Collection
from eval.errors import EvaluationError
from eval.retrieval.evaluate import Progress
from eval.synthesis.content import ContentTerms
from eval.synthesis.passages import Passage, read_passage
from eval.synthesis.proposals import propose
from eval.synthesis.question import LANGUAGES, Kind, Language, Proposal
from eval.synthesis.sampling import one_per_document_first, shuffled, shuffled_documents
from eval.synthesis.screening import (
    NEAR_DUPLICATE_COSINE,
    UNWRITTEN,
    Reason,
    Screen,
    Search,
)
from eval.synthesis.writer import QuestionWriter

POOL: Final = 8
"""Number of proposals collected per wanted question, so that kinds can be balanced."""
DOCUMENTS_PER_QUESTION: Final = 20
"""Most documents read per wanted question."""
CHUNKS_PER_DOCUMENT: Final = 8
"""Most chunks read of a document, if there are enough documents."""
SLACK: Final = 2
"""Factor by which a document of a small collection may exceed its equal share of questions."""
ATTEMPTS: Final = 4
"""Most passages shown to the generator per wanted question."""

Group: TypeAlias = tuple[Kind, Language]


@dataclass(frozen=True, slots=True)
class SynthesisSettings:
    """Number and kinds of questions.

    ``per_document`` limits the questions about one document; it is exceeded only if a collection
    has too few documents to reach ``limit``. ``near_duplicate_cosine`` depends on the embedder:
    passages with at least this cosine count as equal.
    """

    limit: int = 200
    seed: int = 0
    per_document: int = 3
    kinds: tuple[Kind, ...] = tuple(Kind)
    near_duplicate_cosine: float = NEAR_DUPLICATE_COSINE

    def __post_init__(self) -> None:
        """Raises `ValueError` for a value out of range."""
        if self.limit < 1 or self.per_document < 1 or not self.kinds:
            raise ValueError("limit and per_document are at least 1, and kinds are not empty")
        if not 0.0 < self.near_duplicate_cosine <= 1.0:
            raise ValueError("near_duplicate_cosine is in (0, 1]")


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The questions and statistics of their making.

    ``documents`` and ``chunks`` count what was read, ``proposed`` the proposals made, ``removed``
    those removed by reason; the rest was not needed. ``generator`` is empty if only templates were
    used.
    """

    questions: tuple[Proposal, ...]
    documents: int
    chunks: int
    proposed: int
    removed: Mapping[Reason, int]
    settings: SynthesisSettings
    collection: CollectionStats
    generator: str


@dataclass(slots=True)
class _Pool:
    """Proposals and what they were made from; ``texts`` are of the chunks of proposals."""

    groups: dict[Group, list[Proposal]]
    passages: list[Passage]
    texts: dict[str, str]
    documents: int = 0
    chunks: int = 0


def synthesize(
    collection: Collection,
    *,
    search: Search,
    analyzer: Analyzer,
    generator: Generator | None = None,
    settings: SynthesisSettings = SynthesisSettings(),
    progress: Progress = lambda _done, _total: None,
) -> Synthesis:
    """Makes questions that the collection answers; deterministic for a collection and settings.

    Args:
        collection: The documents. Only a sample of a large collection is read.
        search: Called once per question to find other documents that answer it.
        analyzer: The analyzer of the collection.
        generator: Writes the questions of the kind `Kind.GENERATED`; without one there are none.
        settings: Number and kinds of questions.
        progress: ``progress(kept, wanted)``, after each question that is kept.

    Raises:
        EvaluationError: not one question could be made.
        RemoteUnavailable: the generator or the embedder is behind HTTP and does not answer.
    """
    content = ContentTerms(analyzer)
    screen = Screen(
        collection,
        search=search,
        content=content,
        near_duplicate_cosine=settings.near_duplicate_cosine,
    )
    documents = shuffled_documents(collection, seed=settings.seed)
    pool = _collect(collection, documents, analyzer, settings)
    removed: Counter[Reason] = Counter()
    proposed = sum(map(len, pool.groups.values()))
    sources = {
        group: one_per_document_first(proposals)
        for group, proposals in _unambiguous(pool, screen, removed).items()
    }
    if generator is not None and Kind.GENERATED in settings.kinds:
        writer = QuestionWriter(generator, content)
        sources |= _generated(pool, writer, analyzer, settings, removed)
    cap = max(settings.per_document, math.ceil(SLACK * settings.limit / max(1, len(documents))))
    kept: list[Proposal] = []
    of_document: Counter[str] = Counter()
    asked: dict[frozenset[str], str] = {}
    for proposal in _in_turns(sources):
        proposed += proposal.kind is Kind.GENERATED  # the templates' are counted already
        if of_document[proposal.document_id] >= cap:
            continue
        key = screen.key(proposal.text)
        reason = (
            screen.form(proposal, pool.texts[proposal.chunk_id])
            or _repeats(asked.get(key), proposal)
            or screen.ambiguity(proposal)
        )
        if reason is not None:
            removed[reason] += 1
            continue
        asked[key] = proposal.document_id
        of_document[proposal.document_id] += 1
        kept.append(proposal)
        progress(len(kept), settings.limit)
        if len(kept) == settings.limit:
            break
    if not kept:
        raise EvaluationError(
            f'no question could be made of collection "{collection.name}": {pool.documents} '
            f"documents were read, {proposed} questions proposed, and none was kept"
        )
    return Synthesis(
        questions=tuple(kept),
        documents=pool.documents,
        chunks=pool.chunks,
        proposed=proposed + sum(removed[reason] for reason in UNWRITTEN),
        removed={reason: removed[reason] for reason in Reason if removed[reason]},
        settings=settings,
        collection=collection.stats(),
        generator=generator.id if generator is not None else "",
    )


def _repeats(document_id: str | None, proposal: Proposal) -> Reason | None:
    """Judges a question that was asked before about the document with this id."""
    if document_id is None:
        return None
    return Reason.REPEATED if document_id == proposal.document_id else Reason.SAME_QUESTION


def _collect(
    collection: Collection, documents: list[str], analyzer: Analyzer, settings: SynthesisSettings
) -> _Pool:
    """Reads documents until there are enough proposals."""
    wanted = POOL * settings.limit
    per_document = max(CHUNKS_PER_DOCUMENT, math.ceil(wanted / max(1, len(documents))))
    pool = _Pool(defaultdict(list), [], {})
    count = 0
    for document_id in documents[: DOCUMENTS_PER_QUESTION * settings.limit]:
        document = collection.document(document_id)
        if document is None:
            continue
        pool.documents += 1
        by_id = {chunk.id: chunk for chunk in collection.document_chunks(document_id)}
        for chunk_id in shuffled(by_id, seed=settings.seed)[:per_document]:
            passage = read_passage(by_id[chunk_id], document)
            pool.chunks += 1
            if passage.sentences:
                pool.passages.append(passage)
                pool.texts[chunk_id] = passage.chunk.text
            for proposal in propose(passage, language=analyzer.language):
                if proposal.kind in settings.kinds:
                    pool.groups[proposal.kind, proposal.lang].append(proposal)
                    count += 1
        if count >= wanted:
            break
    return pool


def _unambiguous(
    pool: _Pool, screen: Screen, removed: Counter[Reason]
) -> dict[Group, list[Proposal]]:
    """Removes questions that two documents of the sample pose."""
    documents: dict[frozenset[str], set[str]] = defaultdict(set)
    for proposals in pool.groups.values():
        for proposal in proposals:
            documents[screen.key(proposal.text)].add(proposal.document_id)
    groups: dict[Group, list[Proposal]] = {}
    for kind in Kind:
        for lang in LANGUAGES:
            proposals = pool.groups.get((kind, lang), [])
            sole = [p for p in proposals if len(documents[screen.key(p.text)]) == 1]
            removed[Reason.SAME_QUESTION] += len(proposals) - len(sole)
            if sole:
                groups[kind, lang] = sole
    return groups


def _generated(
    pool: _Pool,
    writer: QuestionWriter,
    analyzer: Analyzer,
    settings: SynthesisSettings,
    removed: Counter[Reason],
) -> dict[Group, Iterator[Proposal]]:
    """An iterator of generated questions for each language of the model; it generates lazily."""

    def write(lang: Language) -> Iterator[Proposal]:
        readable = [p for p in pool.passages if analyzer.language(p.chunk.text) == lang]
        for passage in list(one_per_document_first(readable))[: ATTEMPTS * settings.limit]:
            written = writer.write(passage, lang)
            if isinstance(written, Reason):
                removed[written] += 1
            else:
                yield written

    return {(Kind.GENERATED, lang): write(lang) for lang in LANGUAGES if writer.supports(lang)}


def _in_turns(sources: Mapping[Group, Iterator[Proposal]]) -> Iterator[Proposal]:
    """Yields one of each group in turn; an exhausted group is dropped."""
    waiting = list(sources.values())
    while waiting:
        going = []
        for source in waiting:
            proposal = next(source, None)
            if proposal is not None:
                yield proposal
                going.append(source)
        waiting = going
