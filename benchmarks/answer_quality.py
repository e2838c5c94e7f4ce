"""How often answers hold what was asked, cite where it stands, and are withheld where nothing does.

    python benchmarks/answer_quality.py DATASET… OUT.json [--limit 150] [--generator none] \
        [--store DIRECTORY]

A dataset is a folder in BEIR's layout with ``answers`` or ``references`` in its queries; a folder
of questions without a corpus is about the handbook. Each is indexed once into a collection of its
own below ``--store``. The first ``--limit`` answerable and as many unanswerable questions are
asked of each, and ``CROSS`` answerable questions of every other dataset, which it can't answer.

An answer holds what was asked if one of its sentences overlaps a reference, or contains one of the
short answers; of an answer over ``LONG`` characters, if it shares ``SHARED`` of the character
5-grams of the shorter of the two. Scoring and thresholds were tuned on questions at even places;
those at odd places are reported apart.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from app.domain import Answer, Citation, Document
from app.main import Application
from app.models.precision import cpu_model
from app.requests import AnswerRequest
from app.service import Service
from app.settings import Settings
from app.text.normalise import normalise
from eval.beir import CORPUS, read_dataset
from eval.dataset import Corpus, Dataset, EvalDocument, EvalQuery
from ingest.sources import RecordSource, find_files

ROOT: Final = Path(__file__).resolve().parent.parent
HANDBOOK: Final = ROOT / "docs" / "handbook"
CROSS: Final = 30
LONG: Final = 40
SHARED: Final = 0.6
_SPACE: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what came of it."""

    query: EvalQuery
    answer: Answer
    held_first: bool
    held: bool
    cited_gold: bool
    found_gold: bool


def squeezed(text: str) -> str:
    return _SPACE.sub("", normalise(text))


def contains(text: str, answers: Iterable[str]) -> bool:
    sentence = squeezed(text)
    for answer in filter(None, map(squeezed, answers)):
        if answer in sentence:
            return True
        if len(answer) > LONG:
            left, right = grams(answer), grams(sentence)
            if len(left & right) >= SHARED * max(1, min(len(left), len(right))):
                return True
    return False


def grams(text: str) -> set[str]:
    return {text[at : at + 5] for at in range(len(text) - 4)}


def judge(query: EvalQuery, answer: Answer, gold: set[str], service: Service, name: str) -> Asked:
    cited = {citation.n: citation for citation in answer.citations}

    def holds(sentence_citations: Sequence[int], text: str) -> bool:
        if query.references:
            quotes = [cited[n] for n in sentence_citations]
            return any(overlaps_reference(q, query, service, name) for q in quotes)
        return contains(text, query.answers)

    held = [holds(sentence.citations, sentence.text) for sentence in answer.sentences]
    return Asked(
        query,
        answer,
        held_first=bool(held) and held[0],
        held=any(held),
        cited_gold=any(citation.document_id in gold for citation in answer.citations),
        found_gold=any(hit.chunk.document_id in gold for hit in answer.search.hits),
    )


def overlaps_reference(
    citation: Citation, query: EvalQuery, service: Service, collection: str
) -> bool:
    for reference in query.references:
        if reference.document_id != citation.document_id:
            continue
        _, document = service.document(collection, reference.document_id)
        start = document.text.find(reference.quote)
        end = start + len(reference.quote)
        if start >= 0 and citation.span[0] < end and start < citation.span[1]:
            return True
    return False


def index(app: Application, folder: Path, name: str) -> Dataset:
    if (folder / CORPUS).exists():
        dataset = read_dataset(folder, unjudged="leave out")
        records = (
            RecordSource(d.id, {"id": d.id, "title": d.title, "text": d.text})
            for d in dataset.documents.values()
        )
        app.ingest(name, records)
        return dataset
    files = find_files([HANDBOOK], max_bytes=app.settings.ingest.max_file_bytes)
    app.ingest(name, files.sources, prune=files.roots)
    documents = {d.id: EvalDocument(d.id, d.title, d.text) for d in stored(app, name)}
    return read_dataset(folder, corpus=Corpus(name, documents))


def stored(app: Application, name: str) -> Iterator[Document]:
    collection = app.store.open(name)
    for record in collection.records():
        document = collection.document(record.id)
        if document is not None:
            yield document


