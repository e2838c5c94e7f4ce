import math
from dataclasses import fields, replace

import pytest

from app.answering.evidence.asked import Part
from app.answering.evidence.confidence import judged_part, standing
from app.answering.evidence.judgement import Features, Judge, Weights, shipped_judge
from app.answering.evidence.relevance import Judged
from app.domain import BlockKind, Statement

NOTHING = Features(**{field.name: 0.0 for field in fields(Features) if field.name != "read"})
PART = Part("rain?", "rain?", "en", "fact", ("rain",))
FLAT = Weights(0.0, {})
LEADING = Judge(FLAT, FLAT, Weights(0.0, {"lead": 1.0}), Weights(0.0, {"read_lead": 1.0}))


def judged(probability: float, **measured: float) -> Judged:
    statement = Statement("d", 1, (0, 4), "rain", BlockKind.PARAGRAPH)
    return Judged(statement, replace(NOTHING, **measured), probability)


def test_the_best_statement_leads_by_the_difference_of_log_odds():
    found = standing([judged(0.8), judged(0.5), judged(0.2)])
    assert found["odds"] == pytest.approx(math.log(4.0))
    assert found["lead"] == pytest.approx(math.log(4.0))
    assert found["mean_lead"] == pytest.approx(math.log(4.0) + math.log(4.0) / 2)


def test_similarity_leads_by_its_difference_from_the_mean_of_those_behind():
    ranked = [judged(0.8, similarity=0.9), judged(0.5, similarity=0.4), judged(0.2, similarity=0.2)]
    assert standing(ranked)["similarity_lead"] == pytest.approx(0.6)


def test_a_reader_counts_only_where_one_was_asked():
    assert "read_lead" not in standing([judged(0.8), judged(0.5)])
    found = standing([judged(0.8, read=0.8), judged(0.5, read=0.5)])
    assert found["read_lead"] == pytest.approx(math.log(4.0))


def test_the_more_the_best_leads_the_surer_it_is():
    close = judged_part(PART, [judged(0.8), judged(0.8)], LEADING).confidence
    ahead = judged_part(PART, [judged(0.8), judged(0.2)], LEADING).confidence
    alone = judged_part(PART, [judged(0.8)], LEADING).confidence
    assert close == pytest.approx(0.5)
    assert close < ahead < alone


def test_where_nothing_is_probable_nothing_is_sure():
    assert judged_part(PART, [], LEADING).confidence == 0.0
    assert judged_part(PART, [judged(0.0), judged(0.0)], LEADING).confidence == 0.0


def test_what_ships_weighs_only_what_is_told():
    judge = shipped_judge()
    plain, read = standing([judged(0.8)]), standing([judged(0.8, read=0.8)])
    assert judge.confident.factors.keys() <= plain.keys()
    assert judge.read_confident.factors.keys() <= read.keys()
