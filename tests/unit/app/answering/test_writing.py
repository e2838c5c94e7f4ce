from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.answering.asking.asked import take_apart
from app.answering.composition import Composition
from app.answering.context.gathering import Context
from app.answering.evidence.candidates import Judged
from app.answering.evidence.judgement import Features
from app.answering.generating.writing import Writer
from app.answering.quoting.chosen import Chosen
from app.answering.verifying.verifier import Verifier
from app.domain.answers import Answer, Verdict
from app.domain.documents import Chunk
from app.domain.hits import SearchResult
from app.domain.questions import Turn
from app.errors import RemoteUnavailable
from app.fakes import FakeGenerator
from app.requests import AnswerRequest
from app.retrieval.understanding.understand import as_query
from app.settings import AnswerSettings
from tests.unit.app.answering.desk import statements
from tests.unit.app.answering.test_choosing import NOTHING

TEXT = (
    "The constant K of fusion is 60 by default. Fusion adds weighted reciprocal ranks. "
    "Snapshots of the catalog are kept for thirty days."
)
QUESTION = "What is the constant K of fusion by default?"
BEST = "The constant K of fusion is 60 by default."
RANKS = "Fusion adds weighted reciprocal ranks."


class FailingGenerator(FakeGenerator):
    """Stops answering when it has said everything."""

    def stream(self, turns, *, max_tokens, stop=lambda: False) -> Iterator[str]:
        yield from super().stream(turns, max_tokens=max_tokens, stop=stop)
        raise RemoteUnavailable("http://10.0.0.7 closed the connection")


@pytest.fixture
def write(analyzer):
    """What becomes of a draft, where the first statement is chosen unless told otherwise."""

    def answer(
        generator: FakeGenerator | str,
        *,
        probable: tuple[float, ...] = (0.9, 0.5, 0.01),
        choose: int = 1,
        history: tuple[Turn, ...] = (),
        stop=lambda: False,
        **settings: object,
    ) -> Answer:
        if isinstance(generator, str):
            generator = FakeGenerator(generator)
        found = statements("a.txt", TEXT)
        ranked = [Judged(s, Features(**NOTHING), p) for s, p in zip(found, probable, strict=True)]
        part = take_apart(as_query(QUESTION, analyzer), analyzer, most=4).parts[0]
        chunk = Chunk("a#0", "a.txt", 0, TEXT, (0, len(TEXT)))
        composition = Composition(
            Context((), {"a.txt": (chunk,)}, {}, {}), SearchResult((), (), {})
        )
        writer = Writer(
            generator,
            Verifier(analyzer.terms),
            AnswerSettings().model_copy(update=settings),
        )
        events = list(
            writer.write(
                AnswerRequest(QUESTION, history),
                [Chosen(part, tuple(found[:choose]), probable[0])],
                [ranked],
                composition,
                stop,
            )
        )
        assert [event.sentence for event in events] == composition.sentences
        return composition.answer({})

    return answer


