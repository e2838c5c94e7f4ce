from random import Random

import pytest

from eval.answers.faults.cases import Passage
from eval.answers.faults.planted import reversals
from eval.answers.faults.reworded import model_rewordings
from eval.answers.faults.rules import Scene


def made(kind, sentence, lang):
    passage = Passage(
        id="a",
        document="a",
        source="test",
        lang=lang,
        title="Lamps",
        heading="",
        text=sentence,
        sentences=(sentence,),
    )
    return {
        rule.make(Scene(passage, sentence, Random(seed), [passage]))
        for rule in (*model_rewordings.RULES, *reversals.RULES)
        if rule.kind == kind and rule.lang == lang
        for seed in range(12)
    } - {None}


@pytest.mark.parametrize(
    ("kind", "lang", "sentence", "draft"),
    [
        ("unit converted", "en", "It is 5 km away.", "It is 5,000 m away."),
        ("unit converted", "zh", "全长61公里。", "全长61000米。"),
        ("half said in words", "en", "It takes 30 minutes.", "It takes half an hour."),
        ("currency written otherwise", "en", "It costs $5 million.", "It costs 5 million dollars."),
        (
            "year first",
            "en",
            "The lamp was invented by a smith in 1867.",
            "In 1867, the lamp was invented by a smith.",
        ),
        ("year first", "zh", "俱乐部于1998年正式成立。", "1998年，俱乐部正式成立。"),
        (
            "condition last",
            "en",
            "If the lamp is cold, it is switched off.",
            "It is switched off if the lamp is cold.",
        ),
        ("active and passive", "en", "Rome defeated Carthage.", "Carthage was defeated by Rome."),
        ("active and passive", "zh", "大桥由青山公司建造。", "青山公司建造了大桥。"),
        (
            "condition turned",
            "en",
            "If the lamp is cold, it is switched off.",
            "If it is switched off, the lamp is cold.",
        ),
        (
            "wider: condition dropped",
            "en",
            "If the lamp is cold, it is switched off.",
            "It is switched off.",
        ),
        (
            "roles exchanged by voice",
            "en",
            "Rome defeated Carthage.",
            "Rome was defeated by Carthage.",
        ),
        ("number: two exchanged", "zh", "有23个灯泡和7名工人在场。", "有7个灯泡和23名工人在场。"),
        ("unit: rate", "zh", "每小时5公里。", "每分钟5公里。"),
        ("unit: converted wrongly", "en", "It is 5 km away.", "It is 50000 m away."),
        ("duty turned", "en", "You must not run.", "You need not run."),
        ("surer: hedge dropped", "en", "It usually rains.", "It rains."),
    ],
)
def test_a_sentence_is_told_otherwise(kind, lang, sentence, draft):
    assert made(kind, sentence, lang) == {draft}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("unit converted", "It takes 20 to 30 minutes."),
        ("half said in words", "It takes 20 to 30 minutes."),
        ("currency written otherwise", "It costs US$5 more."),
        ("number: two exchanged", "On days 12 and 30 it rained."),
    ],
)
def test_nothing_is_made_where_it_might_be_judged_wrongly(kind, sentence):
    assert made(kind, sentence, "en") == set()
