from dataclasses import replace

import pytest

from app.answering.context.gathering import Context, gather_context
from app.domain.documents import Block, BlockKind, Chunk, Document
from app.domain.hits import CandidateTrace, Hit, SearchResult, Trace
from app.settings import AnswerSettings

PARTS = {
    "a": ["alpha one two", "beta three four", "gamma five six", "delta seven eight"],
    "b": ["alpha one two", "epsilon nine ten"],
}


class Pages:
    """Two documents, each of which was cut where `PARTS` says."""

    def __init__(self) -> None:
        self.chunks: dict[str, Chunk] = {}
        self.documents: dict[str, Document] = {}
        for name, parts in PARTS.items():
            text = "\n".join(parts)
            spans = [(text.index(part), text.index(part) + len(part)) for part in parts]
            blocks = tuple(Block(BlockKind.PARAGRAPH, span) for span in spans)
            self.documents[name] = Document(name, text, blocks=blocks)
            for at, span in enumerate(spans):
                id_ = f"{name}{at}"
                self.chunks[id_] = Chunk(id_, name, at, text[slice(*span)], span)

    def document(self, document_id: str) -> Document | None:
        return self.documents.get(document_id)

    def neighbours(self, chunk_id: str, *, radius: int) -> list[Chunk]:
        held = self.chunks[chunk_id]
        return [
            chunk
            for chunk in self.chunks.values()
            if chunk.document_id == held.document_id
            and abs(chunk.position - held.position) <= radius
        ]


@pytest.fixture
def pages() -> Pages:
    return Pages()


def gather(pages: Pages, *ids: str, limit: int = 8, **settings: float) -> Context:
    hits = [Hit(rank, 1.0 / rank, pages.chunks[id_], {}) for rank, id_ in enumerate(ids, start=1)]
    return gather_context(
        hits,
        pages,
        settings=AnswerSettings().model_copy(update={"neighbours": 0, **settings}),
        limit=limit,
        terms=str.split,
        count_tokens=lambda text: len(text.split()),
    )


def texts(context: Context) -> list[str]:
    return [passage.text for passage in context.passages]


def test_passages_are_numbered_by_rank_and_are_verbatim(pages):
    context = gather(pages, "b1", "a2")
    assert [(p.n, p.document_id) for p in context.passages] == [(1, "b"), (2, "a")]
    for passage in context.passages:
        assert pages.documents[passage.document_id].text[slice(*passage.span)] == passage.text


def test_what_repeats_a_passage_above_it_is_left_out(pages):
    context = gather(pages, "a0", "b0")
    assert texts(context) == ["alpha one two"]
    assert context.dropped == {"b0": "context: nearly the same as a passage ranked above it"}


@pytest.mark.parametrize(("overlap", "kept"), [(0.6, ["a"]), (0.7, ["a", "b"])])
def test_how_much_makes_a_repetition_is_a_setting(pages, overlap, kept):
    for name, text in (("a", "oak ash elm fir"), ("b", "oak ash elm yew")):
        pages.documents[name] = Document(name, text)
        pages.chunks[f"{name}0"] = Chunk(f"{name}0", name, 0, text, (0, len(text)))
    context = gather(pages, "a0", "b0", duplicate_overlap=overlap)  # of 5 words, 3 are in both
    assert [passage.document_id for passage in context.passages] == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("alpha has 25 days", "alpha has 30 days", id="number"),
        pytest.param("alpha is for Heron", "alpha is for Falcon", id="name"),
        pytest.param("alpha can be used", "alpha can not be used", id="negation"),
    ],
)
def test_what_differs_in_a_value_a_name_or_a_negation_is_no_duplicate(pages, one, other):
    shared = " ".join(f"word{n}" for n in range(40))
    for name, text in (("x", one), ("y", other)):
        full = f"{text} {shared}"
        pages.documents[name] = Document(name, full)
        pages.chunks[f"{name}0"] = Chunk(f"{name}0", name, 0, full, (0, len(full)))
    context = gather(pages, "x0", "y0")
    assert [passage.document_id for passage in context.passages] == ["x", "y"]


