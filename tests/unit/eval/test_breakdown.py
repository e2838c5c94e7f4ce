import pytest

from eval.datasets.dataset import EvalQuery
from eval.retrieval.breakdown import breakdowns
from tests.unit.eval.ranked_reports import dataset_of, report_of

STAGES = {"bm25": [1, 1, 0, 2], "ensemble": [1, 2, 1, 1]}


def test_means_are_given_apart_for_each_language_the_largest_group_first():
    dataset = dataset_of(4, q2=EvalQuery("q2", "长江有多长？"))
    (found,) = breakdowns(report_of(STAGES, dataset=dataset))
    assert found.by == "language"
    english, chinese = found.groups
    assert (english.name, english.questions) == ("en", 3)
    assert english.means["bm25"] == {
        "hit@1": pytest.approx(2 / 3),
        "mrr@10": pytest.approx((1 + 1 + 1 / 2) / 3),
    }
    assert (chinese.name, chinese.questions) == ("zh", 1)
    assert chinese.means["bm25"] == {"hit@1": 0.0, "mrr@10": 0.0}
    assert chinese.means["ensemble"] == {"hit@1": 1.0, "mrr@10": 1.0}


def test_kinds_are_told_apart_where_the_dataset_gives_some():
    dataset = dataset_of(4, q0=EvalQuery("q0", "What?", kind="name"))
    (found,) = breakdowns(report_of(STAGES, dataset=dataset))
    assert found.by == "kind"
    assert [(group.name, group.questions) for group in found.groups] == [
        ("not given", 3),
        ("name", 1),
    ]


def test_synthetic_questions_are_told_apart_from_those_that_people_asked():
    dataset = dataset_of(4, q2=EvalQuery("q2", "What?", metadata={"synthetic": True}))
    report = report_of(STAGES, dataset=dataset)
    (found,) = breakdowns(report)
    assert (found.by, report.synthetic) == ("author", ("q2",))
    assert [(group.name, group.questions) for group in found.groups] == [
        ("people", 3),
        ("program", 1),
    ]
    assert found.groups[1].means["ensemble"]["hit@1"] == 1.0


def test_questions_of_one_language_without_kinds_and_from_one_author_are_not_broken_down():
    assert breakdowns(report_of(STAGES)) == ()
