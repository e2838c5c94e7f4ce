import math
from dataclasses import fields, replace

import pytest

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Judged
from app.answering.evidence.confidence import judged_part, rivals_apart, standing
from app.answering.evidence.judgement import Features, Judge, Weights, shipped_judge
from app.domain.documents import BlockKind
from app.domain.statements import Statement

NOTHING = Features(**{field.name: 0.0 for field in fields(Features) if field.name != "read"})
PART = Part("rain?", "rain?", "en", "fact", ("rain",))
FLAT = Weights(0.0, {})
LEADING = Judge(FLAT, FLAT, FLAT, Weights(0.0, {"lead": 1.0}), Weights(0.0, {"read_lead": 1.0}))


def judged(probability: float, **measured: float) -> Judged:
    statement = Statement("d", 1, (0, 4), "rain", BlockKind.PARAGRAPH)
    return Judged(statement, replace(NOTHING, **measured), probability)


def said(document: str, text: str, *, group: int | None = None) -> Judged:
    statement = Statement(document, 1, (0, len(text)), text, BlockKind.LIST, group=group)
    return Judged(statement, NOTHING, 0.5)


def test_the_best_statement_leads_by_the_difference_of_log_odds():
    found = standing(judged(0.8), [judged(0.5), judged(0.2)])
    assert found["odds"] == pytest.approx(math.log(4.0))
    assert found["lead"] == pytest.approx(math.log(4.0))
    assert found["mean_lead"] == pytest.approx(math.log(4.0) + math.log(4.0) / 2)


def test_similarity_leads_by_its_difference_from_the_mean_of_those_behind():
    behind = [judged(0.5, similarity=0.4), judged(0.2, similarity=0.2)]
    assert standing(judged(0.8, similarity=0.9), behind)["similarity_lead"] == pytest.approx(0.6)


def test_a_reader_counts_only_where_one_was_asked():
    assert "read_lead" not in standing(judged(0.8), [judged(0.5)])
    found = standing(judged(0.8, read=0.8), [judged(0.5, read=0.5)])
    assert found["read_lead"] == pytest.approx(math.log(4.0))


def test_the_more_the_best_leads_the_surer_it_is():
    close = judged_part(PART, [judged(0.8), judged(0.8)], LEADING, terms=str.split).confidence
    ahead = judged_part(PART, [judged(0.8), judged(0.2)], LEADING, terms=str.split).confidence
    alone = judged_part(PART, [judged(0.8)], LEADING, terms=str.split).confidence
    assert close == pytest.approx(0.5)
    assert close < ahead < alone


def test_where_nothing_is_probable_nothing_is_sure():
    assert judged_part(PART, [], LEADING, terms=str.split).confidence == 0.0
    assert judged_part(PART, [judged(0.0), judged(0.0)], LEADING, terms=str.split).confidence == 0.0


def test_what_ships_weighs_only_what_is_told():
    judge = shipped_judge()
    plain, read = standing(judged(0.8), []), standing(judged(0.8, read=0.8), [])
    assert judge.confident.factors.keys() <= plain.keys()
    assert judge.read_confident.factors.keys() <= read.keys()


def test_another_version_of_the_same_rule_is_no_other_answer():
    old = said("v1", "expenses are claimed within 90 days")
    new = said("v2", "expenses are claimed within 45 days")
    other = said("v2", "taxis are paid by the traveller")
    assert rivals_apart(PART, [new, old, other], str.split) == [other]


def test_the_rest_of_a_list_is_no_other_answer_where_a_list_is_asked_for():
    items = [said("d", "a charger", group=1), said("d", "two bags of screws", group=1)]
    other = said("d", "one year of service", group=2)
    listing = replace(PART, form="list")
    assert rivals_apart(listing, [*items, other], str.split) == [other]
    assert rivals_apart(PART, [*items, other], str.split) == [items[1], other]
