from __future__ import annotations

import pytest

from train.cross_encoder.samples import draw, split
from train.errors import InvalidPairs
from train.mining.candidate_groups import CandidateGroup, CandidatePassage


def group(number: int, *, negatives: int = 6, answer: str = "") -> CandidateGroup:
    right = CandidatePassage(
        answer or f"answer {number}", relevant=True, rank=1, score=1.0, routes={}
    )
    wrong = [
        CandidatePassage(f"negative {number}.{n}", relevant=False, rank=2 + n, score=0.0, routes={})
        for n in range(negatives)
    ]
    return CandidateGroup(f"question {number}", (right, *wrong))


def test_a_share_is_held_out_and_no_more_than_asked_for() -> None:
    groups = [group(n) for n in range(50)]
    parts = split(groups, share=0.2, most=100, seed=0)
    assert (len(parts.train), len(parts.held_out)) == (40, 10)
    assert {g.query for g in parts.train}.isdisjoint(g.query for g in parts.held_out)
    assert len(split(groups, share=0.2, most=3, seed=0).held_out) == 3


def test_no_passage_answers_in_both_parts() -> None:
    groups = [group(n, answer=f"answer {n % 5}") for n in range(50)]
    parts = split(groups, share=0.1, most=1, seed=0)
    (held_out,) = parts.held_out
    assert len(parts.train) == 40
    answers = {g.passages[0].text for g in parts.train}
    assert held_out.passages[0].text not in answers


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_questions_are_refused(count: int) -> None:
    with pytest.raises(InvalidPairs, match="too few"):
        split([group(n) for n in range(count)], share=0.1, most=100, seed=0)


def test_half_of_the_negatives_are_near_and_the_answer_comes_first() -> None:
    (sample,) = draw([group(1)], negatives=4, near=2, epochs=1, seed=0)
    assert sample.passages[0].text == "answer 1"
    near = {"negative 1.0", "negative 1.1"}
    texts = [passage.text for passage in sample.negatives]
    assert set(texts[:2]) == near
    assert len(set(texts)) == 4
    assert near.isdisjoint(texts[2:])


def test_where_there_are_few_candidates_there_are_fewer_negatives() -> None:
    (sample,) = draw([group(1, negatives=1)], negatives=4, near=2, epochs=1, seed=0)
    assert [passage.text for passage in sample.negatives] == ["negative 1.0"]


def test_every_epoch_asks_every_question_with_other_negatives() -> None:
    groups = [group(n, negatives=30) for n in range(5)]
    samples = list(draw(groups, negatives=2, near=10, epochs=2, seed=0))
    assert sorted(s.query for s in samples[:5]) == sorted(s.query for s in samples[5:])
    drawn = {(s.query, tuple(p.text for p in s.negatives)) for s in samples}
    assert len(drawn) == 10


def test_the_same_seed_draws_the_same() -> None:
    groups = [group(n) for n in range(9)]
    first, second = (list(draw(groups, negatives=2, near=2, epochs=1, seed=3)) for _ in range(2))
    assert first == second
