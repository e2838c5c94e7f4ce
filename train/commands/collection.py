"""Pairs for a collection of which nobody has asked anything yet."""

from __future__ import annotations

from rich.console import Console

from app.main import Application
from app.settings import Settings
from eval.commands.synthesize import write_questions
from eval.synthesis.synthesize import SynthesisSettings
from train.mined.pairs import Pair


def pairs_of_collection(
    name: str, *, questions: int, settings: Settings, console: Console
) -> list[Pair]:
    """Questions written from the collection's passages, each with its passage.

    They are of a template's making, which people's questions are not: train on pairs of people
    where there are any.

    Args:
        name: The collection's.
        questions: How many at most.
        settings: Where collections are, and the recall that screens the questions.
        console: Where progress goes.

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
