"""The nouns of the service. Frozen, slotted, free of any library.

Conventions that hold everywhere: ranks start at 1, higher scores are better, spans are
half-open character intervals ``[start, end)`` into ``Document.text``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Span: TypeAlias = tuple[int, int]
UploadKind: TypeAlias = Literal["file", "record"]
Scalar: TypeAlias = str | int | float | bool
MetadataValue: TypeAlias = Scalar | tuple[Scalar, ...]
Metadata: TypeAlias = Mapping[str, MetadataValue]
Vector: TypeAlias = NDArray[np.float32]
"""``(dim,) float32``."""
Vectors: TypeAlias = NDArray[np.float32]
"""``(n, dim) float32``, one row a text, in the order of the texts."""


class BlockKind(StrEnum):
    """What a stretch of a document is, as its loader saw it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    FORMULA = "formula"
    TERM = "term"
    """A line that says what the blocks behind it are about: a question of an FAQ, the term of a
    definition, the summary of a folded part, the caption of a table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell of a table row, or one value of a record.

    ``span`` points into ``Document.text``; ``head`` is what its column or its key is called, empty
    where nothing says so. The head may, but need not, stand in the text too.
    """

    span: Span
    head: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One structural unit of a document.

    ``level`` is 1–6 for headings, how deep an item of a list is nested (from 0), and 0 otherwise;
    ``page`` counts from 1 and is ``None`` where the format has no pages; ``cells`` are those of a
    table row, in their order. Blocks of a document are ordered and do not overlap. ``page_starts``
    are the positions in ``Document.text`` where each further page begins within it, and that page.
    """

    kind: BlockKind
    span: Span
    level: int = 0
    page: int | None = None
    cells: tuple[Cell, ...] = ()
    page_starts: tuple[tuple[int, int], ...] = ()

    def page_at(self, position: int) -> int | None:
        """The page on which the text at a position within the block stands."""
        return next((page for at, page in reversed(self.page_starts) if at <= position), self.page)


@dataclass(frozen=True, slots=True)
class Document:
    """A source text, loaded: what spans point into and citations quote.

    ``id`` is the name the client knows it by. ``blocks`` is empty for text without structure.
    """

    id: str
    text: str
    title: str = ""
    uri: str = ""
    metadata: Metadata = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A retrievable passage of a document.

    ``text`` is ``document.text[span[0]:span[1]]``, verbatim. ``position`` counts from 0 within the
    document; ``metadata`` is the document's, with what is known of this passage alone added.
    """

    id: str
    document_id: str
    position: int
    text: str
    span: Span
    title: str = ""
    heading_path: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=dict)

    @property
    def context(self) -> str:
        """Title and headings above the passage, joined by `` › ``; empty where there are none."""
        path = self.heading_path
        if self.title and (not path or path[0] != self.title):
            path = (self.title, *path)
        return " › ".join(path)

    @property
    def indexed_text(self) -> str:
        """What every index sees: the passage below its context."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def attributes(self) -> Metadata:
        """What filters see: the metadata, and the names that every chunk has."""
        named = {"document_id": self.document_id, "title": self.title}
        return dict(self.metadata) | named


@dataclass(frozen=True, slots=True)
class Validity:
    """What a document says of its own standing.

    ``superseded`` is whether another one took its place; ``date`` is the day from which it holds,
    or of which it is (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``), and ``version`` its edition; both
    are empty where the document does not say.
    """

    superseded: bool = False
    date: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a statement and says what it is about; nothing of it is quoted.

    ``question`` is the question or term that it stands under (FAQ, definition, caption),
    ``lead_in`` the sentence or the item that announces its list, ``row`` the label of its table
    row, ``heads`` what the columns of its cells are called, ``antecedent`` the sentence that names
    what its pronoun stands for, ``before`` the one before it where it is too short to say what it
    is about: that one is read with it, and lends it nothing. ``page`` counts from 1.
    """

    title: str = ""
    headings: tuple[str, ...] = ()
    question: str = ""
    lead_in: str = ""
    row: str = ""
    heads: tuple[str, ...] = ()
    antecedent: str = ""
    before: str = ""
    page: int | None = None
    validity: Validity = Validity()

    @property
    def path(self) -> tuple[str, ...]:
        """Title, headings, question and lead-in, from the outermost on, none twice."""
        parts = (self.title, *self.headings, self.question, self.lead_in)
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def text(self) -> str:
        """All that says what the statement is about, joined by `` › ``."""
        return " › ".join(dict.fromkeys((*self.path, *filter(None, (self.antecedent,)))))


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest thing that can answer: a sentence, an item, a row, a line of code.

    ``text`` is ``document.text[span[0]:span[1]]``, verbatim. ``n`` is the number of the passage
    that it was found in, from 1. ``group`` numbers the list or the table that it belongs to within
    its document; ``None`` outside of those. ``cells`` are those of a row, by position in the
    document. ``first`` is whether it is the first below its heading or question.
    """

    document_id: str
    n: int
    span: Span
    text: str
    kind: BlockKind
    setting: Setting = Setting()
    group: int | None = None
    cells: tuple[Cell, ...] = ()
    first: bool = False

    @property
    def in_setting(self) -> str:
        """The statement below what it is about: what is matched, read and embedded."""
        about = self.setting.text
        text = " ".join(self.text.split())
        return f"{about}\n{text}" if about else text


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document ready for a store: its chunks and one vector for each.

    ``content_hash`` identifies the source bytes and their metadata, so that an unchanged document
    is recognised before it is loaded again.
    """

    document: Document
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    content_hash: str


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What a listing tells of a stored document. ``updated_at`` is ISO 8601, UTC."""

    id: str
    title: str
    uri: str
    content_hash: str
    version: int
    chunks: int
    characters: int
    updated_at: str
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What built a collection. Two fingerprints that differ must not share an index."""

    embedder: str
    dimension: int
    analyzer: str
    chunking: str
    metric: Literal["cosine", "dot", "l2"] = "cosine"


