import io
from dataclasses import replace

import pytest
from rich.console import Console

from app.domain.answers import Answer, AnswerSentence, Verdict
from app.domain.hits import SearchResult
from eval.answers.evaluate import evaluate_answers
from eval.answers.outcomes.comparison import check_answer_regression, compare_answers
from eval.answers.outcomes.outcome import AnswerOutcome, judge_answer
from eval.answers.outcomes.outcome_grids import group_grids, overall_grid
from eval.answers.outcomes.thresholds import (
    AnswerThreshold,
    check_answer_thresholds,
    parse_answer_threshold,
)
from eval.answers.render_answers import to_markdown, to_terminal
from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.errors import EvaluationError, NotComparable
from eval.retrieval.table import Resampling
from eval.retrieval.verdict import Outcome

QUICK = Resampling(resamples=400)
LIST = EvalQuery(
    "codes",
    "Which codes are there?",
    must_hold=(("E101",), ("E102",), ("E103", "103号")),
    must_not_hold=("E999",),
)


def said(*texts, mode="extractive", setting=""):
    return Answer(
        text=" ".join(texts),
        mode=mode,
        sentences=tuple(
            AnswerSentence(text, Verdict.VERBATIM, (), setting=setting) for text in texts
        ),
        citations=(),
        degraded=(),
        timings_ms={},
        search=SearchResult((), (), {}),
    )


REFUSAL = said(mode="abstained")


@pytest.mark.parametrize(
    ("answer", "outcome", "missing", "forbidden"),
    [
        pytest.param(said("E101, E102.", "E103."), "right", (), (), id="all of it"),
        pytest.param(said("E101、E102 和 103号"), "right", (), (), id="an alternative"),
        pytest.param(said("E101 and E103."), "partial", (1,), (), id="a part"),
        pytest.param(said("E1020."), "wrong", (0, 1, 2), (), id="nothing"),
        pytest.param(said("E101, E102, E103, E999."), "wrong", (), (0,), id="too much"),
        pytest.param(REFUSAL, "refused", (), (), id="no answer"),
    ],
)
def test_an_answer_is_judged_by_all_that_it_must_hold_and_must_not(
    answer, outcome, missing, forbidden
):
    judged = judge_answer(LIST, answer, answerable=True)
    assert (judged.outcome.value, judged.missing, judged.forbidden) == (
        outcome,
        missing,
        forbidden,
    )


def test_a_setting_may_hold_what_must_be_held_but_is_not_asked_for_what_must_not():
    answer = said("E102, E103.", setting="E101 and E999")
    assert judge_answer(LIST, answer, answerable=True).outcome is AnswerOutcome.RIGHT


def test_refusing_is_right_where_there_is_no_answer():
    query = EvalQuery("cfo", "Who is the CFO?", must_not_hold=("CEO",))
    assert judge_answer(query, REFUSAL, answerable=False).outcome is AnswerOutcome.RIGHTLY_REFUSED
    for text in ("The CEO is Ann.", "Nobody."):
        judged = judge_answer(query, said(text), answerable=False)
        assert judged.outcome is AnswerOutcome.ANSWERED


def test_gold_answers_are_the_alternatives_where_nothing_else_is_given():
    query = EvalQuery("length", "How long?", answers=("1230 km", "about 1,230 km"))
    assert judge_answer(query, said("It is 1,230 km long."), answerable=True).outcome == "right"
    wrong = judge_answer(query, said("It is 1,231 km long."), answerable=True)
    assert (wrong.outcome, wrong.missing) == (AnswerOutcome.WRONG, (0,))


def test_a_question_of_which_nothing_is_known_is_not_judged():
    assert judge_answer(EvalQuery("q", "Why?"), said("So."), answerable=True) is None


KINDS = ("fact", "list")


