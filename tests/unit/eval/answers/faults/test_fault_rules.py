import re
from random import Random

import pytest

from eval.answers.faults.cases import Passage
from eval.answers.faults.planted import (
    additions,
    dates,
    echoes,
    identifiers,
    mixing,
    names,
    negation,
    numbers,
    poles,
    predicates,
    quotes,
    roles,
    scope,
    units,
)
from eval.answers.faults.rules import Scene

FAMILIES = (
    additions,
    dates,
    echoes,
    identifiers,
    mixing,
    names,
    negation,
    numbers,
    poles,
    predicates,
    quotes,
    roles,
    scope,
    units,
)


def passage(*sentences, lang="en", title="Lamps", name="a"):
    return Passage(
        id=name,
        document=name,
        source="test",
        lang=lang,
        title=title,
        heading="",
        text=(" " if lang == "en" else "").join(sentences),
        sentences=sentences,
    )


def drafts(kind, *sentences, lang="en", others=(), tries=12):
    """Every draft that rules of the kind make of the first sentence, over several seeds."""
    own = passage(*sentences, lang=lang)
    made = set()
    for family in FAMILIES:
        for rule in family.RULES:
            if rule.kind == kind and rule.lang == lang:
                for seed in range(tries):
                    scene = Scene(own, sentences[0], Random(seed), [own, *others])
                    made.add(rule.make(scene))
    return made - {None}


@pytest.mark.parametrize(
    ("kind", "lang", "sentence", "fault"),
    [
        ("number: a digit", "en", "The hall holds 7 lamps.", r"The hall holds [1-689] lamps\."),
        (
            "number: digits exchanged",
            "en",
            "The hall holds 47 lamps.",
            r"The hall holds 74 lamps\.",
        ),
        ("number: tenfold", "zh", "大厅里装了47盏灯。", "大厅里装了470盏灯。"),
        ("number: point moved", "en", "It weighs 4.7 kg.", r"It weighs (0\.47|47) kg\."),
        ("unit: prefix", "en", "The dose is 20 µg a day.", r"The dose is 20 m?g a day\."),
        ("unit: prefix", "zh", "剂量为20微克。", "剂量为20毫克。"),
        ("unit: another", "en", "The rate is 5% a year.", "The rate is 5‰ a year\\."),
        ("unit: currency", "en", "It costs £1,200 a year.", r"It costs [$€]1,200 a year\."),
        ("unit: myriads", "zh", "投资达到300万元。", "投资达到300亿元。"),
        ("date: parts exchanged", "zh", "新馆于2024年5月3日开放。", "新馆于2024年3月5日开放。"),
        ("date: half of the day", "zh", "会议在上午9点开始。", "会议在下午9点开始。"),
        (
            "date: month",
            "en",
            "It opened on May 3, 2024.",
            r"It opened on (?!May)[A-Z]\w+ 3, 2024\.",
        ),
        (
            "dotted number",
            "en",
            "Version 2.3.1 adds lamps.",
            r"Version (3\.3\.1|2\.4\.1|2\.3\.2) adds .*",
        ),
        ("identifier: altered", "en", "Only KNL-1 glows.", r"Only KNL-[2-9] glows\."),
        ("pole: bound", "en", "It holds at least 5 lamps.", r"It holds at most 5 lamps\."),
        ("pole: bound", "zh", "灯的数量超过5盏。", "灯的数量低于5盏。"),
        ("pole: order", "en", "Lock it before you leave.", r"Lock it after you leave\."),
        ("pole: direction", "zh", "去年产量增加。", "去年产量减少。"),
        ("negation: added", "en", "The lamp is lit.", r"The lamp is not lit\."),
        ("negation: added", "zh", "这盏灯可以使用。", "这盏灯不可以使用。"),
        ("negation: removed", "en", "The lamp cannot be used.", r"The lamp can be used\."),
        ("negation: removed", "zh", "这盏灯禁止使用。", "这盏灯允许使用。"),
        (
            "predicate: contrary",
            "en",
            "Backups are kept for a year.",
            "Backups are deleted for a year.",
        ),
        ("predicate: contrary", "zh", "备份保留一年。", "备份删除一年。"),
        ("name: place", "en", "It was made in Norway.", r"It was made in (?!Norway)[A-Z]\w+\."),
        ("name: person", "zh", "厂长张伟表示同意。", "厂长(?!张)[\u4e00-\u9fff]伟表示同意。"),
        (
            "comparison turned",
            "en",
            "Rates are higher in men than in women.",
            ".* in women than in men.",
        ),
        ("from and to exchanged", "zh", "价格从3元上涨到5元。", "价格从5元上涨到3元。"),
        ("roles exchanged", "en", "Rome defeated Carthage.", r"Carthage defeated Rome\."),
        (
            "weaker: duty or quantifier",
            "zh",
            "所有灯必须关闭。",
            "所有灯可以关闭。|部分灯必须关闭。",
        ),
        ("wider: quantifier", "en", "It usually glows.", r"It always glows\."),
        ("surer", "en", "It may glow at night.", r"It will glow at night\."),
        ("surer", "zh", "它可能发光。", "它一定发光。"),
        (
            "quotation altered",
            "en",
            'He said: "The lamp is lit at night."',
            '.*"The lamp is not lit .*',
        ),
        ("invented: restriction", "en", "It is sold in Graz.", r"It is sold exclusively in Graz\."),
    ],
)
def test_a_fault_is_planted(kind, lang, sentence, fault):
    made = drafts(kind, sentence, lang=lang)

    assert made
    assert all(draft != sentence for draft in made)
    assert all(re.fullmatch(fault, draft) for draft in made), made


