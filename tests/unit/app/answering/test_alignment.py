import pytest

from app.answering.verifying.atoms import atoms_of
from app.answering.verifying.words.alignment import misplaced
from app.answering.verifying.words.stems import Stems
from app.answering.verifying.words.tokens import Token, tokens_of


@pytest.fixture
def change(analyzer):
    """Why the words of a sentence do not play their parts in its source, some words known."""
    stems = Stems(analyzer.terms)

    def tokens(text: str) -> list[Token]:
        return tokens_of(
            atoms_of(text, every_numeral=False), lambda word: next(iter(stems(word)), word)
        )

    def why(claim: str, source: str, *known: str) -> str | None:
        return misplaced(tokens(claim), tokens(source), known=frozenset(known))

    return why


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Backups are kept for 30 days.", "Backups are kept for 30 days."),
        ("The backups were kept for 30 days", "Backups are kept for 30 days."),
        ("备份保留30天", "备份会保留30天。"),
        ("In winter the lift stops at noon.", "The lift stops at noon in winter."),
        ("When it rains, the bell rings.", "The bell rings when it rains."),
        ("Staff usually leave early.", "Usually, staff leave early."),
        ("The cart needs oil and grease.", "The cart needs grease and oil."),
        ("The vans were replaced by carts.", "Carts replaced the vans."),
        ("Carts replaced the vans.", "The vans were replaced by carts."),
        ("Steps are listed in the annex.", "The annex lists steps."),
        ("The van's load is small.", "The load of the van is small."),
        ("面包车取代了旧车。", "旧车被面包车取代。"),
        ("绍兴的司机有假。", "在绍兴，司机有假。"),
        ("水泵由青山厂制造。", "青山厂制造水泵。"),
    ],
)
def test_what_plays_the_same_part_may_stand_elsewhere(change, claim, source):
    assert change(claim, source) is None


@pytest.mark.parametrize(
    ("claim", "source", "reason"),
    [
        ("The cart cart rolls", "The cart rolls", "it puts in “cart”"),
        ("Backups are kept for 30 days", "Backups are not kept for 30 days", "leaves out “not”"),
        ("Vans stop but carts do not stop", "Vans do not stop but carts stop", "leaves out “not”"),
        ("Staff leave early.", "Staff usually leave early.", "leaves out “usual”"),
        ("Aldus pays Moss for the cart", "Moss pays Aldus for the cart", "another order"),
        ("Aldus was paid by Moss", "Moss was paid by Aldus", "another order"),
        ("The vans replaced carts.", "The vans were replaced by carts.", "another order"),
        ("Carts are replaced.", "Carts replaced the vans.", "another order"),
        ("It rains when the bell rings.", "The bell rings when it rains.", "another part"),
        ("The bell rings.", "If it rains, the bell rings.", "leaves out a condition"),
        ("Sign before you send.", "Send before you sign.", "another part"),
        (
            "When vans pull up at noon, carts push on.",
            "When carts pull up at noon, vans push on.",
            "another",
        ),
        ("It costs 8 euros from May to June", "It costs 8 euros from June to May", "another"),
        (
            "It is commoner in dogs than in cats.",
            "It is commoner in cats than in dogs.",
            "another part",
        ),
        ("The box has files and two saws.", "The box has saws and two files.", ""),
        ("At most 5 of at least 9 fit.", "At least 5 of at most 9 fit.", "bound"),
        ("Guests may wear boots.", "Guests must wear boots, staff may wear shoes.", "modality"),
        ("张伟批准差旅申请", "李伟批准差旅申请", "it puts in “张”"),
        ("备份保留30天", "备份不保留30天", "it leaves out “不”"),
        ("旧车取代面包车。", "旧车被面包车取代。", "another order"),
        (
            "Sales rose to 20 units in June and to 35 units in May",
            "Sales rose to 20 units in May and to 35 units in June",
            "another order",
        ),
        ("下雨在钟响时。", "下雨时钟响。", "another"),
    ],
)
def test_what_plays_another_part_is_found(change, claim, source, reason):
    assert reason in (change(claim, source) or "")


def test_words_of_the_setting_may_stand_for_a_pronoun(change):
    assert change("The lamp may be used in rain", "It may be used in rain") is not None
    assert change("The lamp may be used in rain", "It may be used in rain", "lamp") is None


@pytest.mark.usefixtures("_ends")
@pytest.mark.parametrize(
    "word", ["a ", "the ", "rain ", "雨", "1 ", "not ", "in ", "被", "when it, "]
)
def test_no_source_is_slow_to_align(change, word):
    change(word * 100, (word * 5_000)[:5_000])