def dataset(count=40):
    """``count`` answerable questions whose answer is their number, and half as many without one."""
    queries = {
        f"q{n}": EvalQuery(
            f"q{n}",
            f"number {n}?",
            kind=KINDS[n % 2],
            lang="en" if n < count // 2 else "zh",
            half="seen" if n % 4 < 2 else "unseen",
            must_hold=((f"{n}",), ("metres",)),
            metadata={"n": n},
        )
        for n in range(count)
    }
    near = {
        f"u{n}": EvalQuery(f"u{n}", f"nearly {n}?", kind="unanswerable", half="seen", lang="en")
        for n in range(count // 2)
    }
    return Dataset(
        name="numbers",
        documents={"d": EvalDocument("d", "", "text")},
        queries=queries,
        qrels={id_: {"d": 1} for id_ in queries},
        unanswerable=near,
    )


class Numbers:
    """Answers rightly, except as ``otherwise`` says by question."""

    def __init__(self, **otherwise):
        self.otherwise = otherwise
        self.histories = []

    def answer(self, question, *, without=(), history=()):
        self.histories.append(tuple(history))
        n = question.rstrip("?").split()[-1]
        if question.startswith("nearly"):
            return self.otherwise.get(f"u{n}", REFUSAL)
        return self.otherwise.get(f"q{n}", said(f"It is {n} metres."))

    def document_text(self, document_id):
        return "text"


def report(answerer=None, *, asked=None, provenance=None):
    return evaluate_answers(
        asked or dataset(),
        answerer or Numbers(),
        generator="none",
        provenance=provenance or {},
        resampling=QUICK,
    )


PARTLY = said("metres.")
WRONG = said("It is many yards.", "Or so.", "Or more.")


def test_outcomes_are_counted_over_all_and_by_kind_language_and_half():
    found = report(Numbers(q0=PARTLY, q1=WRONG, q2=REFUSAL, q39=WRONG, u0=WRONG)).outcomes
    assert found.overall.counts == {
        "right": 36,
        "partial": 1,
        "wrong": 2,
        "refused": 1,
        "rightly refused": 19,
        "answered": 1,
    }
    shares = {name: (score.mean, score.n) for name, score in found.overall.shares.items()}
    assert shares == {
        "right": (0.9, 40),
        "partial": (0.025, 40),
        "wrong": (0.05, 40),
        "refused": (0.025, 40),
        "refused_unanswerable": (0.95, 20),
    }
    assert {by: list(groups) for by, groups in found.groups.items()} == {
        "kind": ["fact", "list", "unanswerable"],
        "language": ["en", "zh"],
        "half": ["seen", "unseen"],
    }
    assert found.groups["language"]["zh"].counts == {"right": 19, "wrong": 1}
    assert found.groups["kind"]["unanswerable"].shares.keys() == {"refused_unanswerable"}
    right = found.overall.shares["right"].interval
    assert 0.75 < right.low < 0.9 < right.high <= 1.0


def test_the_length_of_answers_is_of_those_that_were_given():
    found = report(Numbers(q0=WRONG, q1=REFUSAL)).outcomes.sentences
    assert (found.n, found.mean) == (39, pytest.approx(41 / 39))


def test_the_tables_show_shares_with_their_denominators():
    found = report(Numbers(q0=PARTLY, u0=WRONG))
    overall = {row[0]: (row[1], *row[3:]) for row in overall_grid(found.outcomes).rows}
    assert overall == {
        "right": ("0.975", "40", "answerable questions"),
        "partial": ("0.025", "40", "answerable questions"),
        "wrong": ("0.000", "40", "answerable questions"),
        "refused": ("0.000", "40", "answerable questions"),
        "rightly refused": ("0.950", "20", "unanswerable questions"),
    }
    half, language, kind = group_grids(found.outcomes, intervals=False)
    assert (half[0], language[0], kind[0]) == ("half", "language", "kind")
    assert language[1].rows == (
        ("en", "20", "0.950", "0.050", "0.000", "0.000", "20", "0.950"),
        ("zh", "20", "1.000", "0.000", "0.000", "0.000", "0", "–"),
    )
    assert "| zh | 20 | 1.000 [1.00, 1.00] | 0.000 [0.00, 0.00] |" in to_markdown(found)


def test_what_was_said_before_is_handed_over():
    asked = dataset(2)
    turns = ("an earlier turn",)
    asked.queries["q1"] = replace(asked.queries["q1"], history=turns)
    answerer = Numbers()
    report(answerer, asked=asked)
    assert answerer.histories == [(), turns, ()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("right>=0.85", AnswerThreshold(None, "right", ">=", 0.85)),
        (" wrong <= .05 ", AnswerThreshold(None, "wrong", "<=", 0.05)),
        ("unseen.right>=1", AnswerThreshold("unseen", "right", ">=", 1.0)),
        ("cross-lingual.refused<=0.1", AnswerThreshold("cross-lingual", "refused", "<=", 0.1)),
        ("p50_ms<=500", AnswerThreshold(None, "p50_ms", "<=", 500.0)),
        ("sentences<=1.5", AnswerThreshold(None, "sentences", "<=", 1.5)),
        ("contains>=0.9", AnswerThreshold(None, "contains", ">=", 0.9)),
    ],
)
def test_a_threshold_bounds_a_share_a_mean_or_a_time(text, expected):
    assert parse_answer_threshold(text) == expected


@pytest.mark.parametrize("text", ["", "right", "right=0.8", "right>0.8", "right>=0,8", "right>=-1"])
def test_a_threshold_of_another_form_is_refused_with_an_example(text):
    with pytest.raises(EvaluationError, match=r"not a threshold; one reads right>=0\.85"):
        parse_answer_threshold(text)


@pytest.mark.parametrize("text", ["hit@1>=0.8", "rihgt>=0.8", "zh.p50_ms<=4"])
def test_a_measure_that_is_not_there_is_refused(text):
    with pytest.raises(EvaluationError, match=r"not a threshold|there is no measure"):
        parse_answer_threshold(text)


