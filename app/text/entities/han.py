"""Names and terms in Chinese: what stands between words that belong to no name.

A name is cut where it holds such a word. It is cut alike in every passage, so that it still meets
itself; and what begins a clause, or follows another such word, is also kept whole, since there it
is rarely a word of its own: 和 in 和泽树脂.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MOST_CHARACTERS: Final = 8
"""Of a name between two breaks."""
RUN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_WORDS: Final = """
    以及 或者 并且 而且 如果 因为 由于 所以 但是 不过 可以 能够 需要 必须 应当 应该 已经 正在 没有
    我们 你们 他们 她们 它们 大家 自己 什么 怎么 怎样 如何 为什么 多少 哪个 哪些 哪里 哪位 哪家 何时
    这个 那个 这些 那些 其中 之后 之前 之间 以上 以下 以内 以外 左右 当天 当晚 目前 现在 每天 每周
    每月 每年 上午 下午 晚上 凌晨 负责 带领 领导 管理 维护 担任 主管 承担 主持 提供 供应 采购 购自
    来自 位于 设在 制成 完成 使用 用于 进行 开发 运维 办公 装配 安装 发生 包括 属于 归属 隶属 叫做
    名为 称为 名叫 改为 改在 交给 转给 达到 超过 低于 高于 通过 根据 按照 关于 对于 随着 作为 成为
    组长 经理 负责人 联系人 主任 所在
    """.split()  # noqa: SIM905 - a list of words reads as words
_SIGNS: Final = (
    "的了是在和与及或由为被把对向从到给归将会有没不也都就并而等每各该此这那其它他她谁哪几吗呢请个位"
    "用要可能叫说让使得着过去来再还已仍只很更最较又才后前里上下中内外一二两三四五六七八九十百千万亿零第半多年月日时分秒元"
)
_AMBIGUOUS: Final = frozenset(
    "和与向从对有用为中上下内外前后里来去过一二三四五六七八九十百千万半年月日时分秒"
)
"""Signs that break, and that names begin with too."""
_BREAK: Final = re.compile(
    "|".join(sorted(dict.fromkeys(_WORDS), key=len, reverse=True)) + f"|[{_SIGNS}]"
)
_SUFFIX: Final = re.compile(
    r".{1,7}?(?:园区|厂区|厂|楼|仓库|仓|组|部门|部|团队|公司|集团|中心|系统|平台|服务|项目|大学|学院|医院"
    r"|银行|科技|计划|网关|门户|省|市|县|路|街|站|港)"
)
"""What a name of places, groups and works ends with; more may follow it without a break."""


def names_and_terms_in_chinese(text: str) -> Iterator[str]:
    """What may be a name, in its order."""
    for run in RUN.finditer(text):
        yield from _of_run(run.group())


def _of_run(run: str) -> Iterator[str]:
    start = 0
    held = ""
    """The break before ``start``, where the name may begin with it."""
    for match in (*_BREAK.finditer(run), None):
        end = match.start() if match else len(run)
        piece = run[start:end]
        if piece:
            yield from _of_piece(piece)
            if held:
                yield from _of_piece(held + piece)
        if match is None:
            return
        held = match.group() if not piece and match.group() in _AMBIGUOUS else ""
        start = match.end()


def _of_piece(piece: str) -> Iterator[str]:
    if 1 < len(piece) <= MOST_CHARACTERS:
        yield piece
    for match in _SUFFIX.finditer(piece):
        if match.end() < len(piece) and match.start() == 0:
            yield match.group()
