from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.answering.asking.asked import Part
from app.answering.evidence.candidates import Candidates, Judged
from app.answering.evidence.judgement import Features, Judge, Weights
from app.answering.evidence.kinds.kind import Kind
from app.answering.evidence.meaning import Meaning
from app.answering.evidence.overlap import share_words
from app.answering.evidence.relevance import Relevance, chunk_nearness
from app.domain.documents import Block, BlockKind, Cell, Document, Vectors
from app.domain.questions import Sense
from app.domain.statements import Setting, Statement
from app.text.names.named import Named, Sort

FALCON = Statement(
    "d", 1, (0, 20), "rain is allowed", BlockKind.PARAGRAPH, Setting(headings=("falcon",))
)
HERON = Statement(
    "d", 1, (30, 52), "rain is forbidden", BlockKind.PARAGRAPH, Setting(headings=("heron",))
)
SNOW = Statement("e", 2, (0, 15), "snow comes late", BlockKind.PARAGRAPH)
ALL = (FALCON, HERON, SNOW)
DOCUMENTS = {name: Document(name, "") for name in ("d", "e")}
EAST = Meaning(np.array([1.0, 0.0], dtype=np.float32), unrelated=0.2)
DIRECTIONS = {
    FALCON.in_setting: (0.6, 0.8),
    HERON.in_setting: (1.0, 0.0),
    SNOW.in_setting: (0.0, 1.0),
}


def embed(texts: Sequence[str]) -> Vectors:
    return np.array([DIRECTIONS[text] for text in texts], dtype=np.float32)


def part(text: str, *names: Named, kinds: frozenset[Kind] = frozenset(), language="en") -> Part:
    return Part(text, text, language, "fact", tuple(text.split()), names=names, kinds=kinds)


def rank(
    asked: Part,
    statements: Sequence[Statement] = ALL,
    *,
    meaning: Meaning | None = None,
    near=lambda _: 0.0,
    read=None,
    embedded: int = 10,
    embed=embed,
    language=lambda _: "en",
    documents: Mapping[str, Document] = DOCUMENTS,
    senses: Sequence[Sense] = (),
    **factors: float,
) -> list[Judged]:
    weights = Weights(0.0, factors or {"covered": 1.0})
    return Relevance(
        asked,
        Candidates.of(statements, documents=documents, terms=str.split, language=language),
        meaning=meaning,
        near=near,
        embed=embed,
        read=read,
        judge=Judge(weights, weights, weights, weights, weights),
        senses=senses,
    ).rank(embedded=embedded)


def features(ranked: Sequence[Judged], statement: Statement) -> Features:
    return next(j.features for j in ranked if j.statement == statement)


class TestWords:
    def test_terms_count_by_how_few_statements_hold_them(self):
        # Of three statements two hold "rain" and one "forbidden".
        rain, forbidden = math.log(1 + 1.5 / 2.5), math.log(1 + 2.5 / 1.5)
        found = features(rank(part("rain forbidden")), FALCON)
        assert found.said == pytest.approx(rain / (rain + forbidden))
        assert found.counted == pytest.approx(0.5)

    def test_the_setting_covers_what_the_statement_does_not_say(self):
        ranked = rank(part("heron rain"))
        assert features(ranked, HERON).covered == pytest.approx(1.0)
        assert features(ranked, HERON).said < 1.0
        assert features(ranked, HERON).around == pytest.approx(0.5)
        assert ranked[0].statement == HERON

    def test_another_subject_contrasts_and_no_subject_does_not_where_none_is_asked(self):
        ranked = rank(part("heron rain"))
        assert features(ranked, FALCON).contrast > 0
        assert features(ranked, HERON).contrast == 0
        assert features(rank(part("rain")), FALCON).contrast == 0

    def test_what_no_candidate_holds_is_absent_and_weighs_on_none_of_them(self):
        found = features(rank(part("rain bananas")), HERON)
        assert found.absent == pytest.approx(0.5)
        assert found.said == pytest.approx(1.0)

    def test_a_statement_of_the_questions_words_alone_is_not_new(self):
        echo = Statement("d", 1, (0, 4), "rain heron", BlockKind.PARAGRAPH)
        ranked = rank(part("heron rain"), [echo, HERON])
        assert features(ranked, echo).novel == 0.0
        assert features(ranked, HERON).novel == 1.0

    def test_a_row_is_told_from_a_sentence(self):
        row = Statement(
            "d", 1, (0, 14), "payload 250 kg", BlockKind.TABLE, cells=(Cell((0, 7)), Cell((8, 14)))
        )
        assert features(rank(part("payload"), [row, SNOW]), row).row == 1.0
        assert features(rank(part("payload"), [row, SNOW]), SNOW).row == 0.0

    def test_the_first_passage_has_the_highest_prior(self):
        ranked = rank(part("rain"))
        assert features(ranked, HERON).prior == 1.0
        assert features(ranked, SNOW).prior == pytest.approx(1 / math.log2(3))


