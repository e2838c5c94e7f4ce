from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.documents import Block, BlockKind, Chunk, Document, Locator
from app.fakes import FakeEmbedder
from app.settings import ChunkingSettings
from ingest.chunking.chunker import (
    CONTEXT_SHARE,
    MAX_HEADING_CHARACTERS,
    SEAM_TOKENS,
    Chunker,
    chunking_fingerprint,
)
from ingest.chunking.headings import heading_paths
from ingest.chunking.windows import (
    MAX_TOKEN_CHARACTERS,
    WINDOW_CHARACTERS,
    TokenIndex,
    pack,
    token_windows,
)
from ingest.loaders.plain.outline import outline_blocks
from ingest.loaders.registry import load

Strategy = Literal["structure", "sentence", "fixed"]
STRATEGIES: tuple[Strategy, ...] = ("structure", "sentence", "fixed")


def loaded(name: str, source: str) -> Document:
    read = load(name, source.encode())
    return Document(name, read.text, read.title, name, read.metadata, read.blocks)


def chunked(
    document: Document,
    *,
    strategy: Strategy = "structure",
    size: int = 16,
    overlap: int = 0,
    max_tokens: int = 512,
) -> tuple[Chunk, ...]:
    embedder = FakeEmbedder()
    embedder.max_tokens = max_tokens
    chosen = ChunkingSettings(strategy=strategy, chunk_tokens=size, overlap_tokens=overlap)
    return Chunker(embedder, chosen).chunk(document)


def texts(chunks: Sequence[Chunk]) -> list[str]:
    return [chunk.text for chunk in chunks]


def words(count: int, name: str = "w") -> str:
    return " ".join(f"{name}{n}" for n in range(count))


# --- windows and packing, by hand ----------------------------------------------------------------


