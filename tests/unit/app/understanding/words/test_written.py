from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from app.domain.queries import Reading
from app.errors import RemoteUnavailable
from app.fakes import FakeGenerator
from app.settings import ModelSettings, RetrievalSettings, Settings


class Broken(FakeGenerator):
    def stream(self, turns, *, max_tokens, stop=lambda: False) -> Iterator[str]:
        yield "half"
        raise RemoteUnavailable("http://10.0.0.7 closed the connection")


class Failing(FakeGenerator):
    def stream(self, turns, *, max_tokens, stop=lambda: False) -> Iterator[str]:
        raise RuntimeError("a bug")
        yield ""


class Monolingual(FakeGenerator):
    def supports(self, language: str) -> bool:
        return language == "en"


def test_nothing_is_written_unless_settings_ask_for_it(read):
    generator = FakeGenerator("another way to ask")
    assert read("how long", generator=generator).query.variants == ()
    assert generator.asked == []


def test_other_wordings_are_variants_for_every_route(read):
    generator = FakeGenerator("1. how many days \n- how long \n\n- what duration \nfor how long")
    understood = read("how long", rewordings=2, variant_weight=0.4, generator=generator)
    one, two = understood.query.variants
    assert (one.name, one.kind, one.text) == ("rewording 1", "rewording", "how many days")
    assert (one.weight, one.routes) == (0.4, None)
    assert two.text == "what duration"
    assert understood.query.readings[0] == Reading("rewording", "how long", "how many days")
    assert understood.query.text == "how long"
    assert "2 other ways" in generator.asked[0][0].content


def test_a_supposed_answer_is_a_variant_for_the_dense_route(read):
    generator = FakeGenerator("It takes\nthree days.")
    (variant,) = read("how long", hypothesis=True, generator=generator).query.variants
    assert (variant.name, variant.text) == ("hypothesis 1", "It takes three days.")
    assert variant.routes == frozenset({"dense"})


@pytest.mark.parametrize(
    ("generator", "budget_ms", "reason"),
    [
        (Broken(), 2_000.0, "rewording: "),
        (Failing(), 2_000.0, "rewording: "),
        (FakeGenerator("late"), 0.0, "rewording: not written within retrieval.variants_budget_ms"),
        (None, 2_000.0, "rewording: needs models.generator"),
    ],
)
def test_what_can_not_be_written_is_told_and_the_search_goes_on(read, generator, budget_ms, reason):
    understood = read("how long", rewordings=1, variants_budget_ms=budget_ms, generator=generator)
    assert (understood.query.text, understood.query.variants) == ("how long", ())
    (told,) = understood.degraded
    assert told.startswith(reason)
    assert "10.0.0.7" not in told


def test_nobody_is_asked_in_a_language_that_it_does_not_write(read):
    generator = Monolingual("怎么办")
    understood = read("要多久", rewordings=1, generator=generator)
    assert (understood.query.variants, understood.degraded, generator.asked) == ((), (), [])


def test_settings_that_need_a_generator_say_so():
    with pytest.raises(ValidationError, match=r"need models\.generator"):
        Settings(retrieval=RetrievalSettings(rewordings=1))
    settings = Settings(
        retrieval=RetrievalSettings(hypothesis=True),
        models=ModelSettings(generator="bundled:smollm2-135m-instruct"),
    )
    assert settings.retrieval.writes
