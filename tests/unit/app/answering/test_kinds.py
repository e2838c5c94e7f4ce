import pytest

from app.answering.evidence.kinds.asked import kinds_asked
from app.answering.evidence.kinds.held import heads_kind, holds_kind
from app.answering.evidence.kinds.kind import Kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What colour is the T40?", Kind.COLOUR),
        ("T40是什么颜色的？", Kind.COLOUR),
        ("Who approves travel?", Kind.PERSON),
        ("Who is the CFO?", Kind.HOLDER),
        ("财务经理是谁？", Kind.HOLDER),
        ("When is the report due?", Kind.TIME),
        ("报告什么时候提交？", Kind.TIME),
        ("How many days of leave are there?", Kind.DURATION),
        ("产假有多少天？", Kind.DURATION),
        ("How much does a locker cost?", Kind.MONEY),
        ("押金是多少元？", Kind.MONEY),
        ("What is the e-mail address of the desk?", Kind.EMAIL),
        ("How heavy is the cart?", Kind.WEIGHT),
        ("How many carts are there?", Kind.NUMBER),
        ("Which version is current?", Kind.VERSION),
    ],
)
def test_a_question_asks_for_one_kind(question, kind):
    assert kinds_asked(question) == {kind}


@pytest.mark.parametrize("question", ["May dogs come along?", "What is fusion?", "可以带狗吗？"])
def test_most_questions_ask_for_no_kind_in_particular(question):
    assert kinds_asked(question) == frozenset()


@pytest.mark.parametrize(
    ("kind", "held", "lacking"),
    [
        (Kind.COLOUR, "The T40 is dark green.", "The T40 is a trolley for parcels."),
        (Kind.COLOUR, "外壳为红色。", "外壳由钢制成。"),
        (Kind.PERSON, "Travel is approved by Anna Moss.", "travel is paid by the mile."),
        (Kind.HOLDER, "财务经理是王芳。", "财务部在三层办公。"),
        (Kind.DURATION, "Mothers get 98 days.", "Mothers get flowers."),
        (Kind.DURATION, "产假九十八天。", "产假由人事部批准。"),
        (Kind.MONEY, "It costs $5.", "It is cheap."),
        (Kind.EMAIL, "Write to desk@example.com.", "Write to the desk."),
        (Kind.WEIGHT, "It weighs 12 kg.", "It is light."),
        (Kind.TIME, "It is due on 3 May.", "It is long overdue"),
        (Kind.PHONE, "Call 555 0199.", "Call the desk."),
    ],
)
def test_a_statement_holds_a_thing_of_a_kind_or_does_not(kind, held, lacking):
    assert holds_kind(held, frozenset({kind}))
    assert not holds_kind(lacking, frozenset({kind}))


def test_what_asks_for_no_kind_is_held_by_all():
    assert holds_kind("Anything at all.", frozenset())


def test_question_and_statement_may_differ_in_language():
    assert holds_kind("产假九十八天。", kinds_asked("How many days of leave do mothers get?"))
    assert holds_kind("The case is red.", kinds_asked("外壳是什么颜色？"))


def test_the_digits_of_a_code_are_no_amount():
    assert not holds_kind("The KS-9 is a camera.", frozenset({Kind.MONEY}))
    assert holds_kind("The KS-9 costs 40.", frozenset({Kind.MONEY}))


@pytest.mark.parametrize(
    ("heads", "kind"),
    [
        ("Occasion\nDays off", Kind.DURATION),
        ("产品\n价格", Kind.MONEY),
        ("Name\nExt", Kind.PHONE),
    ],
)
def test_a_head_says_what_kind_of_thing_stands_below_it(heads, kind):
    assert heads_kind(heads, frozenset({kind}))
    assert not heads_kind(heads, frozenset({Kind.COLOUR}))