@pytest.mark.parametrize("unit", ["word ", "line of words\n", "连续的文字"])
def test_a_long_text_is_tokenized_in_windows_as_if_at_once(unit: str) -> None:
    text = unit * (3 * WINDOW_CHARACTERS // len(unit))
    shown: list[str] = []

    def token_spans(part: str) -> list[tuple[int, int]]:
        shown.append(part)
        return FakeEmbedder().token_spans(part)

    index = TokenIndex.reading(text, token_spans)

    assert "".join(shown) == text
    assert max(map(len, shown)) <= WINDOW_CHARACTERS
    whole = TokenIndex.of(FakeEmbedder().token_spans(text), characters=len(text))
    assert index.starts == whole.starts


EVERY_TEN = TokenIndex([0, 10, 20, 30, 40, 50, 60, 70])


def test_windows_repeat_the_overlap_and_lose_no_character() -> None:
    found = token_windows((0, 80), EVERY_TEN, size=3, overlap=1)
    assert found == [(0, 30), (20, 50), (40, 70), (60, 80)]


def test_a_span_that_fits_is_one_window() -> None:
    assert token_windows((5, 33), EVERY_TEN, size=3, overlap=1) == [(5, 33)]


def test_windows_without_overlap_meet() -> None:
    assert token_windows((0, 80), EVERY_TEN, size=4, overlap=0) == [(0, 40), (40, 80)]


def test_tokens_are_counted_where_they_start() -> None:
    assert EVERY_TEN.count((0, 80)) == 8
    assert EVERY_TEN.count((1, 20)) == 1
    assert EVERY_TEN.count((20, 20)) == 0


UNITS = [(0, 10), (10, 20), (20, 40), (40, 50), (50, 80)]
"""Of 1, 1, 2, 1 and 3 tokens."""


def test_units_are_packed_while_they_fit() -> None:
    assert pack(UNITS, EVERY_TEN, size=4, overlap=0) == [(0, 3), (3, 5)]
    assert pack(UNITS, EVERY_TEN, size=3, overlap=0) == [(0, 2), (2, 4), (4, 5)]


def test_a_unit_larger_than_a_chunk_stands_alone() -> None:
    assert pack(UNITS, EVERY_TEN, size=2, overlap=0) == [(0, 2), (2, 3), (3, 4), (4, 5)]


def test_whole_units_are_repeated_as_far_as_the_overlap_allows() -> None:
    assert pack(UNITS, EVERY_TEN, size=4, overlap=1) == [(0, 3), (3, 5)]
    assert pack(UNITS, EVERY_TEN, size=4, overlap=2) == [(0, 3), (2, 4), (3, 5)]
    four = [(0, 10), (10, 20), (20, 30), (30, 40), (40, 50)]
    assert pack(four, EVERY_TEN, size=3, overlap=1) == [(0, 3), (2, 5)]
    assert pack(four, EVERY_TEN, size=3, overlap=2) == [(0, 3), (1, 4), (2, 5)]


def test_a_chunk_ends_before_a_heading_once_it_is_full_enough() -> None:
    assert pack(UNITS, EVERY_TEN, size=8, overlap=0, leads={2}, fill=0.25) == [(0, 2), (2, 5)]
    assert pack(UNITS, EVERY_TEN, size=8, overlap=0, leads={2}, fill=0.5) == [(0, 5)]


def test_a_term_goes_with_what_it_heads_and_ends_no_chunk_before_it() -> None:
    found = pack(UNITS, EVERY_TEN, size=4, overlap=0, leads={2}, starts=())
    assert found == [(0, 2), (2, 4), (4, 5)]
    assert pack(UNITS, EVERY_TEN, size=8, overlap=0, leads={2}, starts=(), fill=0.1) == [(0, 5)]


def test_a_run_of_headings_stays_together() -> None:
    assert pack(UNITS, EVERY_TEN, size=8, overlap=0, leads={2, 3}, fill=0.5) == [(0, 5)]
    assert pack(UNITS, EVERY_TEN, size=8, overlap=0, leads={2, 3}, fill=0.1) == [(0, 2), (2, 5)]


def test_a_heading_goes_with_what_follows_it() -> None:
    # Units 0 to 3 hold five tokens; unit 4 does not fit, and takes its heading along.
    assert pack(UNITS, EVERY_TEN, size=5, overlap=0, leads={3}, fill=1.0) == [(0, 3), (3, 5)]


def test_nothing_is_packed_into_nothing() -> None:
    assert pack([], EVERY_TEN, size=4, overlap=0) == []


def test_stretches_without_tokens_count_as_tokens_too() -> None:
    assert TokenIndex.of([(0, 3), (4, 5)], characters=6).starts == [0, 4]
    one_unknown_run = TokenIndex.of([(0, 1_000)], characters=1_000)
    assert one_unknown_run.count((0, 1_000)) == 1_000 / MAX_TOKEN_CHARACTERS
    assert TokenIndex.of([], characters=250).starts == [0, 100, 200]
    # A word's marker may share its start with the word.
    assert TokenIndex.of([(0, 1), (0, 4), (5, 9)], characters=9).starts == [0, 0, 5]


# --- what holds for every document ---------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(
        [
            "# Top",
            "## Sub",
            "### Sub sub",
            "Setup",
            "=====",
            "",
            "A plain sentence here.",
            "Dr. Who met U.S. officials. They talked!",
            "第一句话。第二句话？第三句！",
            "混合 English 和中文 text。",
            "- item one",
            "- item two is longer than the first",
            "1. step",
            "| a | b |",
            "|---|---|",
            "| 1 | 2 |",
            "```",
            "def f(): return 1",
            "Range: 90 km",
            "Seats: four",
            "Name\tSize",
            "Q: Is it so?",
            "May I?",
            "**Bold**",
            "+---+---+",
            "\tindented",
            "$$x^2$$",
            "longwordwithoutanyspace" * 8,
            "𒀀" * 30,
            "word " * 30,
            "\u00a0 \t ",
        ]
    ),
    max_size=30,
).map("\n".join)


