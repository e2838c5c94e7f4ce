import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.measure import Measure
from eval.statistics.ranks import first_relevant, score_of_rank

DOCUMENTS = [f"d{n}" for n in range(30)]


def test_the_first_relevant_rank_counts_from_one_and_passes_over_grade_zero():
    assert first_relevant(["x", "a", "b"], {"a": 0, "b": 2}) == 3
    assert first_relevant(["x"], {"a": 1}) is None


@given(
    st.lists(st.sampled_from(DOCUMENTS), unique=True),
    st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(-1, 3)),
    st.sampled_from(["hit", "mrr"]),
    st.integers(1, 20),
)
def test_the_rank_alone_gives_the_score_of_the_whole_ranking(ranking, judgments, metric, k):
    measure = Measure(metric, k)
    rank = first_relevant(ranking, judgments)
    assert score_of_rank(measure, rank) == measure.score(ranking, judgments)


def test_a_measure_that_needs_more_than_the_rank_is_refused():
    with pytest.raises(ValueError, match="ndcg@10"):
        score_of_rank(Measure("ndcg", 10), 1)
