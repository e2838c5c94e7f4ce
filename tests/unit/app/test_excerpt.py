from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from app.models.rerankers.excerpt import FREQUENT, Budget, excerpt_spans, excerpts

WORDS = ["<unk>", *(f"w{n}" for n in range(1, 1_000))]


def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordLevel({word: id_ for id_, word in enumerate(WORDS)}, "<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


def test_a_passage_within_the_budget_is_read_whole() -> None:
    budget = Budget(query=4, passage=3, lead=1)
    assert excerpts(tokenizer(), "w500", [" w1  w2 w3 "], budget) == ("w500", [" w1  w2 w3 "])


def test_the_beginning_and_the_stretch_that_holds_the_query_are_read() -> None:
    """Ten tokens, room for four: the first one, and the three that hold most of the query."""
    passage = "w1 w2 w3 w4 w5 w6 w500 w7 w600 w9"
    _, read = excerpts(tokenizer(), "w500 w600", [passage], Budget(query=4, passage=4, lead=1))
    assert read == ["w1 … w500 w7 w600"]


def test_a_rare_token_outweighs_a_frequent_one() -> None:
    """log(900 / 200) = 1.50 for one, log(250 / 200) = 0.22 for the other."""
    ids = [1, 250, 2, 3, 4, 900, 5]
    budget = Budget(passage=3, lead=1)
    assert excerpt_spans([250, 900], ids, budget) == [(0, 1), (4, 6)]


def test_the_most_frequent_tokens_tell_nothing() -> None:
    ids = [1, 2, 3, 4, FREQUENT, 5]
    assert excerpt_spans([FREQUENT], ids, Budget(passage=3, lead=1)) == [(0, 3)]


def test_of_equal_stretches_the_first_is_read() -> None:
    ids = [1, 2, 3, 500, 4, 5, 500, 6]
    assert excerpt_spans([500], ids, Budget(passage=3, lead=1)) == [(0, 1), (2, 4)]


def test_a_long_query_loses_its_end() -> None:
    query, _ = excerpts(tokenizer(), "w1 w2 w3 w4", ["w5"], Budget(query=2, passage=4, lead=1))
    assert query == "w1 w2"


@given(
    st.lists(st.integers(1, 999), max_size=80),
    st.lists(st.integers(1, 999), max_size=8),
    st.integers(2, 30),
    st.data(),
)
def test_what_is_read_fits_the_budget_in_order(
    ids: list[int], query: list[int], size: int, data: st.DataObject
) -> None:
    lead = data.draw(st.integers(0, size - 1))
    spans = excerpt_spans(list(dict.fromkeys(query)), ids, Budget(passage=size, lead=lead))
    assert sum(end - start for start, end in spans) == min(size, len(ids))
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert spans[0][0] == 0
    assert spans[-1][1] <= len(ids)
