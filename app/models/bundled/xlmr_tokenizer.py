"""The XLM-RoBERTa tokenizer, rebuilt from its vocabulary.

SentencePiece folds characters with its ``nmt_nfkc`` map. Of that map only the characters that it
drops and those that it turns into a space have to be known: on all others it is NFKC, but for the
fullwidth tilde.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

METASPACE: Final = "▁"
FULLWIDTH_TILDE: Final = "～"
"""The one character that NFKC changes and SentencePiece keeps, to tell it from a half-width one."""
_SHELTER: Final = "\ufdd0"
"""A noncharacter, reserved by Unicode for such internal use, which NFKC leaves alone."""
_MASK: Final = "<mask>"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces with their log probabilities, ids of special pieces, and the character folding.

    ``dropped`` vanish and ``spaces`` become a space before NFKC is applied.
    """

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int
    dropped: frozenset[str]
    spaces: frozenset[str]

    @property
    def special_tokens(self) -> dict[str, str]:
        """Special pieces under the names that transformers gives them."""
        roles = {
            "bos_token": self.bos,
            "eos_token": self.eos,
            "cls_token": self.bos,
            "sep_token": self.eos,
            "pad_token": self.pad,
            "unk_token": self.unk,
        }
        named = {role: self.pieces[index][0] for role, index in roles.items()}
        if any(piece == _MASK for piece, _ in self.pieces):
            named["mask_token"] = _MASK
        return named


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """A tokenizer that frames each text as ``<s> … </s>`` and gives character offsets."""
    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), unk_id=vocabulary.unk))
    tokenizer.normalizer = _normalizer(vocabulary)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(METASPACE)]
    )
    tokenizer.decoder = decoders.Metaspace(METASPACE)
    special = vocabulary.special_tokens
    tokenizer.add_special_tokens(
        [AddedToken(t, special=True, normalized=False) for t in dict.fromkeys(special.values())]
    )
    bos, eos = special["bos_token"], special["eos_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return tokenizer


def _normalizer(vocabulary: Vocabulary) -> normalizers.Sequence:
    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(Regex(_any_of(characters)), replacement)
        for characters, replacement in ((vocabulary.dropped, ""), (vocabulary.spaces, " "))
        if characters
    ]
    return normalizers.Sequence(
        [
            *steps,
            normalizers.Replace(FULLWIDTH_TILDE, _SHELTER),
            normalizers.NFKC(),
            normalizers.Replace(_SHELTER, FULLWIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def _any_of(characters: frozenset[str]) -> str:
    return f"[{''.join(re.escape(character) for character in sorted(characters))}]"