@given(
    source=LINES,
    name=st.sampled_from(["a.md", "a.txt", "a.html"]),
    strategy=st.sampled_from(STRATEGIES),
    size=st.integers(16, 40),
    overlap=st.integers(0, 20),
    form=st.sampled_from(["file", "record", "bare"]),
)
@settings(max_examples=150, deadline=None)
def test_chunks_cover_the_document_within_their_bounds(
    source: str, name: str, strategy: Strategy, size: int, overlap: int, form: str
) -> None:
    if form == "file":
        document = loaded(name, f"# Title\n\n{source}\n\nend")
    else:
        blocks = outline_blocks(source) if form == "record" else ()
        document = Document(name, source, "Title", blocks=blocks)
    chunks = chunked(document, strategy=strategy, size=size, overlap=overlap, max_tokens=60)
    again = chunked(document, strategy=strategy, size=size, overlap=overlap, max_tokens=60)
    assert chunks == again

    embedder = FakeEmbedder()
    covered: set[int] = set()
    for position, chunk in enumerate(chunks):
        assert (chunk.position, chunk.id) == (position, f"{name}#{position}")
        assert chunk.text == document.text[slice(*chunk.span)]
        assert chunk.text == chunk.text.strip() != ""
        assert embedder.count_tokens(chunk.text) <= size
        assert embedder.count_tokens(chunk.indexed_text) <= 60
        assert len(chunk.text) <= (size + 1) * MAX_TOKEN_CHARACTERS
        covered.update(range(*chunk.span))
    missed = {at for at, c in enumerate(document.text) if not c.isspace()} - covered
    assert not missed
    for before, after in pairwise(chunks):
        assert before.span[0] < after.span[0]
        assert before.span[1] < after.span[1]
        shared = document.text[after.span[0] : before.span[1]]
        # The shared stretch may begin within a run that has no token of its own.
        assert embedder.count_tokens(shared) <= overlap + 1


# --- structure -----------------------------------------------------------------------------------

GUIDE = f"""# Guide

{words(10, "intro")}

## Install

{words(10, "install")}

### On Linux

{words(12, "linux")}

## Run

{words(10, "run")}
"""


def test_chunks_of_markdown_begin_at_headings_and_know_those_above() -> None:
    chunks = chunked(loaded("guide.md", GUIDE), size=16)
    assert [(chunk.text.split("\n")[0], chunk.heading_path) for chunk in chunks] == [
        ("Guide", ()),
        ("Install", ("Guide",)),
        ("On Linux", ("Guide", "Install")),
        ("Run", ("Guide",)),
    ]
    assert chunks[2].context == "Guide › Install"
    assert chunks[2].metadata["heading"] == "Guide › Install"
    assert "heading" not in chunks[0].metadata


def test_a_passage_within_a_section_has_the_heading_of_its_section() -> None:
    source = f"# Guide\n\n## Install\n\n{words(12, 'a')}\n\n{words(12, 'b')}\n"
    chunks = chunked(loaded("guide.md", source), size=16)
    assert chunks[1].text == words(12, "b")
    assert chunks[1].heading_path == ("Guide", "Install")


def test_small_sections_are_joined() -> None:
    source = "# Guide\n\n" + "\n\n".join(f"## Part {n}\n\nshort text" for n in range(3))
    chunks = chunked(loaded("guide.md", source), size=32)
    assert len(chunks) == 1


def test_a_heading_is_never_left_at_the_end_of_a_chunk() -> None:
    # The first part is less than half full when "Install" comes, and its text does not fit.
    source = f"# Guide\n\n{words(5)}\n\n## Install\n\n{words(12, 'install')}\n"
    chunks = chunked(loaded("guide.md", source), size=16)
    assert texts(chunks) == [f"Guide\n\n{words(5)}", f"Install\n\n{words(12, 'install')}"]


def test_a_question_is_never_left_at_the_end_of_a_chunk() -> None:
    source = f"<p>{words(12)}.</p><dl><dt>May I?</dt><dd>{words(6, 'a')}.</dd></dl>"
    document = loaded("a.html", source)
    assert texts(chunked(document, size=16)) == [
        f"{words(12)}.",
        f"May I?\n\n{words(6, 'a')}.",
    ]
    assert {chunk.heading_path for chunk in chunked(document, size=16)} == {()}


def test_a_paragraph_that_leaves_no_room_for_its_heading_is_cut_at_a_sentence() -> None:
    sentences = [f"{words(7, name)}." for name in "AB"]
    source = f"# Guide with a long name\n\n{' '.join(sentences)}\n"
    chunks = chunked(loaded("guide.md", source), size=16)
    assert texts(chunks) == [f"Guide with a long name\n\n{sentences[0]}", sentences[1]]