class TestNames:
    def test_a_statement_without_the_identifier_is_out_whatever_else_it_says(self):
        t40 = Named("T40", Sort.IDENTIFIER)
        cart = Statement(
            "d", 1, (0, 9), "rain rain", BlockKind.PARAGRAPH, Setting(title="Cart T40")
        )
        best, *others = rank(part("rain", t40), [HERON, cart])
        assert best.statement == cart
        assert best.missing == ()
        assert features([best], cart).titled == 1.0
        assert [(j.probability, j.missing) for j in others] == [(0.0, (t40,))]

    def test_a_statement_without_the_name_is_out_too(self):
        moss = Named("Moss", Sort.NAME)
        (only,) = rank(part("rain", moss), [HERON])
        assert (only.missing, only.strictly_missing, only.probability) == ((moss,), (), 0.0)
        assert only.features.unnamed == 1.0

    def test_what_a_document_says_once_holds_for_all_of_it(self):
        moss = Named("Moss", Sort.NAME)
        contract = {"d": Document("d", "Contract of Moss.")}
        asked = part("Moss rain", moss)
        (only,) = rank(asked, [HERON], documents=contract)
        assert (only.missing, only.implied) == ((), (moss,))
        assert (only.features.unnamed, only.features.implied) == (0.0, 1.0)
        assert only.probability > 0.5

    def test_a_name_that_was_typed_small_holds_likewise_and_puts_nothing_out(self):
        asked = part("moss rain")
        contract = {"d": Document("d", "Contract of the firm Moss.")}
        (of_moss,) = rank(asked, [HERON], documents=contract)
        assert [named.text for named in of_moss.implied] == ["moss"]
        row = replace(HERON, document_id="e", setting=Setting())
        both = rank(asked, [HERON, row], documents=contract | {"e": Document("e", "Heron rain.")})
        assert [(j.implied != (), j.missing) for j in both] == [(True, ()), (False, ())]

    def test_a_name_that_heads_another_section_holds_for_that_alone(self):
        osprey = Named("Osprey", Sort.NAME)
        guide = {"d": Document("d", "Osprey", blocks=(Block(BlockKind.HEADING, (0, 6), level=2),))}
        (only,) = rank(part("rain", osprey), [HERON], documents=guide)
        assert (only.missing, only.probability) == ((osprey,), 0.0)

    def test_a_name_that_stands_in_another_row_holds_for_that_alone(self):
        aldus = Named("Aldus", Sort.NAME)
        rows = [
            Statement("d", 1, (at, at + 5), text, BlockKind.TABLE, group=0)
            for at, text in ((0, "Moss 1"), (10, "Aldus 2"))
        ]
        phones = {"d": Document("d", "Moss 1 Aldus 2")}
        first, second = rank(part("Aldus", aldus), rows, documents=phones)
        assert (first.statement.text, first.missing) == ("Aldus 2", ())
        assert (second.missing, second.probability) == ((aldus,), 0.0)

    def test_a_statement_with_a_subject_of_its_own_is_about_that(self):
        lamp = Statement(
            "d", 1, (0, 5), "It is blue", BlockKind.PARAGRAPH, Setting(antecedent="A Lumo lamp.")
        )
        vesta = Named("Vesta", Sort.NAME)
        lamps = {"d": Document("d", "A Lumo lamp. It is blue. A Vesta lamp.")}
        (only,) = rank(part("lamp", vesta), [lamp], documents=lamps)
        assert only.missing == (vesta,)

    def test_a_name_need_not_be_spelled_alike_in_another_language(self):
        (only,) = rank(part("rain", Named("Moss", Sort.NAME)), [HERON], language=lambda _: "zh")
        assert only.missing == ()


class TestKinds:
    def test_what_holds_no_thing_of_the_kind_asked_for_is_of_the_wrong_kind(self):
        red = Statement("d", 1, (0, 3), "heron red", BlockKind.PARAGRAPH)
        ranked = rank(part("heron", kinds=frozenset({Kind.COLOUR})), [HERON, red])
        assert features(ranked, red).unkind == 0.0
        assert features(ranked, HERON).unkind == 1.0

    def test_the_kind_may_stand_in_the_head_of_a_cell(self):
        row = Statement(
            "d", 1, (0, 4), "T40 ok", BlockKind.TABLE, Setting(heads=("colour", "green"))
        )
        assert features(rank(part("T40", kinds=frozenset({Kind.COLOUR})), [row]), row).unkind == 0.0


