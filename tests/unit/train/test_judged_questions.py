"""Which questions of judged sets weights are learned on."""

from __future__ import annotations

from pathlib import Path

from eval.datasets.dataset import EvalQuery, Half
from train.commands.evidence import JudgedSet, read_judged_set, sample_questions


def queries(count: int, half: Half = "") -> dict[str, EvalQuery]:
    made = (EvalQuery(f"q{n}", f"question {n}", half=half) for n in range(count))
    return {query.id: query for query in made}


def test_a_set_is_named_with_its_documents_and_how_many_of_it_are_asked() -> None:
    assert read_judged_set("set") == JudgedSet(Path("set"))
    assert read_judged_set("set@docs:30") == JudgedSet(Path("set"), Path("docs"), 30)


def test_the_same_questions_are_drawn_each_time_and_not_the_first_ones() -> None:
    asked = queries(200)
    sample_size = sample_questions(asked, 20)
    assert len({query.id for query in sample_size}) == 20
    assert sample_size == sample_questions(asked, 20)
    assert sample_size != list(asked.values())[:20]
    assert sample_questions(asked, None) == sample_questions(asked, 500) == list(asked.values())


def test_the_unseen_half_is_never_drawn() -> None:
    assert sample_questions(queries(5, half="unseen"), None) == []