def test_the_same_words_under_another_heading_are_no_duplicate(pages):
    for name, heading in (("x", "Heron"), ("y", "Falcon")):
        text = "the warranty lasts for two years"
        pages.documents[name] = Document(name, text)
        pages.chunks[f"{name}0"] = Chunk(
            f"{name}0", name, 0, text, (0, len(text)), heading_path=(heading,)
        )
    assert len(gather(pages, "x0", "y0").passages) == 2


def test_statements_are_those_that_begin_in_a_passage_each_once(pages):
    context = gather(pages, "b1", "a1", "a2")
    made, found = context.statements()
    assert [(s.document_id, s.text, s.n) for s in found] == [
        ("b", "epsilon nine ten", 1),
        ("a", "beta three four", 2),
        ("a", "gamma five six", 2),
    ]
    assert sorted(made) == ["a", "b"]


def test_a_hit_is_widened_by_its_neighbours(pages):
    assert texts(gather(pages, "a1", neighbours=1)) == [
        "alpha one two\nbeta three four\ngamma five six"
    ]


def test_hits_whose_neighbours_touch_become_one_passage(pages):
    context = gather(pages, "a0", "a3", neighbours=1)
    assert texts(context) == ["alpha one two\nbeta three four\ngamma five six\ndelta seven eight"]
    assert context.passages[0].chunk_id == "a0"


def test_the_token_budget_is_kept_and_the_first_hit_always_fits(pages):
    context = gather(pages, "a0", "b1", "a3", context_tokens=6)
    assert texts(context) == ["alpha one two", "epsilon nine ten"]
    assert context.dropped == {"a3": "context: the token budget is spent"}
    assert texts(gather(pages, "a0", context_tokens=1)) == ["alpha one two"]


def test_no_more_passages_than_the_limit(pages):
    context = gather(pages, "a0", "b1", limit=1)
    assert context.dropped == {"b1": "context: only 1 passages are used"}


def test_a_place_is_named_by_the_chunk_that_it_begins_in(pages):
    context = gather(pages, "a1", neighbours=1)
    start = pages.documents["a"].text.index("five")
    assert context.chunk_at("a", (start, start + 4)) == "a2"


def test_a_document_that_was_deleted_since_is_left_out(pages):
    del pages.documents["a"]
    context = gather(pages, "a0", "b1")
    assert texts(context) == ["epsilon nine ten"]
    assert context.dropped == {"a0": "context: deleted since the search"}


def candidate(chunk_id: str, dropped: str | None = None) -> CandidateTrace:
    return CandidateTrace(chunk_id, chunk_id[0], {}, 1, 0.5, dropped=dropped)


def test_the_trace_of_the_search_says_what_became_of_its_hits(pages):
    context = gather(pages, "a0", "b1", limit=1)
    below = "ranked below the limit of 2"
    trace = Trace("q", "en", (), (), {}, (candidate("a0"), candidate("b1"), candidate("a3", below)))
    explained = context.explain(SearchResult((), (), {}, trace=trace)).trace
    assert explained is not None
    assert [c.dropped for c in explained.candidates] == [
        None,
        "context: only 1 passages are used",
        below,
    ]


def test_a_search_without_a_trace_is_left_as_it_is(pages):
    search = SearchResult((), (), {})
    assert gather(pages, "a0", "b1", limit=1).explain(search) is search


def test_no_text_is_cut_at_the_spans_of_another_version(pages: Pages) -> None:
    old = pages.chunks["a1"]
    new = "Another beginning. " + pages.documents["a"].text
    pages.documents["a"] = replace(pages.documents["a"], text=new)

    context = gather(pages, "a1", "b1", neighbours=1)

    assert context.dropped == {"a1": "context: its document was replaced since the search"}
    assert [passage.document_id for passage in context.passages] == ["b"]
    assert old.text not in [passage.text for passage in context.passages]


def test_neighbours_of_another_version_are_left_out(pages: Pages) -> None:
    pages.chunks["a1"] = replace(pages.chunks["a1"], text="something newer")

    context = gather(pages, "a0", neighbours=1)

    assert [passage.text for passage in context.passages] == ["alpha one two"]
