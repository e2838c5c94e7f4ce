"""What a model wants written before a query and before a passage.

A model's own files come first (sentence-transformers stores prompts with it); families whose files
do not tell are known here by their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Text put before each query and each passage, white space included."""

    query: str = ""
    passage: str = ""


_BGE_ENGLISH: Final = Prefixes("Represent this sentence for searching relevant passages: ")
_BGE_CHINESE: Final = Prefixes("为这个句子生成表示以用于检索相关文章：")
_E5_INSTRUCT: Final = Prefixes(
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
)
_FAMILIES: Final = (
    (re.compile(r"(^|[-/_])e5[-_].*instruct"), _E5_INSTRUCT),
    (re.compile(r"(^|[-/_])e5[-_]"), Prefixes("query: ", "passage: ")),
    (re.compile(r"bge-(small|base|large)-en"), _BGE_ENGLISH),
    (re.compile(r"bge-(small|base|large)-zh"), _BGE_CHINESE),
    (re.compile(r"nomic-embed"), Prefixes("search_query: ", "search_document: ")),
)
"""First match wins. Source: the models' own cards."""
_PASSAGE_PROMPTS: Final = ("passage", "document")


def prefixes_for(name: str, prompts: Mapping[str, str]) -> Prefixes:
    """Prefixes of the model called ``name`` whose files state ``prompts``."""
    passage = next((prompts[key] for key in _PASSAGE_PROMPTS if prompts.get(key)), "")
    if passage or prompts.get("query"):
        return Prefixes(prompts.get("query", ""), passage)
    lowered = name.lower()
    for pattern, prefixes in _FAMILIES:
        if pattern.search(lowered):
            return prefixes
    return Prefixes()