def texts(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


class TestSaid:
    def test_a_sentence_that_one_statement_bears_is_said_and_cites_it(self, write):
        given = write("The constant K is 60 by default [1].")
        assert texts(given) == ["The constant K is 60 by default."]
        assert given.sentences[0].verdict is Verdict.SUPPORTED
        assert [citation.quote for citation in given.citations] == [BEST]
        assert given.draft[0].reason is None

    @pytest.mark.parametrize("mark", ["", " [2]"])
    def test_a_missing_or_a_wrong_citation_is_mended(self, write, mark):
        given = write(f"The constant K is 60 by default{mark}.")
        assert texts(given) == ["The constant K is 60 by default."]
        assert [citation.quote for citation in given.citations] == [BEST]

    def test_what_cites_a_statement_that_does_not_exist_is_replaced_by_a_quotation(self, write):
        given = write("The constant K is 60 by default [9].")
        assert texts(given) == [BEST]
        assert given.draft[0].reason == "it cites no statement that exists"

    @pytest.mark.parametrize(
        "draft",
        [
            "The constant K of fusion is 80 by default [1].",
            "The constant K of fusion is never 60 by default [1].",
            "Question: what is the constant K of fusion by default?",
            "Moss says the constant K of fusion is 60 by default [1].",
        ],
    )
    def test_what_no_statement_bears_is_never_said(self, write, draft):
        given = write(draft)
        assert draft.removesuffix(" [1].") not in given.text
        assert given.draft[0].reason is not None

    def test_what_a_refused_sentence_tried_to_say_takes_its_place_verbatim(self, write):
        given = write("The constant K of fusion is 80 by default [1].")
        assert texts(given) == [BEST]
        assert given.sentences[0].verdict is Verdict.VERBATIM

    def test_how_much_of_it_a_quotation_must_hold_is_a_setting(self, write):
        draft = "The constant K of fusion is 80 by default [1]."
        assert texts(write(draft, stand_in_share=1.0)) == []

    def test_only_what_was_chosen_as_an_answer_takes_its_place(self, write):
        given = write("Snapshots of the catalog are kept for forty days.")
        assert texts(given) == []

    def test_what_rests_on_a_statement_that_does_not_answer_is_not_said(self, write):
        given = write(
            "Snapshots of the catalog are kept for thirty days [1].", probable=(0.9, 0.5, 0.0)
        )
        assert texts(given) == []
        assert given.draft[0].reason is not None

    def test_a_mere_value_is_said_where_its_statement_could_be_quoted(self, write):
        assert [s.text for s in write("60 [1]").sentences] == ["60"]
        bare = write("Thirty days [3].", probable=(0.9, 0.5, 0.4))
        assert bare.sentences == ()
        assert bare.draft[0].reason == "it does not say of what"
        whole = write("Snapshots of fusion are kept for thirty days [3].", probable=(0.9, 0.5, 0.4))
        assert whole.draft[0].reason != "it does not say of what"

    def test_what_was_said_before_is_not_said_again(self, write):
        given = write("The constant K is 60 by default [1]. The constant K is 60 [1].")
        assert texts(given) == ["The constant K is 60 by default."]
        assert given.draft[1].reason == "it says nothing that was not said before"

    def test_no_more_sentences_than_the_settings_allow(self, write):
        given = write(
            "The constant K is 60 by default [1]. Fusion adds weighted reciprocal ranks [2].",
            drafted_sentences=1,
        )
        assert len(given.sentences) == 1


class TestAsking:
    def test_what_can_not_be_quoted_is_shown_to_the_generator_all_the_same(self, write):
        generator = FakeGenerator("Fusion adds weighted ranks [2].")
        given = write(generator, choose=0, probable=(0.3, 0.3, 0.01))
        assert RANKS in generator.asked[0][-1].content
        assert texts(given) == ["Fusion adds weighted ranks."]
        assert given.sentences[0].verdict is Verdict.SUPPORTED

    def test_what_hardly_answers_is_not_shown(self, write):
        generator = FakeGenerator("")
        write(generator)
        shown = generator.asked[0][-1].content
        assert BEST in shown
        assert "Snapshots" not in shown

    def test_with_nothing_to_show_nobody_is_asked(self, write):
        generator = FakeGenerator("It is 60.")
        given = write(generator, choose=0, probable=(0.05, 0.05, 0.05))
        assert (generator.asked, given.sentences) == ([], ())

    def test_the_prompt_keeps_its_budget_and_shows_the_best_first(self, write):
        generator = FakeGenerator("")
        write(generator, prompt_tokens=9)
        shown = generator.asked[0][-1].content
        assert BEST in shown
        assert RANKS not in shown

    def test_old_turns_give_way(self, write):
        generator = FakeGenerator("")
        history = (
            Turn("user", "old " * 500),
            Turn("assistant", "Old answer."),
            Turn("user", "What is K?"),
        )
        write(generator, history=history, prompt_tokens=64)
        (turns,) = generator.asked
        assert [turn.content for turn in turns[1:-1]] == ["Old answer.", "What is K?"]

    def test_wishes_of_the_caller_stay_when_turns_give_way(self, write):
        generator = FakeGenerator("")
        history = (Turn("system", "Be brief."), Turn("user", "old " * 500))
        write(generator, history=history, prompt_tokens=64)
        (turns,) = generator.asked
        assert turns[0].content.endswith("\nBe brief.")
        assert len(turns) == 2

    def test_a_wish_lets_nothing_be_said_that_no_statement_bears(self, write):
        wish = (Turn("system", "Say that the constant K is 61."),)
        given = write("The constant K is 61 by default [1].", history=wish)
        assert "61" not in given.text

    def test_no_more_statements_are_shown_than_the_settings_say(self, write):
        generator = FakeGenerator("")
        write(generator, prompt_statements=1)
        shown = generator.asked[0][-1].content
        assert BEST in shown
        assert RANKS not in shown


class TestEnding:
    def test_a_spent_budget_ends_the_draft(self, write):
        given = write("The constant K is 60 by default [1].", generate_budget_ms=0.0)
        assert (given.draft, given.sentences) == ((), ())

    def test_who_stops_listening_ends_the_draft(self, write):
        given = write("The constant K is 60 by default [1].", stop=lambda: True)
        assert given.draft == ()

    def test_a_generator_that_fails_midway_leaves_what_was_verified(self, write):
        given = write(
            FailingGenerator("The constant K is 60 by default [1]. Fusion adds weighted and")
        )
        assert texts(given) == ["The constant K is 60 by default."]
        assert given.degraded == ("generator: A remote model did not answer; try again.",)
