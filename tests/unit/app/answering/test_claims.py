import pytest

from app.answering.verifying.claims import denials, denies, names, quotations, titles, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The tower in Paris, France's pride.", ["Paris", "France"]),
        ("Tantivy uses rank_bm25 and iPhone apps.", ["Tantivy", "rank_bm25", "iPhone"]),
        ("I think so.", []),
        ("However, NASA agreed.", ["NASA"]),
        ("使用Tantivy和numpy检索。", ["Tantivy", "numpy"]),
        ("See app/main.py at 10.", ["See", "app/main.py"]),
    ],
)
def test_names_are_what_can_not_come_from_nowhere(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It does not work.", True),
        ("It doesn’t work.", True),
        ("It works without keys.", True),
        ("Not only fast but small.", False),
        ("See No. 5 and notes.", False),
        ("它不支持。", True),
        ("没有索引", True),
        ("它不仅快而且小，不过很贵。", False),
        ("未来是否可行，无论如何", False),
    ],
)
def test_negation_is_told_from_words_that_look_like_it(text, expected):
    assert denies(text) is expected


def test_quotations_come_without_their_marks_and_final_punctuation():
    text = 'He said "so it is," and 「如此」, “thus”.'
    assert quotations(text) == ["so it is", "如此", "thus"]


def test_titles_stand_between_their_marks():
    assert titles("《信息检索导论》介绍了《BM25》。") == ["信息检索导论", "BM25"]


def test_words_are_tokens_and_their_parts_in_lower_case():
    assert {"http_proxy", "well-known", "well", "known", "bob"} <= words(
        "HTTP_PROXY, Bob's well-known"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use in rain is forbidden.", 1),
        ("No, use in rain is not allowed.", 2),
        ("At most, and not more than, five.", 0),
        ("严禁在雨中使用。", 1),
        ("不超过五天。", 0),
        ("不得少于三人。", 0),
    ],
)
def test_only_words_that_negate_are_counted(text, expected):
    assert denials(text) == expected
