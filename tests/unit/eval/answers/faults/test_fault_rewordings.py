from random import Random

import pytest

from eval.answers.faults.cases import Passage
from eval.answers.faults.reworded import sentence_rewordings as rewordings
from eval.answers.faults.reworded import spellings, synonyms
from eval.answers.faults.rules import Scene


def reworded(kind, *sentences, lang="en", title="Lamps", at=0):
    own = Passage(
        id="a",
        document="a",
        source="test",
        lang=lang,
        title=title,
        heading="",
        text=(" " if lang == "en" else "").join(sentences),
        sentences=sentences,
    )
    rules = (*rewordings.RULES, *spellings.RULES, *synonyms.RULES)
    made = {
        rule.make(Scene(own, sentences[at], Random(seed), [own]))
        for rule in rules
        if rule.kind == kind and rule.lang == lang
        for seed in range(12)
    }
    return made - {None}


@pytest.mark.parametrize(
    ("kind", "lang", "sentence", "expected"),
    [
        ("number written otherwise", "en", "We saw 12 lamps.", {"We saw twelve lamps."}),
        ("number written otherwise", "en", "We saw forty-two lamps.", {"We saw 42 lamps."}),
        ("number written otherwise", "en", "It has 1,200 lamps.", {"It has 1200 lamps."}),
        ("number written otherwise", "zh", "共有三十个灯。", {"共有30个灯。"}),
        ("number written otherwise", "zh", "占50%。", {"占百分之五十。"}),
        ("unit written otherwise", "en", "It is 5 km away.", {"It is 5 kilometres away."}),
        ("unit written otherwise", "zh", "重5公斤。", {"重5千克。"}),
        ("date written otherwise", "zh", "于2024年5月3日开放。", {"于2024-05-03开放。"}),
        ("no before it", "en", "The lamp is not lit.", {"No, the lamp is not lit."}),
        ("contraction", "en", "The lamp is not lit.", {"The lamp isn't lit."}),
        ("contraction", "en", "The lamp isn't lit.", {"The lamp is not lit."}),
        ("synonym", "en", "It began in May.", {"It started in May."}),
        (
            "conjuncts exchanged",
            "en",
            "It consists of lamps and wires.",
            {"It consists of wires and lamps."},
        ),
        ("traditional characters", "zh", "电灯开关", {"電燈開關"}),
        (
            "trailing clause dropped",
            "zh",
            "大厅里装有四十七盏吊灯，其中三盏坏了。",
            {"大厅里装有四十七盏吊灯。"},
        ),
    ],
)
def test_a_sentence_is_reworded(kind, lang, sentence, expected):
    assert reworded(kind, sentence, lang=lang) == expected


def test_a_date_is_written_in_every_other_way():
    made = reworded("date written otherwise", "It opened on May 3, 2024.")

    assert made == {"It opened on 3 May 2024.", "It opened on 2024-05-03."}


def test_a_pronoun_is_named_only_where_the_sentence_before_begins_with_the_title():
    near = ("Dry eye is common.", "It can hurt.")
    far = ("Doctors know dry eye.", "It can hurt.")

    assert reworded("pronoun named", *near, title="Dry Eye", at=1) == {"Dry eye can hurt."}
    assert reworded("pronoun named", *far, title="Dry Eye", at=1) == set()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        pytest.param(
            "conjuncts exchanged",
            "They were seen in cats and dogs, respectively.",
            id="an order that counts",
        ),
        pytest.param(
            "trailing clause dropped",
            "If the lamp of the hall is lit at night, which is rare.",
            id="a condition",
        ),
        pytest.param("number written otherwise", "It is of type 2 lamps.", id="a name's number"),
    ],
)
def test_no_rewording_is_made_where_it_might_not_be_true(kind, sentence):
    assert reworded(kind, sentence) == set()
