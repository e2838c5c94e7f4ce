"""Plants one misspelling in each question and searches with and without the step that mends it.

    python benchmarks/misspelt.py OUT.json FOLDER ...

A letter of an English word is swapped with the next, dropped, doubled or replaced; a Chinese
character is replaced by one that sounds alike. hit@3 is counted by documents.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import ascii_lowercase

from machine import provenance
from rich.console import Console

from app.domain.queries import ALL_KINDS, ReadingKind
from app.main import Application
from app.requests import SearchRequest
from app.retrieval.pipeline import make_pipeline
from app.settings import Settings
from app.text.function_words import CHINESE, is_english_function_word
from app.text.homophones import homophones
from eval.commands.target import Questions, Target, evaluation_settings, prepare
from eval.metrics.hit_rate import hit_rate

QUESTIONS = 300
SEED = 7
FIRST = 3
IGNORED: dict[bool, frozenset[ReadingKind]] = {
    True: ALL_KINDS - {"spelling"},
    False: ALL_KINDS,
}
"""By whether words are mended."""
_WORD = re.compile(r"(?<![\w@/+:#.'’&-])[A-Za-z][a-z]{3,29}(?![\w@/+:#&-]|[.'’]\w)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_COMMON = {bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)}
"""GB 2312's first level: the 3,755 characters that an input method offers first."""


def spoilt(text: str, chance: random.Random) -> str:
    """``text`` with one slip; itself where it has no word that could have one."""
    places = [m for m in _HAN.finditer(text) if m.group() not in CHINESE and _common(m.group())]
    if places:
        place = chance.choice(places)
        return (
            f"{text[: place.start()]}{chance.choice(_common(place.group()))}{text[place.end() :]}"
        )
    words = [m for m in _WORD.finditer(text) if not is_english_function_word(m.group().lower())]
    if not words:
        return text
    word = chance.choice(words)
    return f"{text[: word.start()]}{_slip(word.group(), chance)}{text[word.end() :]}"


def _common(character: str) -> list[str]:
    return [c for c in homophones(character) if c.encode("gb2312") in _COMMON]


def _slip(word: str, chance: random.Random) -> str:
    while True:
        at = chance.randrange(len(word) - 1)
        slipped = chance.choice(
            [
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[: at + 1] + word[at:],
                word[:at] + chance.choice(ascii_lowercase) + word[at + 1 :],
            ]
        )
        if slipped.lower() != word.lower():
            return slipped


def measured(app: Application, target: Target) -> dict[str, object]:
    chance = random.Random(SEED)
    dataset = target.dataset.first(QUESTIONS)
    questions = {id_: query.text for id_, query in dataset.queries.items()}
    slipped = {id_: spoilt(text, chance) for id_, text in questions.items()}
    ways = {
        "unspoilt": (questions, False),
        "unspoilt, with the step": (questions, True),
        "spoilt": (slipped, False),
        "spoilt, with the step": (slipped, True),
    }
    hits: dict[str, list[float]] = {way: [] for way in ways}
    read: dict[str, dict[str, str]] = {way: {} for way in ways}
    found: dict[str, dict[str, list[str]]] = {id_: {} for id_ in questions}
    took: list[float] = []
    with ThreadPoolExecutor(2) as executor:
        pipeline = make_pipeline(
            target.collection,
            analyzer=app.analyzer,
            embedder=app.embedder,
            reranker=None,
            settings=app.settings.retrieval,
            executor=executor,
        )
        for way, (texts, mends) in ways.items():
            for id_, text in texts.items():
                request = SearchRequest(text, limit=FIRST * 4, ignore=IGNORED[mends])
                started = time.perf_counter()
                understood = pipeline.understand(request)
                if way == "spoilt, with the step":
                    took.append(1_000 * (time.perf_counter() - started))
                read[way][id_] = understood.query.text
                if understood.query.text not in found[id_]:
                    result = pipeline.search(request, understood=understood)
                    documents = list(dict.fromkeys(h.chunk.document_id for h in result.hits))
                    found[id_][understood.query.text] = documents
                documents = found[id_][understood.query.text]
                hits[way].append(hit_rate(documents, dataset.qrels[id_], FIRST))
    changed = {
        id_: text for id_, text in read["unspoilt, with the step"].items() if text != questions[id_]
    }
    mended = read["spoilt, with the step"]
    return {
        "asked": len(questions),
        "hit@3": {way: round(sum(values) / len(values), 4) for way, values in hits.items()},
        "of the unspoilt": round(sum(hits["spoilt, with the step"]) / sum(hits["unspoilt"]), 4),
        "spoilt questions read as they were": sum(
            mended[id_].lower() == text.lower() for id_, text in questions.items()
        ),
        "spoilt questions left spoilt": sum(mended[id_] == slipped[id_] for id_ in questions),
        "unspoilt questions changed": len(changed),
        "read_ms_median": round(sorted(took)[len(took) // 2], 2),
    }


def main() -> None:
    out, folders = Path(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]]
    console, sets = Console(), dict[str, object]()
    app = Application(evaluation_settings(Settings()))
    try:
        for folder in folders:
            started = time.perf_counter()
            sets[folder.name] = measured(app, prepare(app, Questions(folder), console))
            console.print(folder.name, sets[folder.name], f"{time.perf_counter() - started:.0f} s")
    finally:
        app.close()
    facts = {"seed": SEED, "sets": sets, "provenance": provenance("tantivy", "pypinyin")}
    out.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
