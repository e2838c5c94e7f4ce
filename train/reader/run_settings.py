"""Settings of a reader's training, with their defaults."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from app.domain.devices import DEVICE_NAME


class ReaderRun(BaseModel):
    """Settings of one training run, whose learning rate falls to zero within ``minutes``.

    The loss is ``listwise`` times a softmax cross-entropy over the statements of a group, plus
    ``binary`` times the cross-entropy of each statement, plus ``span`` times that of the answer's
    position. With a teacher, a share ``distil`` of the first two terms is the cross-entropy against
    the teacher's probabilities.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = "bundled:multilingual-e5-small"
    layers: int | None = Field(6, ge=1, description="None: all that the base has")
    minutes: float = Field(100.0, gt=0.0, le=100_000.0)
    batch_groups: int = Field(12, ge=1, le=256)
    chunk_tokens: int = Field(2_048, ge=64, description="tokens per chunk, padding included")
    learning_rate: float = Field(1e-4, gt=0.0, le=1.0)
    head_learning_rate: float = Field(1e-3, gt=0.0, le=1.0)
    warmup: float = Field(0.04, ge=0.0, le=0.5, description="share of the minutes")
    weight_decay: float = Field(0.01, ge=0.0, le=1.0)
    dropout: float = Field(
        0.0, ge=0.0, lt=1.0, description="dropout; useful where groups are seen several times"
    )
    listwise: float = Field(1.0, ge=0.0, le=100.0)
    binary: float = Field(1.0, ge=0.0, le=100.0)
    span: float = Field(0.3, ge=0.0, le=100.0)
    distil: float = Field(0.6, ge=0.0, le=1.0)
    held_out: float = Field(
        0.05, gt=0.0, le=0.5, description="share of the passages, where no held-out data is given"
    )
    checkpoint_minutes: float = Field(5.0, gt=0.0)
    check_minutes: float = Field(20.0, gt=0.0)
    bfloat16: bool = Field(default=True, description="faster where the processor supports it")
    compiled: bool = Field(
        default=False, description="use torch.compile; it takes up to two minutes at the start"
    )
    device: str = Field("cpu", pattern=DEVICE_NAME)
    seed: int = 0


class PortableRun(BaseModel):
    """Settings of a run on another machine: of all layers, and optionally of a smaller student."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: ReaderRun
    small: ReaderRun | None
