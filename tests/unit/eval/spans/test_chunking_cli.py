"""A sweep over real collections, with the deterministic embedder in place of a model."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from app.domain.documents import Vectors
from app.fakes import FakeEmbedder
from app.settings import ChunkingSettings, ModelSettings, Settings
from eval.commands.chunking import run_chunking
from eval.spans.configuration import Configuration
from eval.spans.sweep_report import SweepReport

SENTENCES = [
    "Magpies bury shiny stones near old walls.",
    "Herons stand still in shallow water for hours.",
    "Swifts sleep while they fly above the clouds.",
    "Owls turn their heads nearly right round backwards.",
]
TEXT = " ".join(SENTENCES)


class CountingEmbedder(FakeEmbedder):
    """Remembers which passages it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += texts
        return super().embed_passages(texts)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> CountingEmbedder:
    model = CountingEmbedder()
    # Its queries are passages too; only what is embedded for an index counts here.
    monkeypatch.setattr(model, "embed_queries", FakeEmbedder().embed_queries)
    monkeypatch.setattr("app.main.build_embedder", lambda _: model)
    return model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "birds"
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "birds.md").write_text(TEXT, encoding="utf-8")
    rows = [
        {
            "_id": f"q{n}",
            "text": sentence.rstrip(".").lower(),
            "metadata": {
                "doc": "birds",
                "references": [[TEXT.index(sentence), TEXT.index(sentence) + len(sentence)]],
            },
        }
        for n, sentence in enumerate(SENTENCES)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "queries.jsonl").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        models=ModelSettings(cache=tmp_path / "cache"),
        chunking=ChunkingSettings(strategy="structure", chunk_tokens=64),
    )


def configuration(settings: Settings, strategy: str, tokens: int) -> Configuration:
    return Configuration(strategy, tokens, 0, settings.models.embedder)


def test_a_sweep_indexes_each_configuration_and_compares_it(
    folder: Path, settings: Settings, embedder: CountingEmbedder, tmp_path: Path
) -> None:
    report = run_chunking(
        folder,
        settings=settings,
        configurations=[configuration(settings, "sentence", 16)],
        budgets_tokens=(16, 30),
        out=tmp_path / "report.json",
        markdown=tmp_path / "report.md",
        console=Console(quiet=True),
    )
    whole, halves = report.results
    assert (whole.chunks, halves.chunks) == (1, 2)
    # The whole text, 31 tokens, fits neither budget; each half holds two sentences of 7 or 8.
    assert [stage.stage for stage in whole.stages] == [
        *("bm25", "embedding", "ensemble", "ensemble_rerank")
    ]
    assert whole.stages[0].means["span_recall@30tok"] == 0.0
    assert halves.stages[0].means["span_recall@16tok"] == 1.0
    assert SweepReport.from_json((tmp_path / "report.json").read_text(encoding="utf-8")) == report
    assert "sentence 16+0" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_a_second_run_embeds_nothing(
    folder: Path, settings: Settings, embedder: CountingEmbedder
) -> None:
    def run() -> object:
        return run_chunking(
            folder,
            settings=settings,
            configurations=[configuration(settings, "sentence", 16)],
            budgets_tokens=(16,),
            console=Console(quiet=True),
        ).results

    first = run()
    assert len(embedder.passages) == 3
    assert run() == first
    assert len(embedder.passages) == 3


def test_a_cached_collection_that_cannot_be_read_is_made_anew(
    folder: Path, settings: Settings, embedder: CountingEmbedder, tmp_path: Path
) -> None:
    def run() -> object:
        return run_chunking(
            folder,
            settings=settings,
            configurations=[configuration(settings, "sentence", 16)],
            budgets_tokens=(16,),
            console=Console(quiet=True),
        ).results

    first = run()
    catalogs = list((tmp_path / "cache/eval").glob("*/catalog.db"))
    assert len(catalogs) == 2
    for catalog in catalogs:
        catalog.write_bytes(b"garbage " * 1_000)
    assert run() == first


def test_chunks_that_two_configurations_share_are_embedded_once(
    folder: Path, settings: Settings, embedder: CountingEmbedder
) -> None:
    report = run_chunking(
        folder,
        settings=settings,
        configurations=[configuration(settings, "sentence", 64)],
        budgets_tokens=(64,),
        console=Console(quiet=True),
    )
    assert embedder.passages == [TEXT]
    assert list(report.alike.values()) == [f"structure 64+0 {settings.models.embedder}"]


def test_embedders_are_compared_on_one_budget(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HalfWords(FakeEmbedder):
        """Cuts words into halves, so its tokens are about twice as many."""

        id = "half-words"

        def token_spans(self, text: str) -> list[tuple[int, int]]:
            words = super().token_spans(text)
            middles = [(start + end + 1) // 2 for start, end in words]
            return [
                half
                for (start, end), middle in zip(words, middles, strict=True)
                for half in ((start, middle), (middle, end))
            ]

    monkeypatch.setattr(
        "app.main.build_embedder",
        lambda models: HalfWords() if models.embedder == "half-words" else FakeEmbedder(),
    )
    report = run_chunking(
        folder,
        settings=settings,
        configurations=[Configuration("structure", 64, 0, "half-words")],
        budgets_tokens=(40,),
        console=Console(quiet=True),
    )
    # 62 of its own tokens fit into its chunk; the budget counts them as the 31 of the baseline.
    assert [result.chunks for result in report.results] == [1, 1]
    assert [result.mean_tokens for result in report.results] == [31, 31]
    assert len(report.comparisons) == 4  # one a stage
    assert report.alike == {}


def test_questions_may_be_asked_of_files_that_are_loaded(
    tmp_path: Path, settings: Settings, embedder: CountingEmbedder
) -> None:
    pages, folder = tmp_path / "pages", tmp_path / "questions"
    pages.mkdir()
    folder.mkdir()
    (pages / "birds.md").write_text(f"# Birds\n\n{SENTENCES[0]} **{SENTENCES[1]}**\n")
    query = {
        "_id": "q",
        "text": "herons shallow water",
        "metadata": {"references": [{"document": "pages/birds.md", "quote": SENTENCES[1]}]},
    }
    (folder / "queries.jsonl").write_text(json.dumps(query) + "\n")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tpages/birds.md\t1\n")
    report = run_chunking(
        folder,
        settings=settings,
        documents=pages,
        configurations=[],
        budgets_tokens=(64,),
        console=Console(quiet=True),
    )
    assert report.documents == 1
    assert report.results[0].stages[0].means["span_recall@64tok"] == 1.0


def test_the_settings_own_cutting_is_the_baseline_of_the_default_grid(
    folder: Path, settings: Settings, embedder: CountingEmbedder
) -> None:
    report = run_chunking(folder, settings=settings, console=Console(quiet=True))
    assert report.baseline == configuration(settings, "structure", 64)
    # The text fits into one chunk of any size of the grid: there is nothing to tell apart.
    assert [result.configuration for result in report.results] == [report.baseline]
    assert len(report.alike) == 36
