"""Generates with any causal language model of transformers that has a chat template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import torch
from tokenizers.decoders import DecodeStream
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

from app.domain.devices import CPU
from app.domain.questions import Turn
from app.errors import InvalidRequest, ModelIncompatible, TransientError
from app.models.devices import release
from app.models.folder import ModelFolder
from app.models.runtimes.card_batches import is_out_of_memory
from app.models.third_party import quiet

PROMPT_STEP: Final = 128
"""Tokens of the prompt that are read at once."""
_BFLOAT16_CAPABILITIES: Final = ("avx512_bf16", "amx_bf16", "bf16")
"""What PyTorch calls instructions that multiply bfloat16, on x86 and ARM."""


class TransformersGenerator:
    """Implements the `Generator` port, greedily: the same conversation gives the same answer.

    Special tokens within a turn's content are blanked out, so that a passage can neither end its
    turn nor open another.
    """

    def __init__(
        self,
        model: ModelFolder,
        *,
        languages: frozenset[str] = frozenset(),
        device: str = CPU,
        threads: int = 0,
    ) -> None:
        """Loads ``model``, in bfloat16 where the device computes in it and in float32 elsewhere.

        Args:
            model: Where its files are.
            languages: ISO 639-1 codes that it writes well; empty means no known limit.
            device: Where it computes, named as in `app.models.devices.Device`.
            threads: Threads to compute with; 0 leaves their number to PyTorch.

        Raises:
            ModelIncompatible: the folder holds no causal language model with a chat template.
        """
        if threads:
            torch.set_num_threads(threads)
        dtype = torch.bfloat16 if computes_in_bfloat16(device) else torch.float32
        local = {"local_files_only": True, "trust_remote_code": False}
        try:
            with quiet():
                self._tokenizer: Any = AutoTokenizer.from_pretrained(model.path, **local)
                loaded: Any = AutoModelForCausalLM.from_pretrained(model.path, dtype=dtype, **local)
                self._model: Any = loaded.eval().to(device)
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise ModelIncompatible(f"{model.id} can't be loaded: {error}") from error
        if not self._tokenizer.chat_template:
            raise ModelIncompatible(f"{model.id} has no chat template; take an instruct model")
        self._id = model.id
        self._device = device
        self._languages = languages
        self._special = sorted(
            str(token) for token in self._tokenizer.added_tokens_decoder.values() if token.special
        )
        self._ends = _end_tokens(self._model.generation_config.eos_token_id) | _end_tokens(
            self._tokenizer.eos_token_id
        )

    @property
    def id(self) -> str:
        """Names the model."""
        return self._id

    @property
    def placement(self) -> str:
        """For people: the device and the numeric form."""
        return f"{self._device}, {str(self._model.dtype).removeprefix('torch.')}"

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may have together."""
        return int(self._model.config.max_position_embeddings)

    def supports(self, language: str) -> bool:
        """Whether ``language`` is among those the model writes well."""
        return not self._languages or language in self._languages

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` alone."""
        return len(self._tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)

    def stream(
        self, turns: Sequence[Turn], *, max_tokens: int, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[str]:
        """Pieces of the answer as they come; ends early once ``stop()`` is true.

        Raises:
            InvalidRequest: the conversation alone fills the context.
            TransientError: the card has no memory left for it.
        """
        prompt = self._prompt(turns)
        room = self.context_tokens - len(prompt)
        if room < 1:
            raise InvalidRequest(
                f"the conversation has {len(prompt)} tokens and the model holds "
                f"{self.context_tokens} with its answer"
            )
        decoder = DecodeStream(skip_special_tokens=True)
        for token in self._greedy(prompt, min(max_tokens, room), stop):
            piece = decoder.step(self._tokenizer.backend_tokenizer, token)
            if piece:
                yield piece

    def _prompt(self, turns: Sequence[Turn]) -> list[int]:
        messages = [{"role": turn.role, "content": self._plain(turn.content)} for turn in turns]
        text: str = self._tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=False
        )
        ids: list[int] = self._tokenizer.backend_tokenizer.encode(
            text, add_special_tokens=False
        ).ids
        return ids

    def _plain(self, content: str) -> str:
        for token in self._special:
            content = content.replace(token, " ")
        return content

    def _greedy(
        self, prompt: list[int], max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[int]:
        cache = DynamicCache(config=self._model.config)
        # The prompt goes in by parts, so that stopping need not wait for all of it.
        parts = [prompt[at : at + PROMPT_STEP] for at in range(0, len(prompt), PROMPT_STEP)]
        for part in parts[:-1]:
            if stop():
                return
            self._next_token(torch.tensor([part]), cache)
        ids = torch.tensor([parts[-1]])
        for _ in range(max_tokens):
            if stop():
                return
            token = self._next_token(ids, cache)
            if token in self._ends:
                return
            yield token
            ids = torch.tensor([[token]])

    def _next_token(self, ids: torch.Tensor, cache: DynamicCache) -> int:
        # Entered anew each time: the mode must not leak to whoever consumes the iterator above.
        try:
            with torch.inference_mode():
                output = self._model(
                    input_ids=ids.to(self._device),
                    past_key_values=cache,
                    use_cache=True,
                    logits_to_keep=1,
                )
                return int(output.logits[0, -1].argmax())
        except RuntimeError as error:
            if self._device == CPU or not is_out_of_memory(error):
                raise
            release(self._device)
            raise TransientError(
                f"{self._device} has no memory left to generate; set models.device to cpu, or "
                "answer.prompt_tokens lower"
            ) from error


def computes_in_bfloat16(device: str = CPU) -> bool:
    """Whether it multiplies bfloat16 natively; elsewhere PyTorch converts, and is slower."""
    if device == "mps":
        return False  # not in every release
    if device != CPU:
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # Older releases of PyTorch don't tell; float32 is right everywhere.
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name) for name in _BFLOAT16_CAPABILITIES)


def _end_tokens(ids: int | list[int] | None) -> frozenset[int]:
    if ids is None:
        return frozenset()
    return frozenset([ids] if isinstance(ids, int) else ids)
