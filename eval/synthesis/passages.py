"""A chunk as the source of questions: its sentences and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.documents import Block, BlockKind, Chunk, Document
from app.text.sentences import split_sentences

PROSE: Final = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST))
"""Kinds of blocks from which sentences are taken."""
MIN_QUOTE_CHARACTERS: Final = 12
MAX_QUOTE_CHARACTERS: Final = 600
"""Bounds of a sentence; outside of them it is a fragment or no sentence."""

MIN_UNENDED_CHARACTERS: Final = 60
"""Shortest sentence without final punctuation."""

_ENDED: Final = re.compile(r"[.!?:。！？；：…]['\"”’」』）)\]]*$")
_QUALIFIER: Final = re.compile(r"[（(][^（）()]*[）)]$")
"""Qualifiers that make titles unique and that nobody types: ``Joey (TV series)``."""
_MARK: Final = re.compile(
    r"(?:[-*+•‣◦▪·–]|\d{1,3}[.)、]|[(（]\d{1,3}[)）]|[①-⑳])\s*"
    r"|(?:(?:AIMS?|BACKGROUND|CONCLUSIONS?|CONTEXT|DESIGN|DISCUSSION|FINDINGS|IMPORTANCE"
    r"|INTERPRETATION|INTRODUCTION|(?:MAIN )?OUTCOME MEASURES?|METHODS?|OBJECTIVES?|PURPOSE"
    r"|RATIONALE|RESULTS?|SETTING|SIGNIFICANCE|SUMMARY|UNLABELLED)\b:?\s*)+"
)
"""List markers, and the labels in abstracts of papers."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the first sentence of prose below it."""

    heading: str
    quote: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage for questions. Sentences are verbatim parts of the document."""

    chunk: Chunk
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def document_id(self) -> str:
        """Id of the document of the chunk."""
        return self.chunk.document_id


def read_passage(chunk: Chunk, document: Document) -> Passage:
    """Reads the sentences of the chunk, and its headings above prose.

    In a document without structure, the title is the heading of its first chunk if that begins with
    a sentence about it.
    """
    if document.blocks:
        sentences = [
            sentence
            for block in document.blocks
            if block.kind in PROSE
            for sentence in _sentences(_within(block, chunk, document))
        ]
        return Passage(chunk, tuple(sentences), tuple(_sections(chunk, document)))
    sentences = list(_sentences(chunk.text))
    name = _QUALIFIER.sub("", chunk.title).strip()
    titled = name and chunk.position == 0 and sentences and name.lower() in sentences[0].lower()
    sections = (Section(name, sentences[0]),) if titled else ()
    return Passage(chunk, tuple(sentences), sections)


def prose_sentences(text: str) -> list[str]:
    """Sentences of prose, without list markers."""
    return list(_sentences(text))


def _within(block: Block, chunk: Chunk, document: Document) -> str:
    """The part of a block's text that is in the chunk."""
    start, end = max(block.span[0], chunk.span[0]), min(block.span[1], chunk.span[1])
    return document.text[start:end] if start < end else ""


def _sentences(text: str) -> Iterator[str]:
    for sentence in split_sentences(text):
        if sentence.kind not in PROSE:
            continue
        start, end = sentence.span
        if marked := _MARK.match(text, start, end):
            start = marked.end()
        if MIN_QUOTE_CHARACTERS <= end - start <= MAX_QUOTE_CHARACTERS:
            yield text[start:end]


def _is_whole(sentence: str) -> bool:
    """Whether it is a complete sentence; captions, dates and list items are not."""
    return len(sentence) >= MIN_UNENDED_CHARACTERS or _ENDED.search(sentence) is not None


def _sections(chunk: Chunk, document: Document) -> Iterator[Section]:
    heading = ""
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            inside = chunk.span[0] <= block.span[0] < chunk.span[1]
            heading = document.text[slice(*block.span)].strip() if inside else ""
        elif heading and block.kind in PROSE:
            first = next(_sentences(_within(block, chunk, document)), None)
            if first is not None and _is_whole(first):
                yield Section(heading, first)
            heading = ""
