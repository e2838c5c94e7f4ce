"""Settings of training runs, with their defaults; the folder of a run keeps its settings."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Run(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    questions: int | None = Field(None, ge=1, description="number sampled at random; None: all")
    epochs: int = Field(1, ge=1, le=100)
    learning_rate: float = Field(1e-4, gt=0.0, le=1.0)
    warmup: float = Field(0.05, ge=0.0, le=0.5, description="share of the steps")
    held_out: float = Field(0.1, gt=0.0, le=0.5, description="share of the questions")
    held_out_most: int = Field(100, ge=1, description="most questions that are held out")
    checks: int = Field(4, ge=1, le=100, description="evaluations, and checkpoints, of a run")
    average: int = Field(
        1, ge=1, le=100, description="number of last checkpoints to average; 1: take the best one"
    )
    patience: int = Field(2, ge=1, description="checks without improvement before a run ends")
    lora_rank: int = Field(0, ge=0, le=512, description="0 trains the weights themselves")
    seed: int = 0


class RerankerRun(_Run):
    """Settings of a run that trains a cross-encoder.

    ``negatives`` are sampled for each question and epoch, half of them from the ``near`` best
    candidates. ``prior`` is the weight of the fused score, which is added to the model's own on
    half of the questions: there the model learns what fusion misses, on the others to rank alone.
    """

    base: str = "bundled:attest-reranker-mini"
    layers: int | None = Field(None, ge=1, description="None: all that the base has")
    head: Literal["keep", "interaction", "first"] = "keep"
    """The scoring head: the base's own, token interaction, or the state of the first token."""
    head_learning_rate: float = Field(
        10.0, ge=1.0, le=100.0, description="multiple of the encoder's learning rate"
    )
    dropout: float = Field(
        0.0, ge=0.0, lt=1.0, description="dropout; one pass over the data needs none"
    )
    negatives: int = Field(3, ge=1, le=64)
    near: int = Field(5, ge=1, le=100)
    prior: float = Field(1.0, ge=0.0, le=10.0)
    batch_questions: int = Field(8, ge=1, le=256)
    query_tokens: int = Field(48, ge=8, le=512)
    passage_tokens: int = Field(96, ge=16, le=8_192)
    lead_tokens: int = Field(24, ge=0, le=512)
    distil_weight: float = Field(
        0.5, ge=0.0, le=1.0, description="share of the loss from a teacher, if there is one"
    )
    distil_temperature: float = Field(1.0, gt=0.0, le=100.0)

    @model_validator(mode="after")
    def _lead_fits(self) -> Self:
        if self.lead_tokens >= self.passage_tokens:
            raise ValueError("lead_tokens must be less than passage_tokens")
        return self


class EmbedderRun(_Run):
    """Settings of a run that trains an embedder with InfoNCE and mined hard negatives.

    ``temperature`` divides the cosines; the smaller it is, the more the hardest negatives count.
    """

    base: str = "bundled:multilingual-e5-small"
    learning_rate: float = Field(2e-5, gt=0.0, le=1.0)
    negatives: int = Field(1, ge=0, le=16)
    temperature: float = Field(0.05, gt=0.0, le=10.0)
    batch_questions: int = Field(16, ge=2, le=4_096)
    max_tokens: int = Field(160, ge=16, le=8_192)
