from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from app.fakes import FakeReranker
from app.retrieval.ranking.rerank import FIRST, SLICE, Pace, Scored, score_within


class Machine(FakeReranker):
    """Takes ``seconds`` a passage by its own clock, and says how many it was given at once."""

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.slices: list[int] = []
        self._seconds = seconds

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        self.slices.append(len(passages))
        self.now += self._seconds * len(passages)
        return super().score(query, passages)

    def clock(self) -> float:
        return self.now


def scored(
    machine: Machine,
    count: int,
    budget_ms: float,
    pace: Pace | None = None,
    settled: Callable[[Sequence[float]], bool] = lambda _: False,
) -> Scored:
    return score_within(
        machine,
        "word3",
        [f"word{n}" for n in range(count)],
        budget_ms=budget_ms,
        pace=pace or Pace(),
        settled=settled,
        clock=machine.clock,
    )


def test_all_are_scored_in_their_order_while_there_is_time() -> None:
    machine = Machine(0.001)
    found = scored(machine, 2 * SLICE + 1, 1_000)
    assert found.scores == tuple(1.0 if n == 3 else 0.0 for n in range(2 * SLICE + 1))
    assert not found.out_of_time
    assert machine.slices == [FIRST, SLICE, SLICE + 1 - FIRST]


def test_no_slice_is_begun_that_would_not_end_in_time() -> None:
    """At 10 ms a passage, 100 ms are enough for ten of them: four, and six of the next eight."""
    machine = Machine(0.01)
    found = scored(machine, 20, 100)
    assert len(found.scores) == 10
    assert found.out_of_time
    assert machine.now <= 0.1 + 1e-9


def test_a_pace_that_is_known_bounds_the_first_slice_too() -> None:
    pace = Pace()
    pace.saw(passages=10, seconds=0.1)
    machine = Machine(0.01)
    assert len(scored(machine, 20, 25, pace).scores) == 2
    assert len(scored(machine, 20, 9, pace).scores) == 0
    assert machine.now <= 0.025


def test_without_time_nothing_is_scored() -> None:
    machine = Machine(0.01)
    assert scored(machine, 20, 0) == Scored((), out_of_time=True)
    assert machine.slices == []


def test_nothing_to_score_is_no_stop() -> None:
    assert scored(Machine(0.01), 0, 0) == Scored((), out_of_time=False)


def test_what_leaves_nothing_to_be_found_out_ends_it_after_a_slice() -> None:
    machine = Machine(0.001)
    found = scored(machine, 40, 1_000, settled=lambda scores: len(scores) > FIRST)
    assert len(found.scores) == FIRST + SLICE
    assert not found.out_of_time
    assert machine.slices == [FIRST, SLICE]


def test_slices_are_full_from_the_first_once_the_pace_is_known() -> None:
    pace = Pace()
    pace.saw(passages=10, seconds=0.01)
    machine = Machine(0.001)
    scored(machine, SLICE + 3, 1_000, pace)
    assert machine.slices == [SLICE, 3]


def test_one_slow_start_does_not_end_reranking_for_good() -> None:
    """Two seconds a passage where a second is the budget; afterwards it takes ten milliseconds."""
    pace = Pace()
    pace.saw(passages=FIRST, seconds=8.0)
    machine = Machine(0.01)
    read = [len(scored(machine, 20, 1_000, pace).scores) for _ in range(40)]
    assert read[0] == 0
    assert read[-1] == 20


def test_a_reranker_that_stays_slow_is_tried_now_and_then() -> None:
    pace = Pace()
    pace.saw(passages=FIRST, seconds=8.0)
    machine = Machine(2.0)
    read = [len(scored(machine, 20, 1_000, pace).scores) for _ in range(40)]
    assert 1 <= sum(read) <= 10


def test_a_budget_without_end_is_one() -> None:
    pace = Pace()
    assert len(scored(Machine(10.0), 20, float("inf"), pace).scores) == 20


def test_the_pace_follows_the_newest_slices() -> None:
    """From 10 ms a passage, 20 ms move it by three tenths of the way."""
    pace = Pace()
    pace.saw(passages=4, seconds=0.04)
    assert pace.seconds == pytest.approx(0.01)
    pace.saw(passages=4, seconds=0.08)
    assert pace.seconds == pytest.approx(0.013)


def test_a_wrong_number_of_scores_is_an_error() -> None:
    class Short(FakeReranker):
        def score(self, query: str, passages: Sequence[str]) -> list[float]:
            return [1.0]

    with pytest.raises(ValueError, match="gave 1 scores for 4 passages"):
        score_within(Short(), "q", ["p"] * 4, budget_ms=1_000, pace=Pace())
