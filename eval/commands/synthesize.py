"""``rag eval synthesize``: makes synthetic questions for a collection without any."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from app.main import Application
from app.ports.models import Generator
from app.ports.store import Collection
from app.requests import SearchRequest
from app.settings import Settings
from eval.commands.target import progress_bar
from eval.synthesis.dataset_folder import write_dataset
from eval.synthesis.summary import summary
from eval.synthesis.synthesize import Synthesis, SynthesisSettings, synthesize


def run_synthesis(
    collection: str,
    *,
    settings: Settings,
    synthesis: SynthesisSettings,
    generate: bool,
    out: Path,
    console: Console,
) -> None:
    """Writes questions from the passages of a collection, in BEIR layout without a corpus.

    Args:
        collection: Name of the collection.
        settings: Name the store and the generator.
        synthesis: Number and kinds of questions.
        generate: Let the configured generator write questions too.
        out: Folder to write.
        console: Shows the summary.

    Raises:
        EvaluationError: no question could be kept, or the folder is not empty.
        NotFound: there is no such collection.
    """
    app = Application(settings)
    try:
        generator = app.generator if generate else None
        found = write_questions(
            app, app.store.open(collection), synthesis, generator=generator, console=console
        )
        write_dataset(found, out)
    finally:
        app.close()
    console.print(summary(found))
    console.print(f"written: {out}; `rag eval {out} --collection {collection}` asks them")


def write_questions(
    app: Application,
    collection: Collection,
    synthesis: SynthesisSettings,
    *,
    generator: Generator | None = None,
    console: Console,
) -> Synthesis:
    """Makes questions from the passages of an open collection, screened by its own search.

    Raises:
        EvaluationError: no question could be kept.
    """
    pipeline = app.pipeline(collection)
    with progress_bar(console, "writing questions") as advance:
        return synthesize(
            collection,
            search=lambda question: pipeline.search(SearchRequest(question)).hits,
            analyzer=app.analyzer,
            generator=generator,
            settings=synthesis,
            progress=advance,
        )
