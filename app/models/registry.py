"""From the names in the settings to models.

=====================================  =========================================================
name                                   model
=====================================  =========================================================
``bundled:<name>``                     installed by ``rag models install``
``<path>`` or ``<owner>/<name>``       a folder, or a Hugging Face id; a folder with a GGUF
                                       file is a generator for llama.cpp
``openai:<base-url>#<model>``          embedder or generator behind an OpenAI-compatible server
``cohere:<url>#<model>``               reranker over HTTP; also ``jina:<url>#<model>``
``tei:<url>``                          reranker behind Text Embeddings Inference
``late-interaction``                   reranker: the embedder's own token states
``reader``                             reranker: the reader that ``models.reader`` names
``none``                               no sparse embedder, reranker, reader, generator or glossary
=====================================  =========================================================

Heavy libraries are imported by the branch that needs them, so that a command that uses no model
starts at once.
"""

# ruff: noqa: PLC0415 - each branch imports what it alone needs

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from pydantic import SecretStr

from app.domain.devices import AUTO, CPU
from app.errors import ConfigurationError
from app.models.bundled.catalogue import Kind, bundled
from app.models.bundled.packages import require
from app.models.devices import Device, device_for, pick
from app.models.folder import ModelFolder
from app.ports.glossary import Glossary
from app.ports.models import Embedder, Generator, Reader
from app.settings import ModelSettings

BUNDLED: Final = "bundled:"
OPENAI: Final = "openai:"
NONE: Final = "none"


def build_embedder(settings: ModelSettings) -> Embedder:
    """The embedder that ``settings.embedder`` names, loaded.

    Raises:
        ConfigurationError: the name can't be understood, or there is no such device.
        ModelMissing: the model is not on this machine and can't be fetched.
        ModelIncompatible: what is there is no embedder.
    """
    name = settings.embedder
    if name.startswith(OPENAI):
        from app.models.remote.openai_compatible import OpenAIEmbedder

        base_url, model = address(name, OPENAI)
        return OpenAIEmbedder(
            base_url,
            model,
            api_key=secret(settings.embedder_api_key),
            timeout_s=settings.request_timeout_s,
            query_prefix=settings.query_prefix or "",
            passage_prefix=settings.passage_prefix or "",
            max_tokens=settings.embedder_tokens,
        )
    folder, device = local_model(settings, "embedder")
    from app.models.embedders.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder.load(
        folder,
        cache=settings.cache,
        device=device,
        precision=settings.precision,
        threads=settings.threads,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
    )


def build_reader(settings: ModelSettings) -> Reader | None:
    """The reader of statements that ``settings.reader`` names, or ``None`` for ``none``.

    Raises:
        ConfigurationError: the name can't be understood, or there is no such device.
        ModelMissing: the model is not on this machine and can't be fetched.
        ModelIncompatible: what is there is no reader.
    """
    if settings.reader == NONE:
        return None
    folder, device = local_model(settings, "reader")
    from app.models.readers.statement_reader import StatementReader

    return StatementReader.load(
        folder,
        cache=settings.cache,
        device=device,
        precision=settings.precision,
        threads=settings.threads,
    )


def build_glossary(settings: ModelSettings, terms: Callable[[str], list[str]]) -> Glossary | None:
    """The glossary that ``settings.glossary`` names, or ``None`` for ``none``.

    Raises:
        ConfigurationError: the name can't be understood.
        ModelMissing: it is not on this machine.
        ModelIncompatible: what is there is no glossary.
    """
    if settings.glossary == NONE:
        return None
    folder = model_folder(settings.glossary, settings.cache, kind="glossary")
    from app.models.bundled.cc_cedict import FILE
    from app.text.glossary import Glossary as FileGlossary

    return FileGlossary(folder.path / FILE, terms)


def build_generator(settings: ModelSettings) -> Generator | None:
    """The generator that ``settings.generator`` names, or ``None`` for ``none``.

    Raises:
        ConfigurationError: the name can't be understood, or there is no such device.
        ModelMissing: the model is not on this machine and can't be fetched.
        ModelIncompatible: what is there is no generator.
    """
    name = settings.generator
    if name == NONE:
        return None
    if name.startswith(OPENAI):
        from app.models.remote.openai_compatible import OpenAIGenerator

        base_url, model = address(name, OPENAI)
        return OpenAIGenerator(
            base_url,
            model,
            api_key=secret(settings.generator_api_key),
            timeout_s=settings.request_timeout_s,
            context_tokens=settings.generator_context_tokens,
        )
    folder = model_folder(name, settings.cache, kind="generator")
    languages: frozenset[str] = frozenset()
    if name.startswith(BUNDLED):
        languages = bundled(name.removeprefix(BUNDLED)).languages
    if is_gguf(folder):
        from app.models.generators.llama_cpp import LlamaCppGenerator

        return LlamaCppGenerator(
            folder,
            languages=languages,
            device=settings.device,
            threads=settings.threads,
            context_tokens=settings.generator_context_tokens,
        )
    from app.models.generators.causal_lm import TransformersGenerator

    device = device_for(settings.device, folder.path).name
    return TransformersGenerator(
        folder, languages=languages, device=device, threads=settings.threads
    )


def is_gguf(folder: ModelFolder) -> bool:
    """Whether it is a generator for llama.cpp, which knows cards of its own."""
    return any(folder.path.glob("*.gguf"))


def local_model(
    settings: ModelSettings,
    kind: Literal["embedder", "sparse", "reranker", "reader"],
    *,
    fetch: bool = True,
) -> tuple[ModelFolder, Device]:
    """Where the model of ``kind`` lies, and where it is to run; ``fetch`` as in `model_folder`.

    Raises:
        ConfigurationError: the name can't be understood, or there is no such device.
        ModelMissing: the model is not on this machine and can't be fetched.
    """
    wanted = settings.device
    if wanted == AUTO and settings.precision == "openvino":
        wanted = CPU
    if wanted != AUTO:
        pick(wanted)  # is told of before a model is fetched
    folder = model_folder(getattr(settings, kind), settings.cache, kind=kind, fetch=fetch)
    return folder, device_for(wanted, folder.path)


def address(name: str, prefix: str) -> tuple[str, str]:
    """The URL and the model in ``<prefix><url>#<model>``; raises `ConfigurationError`."""
    url, separator, model = name.removeprefix(prefix).partition("#")
    if not (url and separator and model):
        raise ConfigurationError(f"{name!r} is not of the form {prefix}<url>#<model>")
    return url, model


def model_folder(
    name: str, cache: Path, *, kind: Kind | None = None, fetch: bool = True
) -> ModelFolder:
    """Where the files of ``name``, bundled or not, are; a bundled one has to be of this ``kind``.

    What is not here is downloaded where it can be, unless ``fetch`` is false.

    Raises:
        ConfigurationError: there is no such bundled model, or it is of another kind.
        ModelMissing: the model is not on this machine and can't be fetched.
    """
    if name.startswith(BUNDLED):
        model = bundled(name.removeprefix(BUNDLED))
        if kind not in {None, model.kind}:
            raise ConfigurationError(f"{name} is no {kind}, but of kind {model.kind}")
        return ModelFolder(model.id, require(cache, model.name))
    from app.models.hub import locate

    return locate(name, fetch=fetch)


def secret(value: SecretStr | None) -> str | None:
    """What a setting keeps out of logs."""
    return value.get_secret_value() if value is not None else None
