"""From hits to an answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.settings.section import Section, Share


class AnswerSettings(Section):
    """From hits to an answer: what is looked at, what is said of it, what a generator may add."""

    max_parts: int = Field(
        4, ge=1, le=10, description="of one question, each searched and answered by itself"
    )
    passages: int = Field(8, ge=1, le=50)
    across_passages: int = Field(
        3,
        ge=0,
        le=50,
        description="that each search in languages of other words may add; 0: none is made",
    )
    duplicate_overlap: Share = Field(
        0.9, description="of terms, from which a passage with the same values repeats one before it"
    )
    neighbours: int = Field(0, ge=0, le=10, description="chunks added on each side of a hit")
    context_tokens: int = Field(2_000, ge=64, description="of passages that may be quoted")
    scored_sentences: int = Field(24, ge=1, le=500, description="statements that models compare")

    min_probability: Share = Field(0.5, description="of the best statement; below: abstain")
    least_quoted: Share = Field(
        0.1, description="probability of a statement by itself, from which it may be quoted"
    )
    sure_probability: Share = Field(
        0.8, description="of the best statement, above which a second must say something new"
    )
    max_sentences: int = Field(2, ge=1, le=20, description="of one part of a question")
    complement_share: Share = Field(
        0.6, description="of the best probability, that a second statement must have"
    )
    own_language_share: Share = Field(
        0.8,
        description="of the best probability, from which one in the question's language is said",
    )
    list_items: int = Field(12, ge=2, le=200, description="of a list or table that is asked for")
    list_share: Share = Field(
        0.5, description="of the best probability, from which a statement's list may be asked for"
    )
    rivals: int = Field(4, ge=1, le=20, description="statements shown that differ in a value")
    rival_share: Share = Field(
        0.6, description="of the best probability, that a statement with another value must have"
    )
    version_share: Share = Field(
        0.24, description="the same, of a statement in another version of the same rule"
    )
    same_document_share: Share = Field(
        0.9, description="the same, of a statement in the best one's document"
    )
    nearest: int = Field(3, ge=0, le=20, description="statements shown where none answers")

    prompt_statements: int = Field(12, ge=1, le=100, description="that a generator is shown")
    prompt_tokens: int = Field(600, ge=64, description="of passages shown to the generator")
    max_answer_tokens: int = Field(160, ge=8, le=4_096)
    generate_budget_ms: float = Field(8_000.0, ge=0.0, description="then what is verified stands")
    drafted_sentences: int = Field(3, ge=1, le=20, description="of a generator, that are said")
    least_said: Share = Field(
        0.2, description="probability of a statement from which a generator may rest on it"
    )
    stand_in_share: Share = Field(
        0.5, description="of a refused sentence's words, that a quotation in its place must hold"
    )

    log: Literal["nothing", "outcomes", "questions"] = Field(
        "nothing", description="what the log keeps of an answer: its outcome, the question too"
    )