def test_sections_of_latex_are_headings() -> None:
    source = (
        r"\documentclass{article}\title{Paper}\begin{document}\maketitle"
        "\n\\section{Method}\n"
        + words(12, "m")
        + "\n\n\\subsection{Data}\n"
        + words(12, "d")
        + "\n\\end{document}\n"
    )
    chunks = chunked(loaded("paper.tex", source), size=16)
    assert chunks[-1].heading_path[-1] == "Method"
    assert chunks[-1].text == f"Data\n\n{words(12, 'd')}"


def test_a_heading_ends_those_of_its_level_and_below() -> None:
    text = "A\nB\nC\nD\nx"
    levels = [1, 3, 2, 1]
    blocks = [
        Block(BlockKind.HEADING, (2 * n, 2 * n + 1), level=level) for n, level in enumerate(levels)
    ]
    document = Document("d", text, blocks=(*blocks, Block(BlockKind.PARAGRAPH, (8, 9))))
    assert heading_paths(document) == [(), ("A",), ("A",), (), ("D",)]


def test_rows_of_a_table_and_items_of_a_list_are_kept_whole() -> None:
    rows = [f"| name{n} | {words(4, f'value{n}x')} |" for n in range(8)]
    table = "\n".join(["| who | what |", "|---|---|", *rows])
    for chunk in chunked(loaded("t.md", table), size=16):
        for line in chunk.text.split("\n"):
            assert line.startswith("who: name")
            assert len(line.split()) == 8
    items = "\n".join(f"- {words(5, f'item{n}x')}" for n in range(8))
    for chunk in chunked(loaded("l.md", items), size=16):
        assert chunk.text.startswith("- ")
        assert all(len(line.split()) == 6 for line in chunk.text.split("\n"))


def test_a_long_row_is_cut_between_its_cells() -> None:
    document = loaded("a.csv", f"Key,One,Two\nk,{words(8, 'a')},{words(8, 'b')}\n")
    assert texts(chunked(document, size=16)) == [
        f"Key: k | One: {words(8, 'a')} |",
        f"Two: {words(8, 'b')}",
    ]