@dataclass(frozen=True, slots=True)
class Tuning:
    """Retrieval settings that were chosen for one collection, and what they rest on.

    ``settings`` are fields of `app.settings.RetrievalSettings` as JSON. ``evidence`` is flat: the
    questions they were chosen on, what they gain on others, how sure that is. They hold for a
    collection of this ``fingerprint``, and for this ``reranker`` and what was ``learned`` of how
    far to trust it, which the settings multiply.
    """

    settings: Mapping[str, object]
    evidence: Mapping[str, Scalar]
    fingerprint: Fingerprint
    reranker: str
    learned: Mapping[str, float]
    created_at: str


@dataclass(frozen=True, slots=True)
class SelfRecall:
    """How many of the sampled passages a route finds when it is asked a part of their own text.

    Of ``asked`` passages, ``dense`` are among the nearest by vector and ``bm25`` among the best by
    terms.
    """

    asked: int
    dense: int
    bm25: int


@dataclass(frozen=True, slots=True)
class Soundness:
    """Whether a collection's vectors find what they were made of, by the passages' language.

    ``chunks`` is the size of the collection when this was measured. Languages with too few
    passages are left out.
    """

    languages: Mapping[str, SelfRecall]
    chunks: int


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """Sizes of a collection. ``sequence`` is the last change in its log."""

    name: str
    documents: int
    chunks: int
    sequence: int
    fingerprint: Fingerprint
    tuning: Tuning | None = None
    soundness: Soundness | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk as one route ranked it. ``rank`` starts at 1; a higher score is better."""

    chunk_id: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one route added to a fused score."""

    rank: int
    score: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk after fusion, with each route's part in its score."""

    chunk_id: str
    rank: int
    score: float
    routes: Mapping[str, Contribution]


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk as a search returns it.

    ``score`` is the fused score, the sum of the contributions of its routes; ``rank`` comes after
    term matches and reranking, so that scores can rise with the rank.

    ``term_match``, 0 to 1, says how closely it holds the query's terms; ``None`` where that was not
    looked at, as ``rerank_score`` is where nothing reranked it. ``relevance`` is the probability
    that it is relevant, ``None`` where none can be told.
    """

    rank: int
    score: float
    chunk: Chunk
    routes: Mapping[str, Contribution]
    term_match: float | None = None
    rerank_score: float | None = None
    relevance: float | None = None


@dataclass(frozen=True, slots=True)
class CandidateTrace:
    """One candidate's way through the pipeline; ``dropped`` says where and why it left."""

    chunk_id: str
    document_id: str
    routes: Mapping[str, Contribution]
    fused_rank: int
    fused_score: float
    term_match: float | None = None
    rerank_score: float | None = None
    relevance: float | None = None
    final_rank: int | None = None
    dropped: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything a search did: settings in force, stages with their time, and each candidate."""

    query: str
    language: str
    terms: tuple[str, ...]
    settings: Mapping[str, object]
    candidates: tuple[CandidateTrace, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``degraded`` names each part that failed and was left out, with a reason safe to show.

    ``trace`` is there when the request asked for it.
    """

    hits: tuple[Hit, ...]
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Sense:
    """What words are called in the other language.

    A text that holds all of ``held`` says what ``terms`` say; both are an analyzer's. ``text`` is
    how it is written there.
    """

    terms: frozenset[str]
    held: frozenset[str]
    text: str


