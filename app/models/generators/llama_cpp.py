"""Generates with any GGUF file through llama.cpp (package ``xllamacpp``, extra ``llama``).

A GGUF file is mapped into memory and not read: a large model starts as soon as a small one.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.devices import CPU
from app.domain.questions import Turn
from app.errors import ConfigurationError, InvalidRequest, ModelIncompatible
from app.models.folder import ModelFolder
from app.models.remote.token_estimate import estimated_tokens
from app.models.streaming import streamed

PROMPT_STEP: Final = 64
"""Tokens of the prompt that are read at once: between steps, generation can be stopped."""
SILENT: Final = -1
"""No lines of llama.cpp's own log."""

_APPLE: Final = ("MTL", "Metal")
"""How llama.cpp's names of Apple's cards begin."""
_CONTROL: Final = re.compile(r"<(?=[|｜]|/?[A-Za-z_]{1,30}>)|\[(?=/?[A-Z_]{1,30}\])")
"""The first character of what chat templates mark turns with: <|im_start|>, </s>, [INST]."""


class LlamaCppGenerator:
    """Implements the `Generator` port, greedily: the same conversation gives the same answer.

    What marks turns in chat templates is blanked out within a turn's content, so that a passage can
    neither end its turn nor open another. What two conversations begin with alike is read once.
    One conversation is generated at a time; others wait.
    """

    def __init__(
        self,
        model: ModelFolder,
        *,
        languages: frozenset[str] = frozenset(),
        device: str = "auto",
        threads: int = 0,
        context_tokens: int,
    ) -> None:
        """Maps the only GGUF file of ``model`` into memory.

        Args:
            model: Where the file is.
            languages: ISO 639-1 codes that it writes well; empty means no known limit.
            device: As ``models.device`` has it; see `cards_of`.
            threads: Threads to compute with; 0: as many as the machine has cores.
            context_tokens: Of prompt and answer together; memory for them is taken at start.

        Raises:
            ConfigurationError: ``xllamacpp`` is not installed, or has not the card.
            ModelIncompatible: llama.cpp can't load the file.
        """
        self._id = model.id
        self._languages = languages
        self._context_tokens = context_tokens
        self._cards = cards_of(llama_cpp().get_device_info(), device)
        self._turn = threading.Lock()
        self._ended = threading.Event()
        # llama.cpp's server can't do without an address: a socket in a folder of ours, with a key
        # that nobody knows, opens it to no one.
        private = Path(tempfile.mkdtemp(prefix="attest-llama-"))
        self._end = weakref.finalize(self, _end, self._ended, self._turn, private)
        self._server = _serve(
            gguf_file(model.path),
            device,
            self._cards,
            threads=threads,
            context_tokens=context_tokens,
            private=private,
        )

    def close(self) -> None:
        """Ends a generation with the step that it is at, and removes what was made on disk."""
        self._end()

    @property
    def id(self) -> str:
        """Names the model."""
        return self._id

    @property
    def placement(self) -> str:
        """For people: the device, as llama.cpp names it."""
        return placement_of(self._cards)

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        return self._context_tokens

    def supports(self, language: str) -> bool:
        """Whether ``language`` is among those the model writes well."""
        return not self._languages or language in self._languages

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``, estimated upward."""
        return estimated_tokens(text)

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """Pieces of the answer as they come.

        Ends soon after ``stop()`` turns true (`streamed`) or the generator is closed; llama.cpp
        itself ends with the step that it is at.

        Raises:
            InvalidRequest: the conversation alone fills the context.
        """
        request = {
            "messages": [{"role": t.role, "content": without_control(t.content)} for t in turns],
            "max_tokens": max_tokens,
            "temperature": 0,
            "cache_prompt": True,
            "stream": True,
            "return_progress": True,
        }

        def generate(put: Callable[[str], None], abandoned: Callable[[], bool]) -> None:
            failures: list[Exception] = []

            def told(event: str) -> bool:
                """Takes what llama.cpp tells; true ends the generation."""
                try:
                    for piece in pieces_of(event):
                        put(piece)
                except Exception as error:  # noqa: BLE001 - C++ can't pass it on
                    failures.append(error)
                return bool(failures) or abandoned() or self._ended.is_set()

            with self._turn:
                if not abandoned() and not self._ended.is_set():
                    self._server.handle_chat_completions(json.dumps(request), told)
            if failures:
                raise failures[0]

        return streamed(generate, name="llama.cpp", stop=stop)


def _end(ended: threading.Event, turn: threading.Lock, private: Path) -> None:
    """At the latest when Python exits: a thread that is within llama.cpp then would abort it."""
    ended.set()
    with turn:
        shutil.rmtree(private, ignore_errors=True)


def without_control(content: str) -> str:
    """``content``, in which nothing marks a turn; no longer and no shorter than before."""
    return _CONTROL.sub(" ", content)


def gguf_file(folder: Path) -> Path:
    """The GGUF file of a model's folder.

    Raises:
        ModelIncompatible: the folder holds none, or several.
    """
    found = sorted(folder.glob("*.gguf"))
    if len(found) != 1:
        raise ModelIncompatible(f"{folder} holds {len(found)} GGUF files; name a folder with one")
    return found[0]


def llama_cpp() -> Any:
    """The package. Raises `ConfigurationError` where it is not installed."""
    try:
        import xllamacpp  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(
            "GGUF models need the package xllamacpp; run `pip install 'attest-rag[llama]'`"
        ) from error
    return xllamacpp


def cards_of(devices: Sequence[Mapping[str, Any]], device: str) -> dict[int, str]:
    """The cards that ``device`` means, by their number among llama.cpp's: names, none for the CPU.

    A build of llama.cpp that drives no card runs on the CPU, whatever ``device`` is; ``auto`` means
    all cards of another.

    Args:
        devices: As ``get_device_info`` gives them.
        device: As ``models.device`` has it.

    Raises:
        ConfigurationError: the build drives cards, and not this one.
    """
    kinds = ("_GPU", "_IGPU")  # graphics within a processor count where there is no card
    by_kind = [[str(d["name"]) for d in devices if d["type"].name.endswith(k)] for k in kinds]
    names = dict(enumerate(by_kind[0] or by_kind[1]))
    if device in {"auto", CPU} or not names:
        return names if device == "auto" else {}
    alike = {n: name for n, name in names.items() if name.startswith(_APPLE) == (device == "mps")}
    number = int(device.partition(":")[2] or min(alike, default=0))
    if number not in alike:
        raise ConfigurationError(
            f"models.device is {device}, and llama.cpp has {', '.join([CPU, *names.values()])} "
            "here; set it to auto, to cpu or to one of these, as cuda:0 for CUDA0"
        )
    return {number: alike[number]}


def placement_of(cards: Mapping[int, str]) -> str:
    """For people: ``cards``, or the CPU."""
    return ", ".join(cards.values()) or CPU


def _serve(
    file: Path,
    device: str,
    cards: Mapping[int, str],
    *,
    threads: int,
    context_tokens: int,
    private: Path,
) -> Any:
    xllamacpp = llama_cpp()
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.n_ctx = context_tokens
    parameters.n_parallel = 1
    parameters.n_batch = PROMPT_STEP
    parameters.n_ubatch = PROMPT_STEP
    parameters.verbosity = SILENT
    parameters.warmup = False
    parameters.ui = False
    parameters.hostnames = [str(private / "llama.sock")]
    parameters.api_keys = [secrets.token_hex(32)]
    if not cards:
        parameters.n_gpu_layers = 0
        parameters.no_kv_offload = True
        parameters.no_op_offload = True
    elif device != "auto":  # else llama.cpp takes as many layers to its cards as they hold
        parameters.split_mode = xllamacpp.llama_split_mode.LLAMA_SPLIT_MODE_NONE
        parameters.main_gpu = min(cards)
    if threads:
        parameters.cpuparams.n_threads = threads
        parameters.cpuparams_batch.n_threads = threads
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ModelIncompatible(f"llama.cpp can't load {file.name}: {error}") from error


def pieces_of(event: str) -> Iterator[str]:
    """What an event of the stream adds to the answer.

    Raises:
        InvalidRequest: the conversation is too long.
        ModelIncompatible: llama.cpp failed otherwise.
    """
    told = json.loads(event)
    for one in told if isinstance(told, list) else [told]:
        error = one.get("error", one if "code" in one else None)
        if error:
            error = error if isinstance(error, dict) else {"message": error}
            message = str(error.get("message", error))
            if error.get("type") == "exceed_context_size_error":
                raise InvalidRequest(f"the conversation is too long for the model: {message}")
            raise ModelIncompatible(f"llama.cpp: {message}")
        for choice in one.get("choices", ()):
            content = choice.get("delta", {}).get("content")
            if content:
                yield content