def test_what_misses_a_threshold_is_told_and_what_reaches_it_is_not():
    found = report(Numbers(q0=PARTLY, q1=WRONG, q2=REFUSAL, u0=WRONG))
    met = ["right>=0.925", "wrong<=0.025", "refused_unanswerable>=0.95", "zh.right>=1"]
    assert check_answer_thresholds(found, met) == []
    missed = ["right>=0.93", "wrong<=0.02", "en.right>=0.9", "sentences<=1"]
    assert check_answer_thresholds(found, [*met, *missed]) == [
        "right is 0.925, not >= 0.93",
        "wrong is 0.025, not <= 0.02",
        "en.right is 0.85, not >= 0.9",
        "sentences is 1.1, not <= 1",
    ]


def test_a_threshold_on_nothing_is_an_error_and_no_pass():
    found = report()
    with pytest.raises(EvaluationError, match='no group "table"; there are fact, list'):
        check_answer_thresholds(found, ["table.right>=0.5"])
    with pytest.raises(EvaluationError, match='defines "right" for unanswerable'):
        check_answer_thresholds(found, ["unanswerable.right>=0.5"])


def test_the_same_answers_are_no_regression_and_a_few_lost_are_named_but_fail_nothing():
    base = report()
    now = report(Numbers(q0=WRONG, q1=PARTLY))
    assert compare_answers(base, base).changed == ()
    found = compare_answers(now, base)
    assert [(t.id, t.before.value, t.after.value) for t in found.lost] == [
        ("q0", "right", "wrong"),
        ("q1", "right", "partial"),
    ]
    assert check_answer_regression(now, found) == []


def test_many_right_answers_that_turned_wrong_fail_in_both_shares():
    now = report(Numbers(**{f"q{n}": WRONG for n in range(12)}))
    right, wrong = check_answer_regression(now, compare_answers(now, report()))
    assert right.startswith("right went from 1.000 to 0.700 (-0.300 [")
    assert wrong.startswith("wrong went from 0.000 to 0.300 (+0.300 [")
    assert right.endswith("40 questions)")


def test_what_was_rightly_refused_and_is_answered_now_fails():
    now = report(Numbers(**{f"u{n}": WRONG for n in range(10)}))
    (failure,) = check_answer_regression(now, compare_answers(now, report()))
    assert failure.startswith("refused_unanswerable went from 1.000 to 0.500")


def test_a_gain_is_no_regression_and_loses_nothing():
    base = report(Numbers(**{f"q{n}": WRONG for n in range(12)}))
    found = compare_answers(report(), base)
    assert [change.outcome for change in found.changes[:2]] == [Outcome.BETTER, Outcome.BETTER]
    assert (found.failures(), found.lost, len(found.changed)) == ([], (), 12)


def test_a_wrong_answer_that_is_refused_now_is_won_and_the_reverse_is_lost():
    wrong, refused = report(Numbers(q0=WRONG)), report(Numbers(q0=REFUSAL))
    assert not compare_answers(refused, wrong).changed[0].lost
    assert compare_answers(wrong, refused).changed[0].lost


def test_a_base_of_other_questions_is_refused():
    base = report()
    changed = dataset()
    changed.queries["q3"] = replace(changed.queries["q3"], text="how much is number 3?")
    with pytest.raises(NotComparable, match='1 of 60 questions, "q3" first, are not in the base'):
        compare_answers(report(asked=changed), base)
    with pytest.raises(NotComparable, match='30 of 60 questions of the base, "q20" first, are not'):
        compare_answers(report(asked=dataset(20)), base)


def test_a_part_of_the_questions_is_held_against_the_same_of_the_base():
    base = report()
    asked = dataset().only(half="seen")
    now = report(Numbers(q0=WRONG), asked=asked, provenance={"asked.half": "seen"})
    found = compare_answers(now, base)
    assert [t.id for t in found.lost] == ["q0"]
    assert found.changes[0].questions == 20


def test_documents_that_are_read_otherwise_leave_the_base_comparable():
    other = dataset()
    other = replace(other, documents={"d": EvalDocument("d", "", "the same, read otherwise")})
    now = report(asked=other)
    assert now.dataset_hash != report().dataset_hash
    assert compare_answers(now, report()).changed == ()


def test_a_part_that_failed_on_some_questions_is_a_failure():
    failing = replace(said("It is 0 metres."), degraded=("reranker: timeout",))
    now = report(Numbers(q0=failing))
    assert check_answer_regression(now, compare_answers(now, report())) == [
        "degraded on 1 of 60 questions: reranker: timeout"
    ]


def test_the_tables_of_groups_fit_a_terminal():
    console = Console(width=80, file=io.StringIO())
    asked = dataset()
    asked.queries["q0"] = replace(asked.queries["q0"], kind="cross-lingual")
    console.print(to_terminal(report(asked=asked)))
    lines = console.file.getvalue().splitlines()
    measures = next(n for n, line in enumerate(lines) if "measure" in line)
    assert not any("…" in line for line in lines[:measures])
    row = next(line for line in lines[:measures] if "cross-lingual" in line)
    assert row.split() == ["cross-lingual", "1", "1.000", "0.000", "0.000", "0.000", "0", "–"]
