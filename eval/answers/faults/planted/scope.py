"""Faults that overstate: some becomes all, may becomes will, usually becomes always."""

from __future__ import annotations

from typing import Final

from eval.answers.faults.rules import Rule
from eval.answers.faults.word_swaps import one_way, swap

_WIDER: Final = one_way("""
    usually > always
    often > always
    sometimes > always
    frequently > always
    generally > always
    typically > always
    occasionally > always
    commonly > always
    rarely > never
    mainly > exclusively
    mostly > exclusively
    primarily > exclusively
    partly > entirely
    partially > completely
    most people > all people
    most patients > all patients
    some people > all people
    some patients > all patients
    some of the > all of the
    most of the > all of the
    many of the > all of the
    many people > all people
    several of the > all of the
    some cases > all cases
    most cases > all cases
    many cases > all cases
    almost all > all
    nearly all > all
    about half of > all of
    a few of the > all of the
""")
_WIDER_ZH: Final = one_way("""
    通常 > 总是
    有时 > 总是
    往往 > 总是
    经常 > 总是
    一般 > 一律
    主要由 > 完全由
    大部分 > 全部
    大多数 > 所有
    部分 > 全部
    多数 > 所有
    有些 > 所有
    一些 > 所有
    许多 > 所有
    很多 > 所有
    不少 > 所有
    几乎 > 完全
    基本 > 完全
    偶尔 > 总是
    绝大多数 > 所有
    绝大部分 > 全部
    逐步 > 立即
    初步 > 最终
""")
_SURER: Final = one_way("""
    may > will
    might > will
    could > will
    can > must
    probably > certainly
    likely to > certain to
    possibly > certainly
    perhaps > certainly
    suggests that > proves that
    suggest that > prove that
    is thought to > is known to
    are thought to > are known to
    is believed to > is known to
    is planned > has been completed
""")
_SURER_ZH: Final = one_way("""
    可能 > 一定
    或许 > 肯定
    也许 > 肯定
    大概 > 肯定
    预计 > 已经
    有望 > 必将
    建议 > 规定
    计划 > 已经
    似乎 > 确实
    据称 > 经证实
    疑似 > 确认
    涉嫌 > 已被判定
    拟 > 已
    初步认为 > 最终证实
""")

_SURER_PAIRS: Final = {old: new for old, new in _SURER_ZH.items() if len(old) > 1}

RULES: Final = (
    Rule(
        "wider: quantifier",
        "en",
        swap(
            _WIDER,
            behind=r"(?!,? (?:used|called|known)\b)",
            before=r"(?<!not )(?<!more )(?<!less )",
        ),
    ),
    Rule(
        "wider: quantifier",
        "zh",
        swap(
            _WIDER_ZH,
            han=True,
            before=r"(?<![不没并大极各上这第另那])",
            behind=r"(?![地性门来规纳企落分上\d])",
        ),
    ),
    Rule(
        "surer",
        "en",
        swap(
            _SURER,
            behind=r"(?=\s[a-z])(?!\s(?:not|also|of|or|and)\b)",
            before=r"(?<!not )(?<!the )(?<!^)",
        ),
    ),
    Rule(
        "surer",
        "zh",
        swap(
            _SURER_PAIRS,
            han=True,
            before=r"(?<![不没有的该本项划个这大国年五都很极最更])",
            behind=r"(?![性的书中是率，。、]|有关|将|于)",
        ),
    ),
)
