"""True rewordings by safe synonyms, contractions and their full forms."""

from __future__ import annotations

from typing import Final

from eval.answers.faults.rules import Rule
from eval.answers.faults.word_swaps import both_ways, listed, one_way, swap

_SYNONYMS: Final = both_ways("""
    begins = starts
    bought = purchased
    approximately = about
    in order to = to
    also known as = also called
    assist = help
    requires = needs
    situated in = located in
    quickly = rapidly
    frequently = often
    sufficient = enough
    numerous = many
    commonly = often
    primarily = mainly
    each year = every year
    whole = entire
    utilized = used
""")
_NOT_REPLACED: Final = frozenset(listed("to about help needs many often used enough mainly"))
"""Words with several meanings; they replace others and are not replaced."""
_SYNONYM_DIRECTIONS: Final = {
    word: other for word, other in _SYNONYMS.items() if word not in _NOT_REPLACED
} | {"began": "started"}
_SYNONYMS_ZH: Final = one_way("""
    电话： > 电话号码：
    大约 > 约
    由于 > 因为
    但是 > 但
    位于 > 坐落于
    目前 > 现在
    例如 > 比如
    因此 > 所以
    非常 > 十分
    去世 > 逝世
    如果 > 假如
    依照 > 按照
    购买 > 买
    此外 > 另外
    然而 > 但是
    逝世 > 去世
    迅速 > 快速
    十分 > 非常
    虽然 > 尽管
    以及 > 和
    依据 > 根据
    所有 > 全部
    同年 > 当年
    刚刚 > 刚
""")
_CONTRACTIONS: Final = both_ways("""
    is not = isn't
    are not = aren't
    was not = wasn't
    were not = weren't
    does not = doesn't
    do not = don't
    did not = didn't
    cannot = can't
    has not = hasn't
    have not = haven't
    should not = shouldn't
    could not = couldn't
    would not = wouldn't
    will not = won't
""")
RULES: Final = (
    Rule(
        "synonym",
        "en",
        swap(_SYNONYM_DIRECTIONS, behind=r"(?!\s(?:by|as a|for)\b)", free=True),
        true=True,
    ),
    Rule("synonym", "zh", swap(_SYNONYMS_ZH, han=True, free=True), true=True),
    Rule(
        "contraction",
        "en",
        swap(_CONTRACTIONS, behind=r"(?!\s(?:only|just))", free=True),
        true=True,
    ),
)
