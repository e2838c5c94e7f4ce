"""Where answers of the OpenAI shape are cut."""

import pytest

from app.http.routes.shortening import Shortened


def words(text: str) -> int:
    return len(text.split())


def said(pieces: list[str], stops: tuple[str, ...] = (), max_tokens: int | None = None):
    cut = Shortened(stops=stops, max_tokens=max_tokens, count=words)
    parts = [*map(cut.add, pieces), cut.end()]
    return "".join(parts), cut.finish_reason


def test_nothing_is_cut_that_nobody_wants_cut() -> None:
    assert said(["One two.", " Three."]) == ("One two. Three.", "stop")


@pytest.mark.parametrize(
    ("stops", "left"),
    [
        (("Three",), "One two. "),
        ((". T",), "One two"),  # begins in one piece and ends in the next
        (("Four", "two"), "One "),
        (("",), "One two. Three."),
        (("e.!",), "One two. Three."),  # was held back, and did not come
    ],
)
def test_a_stop_cuts_where_it_begins(stops: tuple[str, ...], left: str) -> None:
    assert said(["One two.", " Three."], stops) == (left, "stop")


def test_nothing_of_a_stop_was_said_before_it_is_known() -> None:
    cut = Shortened(stops=["END."], max_tokens=None, count=words)
    assert cut.add("So EN") == "So"[: len("So EN") - 3]
    assert cut.add("D. More.") == " "
    assert cut.add("Even more.") == ""


@pytest.mark.parametrize(
    ("most", "left", "reason"),
    [(3, "One two. Three.", "stop"), (2, "One two.", "length"), (1, "", "length")],
)
def test_a_limit_leaves_out_whole_sentences(most: int, left: str, reason: str) -> None:
    assert said(["One two.", " Three."], max_tokens=most) == (left, reason)


def test_no_shorter_sentence_follows_one_that_was_left_out() -> None:
    assert said(["One two three.", " Four."], max_tokens=2) == ("", "length")


def test_what_was_held_back_comes_before_the_limit_ends_it() -> None:
    assert said(["One.", " Two three."], ("e.!",), max_tokens=1) == ("One.", "length")
