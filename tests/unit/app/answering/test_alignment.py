import pytest

from app.answering.verifying.alignment import changed, tokens


def change(claim: str, source: str, *known: str) -> str | None:
    return changed(claim, source, known=frozenset(known), stem=lambda word: word.rstrip("s"))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Backups are kept for ¦ days.", "Backups are kept for ¦ days."),
        ("The backups were kept for ¦ days", "Backups are kept for ¦ days."),
        ("备份保留¦天", "备份会保留¦天。"),
        ("In winter the lift stops at noon.", "The lift stops at noon in winter."),
        ("Bananas ripen slowly in the dark.", "Backups are kept for ¦ days."),
    ],
)
def test_light_words_and_moved_clauses_change_nothing(claim, source):
    assert change(claim, source) is None


@pytest.mark.parametrize(
    ("claim", "source", "reason"),
    [
        ("Backups are deleted after ¦ days", "Backups are kept for ¦ days", "it puts in"),
        ("Backups are kept for ¦ days", "Backups are not kept for ¦ days", "it leaves out “not"),
        ("Aldus pays Moss for the cart", "Moss pays Aldus for the cart", "it puts in"),
        (
            "When vans pull up at noon, carts push on.",
            "When carts pull up at noon, vans push on.",
            "it exchanges",
        ),
        ("张伟批准差旅申请", "李伟批准差旅申请", "it puts in “张”"),
        ("备份删除¦天", "备份保留¦天", "it puts in “删除”"),
        ("备份保留¦天", "备份不保留¦天", "it leaves out “不”"),
    ],
)
def test_a_word_that_is_put_in_or_left_out_is_found(claim, source, reason):
    assert reason in (change(claim, source) or "")


def test_words_of_the_setting_may_stand_for_a_pronoun():
    assert change("The lamp may be used in rain", "It may be used in rain") is not None
    assert change("The lamp may be used in rain", "It may be used in rain", "lamp") is None


def test_what_was_taken_out_is_a_token_of_its_own():
    assert tokens("The T40's ¦ 备份") == ["the", "t", "40", "s", "¦", "备", "份"]


@pytest.mark.usefixtures("_ends")
@pytest.mark.parametrize("word", ["a ", "the ", "rain ", "雨", "¦ ", "not "])
def test_no_source_is_slow_to_align(word):
    change(word * 100, (word * 5_000)[:5_000])
