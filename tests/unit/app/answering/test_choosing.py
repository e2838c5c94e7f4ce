from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest

from app.answering.asking.asked import Part, take_apart
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import Judged
from app.answering.evidence.confidence import JudgedPart
from app.answering.evidence.judgement import Features
from app.answering.quoting.choosing import Choosing
from app.answering.quoting.chosen import Chosen
from app.domain.documents import Document
from app.domain.statements import Statement
from app.retrieval.understanding.understand import as_query
from app.settings import AnswerSettings
from tests.unit.app.answering.desk import document

NOTHING = {field.name: 0.0 for field in fields(Features) if field.name != "read"}


class Desk:
    """Chooses from documents; ``probable`` says by a part of its text how probable each is."""

    def __init__(self, terms) -> None:
        self._terms = terms
        self._analyzer = terms.__self__

    def __call__(self, question: str, *documents: Document, **more) -> Chosen:
        return self.all(question, *documents, **more)[0]

    def all(
        self, question: str, *documents: Document, settings=None, across=(), **probable
    ) -> list[Chosen]:
        """For each part of the question, in which what lacks its names is out.

        ``across`` are parts of texts that share no words with the question.
        """
        made = {one.id: DocumentStatements(one) for one in documents}
        found = [s for one in documents for s in made[one.id].within((0, len(one.text)), n=1)]
        parts = take_apart(as_query(question, self._analyzer), self._analyzer, most=4).parts
        choosing = Choosing(
            made,
            terms=self._terms,
            settings=AnswerSettings().model_copy(
                update={"min_probability": 0.3} | (settings or {})
            ),
        )
        return choosing.choose_all([self._judged(part, found, probable, across) for part in parts])

    def _judged(
        self, part: Part, found: list[Statement], probable: dict, across: Sequence[str]
    ) -> JudgedPart:
        judged = [
            Judged(
                s,
                Features(**NOTHING | {"across": float(any(w in s.text for w in across))}),
                next(p for w, p in probable.items() if w in s.text),
                tuple(n for n in part.names if part.compared and n.text not in s.setting.text),
            )
            for s in found
            if any(w in s.text for w in probable)
        ]
        judged = [one if not one.missing else replace(one, probability=0.0) for one in judged]
        judged.sort(key=lambda one: -one.probability)
        return JudgedPart(part, judged, judged[0].probability if judged else 0.0)


@pytest.fixture
def choose(analyzer):
    return Desk(analyzer.terms)


def texts(chosen: Chosen) -> list[str]:
    return [statement.text for statement in chosen.statements]


WEATHER = document("w.txt", "Bergen is wet. Oslo is drier by far.\n\nDogs sleep in the last coach.")


class TestOne:
    def test_the_most_probable_statement_answers_alone_where_it_is_sure(self, choose):
        chosen = choose("Where is it wet?", WEATHER, Bergen=0.95, Dogs=0.9)
        assert texts(chosen) == ["Bergen is wet."]
        assert chosen.probability == 0.95

    def test_what_is_improbable_is_no_answer_and_its_probability_is_told(self, choose):
        chosen = choose("Where is it wet?", WEATHER, Bergen=0.29)
        assert (texts(chosen), chosen.probability) == ([], 0.29)

    def test_a_statement_that_is_improbable_by_itself_is_not_said_however_sure_it_is(self, choose):
        settings = {"min_probability": 0.0}
        assert texts(choose("Where?", WEATHER, settings=settings, Bergen=0.09)) == []
        settings |= {"least_quoted": 0.05}
        assert texts(choose("Where?", WEATHER, settings=settings, Bergen=0.09)) == [
            "Bergen is wet."
        ]

    @pytest.mark.parametrize(
        ("own", "share", "first"),
        [
            pytest.param(0.75, 0.8, "卑尔根多雨。", id="near"),
            pytest.param(0.5, 0.8, "Bergen is wet.", id="far"),
            pytest.param(0.5, 0.5, "卑尔根多雨。", id="far, where the settings allow it"),
        ],
    )
    def test_of_statements_as_probable_the_one_in_the_language_of_the_question_is_said(
        self, choose, own, share, first
    ):
        chinese = document("z.txt", "卑尔根多雨。")
        chosen = choose(
            "哪里多雨？",
            WEATHER,
            chinese,
            across=("Bergen",),
            settings={"max_sentences": 1, "rivals": 1, "own_language_share": share},
            Bergen=0.9,
            卑尔根=own,
        )
        assert texts(chosen) == [first]

    def test_nothing_judged_is_no_answer(self, choose):
        assert choose("Where is it wet?", WEATHER) == Chosen(
            choose("Where is it wet?", WEATHER).part
        )

    def test_an_unsure_answer_brings_a_second_that_is_nearly_as_probable(self, choose):
        assert texts(choose("Where?", WEATHER, Bergen=0.6, Dogs=0.5)) == [
            "Bergen is wet.",
            "Dogs sleep in the last coach.",
        ]
        assert texts(choose("Where?", WEATHER, Bergen=0.9, Dogs=0.41)) == ["Bergen is wet."]

    def test_a_second_may_say_what_of_the_question_the_first_does_not(self, choose):
        chosen = choose("Is Bergen wet for dogs?", WEATHER, Bergen=0.95, Dogs=0.9)
        assert texts(chosen) == ["Bergen is wet.", "Dogs sleep in the last coach."]

    def test_no_second_where_the_settings_allow_one(self, choose):
        chosen = choose("Where?", WEATHER, settings={"max_sentences": 1}, Bergen=0.6, Dogs=0.5)
        assert texts(chosen) == ["Bergen is wet."]


