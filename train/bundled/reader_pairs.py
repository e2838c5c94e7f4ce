"""Questions whose answer is a whole short text, or the sentence at the beginning of one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from train.reader.span_examples import LONGEST, LONGEST_WIDE, SpanExample, statement_spans
from train.reader.training_data import read_lines

PAIRS: Final = {
    "squad_train_part_sent": 5_000,
    "conditionalqa": 2_000,
    "boolq": 2_000,
    "javaguide_questions_zh": 1_400,
    "stackfaq": 2_700,
    "tidb_faq_zh": 258,
    "lecoqa_stard_zh": 3_500,
}
"""Number of questions sampled from each file."""
_IN_SPANS: Final = frozenset({"stackfaq", "tidb_faq_zh", "lecoqa_stard_zh"})
_SHORTEST: Final = {"en": 10, "zh": 12}
_CLEARLY: Final = 1.4
"""The best sentence must share this many times the term weight that the second best shares."""
_SHARED: Final = 4
_WORD: Final = re.compile(r"[a-z0-9]+")


def pair_rows(shared: Path, name: str) -> list[SpanExample]:
    """Reads the examples of the file ``name``; the passage of each is a statement that answers."""
    file = shared / ("spans" if name in _IN_SPANS else ".") / f"{name}.jsonl"
    raws = read_lines(file)
    if name == "boolq":
        return _boolq(raws)
    make: Callable[[dict[str, Any]], str] = {
        "squad_train_part_sent": lambda raw: _short(raw["positive"], LONGEST),
        "conditionalqa": lambda raw: _short(raw["positive"].replace("\n", " "), LONGEST),
        "javaguide_questions_zh": lambda raw: _first(raw["positive"]),
        "stackfaq": lambda raw: _first(raw["passage"]) if raw["relevance"] == 1 else "",
        "tidb_faq_zh": lambda raw: _first(raw["passage"]),
        "lecoqa_stard_zh": _statute,
    }[name]
    return [
        _row(raw["query"], text, raw.get("title") or "", name, raw["lang"])
        for raw in raws
        if len(text := make(raw)) >= _SHORTEST[raw["lang"]]
    ]


def _row(query: str, text: str, title: str, source: str, lang: str) -> SpanExample:
    return SpanExample(query, text, ((0, len(text)),), title, source, lang)


def _short(text: str, longest: int) -> str:
    return text if len(text) < longest else ""


def _first(text: str) -> str:
    spans = statement_spans(text.strip())
    return text.strip()[spans[0][0] : spans[0][1]] if spans else ""


def _statute(raw: dict[str, Any]) -> str:
    """A short statute as it is, or the first sentence of a lawyer's answer."""
    if "answer" in raw["source"]:
        return _short(_first(raw["passage"]), LONGEST_WIDE)
    return _short(raw["passage"].strip().replace("\n", ""), LONGEST_WIDE)


def _boolq(raws: list[dict[str, Any]]) -> list[SpanExample]:
    """Picks the sentence that clearly shares more weighted terms with the question than others."""
    documents = Counter(term for raw in raws for term in _terms(raw["positive"]))
    rows = []
    for raw in raws:
        title, dashes, body = raw["positive"].partition(" -- ")
        if not dashes:
            title, body = "", raw["positive"]
        asked = _terms(raw["query"])
        shares = sorted(
            (
                sum(math.log(len(raws) / (1 + documents[t])) for t in asked & _terms(text)),
                text,
            )
            for text in (body[a:b] for a, b in statement_spans(body))
        )
        if len(shares) < 2:  # noqa: PLR2004 - none to compare with
            continue
        (second, _), (first, text) = shares[-2:]
        if first > _CLEARLY * second and len(asked & _terms(text)) >= _SHARED:
            rows.append(_row(raw["query"], text, title, "boolq", "en"))
    return rows


def _terms(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