class TestModels:
    def test_similarity_is_of_the_statement_in_its_setting(self):
        ranked = rank(part("rain"), meaning=EAST, similarity=1.0)
        assert [j.statement for j in ranked] == [HERON, FALCON, SNOW]
        assert features(ranked, FALCON).similarity == pytest.approx((0.6 - 0.2) / 0.8)
        assert features(ranked, SNOW).similarity == 0.0

    def test_only_the_most_promising_are_embedded_and_the_rest_is_left_out(self):
        asked = []

        def counting(texts):
            asked.extend(texts)
            return embed(texts)

        ranked = rank(part("heron"), meaning=EAST, embedded=1, embed=counting)
        assert [j.statement for j in ranked] == [HERON]
        assert asked == [HERON.in_setting]

    def test_without_meaning_words_decide_and_nothing_is_embedded(self):
        def never(_):
            raise AssertionError("embedded")

        ranked = rank(part("snow"), embed=never)
        assert ranked[0].statement == SNOW

    def test_a_reader_reads_statements_in_their_setting(self):
        shown = []

        def read(question, texts):
            shown.append((question, list(texts)))
            return [0.9 if "forbidden" in text else 0.1 for text in texts]

        ranked = rank(part("rain"), [FALCON, HERON], read=read)
        assert shown == [("rain", [FALCON.in_setting, HERON.in_setting])]
        assert features(ranked, HERON).read == 0.9

    def test_the_passage_is_as_near_as_it_is_said_to_be(self):
        ranked = rank(part("rain"), near={FALCON: 0.2, HERON: 0.7, SNOW: 0.0}.__getitem__)
        assert features(ranked, HERON).passage == 0.7

    def test_nothing_to_judge_gives_nothing(self):
        assert rank(part("rain"), []) == []


class TestLanguages:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("en", "en", True),
            ("en", "zh", False),
            ("zh", "en", False),
            ("en", "und", True),
            ("en", "de", True),
        ],
    )
    def test_chinese_shares_no_words_with_the_others(self, one, other, expected):
        assert share_words(one, other) is expected

    def test_words_are_not_counted_against_a_statement_of_another_language(self):
        (only,) = rank(part("rain heron snow"), [HERON], language=lambda _: "zh")
        found = only.features
        assert (found.across, found.said, found.covered, found.absent, found.contrast) == (
            1.0, 0.0, 0.0, 0.0, 0.0,
        )  # fmt: skip
        assert found.novel == 1.0

    def test_a_glossary_says_which_words_a_statement_of_another_language_holds(self):
        senses = [
            Sense(frozenset({"雨"}), frozenset({"rain"}), "rain"),
            Sense(frozenset({"苍鹭"}), frozenset({"heron"}), "heron"),
            Sense(frozenset({"雪"}), frozenset({"snow", "fall"}), "snow fall"),
        ]
        asked = part("苍鹭 雨 雪", language="zh")
        ranked = rank(asked, senses=senses)
        heron, falcon = features(ranked, HERON), features(ranked, FALCON)
        assert heron.across == 1.0
        assert (heron.covered, heron.said) == (1.0, pytest.approx(falcon.said))
        assert falcon.covered < 1.0
        assert falcon.contrast > 0.0
        assert heron.absent == pytest.approx(1 / 3)

    def test_statements_of_the_other_language_are_read_with_its_words(self):
        asked_for: list[str] = []

        def read(question: str, statements: Sequence[str]) -> list[float]:
            asked_for.append(question)
            return [0.9 if "rain" in question else 0.1] * len(statements)

        senses = [Sense(frozenset({"雨"}), frozenset({"rain"}), "rain")]
        ranked = rank(part("雨", language="zh"), senses=senses, meaning=EAST, read=read)
        assert asked_for == ["雨", "rain"]
        assert features(ranked, FALCON).read == features(ranked, HERON).read
        assert features(ranked, SNOW).read == features(ranked, HERON).read


def test_nearness_of_chunks_is_unknown_when_one_was_deleted_meanwhile():
    vectors = np.array([[1.0, 0.0], [0.6, 0.8]], dtype=np.float32)
    assert chunk_nearness(EAST, ["a", "b"], vectors) == pytest.approx({"a": 1.0, "b": 0.5})
    assert chunk_nearness(EAST, ["a", "b", "c"], vectors) == {}
    assert chunk_nearness(None, ["a", "b"], vectors) == {}
