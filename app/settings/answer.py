"""From hits to an answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.settings.section import Section, Share


class AnswerSettings(Section):
    """From hits to an answer."""

    passages: int = Field(8, ge=1, le=50)
    neighbours: int = Field(0, ge=0, le=10, description="chunks added on each side of a hit")
    context_tokens: int = Field(2_000, ge=64, description="of passages that may be quoted")
    scored_sentences: int = Field(24, ge=1, le=500, description="statements that models compare")
    max_sentences: int = Field(2, ge=1, le=20, description="of one part of a question")
    list_items: int = Field(12, ge=2, le=200, description="of a list or table that is asked for")
    rivals: int = Field(4, ge=1, le=20, description="statements shown that differ in a value")
    rival_share: Share = Field(
        0.6, description="of the best probability, that a statement with another value must have"
    )
    complement_share: Share = Field(
        0.6, description="of the best probability, that a second statement must have"
    )
    sure_probability: Share = Field(
        0.8, description="of the best statement, above which a second must say something new"
    )
    min_probability: Share = Field(0.6, description="of the best statement; below: abstain")
    history_turns: int = Field(1, ge=0, le=10, description="questions before that search sees")
    prompt_tokens: int = Field(600, ge=64, description="of passages shown to the generator")
    max_answer_tokens: int = Field(160, ge=8, le=4_096)
    drafted_sentences: int = Field(3, ge=1, le=20, description="of a generator, that are said")
    least_said: Share = Field(
        0.2, description="probability of a statement from which a generator may rest on it"
    )
    log: Literal["nothing", "outcomes", "questions"] = Field(
        "nothing", description="what the log keeps of an answer: its outcome, the question too"
    )
    generate_budget_ms: float = Field(8_000.0, ge=0.0, description="then what is verified stands")
