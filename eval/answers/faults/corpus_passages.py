"""Reads passages of two to eight sentences from BEIR corpora and from documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from eval.answers.faults.cases import Lang, Passage
from eval.answers.faults.splitting import clean, split
from eval.datasets.beir import CORPUS, read_corpus

LEAST_SENTENCES: Final = 2
MOST_SENTENCES: Final = 8
LONGEST_TEXT: Final = 200_000
"""Number of characters that are read of a document."""
PASSAGES_PER_DOCUMENT: Final = 4

_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_COMMENT: Final = re.compile(r"^[ \t]*(?://[/!]?|#+!?|\*)[ \t]?", re.MULTILINE)
_HEADING: Final = re.compile(r"^(#{1,6})\s+(.{1,200})$")
_NOT_PROSE: Final = re.compile(r"^\s*(?:[-*+>|]|\d{1,3}[.)]|```|~~~|:)")
_CODE: Final = re.compile(r"[{};][ \t]*$|^[ \t]*(?:fn|def|class|impl|use|import)\b", re.MULTILINE)


def read_passages(folder: Path) -> list[Passage]:
    """Reads the passages of a folder: of its ``corpus.jsonl``, or of its Markdown and text files.

    Raises:
        InvalidDataset: a row of the corpus is malformed.
        OSError: the folder can't be read.
    """
    if (folder / CORPUS).exists():
        return list(_of_corpus(folder))
    return list(_of_files(folder))


def _of_corpus(folder: Path) -> Iterator[Passage]:
    for document in read_corpus(folder).documents.values():
        group = document.metadata.get("doc")
        yield from _cut(
            document.text[:LONGEST_TEXT],
            id_=document.id,
            document=f"{folder.name}:{group if isinstance(group, str) else document.id}",
            source=folder.name,
            title=document.title or "",
            heading="",
        )


def _of_files(folder: Path) -> Iterator[Passage]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".txt"})
    for path in paths:
        name = path.relative_to(folder).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")[:LONGEST_TEXT]
        title, heading = "", ""
        for number, block in enumerate(text.split("\n\n")):
            lines = []
            for line in block.splitlines():
                found = _HEADING.match(line)
                if found and len(found[1]) == 1 and not title:
                    title = found[2].strip()
                elif found:
                    heading = found[2].strip()
                else:
                    lines.append(line)
            if not lines or any(_NOT_PROSE.match(line) for line in lines):
                continue
            yield from _cut(
                "\n".join(lines),
                id_=f"{name}#{number}",
                document=f"{folder.name}:{name}",
                source=folder.name,
                title=title,
                heading=heading,
            )


def language_of(text: str) -> Lang:
    """Returns Chinese if a fifth of the first characters are Han, else English."""
    head = text[:400]
    return "zh" if len(_HAN.findall(head)) * 5 >= max(1, len(head)) else "en"


def _cut(
    text: str, *, id_: str, document: str, source: str, title: str, heading: str
) -> Iterator[Passage]:
    if _CODE.search(text):
        text = "\n".join(
            _COMMENT.sub("", line) for line in text.splitlines() if _COMMENT.match(line)
        )
    lang = language_of(text)
    made = 0
    for paragraph in re.split(r"\n\s*\n" if lang == "en" else r"\n", text):
        spans = split(paragraph, lang)
        for first in range(0, len(spans), MOST_SENTENCES):
            group = spans[first : first + MOST_SENTENCES]
            if len(group) < LEAST_SENTENCES or made == PASSAGES_PER_DOCUMENT:
                continue
            body = paragraph[group[0][0] : group[-1][1]]
            sentences = tuple(
                sentence
                for start, end in group
                if clean(sentence := " ".join(paragraph[start:end].split()), lang)
            )
            if len(sentences) < LEAST_SENTENCES:
                continue
            yield Passage(
                id=f"{source}/{id_}/{made}",
                document=document,
                source=source,
                lang=lang,
                title=title.strip(),
                heading=heading,
                text=" ".join(body.split()) if lang == "en" else body,
                sentences=sentences,
            )
            made += 1