def test_a_loader_gives_a_block_for_each_row_and_item() -> None:
    table = loaded("t.md", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n- x\n- y\n")
    kinds = [block.kind for block in table.blocks]
    assert kinds == [BlockKind.TABLE, BlockKind.TABLE, BlockKind.LIST, BlockKind.LIST]


def test_large_code_is_cut_at_its_lines() -> None:
    lines = [f"call(a{n}, b{n}, c{n})" for n in range(20)]
    document = loaded("c.md", "```\n" + "\n".join(lines) + "\n```\n")
    chunks = chunked(document, size=16)
    assert len(chunks) > 1
    assert [line for chunk in chunks for line in chunk.text.split("\n")] == lines


def test_a_chunk_has_the_page_that_it_stands_on() -> None:
    text = f"{words(12, 'a')}\n\n{words(12, 'b')}"
    split = text.index("\n")
    blocks = (
        Block(BlockKind.PARAGRAPH, (0, split), locator=Locator(page=3)),
        Block(BlockKind.PARAGRAPH, (split + 2, len(text)), locator=Locator(page=4)),
    )
    chunks = chunked(Document("d", text, blocks=blocks), size=16)
    assert [chunk.metadata["page"] for chunk in chunks] == [3, 4]


def test_a_chunk_has_every_part_of_the_places_that_it_stands_at() -> None:
    text = f"{words(4, 'a')}\n\n{words(4, 'b')}"
    split = text.index("\n")
    blocks = (
        Block(BlockKind.TABLE, (0, split), locator=Locator(sheet="Fees", cell="B7")),
        Block(BlockKind.TABLE, (split + 2, len(text)), locator=Locator(sheet="Fees", cell="B10")),
    )
    (chunk,) = chunked(Document("d", text, blocks=blocks), size=64)
    assert chunk.metadata == {"sheet": "Fees", "cell": ("B7", "B10")}


def test_a_chunk_over_a_page_break_has_both_pages() -> None:
    text = f"{words(16, 'a')} {words(16, 'b')}\n\n{words(4, 'c')}"
    end = text.index("\n")
    blocks = (
        Block(
            BlockKind.PARAGRAPH,
            (0, end),
            locator=Locator(page=3),
            locator_starts=((text.index("b"), Locator(page=4)),),
        ),
        Block(BlockKind.PARAGRAPH, (end + 2, len(text)), locator=Locator(page=5)),
    )
    document = Document("d", text, blocks=blocks)
    assert [chunk.metadata["page"] for chunk in chunked(document, size=64)] == [(3, 4, 5)]
    pages = [chunk.metadata["page"] for chunk in chunked(document, size=16, strategy="fixed")]
    assert pages == [3, 4, 5]


def test_metadata_of_the_document_reach_every_chunk() -> None:
    document = Document("d", words(40), metadata={"lang": "en", "tags": ("a", "b")})
    for chunk in chunked(document):
        assert chunk.metadata == {"lang": "en", "tags": ("a", "b")}


# --- what the embedder can read ------------------------------------------------------------------


def test_chunks_leave_room_for_title_and_headings() -> None:
    heading = words(12, "heading")
    document = Document("d", f"# {heading}\n\n{words(200)}", title=words(8, "title"))
    document = Document("d", *_fields(loaded("d.md", document.text), title=document.title))
    chunks = chunked(document, size=64, max_tokens=64)
    embedder = FakeEmbedder()
    sizes = [embedder.count_tokens(chunk.indexed_text) for chunk in chunks]
    assert max(sizes) <= 64
    # The title's 8 tokens, "›" not being written without a heading, and the seam are left free.
    assert embedder.count_tokens(chunks[1].text) <= 64 - 8 - SEAM_TOKENS


def _fields(document: Document, *, title: str) -> tuple[object, ...]:
    return document.text, title, document.uri, document.metadata, document.blocks


def test_the_outermost_headings_leave_where_they_would_crowd_out_the_passage() -> None:
    headings = "\n\n".join(f"{'#' * level} {words(6, f'h{level}x')}" for level in range(1, 6))
    document = loaded("d.md", f"{headings}\n\n{words(100, 'text')}")
    document = Document("d", document.text, "", "", {}, document.blocks)
    chunks = chunked(document, size=64, max_tokens=64)
    assert int(CONTEXT_SHARE * 64) == 16  # two headings of six, and the sign between them
    assert chunks[-1].heading_path == (words(6, "h4x"), words(6, "h5x"))
    assert all(len(chunk.indexed_text.split()) <= 64 for chunk in chunks)


def test_a_long_heading_is_cut() -> None:
    document = loaded("d.md", f"# Top\n\n## {'x' * 1_000}\n\n{words(40)}")
    chunks = chunked(document, size=16)
    assert chunks[-1].heading_path == ("Top", "x" * MAX_HEADING_CHARACTERS)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("line", ["x" * 300_000, "中" * 300_000, "word " * 200_000, "𒀀" * 100_000])
def test_a_line_without_end_is_cut_into_bounded_chunks(strategy: Strategy, line: str) -> None:
    chunks = chunked(Document("d", line), strategy=strategy, size=256)
    assert max(len(chunk.text) for chunk in chunks) <= 257 * MAX_TOKEN_CHARACTERS
    assert sum(len(chunk.text.replace(" ", "")) for chunk in chunks) == len(line.replace(" ", ""))


def test_white_space_alone_gives_no_chunk() -> None:
    assert chunked(Document("d", " \n\t\u00a0 ")) == ()


def test_the_fingerprint_tells_each_setting_apart() -> None:
    chosen = [
        ChunkingSettings(),
        ChunkingSettings(strategy="fixed"),
        ChunkingSettings(chunk_tokens=128),
        ChunkingSettings(overlap_tokens=16),
    ]
    assert len({chunking_fingerprint(setting) for setting in chosen}) == 4


# --- the handbook, as a reader meets it ----------------------------------------------------------


def test_passages_of_the_handbook_are_of_a_readable_size(repository: Path) -> None:
    pages = sorted((repository / "docs" / "handbook").rglob("*.md"))
    assert pages
    for page in pages:
        document = loaded(page.name, page.read_text(encoding="utf-8"))
        heads = {block.span for block in document.blocks if block.kind is BlockKind.HEADING}
        chunks = chunked(document, size=256)
        assert all(chunk.span not in heads for chunk in chunks)
        assert not any(
            chunk.span[0] < start and chunk.span[1] == end
            for chunk in chunks
            for start, end in heads
        )
