import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.answering.evidence.judgement import Features, Judge, Weights, read_judge, shipped_judge
from app.errors import ConfigurationError

NOTHING = Features(**{field.name: 0.0 for field in fields(Features) if field.name != "read"})
WORDS = Weights(-2.0, {"said": 4.0})
READING = Weights(0.0, {"read": 1.0})
JUDGE = Judge(WORDS, WORDS, READING, Weights(0.0, {"lead": 1.0}), Weights(0.0, {"read_lead": 1.0}))


def test_log_odds_are_the_intercept_and_the_weighted_sum():
    assert JUDGE.probability(NOTHING) == pytest.approx(1 / (1 + math.exp(2.0)))
    assert JUDGE.probability(replace(NOTHING, said=0.5)) == pytest.approx(0.5)
    assert JUDGE.probability(replace(NOTHING, said=1.0)) == pytest.approx(1 / (1 + math.exp(-2.0)))


def test_what_models_look_at_is_chosen_by_weights_of_its_own():
    judge = replace(JUDGE, selection=Weights(0.0, {"prior": 1.0}))
    better, worse = replace(NOTHING, prior=1.0), replace(NOTHING, prior=0.3, said=1.0)
    assert judge.promise(better) > judge.promise(worse)
    assert shipped_judge().promise(replace(NOTHING, said=1.0)) > shipped_judge().promise(NOTHING)


def test_a_readers_probability_is_weighed_as_log_odds():
    assert JUDGE.probability(replace(NOTHING, read=0.8)) == pytest.approx(0.8)


@pytest.mark.parametrize("read", [0.0, 1.0])
def test_a_reader_that_is_sure_of_itself_breaks_nothing(read):
    assert JUDGE.probability(replace(NOTHING, read=read)) == pytest.approx(read, abs=1e-3)


def test_products_are_measured_only_where_languages_differ():
    within = replace(NOTHING, similarity=0.5, read=0.8).values()
    across = replace(NOTHING, similarity=0.5, across=1.0, read=0.8).values()
    assert (within["across_similarity"], within["across_read"]) == (0.0, 0.0)
    assert across["across_similarity"] == 0.5
    assert across["across_read"] == pytest.approx(math.log(4.0))


def test_weights_of_what_is_not_measured_count_nothing():
    judge = replace(JUDGE, statement=Weights(0.0, {"of tomorrow": 9.0}))
    assert judge.probability(NOTHING) == 0.5


def test_confidence_has_weights_of_its_own_and_others_where_a_reader_was_asked():
    standing = {"lead": math.log(4.0), "read_lead": math.log(9.0)}
    assert JUDGE.confidence(standing, read=False) == pytest.approx(0.8)
    assert JUDGE.confidence(standing, read=True) == pytest.approx(0.9)


def test_the_largest_weights_stay_within_probability():
    judge = replace(JUDGE, statement=Weights(1e9, {}))
    assert 0.0 < judge.probability(NOTHING) <= 1.0


def test_what_ships_weighs_only_what_is_measured():
    judge = shipped_judge()
    for weights, read in ((judge.read_statement, 0.5), (judge.statement, None)):
        assert weights.factors
        assert weights.factors.keys() <= replace(NOTHING, read=read).values().keys()


def test_what_ships_prefers_what_says_more_of_the_question():
    right = replace(
        NOTHING, similarity=0.7, said=0.8, covered=1.0, counted=1.0, prior=1.0, novel=1.0
    )
    wrong = replace(right, similarity=0.2, said=0.2, covered=0.3, counted=0.3, contrast=0.6)
    judge = shipped_judge()
    assert judge.probability(right) > 0.5 > judge.probability(wrong)


def test_weights_that_were_learned_take_the_place_of_those_that_ship(tmp_path: Path):
    file = tmp_path / "weights.json"
    learned = {"intercept": 0.0, "factors": {"said": 1.0}}
    file.write_text(json.dumps({"without_reader": learned | {"confidence": learned}}))
    judge = read_judge(file)
    assert judge.probability(NOTHING) == 0.5
    asked = replace(NOTHING, read=0.5)
    assert judge.probability(asked) == shipped_judge().probability(asked)


@pytest.mark.parametrize("text", ["", "[]", '{"without_reader": {}}', '{"without_reader": 3}'])
def test_a_file_of_another_shape_is_refused_with_its_name(tmp_path: Path, text: str):
    file = tmp_path / "weights.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"weights\.json"):
        read_judge(file)