def policy(version: str, days: str, *more: str, title: str = "Travel policy") -> Document:
    lines = [f"# {title}", f"Version {version}", *more, f"The allowance is {days} euros."]
    return document(f"{title}{version}.md", "\n\n".join(lines))


class TestRivals:
    def test_versions_that_differ_are_shown_together_the_newest_first_and_it_is_said(self, choose):
        chosen = choose(
            "What is the allowance?", policy("1", "25"), policy("2", "30"), **{"25": 0.9, "30": 0.8}
        )
        assert texts(chosen) == ["The allowance is 30 euros.", "The allowance is 25 euros."]
        assert chosen.differ

    def test_a_superseded_one_comes_last_even_where_its_number_is_higher(self, choose):
        old, new = policy("3", "25", "Status: superseded"), policy("2", "30")
        chosen = choose("What is the allowance?", old, new, **{"25": 0.9, "30": 0.8})
        assert texts(chosen) == ["The allowance is 30 euros.", "The allowance is 25 euros."]

    def test_who_asks_for_the_current_one_gets_it_alone(self, choose):
        old, new = policy("1", "25"), policy("2", "30")
        chosen = choose("What is the allowance now?", old, new, **{"25": 0.9, "30": 0.8})
        assert texts(chosen) == ["The allowance is 30 euros."]
        assert not chosen.differ

    def test_who_asks_for_the_old_one_gets_that(self, choose):
        old, new = policy("1", "25"), policy("2", "30")
        chosen = choose("What was the old allowance?", old, new, **{"25": 0.8, "30": 0.9})
        assert texts(chosen) == ["The allowance is 25 euros."]

    def test_the_same_value_twice_is_said_once(self, choose):
        chosen = choose(
            "What is the allowance?", policy("1", "30"), policy("2", "30"), allowance=0.9
        )
        assert texts(chosen) == ["The allowance is 30 euros."]
        assert not chosen.differ

    def test_values_of_different_things_are_shown_and_contradict_nothing(self, choose):
        spain, italy = policy("1", "25", title="Spain"), policy("1", "30", title="Italy")
        chosen = choose("What is the allowance?", spain, italy, **{"25": 0.9, "30": 0.85})
        assert sorted(texts(chosen)) == [
            "The allowance is 25 euros.",
            "The allowance is 30 euros.",
        ]
        assert not chosen.differ

    @pytest.mark.parametrize(("share", "shown"), [(0.24, 2), (0.5, 1)])
    def test_how_probable_another_version_must_be_is_a_setting(self, choose, share, shown):
        old, new = policy("1", "25"), policy("2", "30")
        chosen = choose(
            "What is the allowance?",
            old,
            new,
            settings={"version_share": share, "max_sentences": 1},
            **{"25": 0.3, "30": 0.9},
        )
        assert len(chosen.statements) == shown

    @pytest.mark.parametrize(("share", "shown"), [(0.9, 1), (0.5, 2)])
    def test_how_probable_a_value_of_the_same_document_must_be_is_a_setting(
        self, choose, share, shown
    ):
        rates = document("r.md", "# Rates\n\nThe fee is 25 euros.\n\nThe fee is 30 euros.\n")
        settings = {"same_document_share": share, "max_sentences": 1}
        chosen = choose("What is the fee?", rates, settings=settings, **{"25": 0.6, "30": 0.9})
        assert len(chosen.statements) == shown

    def test_no_more_rivals_than_the_settings_say(self, choose):
        made = [policy(str(n), str(20 + n)) for n in range(1, 6)]
        chosen = choose("What is the allowance?", *made, settings={"rivals": 3}, allowance=0.9)
        assert len(chosen.statements) == 3


FINDINGS = document(
    "f.md",
    "# Audit\n\nThe audit had these findings:\n\n- Doors were open.\n- Keys were shared.\n"
    "- Logs were lost.\n\nNobody was hurt.\n",
)
CODES = document(
    "c.csv", "code,meaning,state\nE1,too loose,open\nE2,too hot,closed\nE3,too cold,open\n"
)


