import pytest

from app.domain.queries import Reading


@pytest.mark.parametrize(
    ("typed", "document", "meant"),
    [
        ("軟體授權費用", "软件授权的费用是每年一百元。", "软件授权费用"),
        ("软件授权费用", "軟體授權的費用是每年一百元。", "軟體授權費用"),
    ],
)
def test_words_of_another_region_are_those_that_the_collection_holds(read, typed, document, meant):
    query = read(typed, (document,)).query
    assert query.text == meant
    assert query.readings == (Reading("script", typed, meant),)


@pytest.mark.parametrize(
    "typed", ["授權費用", "軟體", "ｓｏｆｔｗａｒｅ license", "software license"]
)
def test_what_terms_fold_alike_or_nobody_holds_stays_as_it_was_typed(read, typed):
    assert read(typed, ("授权费用",)).query.readings == ()