class Verdict(StrEnum):
    """How a sentence of an answer stands to the passages it cites."""

    SUPPORTED = "supported"
    """A generated sentence whose citations exist and carry its numbers, names and words."""
    VERBATIM = "verbatim"
    """A sentence copied from the cited passage, character for character."""


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer and the numbers of the citations it rests on.

    ``setting`` is what a reader has to know to understand a quotation: the part of its setting that
    says what it is about and that its words don't say. It is empty for generated sentences.
    """

    text: str
    verdict: Verdict
    citations: tuple[int, ...]
    setting: str = ""

    @property
    def cited_text(self) -> str:
        """The sentence behind its setting, with its numbers: ``Heron drill › It rains. [1][2]``."""
        about = f"{self.setting} › " if self.setting else ""
        return f"{about}{self.text} {''.join(f'[{n}]' for n in self.citations)}"


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source. ``quote`` is ``document.text[span[0]:span[1]]``, verbatim.

    ``setting`` is all that stands around the quote and says what it is about; see `Setting`.
    """

    n: int
    chunk_id: str
    document_id: str
    title: str
    span: Span
    quote: str
    setting: Setting = Setting()


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """One statement that was judged for one part of a question.

    ``probability`` is that it answers, 0 to 1; ``features`` are what that rests on, by name;
    ``missing`` are the names of the question that it lacks. ``verdict`` says what became of it.
    """

    part: str
    document_id: str
    span: Span
    text: str
    setting: str
    probability: float
    features: Mapping[str, float]
    missing: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A generated sentence and why it was kept or dropped; part of the trace of an answer."""

    text: str
    citations: tuple[int, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in which every sentence is supported, or an abstention with its reason.

    ``text`` is the sentences with their settings and numbers, and below them the ``notes``: what
    the service has to say of the answer, in the language of the question (that sources differ, what
    was left out, which part is not answered). ``nearest`` are the statements
    that came nearest, where it abstains. ``probability`` is that of the best statement, and
    ``statements`` are all that were judged, where the request asked why.
    """

    text: str
    mode: Literal["generated", "extractive", "abstained"]
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    degraded: tuple[str, ...]
    timings_ms: Mapping[str, float]
    search: SearchResult
    reason: str | None = None
    draft: tuple[DraftSentence, ...] = ()
    notes: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    probability: float | None = None
    statements: tuple[StatementTrace, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceEvent:
    """A sentence of an answer under way, verified, with the citations it is first to use."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The end of an answer: all of it."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Upload:
    """Something handed over for ingestion: the bytes of a file, or a record.

    A record is any JSON value; what is no proper document is rejected later, with its reason.
    """

    name: str
    content: object
    kind: UploadKind


@dataclass(frozen=True, slots=True)
class Failure:
    """One document that was not indexed. ``code`` is one of `DocumentRejected`'s.

    ``name`` is a file's name or a record's id, as ``kind`` says.
    """

    name: str
    code: str
    reason: str
    kind: UploadKind


JobState: TypeAlias = Literal["queued", "running", "parked", "done", "failed"]
"""``parked``: kept and tried now and then until somebody mends what stops it, or removes it."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """An ingestion job. Once it is done, ``received == indexed + skipped + failed``.

    ``failures`` are the first of these; ``unlisted`` counts the others.
    ``error`` says why a job failed as a whole, or, while it is queued or parked, why it is to be
    tried again, in words safe to show; what it had committed stays.
    """

    id: str
    collection: str
    state: JobState
    received: int
    indexed: int
    skipped: int
    failures: tuple[Failure, ...]
    created_at: str
    updated_at: str
    error: str | None = None
    unlisted: int = 0


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """How the job queue does, as of a moment ago; ``trouble`` is why no job is worked at all."""

    waiting: int = 0
    parked: int = 0
    trouble: str | None = None
