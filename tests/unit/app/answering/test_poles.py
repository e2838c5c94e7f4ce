import pytest

from app.answering.verifying.checks.poles import sides, turned


@pytest.mark.parametrize(
    ("claim", "source", "pole"),
    [
        ("at most ¦ people", "at least ¦ people", "bound"),
        ("最多¦人", "至少¦人", "bound"),
        ("低于¦元", "超过¦元", "bound"),
        ("it is above the door", "it is below the door", "place"),
        ("before the meeting", "after the meeting", "order"),
        ("会议之前提交", "会议之后提交", "order"),
        ("the pump is on", "the pump is off", "switch"),
        ("关闭水泵", "打开水泵", "switch"),
        ("you must wear gloves", "you may wear gloves", "modality"),
        ("必须戴手套", "可以戴手套", "modality"),
        ("all users have access", "some users have access", "extent"),
        ("所有用户都有权限", "部分用户有权限", "extent"),
        ("sales fell", "sales rose", "growth"),
        ("the first day", "the last day", "half"),
        ("without batteries", "including batteries", "inside"),
    ],
)
def test_a_claim_on_the_other_side_is_turned_around(claim, source, pole):
    assert turned(claim, source, "") == pole
    assert turned(source, source, "") is None


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("up to ¦ people", "at most ¦ people"),
        ("no more than ¦ people", "at most ¦ people"),
        ("不超过¦人", "至多¦人"),
        ("it can be used in rain", "it is used in rain"),
        ("before the meeting", "prior to the meeting"),
    ],
)
def test_the_same_side_in_other_words_stands(claim, source):
    assert turned(claim, source, "") is None


def test_a_bound_may_not_be_left_out():
    assert turned("it takes ¦ days", "it takes at least ¦ days", "") == "bound"
    assert turned("需要¦天", "至少需要¦天", "") == "bound"


def test_a_guess_may_not_become_certain():
    assert turned("it will rain", "it might rain", "") == "modality"
    assert turned("一定会下雨", "可能会下雨", "") == "modality"


def test_an_exception_may_not_be_left_out():
    assert turned("dogs are allowed", "dogs are allowed unless they bark", "") == "exception"
    assert turned("可以带狗", "除非狗叫，可以带狗", "") == "exception"


def test_a_side_may_stand_in_the_setting():
    assert turned("it must be worn", "gloves are worn", "what must be worn") is None
    assert turned("it must be worn", "gloves are worn", "") == "modality"


def test_no_more_than_is_an_upper_bound_although_more_than_stands_in_it():
    assert sides("no more than ¦")["bound"] == {"upper"}
    assert sides("more than ¦")["bound"] == {"lower"}
