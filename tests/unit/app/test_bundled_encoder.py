from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from app.models.embedders.prefixes import Prefixes, prefixes_for
from app.models.rerankers.late_interaction import LateInteractionReranker, max_sim
from app.models.runtimes.encoder import EncoderFacts, pad, truncate


@pytest.fixture
def tokenizer() -> Tokenizer:
    words = {"<s>": 0, "</s>": 1, "a": 2, "b": 3, "c": 4, "<unk>": 5}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return tokenizer


@pytest.mark.parametrize(
    ("max_length", "ids"),
    [
        pytest.param(5, [0, 2, 3, 4, 1], id="fits"),
        pytest.param(4, [0, 2, 3, 1], id="the end of the text goes"),
        pytest.param(2, [0, 1], id="the frame stays"),
    ],
)
def test_truncation_keeps_the_special_tokens(
    tokenizer: Tokenizer, max_length: int, ids: list[int]
) -> None:
    assert truncate(tokenizer.encode("a b c"), max_length) == ids


@pytest.mark.parametrize(
    ("pad_left", "ids", "mask"),
    [
        pytest.param(False, [[5, 6, 7], [8, 9, 9]], [[1, 1, 1], [1, 0, 0]], id="right"),
        pytest.param(True, [[5, 6, 7], [9, 9, 8]], [[1, 1, 1], [0, 0, 1]], id="left"),
    ],
)
def test_padding_goes_where_the_model_wants_it(
    pad_left: bool, ids: list[list[int]], mask: list[list[int]]
) -> None:
    facts = EncoderFacts(8, 16, pad_id=9, pad_left=pad_left, prompts={})
    padded, attention = pad([[5, 6, 7], [8]], facts)
    assert padded.tolist() == ids
    assert attention.tolist() == mask


def test_max_sim_is_the_mean_of_each_query_tokens_best_cosine() -> None:
    query = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    passage = np.array([[0.6, 0.8], [0.8, 0.6], [-1.0, 0.0]], np.float32)
    # Best for (1, 0) is 0.8, best for (0, 1) is 0.8.
    assert max_sim(query, passage) == pytest.approx(0.8)


class OneTokenPerWord:
    """Puts word ``n`` of its vocabulary on axis ``n``."""

    id = "words"
    axes = ("river", "bank", "loan")

    def embed_tokens(self, texts: list[str], kind: str) -> list[np.ndarray]:
        assert kind in {"query", "passage"}
        eye = np.eye(len(self.axes), dtype=np.float32)
        return [eye[[self.axes.index(word) for word in text.split()]] for text in texts]


def test_late_interaction_scores_passages_in_their_order() -> None:
    reranker = LateInteractionReranker(OneTokenPerWord())
    scores = reranker.score("river bank", ["loan bank", "loan", "bank loan river"])
    assert scores == [0.5, 0.0, 1.0]
    assert reranker.score("river", []) == []
    assert reranker.id == "late-interaction words"


@pytest.mark.parametrize(
    ("name", "prompts", "expected"),
    [
        pytest.param(
            "intfloat/multilingual-e5-large", {}, Prefixes("query: ", "passage: "), id="e5"
        ),
        pytest.param(
            "somebody/e5-finetuned",
            {"query": "q: ", "document": "d: "},
            Prefixes("q: ", "d: "),
            id="what the files say beats what the name says",
        ),
        pytest.param(
            "BAAI/bge-small-en-v1.5",
            {},
            Prefixes("Represent this sentence for searching relevant passages: "),
            id="bge in English",
        ),
        pytest.param("BAAI/bge-m3", {}, Prefixes(), id="bge-m3 wants none"),
        pytest.param(
            "sentence-transformers/all-MiniLM-L6-v2", {}, Prefixes(), id="MiniLM wants none"
        ),
        pytest.param("me/movie5-embedder", {}, Prefixes(), id="e5 only as a word of its own"),
    ],
)
def test_prefixes_come_from_the_model_or_its_family(
    name: str, prompts: dict[str, str], expected: Prefixes
) -> None:
    assert prefixes_for(name, prompts) == expected