class TestLists:
    def test_a_list_that_is_asked_for_comes_whole_and_in_its_order(self, choose):
        chosen = choose("List all findings of the audit.", FINDINGS, Keys=0.7)
        assert texts(chosen) == ["Doors were open.", "Keys were shared.", "Logs were lost."]
        assert (chosen.left_out, chosen.listed) == (0, None)

    def test_what_is_left_out_of_a_long_list_is_counted(self, choose):
        chosen = choose("List all findings.", FINDINGS, settings={"list_items": 2}, Keys=0.7)
        assert texts(chosen) == ["Doors were open.", "Keys were shared."]
        assert chosen.left_out == 1

    @pytest.mark.parametrize(("share", "listed"), [(0.5, 3), (0.9, 1)])
    def test_how_probable_an_item_must_be_for_its_list_is_a_setting(self, choose, share, listed):
        settings = {"list_share": share, "max_sentences": 1}
        documents = (WEATHER, FINDINGS)
        chosen = choose("List all findings.", *documents, settings=settings, Dogs=0.9, Keys=0.6)
        assert len(chosen.statements) == listed

    def test_how_many_is_counted_where_the_document_lists_them(self, choose):
        chosen = choose("How many findings were there?", FINDINGS, Keys=0.7)
        assert chosen.listed == 3
        assert len(chosen.statements) == 3

    def test_a_stated_number_is_quoted_and_nothing_is_counted(self, choose):
        stated = document("s.md", "- The audit had 17 findings.\n- Nobody was hurt.\n")
        chosen = choose("How many findings were there?", stated, findings=0.9)
        assert texts(chosen) == ["The audit had 17 findings."]
        assert chosen.listed is None

    def test_a_number_in_an_item_is_not_how_many_items_there_are(self, choose):
        todos = document("t.md", "To do:\n\n- Jo: publish 2.4 by 22 April\n- Mo: ask 3 clients\n")
        chosen = choose("How many to-dos are there?", todos, publish=0.7)
        assert chosen.listed == 2
        chinese = document(
            "z.md", "待办：\n\n- 小林：4 月 22 日发布 2.4 版\n- 小周：通知 3 位客户\n"
        )
        assert choose("布置了几项待办？", chinese, 发布=0.7).listed == 2

    def test_a_fact_brings_no_list_along(self, choose):
        chosen = choose("Who shared the keys?", FINDINGS, Keys=0.95, Doors=0.5)
        assert texts(chosen) == ["Keys were shared."]

    def test_rows_are_a_list_too(self, choose):
        chosen = choose("错误码有哪些？", CODES, hot=0.7)
        assert [text.count("E") for text in texts(chosen)] == [1, 1, 1]

    def test_of_rows_those_are_listed_that_hold_what_the_question_says(self, choose):
        chosen = choose("List all codes that are open.", CODES, loose=0.7)
        assert [("E1" in text, "E3" in text) for text in texts(chosen)] == [
            (True, False),
            (False, True),
        ]

    def test_a_row_that_fits_several_things_is_listed_for_each(self, choose):
        parts = document("f.csv", "part,fits\nlip,R2\nhook,R2;R4\nbelt,R4\n")
        chosen = choose("Which parts fit the R2?", parts, lip=0.7)
        assert [("lip" in text, "hook" in text) for text in texts(chosen)] == [
            (True, False),
            (False, True),
        ]

    def test_steps_are_a_list_that_a_procedure_asks_for(self, choose):
        steps = document(
            "p.md", "# Reset the pump\n\n1. Stop it.\n2. Open the lid.\n3. Press the knob.\n"
        )
        chosen = choose("How do I reset the pump?", steps, lid=0.7)
        assert texts(chosen) == ["Stop it.", "Open the lid.", "Press the knob."]

    def test_sections_numbered_alike_are_a_list_by_their_first_statements(self, choose):
        text = "# T60\n\n## E101\n\nToo loose. Wait.\n\n## E102\n\nToo hot.\n"
        chosen = choose("T60有哪些错误码？", document("e.md", text), hot=0.7)
        assert texts(chosen) == ["Too loose.", "Too hot."]


class TestCompared:
    GRAZ = document("g.md", "# Graz yard\n\nThe speed limit is 15 km/h. Dogs may come.")
    LINZ = document("l.md", "# Linz yard\n\nCats may come. The speed limit here is 8 km/h.")

    def test_what_is_compared_is_answered_alike_where_one_answer_is_sure(self, choose):
        graz, linz = choose.all(
            "Speed limit in Graz and Linz?",
            self.GRAZ,
            self.LINZ,
            **{"15": 0.9, "8": 0.2, "Cats": 0.1},
        )
        assert texts(graz) == ["The speed limit is 15 km/h."]
        assert texts(linz) == ["The speed limit here is 8 km/h."]

    def test_what_says_something_else_of_the_other_is_no_answer(self, choose):
        graz, linz = choose.all(
            "Speed limit in Graz and Linz?", self.GRAZ, self.LINZ, **{"15": 0.9, "Cats": 0.2}
        )
        assert texts(graz) == ["The speed limit is 15 km/h."]
        assert texts(linz) == []

    def test_where_none_is_sure_none_is_answered(self, choose):
        found = choose.all(
            "Speed limit in Graz and Linz?", self.GRAZ, self.LINZ, **{"15": 0.2, "8": 0.2}
        )
        assert [texts(one) for one in found] == [[], []]
