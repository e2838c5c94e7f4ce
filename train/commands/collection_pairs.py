"""Training pairs for a collection without user questions."""

from __future__ import annotations

from rich.console import Console

from app.main import Application
from app.settings import Settings
from eval.commands.synthesize import write_questions
from eval.synthesis.synthesize import SynthesisSettings
from train.mining.training_pairs import Pair


def pairs_of_collection(
    name: str, *, questions: int, settings: Settings, console: Console
) -> list[Pair]:
    """Makes questions from the passages of a collection, each paired with its passage.

    They come from templates. Prefer pairs of real questions where you have them.

    Args:
        name: Name of the collection.
        questions: Most questions to make.
        settings: Name the store, and the recall that screens the questions.
        console: Shows progress.

    Raises:
        EvaluationError: no question could be made.
        NotFound: there is no such collection.
    """
    app = Application(settings)
    try:
        collection = app.store.open(name)
        found = write_questions(
            app, collection, SynthesisSettings(limit=questions), console=console
        )
        chunks = {
            chunk.id: chunk
            for chunk in collection.chunks(sorted({asked.chunk_id for asked in found.questions}))
        }
    finally:
        app.close()
    return [
        Pair(
            query=asked.text,
            positive=chunks[asked.chunk_id].text,
            title=chunks[asked.chunk_id].title,
            source=f"collection {name}",
            language=asked.lang,
        )
        for asked in found.questions
        if asked.chunk_id in chunks  # else it was deleted meanwhile
    ]
