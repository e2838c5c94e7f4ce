from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from app.models.runtimes.shared_tokenizer import shared_tokenizer


def test_models_of_one_vocabulary_share_their_tokenizer(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.json", "b.json", "other.json")]
    for file, word in zip(files, ("one", "one", "two"), strict=True):
        Tokenizer(WordLevel({word: 0, "?": 1}, unk_token="?")).save(str(file))

    first, same, other = map(shared_tokenizer, files)

    assert same is first
    assert other is not first
    assert (first.encode("one").ids, other.encode("one").ids) == ([0], [1])