@pytest.mark.parametrize(
    ("kind", "lang", "sentence"),
    [
        pytest.param(
            "number: a digit", "en", "More than 400 lamps glow.", id="more than 300 follows"
        ),
        pytest.param(
            "number: a digit", "zh", "超过400盏灯亮着。", id="more than 300 follows, Chinese"
        ),
        pytest.param(
            "unit: another", "en", "It is for children 2 months or younger.", id="a bound"
        ),
        pytest.param(
            "pole: direction", "en", "It may increase or decrease.", id="both poles are said"
        ),
        pytest.param("surer", "en", "It opens on May 3.", id="a month"),
        pytest.param("negation: removed", "en", "It is not only red.", id="not only"),
        pytest.param("pole: bound", "zh", "最高法院作出了判决。", id="a name with a pole in it"),
        pytest.param("predicate: contrary", "en", "The cause is unclear.", id="a noun"),
    ],
)
def test_no_fault_is_planted_where_it_would_not_be_one(kind, lang, sentence):
    assert drafts(kind, sentence, lang=lang) == set()


def test_a_number_that_another_sentence_holds_is_no_fault():
    made = drafts("number: digits exchanged", "Hall A has 47 lamps.", "Hall B has 74 lamps.")

    assert made == set()


def test_values_of_two_sentences_are_mixed_where_their_units_agree():
    kind = "mixed: value of another sentence"

    assert drafts(kind, "Backups last 30 days.", "Logs last 90 days.") == {"Backups last 90 days."}
    assert drafts(kind, "Backups last 30 days.", "Logs take 90 bytes.") == set()


def test_a_name_is_taken_from_another_sentence_only_where_it_is_of_the_same_class():
    kind = "mixed: name of another sentence"

    assert drafts(kind, "It is made in Norway.", "Lamps come from Chile.") == {
        "It is made in Chile."
    }
    assert drafts(kind, "It is made in Norway.", "Lamps come from Oslo.") == set()
    assert drafts(kind, "It opened in 1987.", "It closed in 1994.") == {"It opened in 1994."}


def test_identifiers_of_a_passage_are_recombined():
    made = drafts("identifier: recombined", "PPR-1044 is red.", "XQ-9087 is blue.")

    assert made == {"PPR-9087 is red."}


def test_a_stray_predicate_comes_from_another_document():
    other = passage("The moon is made of rock.", "It has no air.", title="Moon", name="b")

    made = drafts("mixed: subject and stray predicate", "The lamp is lit.", others=[other])

    assert made == {"The lamp is made of rock."}
