"""Blocks of a text that came without any, by what its lines look like."""

from __future__ import annotations

from dataclasses import replace

from app.answering.context.asides import is_question
from app.domain.documents import Block, BlockKind, Span
from app.text.sentences import split_sentences


def implied_blocks(text: str) -> tuple[Block, ...]:
    """Blocks of a text that came without any: by what its lines look like."""
    blocks: list[Block] = []
    for sentence in split_sentences(text):
        last = blocks[-1] if blocks else None
        gap = text[last.span[1] : sentence.span[0]] if last else ""
        # Sentences of one paragraph lie on one line or on lines that follow each other.
        if (
            last
            and last.kind is sentence.kind is BlockKind.PARAGRAPH
            and gap.count("\n") <= 1
            and not ("\n" in gap and is_question(text[slice(*last.span)]))
        ):
            blocks[-1] = replace(last, span=(last.span[0], sentence.span[1]))
        elif text[slice(*sentence.span)].strip("-=~*_^+#|:. \t\n"):
            blocks.append(
                Block(
                    sentence.kind, sentence.span, level=_level(sentence.kind, text, sentence.span)
                )
            )
    return tuple(blocks)


def _level(kind: BlockKind, text: str, span: Span) -> int:
    if kind is not BlockKind.HEADING:
        return 0
    line = text[slice(*span)]
    return max(1, min(6, len(line) - len(line.lstrip("#"))))