def rates(asked: Sequence[Asked]) -> dict[str, float | int]:
    if not asked:
        return {"questions": 0}
    said = [a for a in asked if a.answer.sentences]

    def share(values: Iterable[bool], of: int) -> float:
        return round(sum(values) / max(1, of), 4)

    return {
        "questions": len(asked),
        "gold_document_found": share((a.found_gold for a in asked), len(asked)),
        "held_in_first_sentence": share((a.held_first for a in asked), len(asked)),
        "held_in_any_sentence": share((a.held for a in asked), len(asked)),
        "gold_document_cited": share((a.cited_gold for a in asked), len(asked)),
        "abstained": share((a.answer.mode == "abstained" for a in asked), len(asked)),
        "generated": share((a.answer.mode == "generated" for a in asked), len(asked)),
        "mean_sentences": round(
            statistics.fmean([len(a.answer.sentences) for a in said]) if said else 0.0, 2
        ),
    }


def ask(service: Service, name: str, queries: Iterable[EvalQuery]) -> list[Answer]:
    return [service.answer(name, AnswerRequest(query.text)) for query in queries]


def stages(answers: Sequence[Answer]) -> dict[str, float]:
    names = dict.fromkeys(stage for answer in answers for stage in answer.timings_ms)
    return {
        stage: round(
            statistics.median(a.timings_ms[stage] for a in answers if stage in a.timings_ms), 1
        )
        for stage in names
    }


def measure(
    service: Service,
    dataset: Dataset,
    name: str,
    others: Sequence[Dataset],
    limit: int,
) -> dict[str, object]:
    queries = list(islice(dataset.queries.values(), limit))
    answers = ask(service, name, queries)
    asked = [
        judge(query, answer, set(dataset.qrels[query.id]), service, name)
        for query, answer in zip(queries, answers, strict=True)
    ]
    unanswerable = ask(service, name, islice(dataset.unanswerable.values(), limit))
    foreign = [
        answer
        for other in others
        for answer in ask(service, name, islice(other.queries.values(), CROSS))
    ]
    withheld = sum(a.mode == "abstained" for a in unanswerable)
    withheld_foreign = sum(a.mode == "abstained" for a in foreign)
    refused = sum(a.answer.mode == "abstained" for a in asked)
    all_withheld = withheld + withheld_foreign + refused
    return {
        "answerable": rates(asked),
        "tuned_on": rates(asked[::2]),
        "held_out": rates(asked[1::2]),
        "by_kind": {
            f"{lang} {kind}".strip(): rates(
                [a for a in asked if (a.query.lang, a.query.kind) == (lang, kind)]
            )
            for lang, kind in sorted(Counter((q.lang, q.kind) for q in queries))
            if kind
        },
        "abstention": {
            "unanswerable_here": len(unanswerable),
            "recall_unanswerable_here": round(withheld / max(1, len(unanswerable)), 4),
            "of_other_datasets": len(foreign),
            "recall_of_other_datasets": round(withheld_foreign / max(1, len(foreign)), 4),
            "precision": round((withheld + withheld_foreign) / max(1, all_withheld), 4),
        },
        "p50_ms": stages(answers),
        "degraded": sum(bool(a.degraded) for a in [*answers, *unanswerable, *foreign]),
    }


def commit() -> str:
    run = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--generator", default="none")
    parser.add_argument("--store", type=Path, default=ROOT / "data" / "answer_quality")
    arguments = parser.parse_args()

    settings = Settings()
    settings = settings.model_copy(
        update={
            "store": settings.store.model_copy(update={"directory": arguments.store.absolute()}),
            "models": settings.models.model_copy(update={"generator": arguments.generator}),
        }
    )
    app = Application(settings)
    service = app.make_service(generator=app.generator)
    names = [re.sub(r"[^a-z0-9]+", "-", folder.resolve().name) for folder in arguments.datasets]
    datasets = [
        index(app, folder, name) for folder, name in zip(arguments.datasets, names, strict=True)
    ]
    results = {}
    for place, (dataset, name) in enumerate(zip(datasets, names, strict=True)):
        started = time.perf_counter()
        others = [other for at, other in enumerate(datasets) if at != place]
        results[dataset.name] = measure(service, dataset, name, others, arguments.limit)
        print(dataset.name, round(time.perf_counter() - started), "s")
        print(json.dumps(results[dataset.name], indent=1), flush=True)
    libraries = ("sentence-transformers", "tantivy", "torch", "transformers")
    report = {
        "what": "answers and abstentions, per dataset; shares in [0, 1]",
        "command": "python benchmarks/answer_quality.py DATASET… OUT.json"
        f" --limit {arguments.limit} --generator {arguments.generator}",
        "commit": commit(),
        "machine": {
            "cpu": cpu_model(),
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "libraries": {name: importlib.metadata.version(name) for name in libraries},
            "load_average": round(os.getloadavg()[0], 1),
        },
        "embedder": app.embedder.id,
        "analyzer": app.analyzer.version,
        "generator": arguments.generator,
        "settings": settings.answer.model_dump(),
        "results": results,
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    service.close()
    app.close()


if __name__ == "__main__":
    main()
