"""Ways to say the same: each is read as one of them, in English and in Chinese.

Two tables, of phrases in general use and of no subject, which are exchanged in the text; the words
of English are compared by their stems (`stems`). What the words turn, as "at least" does, is
compared elsewhere (`poles`), on texts read in this way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from app.text.normalise import normalise

_PHRASES: Final = """
    must not be = not to be
    must not = may not, can not, could not, shall not, not allowed to, not permitted to,
        is not allowed, are not allowed, is not permitted, are not permitted, not be allowed,
        not be permitted, not allowed, not permitted, is forbidden, are forbidden, forbidden to,
        forbidden, is prohibited, are prohibited, prohibited from, prohibited, is banned,
        are banned, banned, not able to, unable to, is strictly forbidden, strictly forbidden,
        strictly prohibited
    need not = do not have to, does not have to, not have to, do not need to, does not need to,
        not need to, not required to, not obliged to, do not need, does not need,
        is not required, are not required, is not mandatory, are not mandatory
    must = have to, has to, had to, need to, needs to, required to, obliged to, is required to,
        are required to, ought to, is obliged to, are obliged to
    may = might, could, allowed to, permitted to, is allowed to, are allowed to, is permitted to,
        are permitted to, is allowed, are allowed, is permitted, are permitted
    can = able to, is able to, are able to
    buy = purchase
    about = approximately, roughly, circa, approx, around
    because = due to, owing to, because of, on account of
    except = apart from, other than, with the exception of, excluding, excepting, aside from
    before = prior to, ahead of
    after = subsequent to
    when = whenever, as soon as, once, if
    and = as well as
    in = in case of, in the event of
    to = in order to, so as to
    free = free of charge, at no charge, at no cost, for free, without charge
    several = a number of
    increase = go up, goes up, went up, gone up, going up
    decrease = go down, goes down, went down, gone down, going down
    called = also called, also known as, known as
    annually = once a year, every year, each year
    daily = every day, each day
    weekly = every week, each week
    monthly = every month, each month
    at most = no more than, not more than, no longer than, not exceed, not to exceed, up to,
        a maximum of, not longer than, no later than, not later than, no greater than
    at least = no less than, not less than, no fewer than, not fewer than, a minimum of
    percent = per cent
    most = most of the, most of, the majority of
    all = all of the, all of
    some = some of the, some of
    many = many of the, many of
    phone = telephone, phone number, telephone number
    such as = for example, for instance
    together with = along with
    is in = is located in, is situated in, is located at, is situated at
    are in = are located in, are situated in
    founded = is the founder of, was the founder of
    supplies = is the supplier of
    built = is the builder of, was the builder of
    owns = is the owner of
    wrote = is the author of, was the author of
    invented = is the inventor of, was the inventor of
    made = is the maker of, is the manufacturer of
"""
"""The first of each line is what the others are read as; a line may go on in the next."""
_CHINESE: Final = """
    不得 = 禁止 严禁 不允许 不准 不许 不能够 不能 不可以 不可 不得以 无法 没法
    不必 = 无需 无须 不需要 不需 不用 不须 毋须 不必要
    至多 = 最多为 最多 不得超过 不超过 不能超过 不可超过 不得高于 不高于 不多于
    至少 = 最少为 最少 不得少于 不少于 不低于 不得低于 不能少于 不能低于 至少为
    须 = 必须 需要 需 应当 应该 应 务必 必需 务须 须要 要
    可 = 可以 能够 能
    可能 = 也许 或许 可能会 有可能
    通常 = 往往 一般情况下 一般来说 一般 通常会
    大部分 = 大多 大多数 多数 大部份 大部分的
    部分 = 部份 一部分
    全部 = 所有的 所有 全体 一切
    共 = 一共 总共 总计 共计 合计
    约 = 大约 大概
    因 = 因为 由于
    但 = 但是 然而 不过 可是
    位于 = 坐落于 设在 设于 地处 坐落在 位于在
    现在 = 目前 当前 如今
    例如 = 比如 譬如
    所以 = 因此 因而
    非常 = 十分 很
    去世 = 逝世
    若 = 如果 假如 若是 倘若 要是 当
    按照 = 依照 根据 依据 按
    购买 = 买
    另外 = 此外
    快速 = 迅速
    虽然 = 尽管
    和 = 以及 及 与
    当年 = 同年
    刚 = 刚刚
    通知 = 告知 知会
    提交 = 递交 呈交
    员工 = 职工 雇员 职员
    顾客 = 客户
    开始 = 起始
    前 = 之前 以前 提前
    后 = 之后 以后
    外 = 之外 以外
    以内 = 之内
    时 = 的时候 之时
    距 = 距离 相距 与…相距
    电话 = 电话号码 联系电话
    使用 = 采用 运用 利用
    存储 = 储存 贮存 存放 保存
    保留 = 留存 保存期
    立即 = 马上 立刻 即刻
    提供 = 供应 供给
    重 = 重量为 重量是 重量 重达
    增加 = 提高 上升 增长 上涨 升高 提升 上调 涨 升
    减少 = 降低 下降 下跌 下滑 下调 降 跌
    批准 = 核准
    到 = 至 往
    从 = 自从 自
    周 = 星期 礼拜
    天 = 日
    费用 = 花费
    价格 = 价钱 售价
    创办 = 创立 创建
    修理 = 维修 修复
    说明 = 介绍 描述
    每次 = 每一次 每回
    每 = 每一 每个
    除 = 除了
    下班 = 收工
    关闭 = 关上
    打开 = 开启
"""
_WHOLE_CHINESE: Final = """
    应用 应急 应聘 应对 应变 应届 应付 应收 应答 响应 供应商 适应 反应 相应
    对应 效应 需求 必需品 能力 功能 性能 智能 能源 能量 可能 可靠 可见 可是
    许可 认可 可行 自由 由来 理由 自动 自己 自身 各自 自然 自行 亲自 自治 独自
    来自 甚至 至今 以往 往来 交往 至少 至多 直至 不至于 升级 提升机 升降
    降落 下降沿 上升沿 投降 升学 日期 日常 日历 日本 日志 日报 生日 节日 假日
    工作日 星期日 周日 每日 今日 昨日 次日 当日 日前 日益 星期 周末 周年 周期
    周围 周边 一周 参与 与会 给与 及时 及格 普及 涉及 以及 埃及 当地 当局 当时
    当然 相当 适当 应当 当事 当选 担当 当中 买卖 降水 降雨 升旗 一般人 很多
    按钮 按键 按摩 若干 能否 只能 才能 可以 不可或缺 万能 节能 技能 职能 机能
    可乐 可怜 须知 胡须 要求 重要 主要 要点 纲要 概要 要素 摘要 要么 首要 要塞
    只要 最高人民 提高班 跌倒 重量级 使用者 由于 经由 缘由 事由 自来水 自主 自信
    自杀 自传 自称 源自 出自
"""
"""Words that hold one of those above, and are no case of it."""
_CONTRACTED: Final = re.compile(r"\b([a-z]{2,6})n't\b")
_WORD: Final = re.compile(r"[a-z]++(?:'[a-z]++)?")
_ORDER: Final = re.compile(r"(^|[.;!?:\n] ?)do not ")
"""What an instruction begins with."""
_MORE: Final = re.compile(
    r"\b(?:over|above|exceeding|in excess of|greater than|higher than)(?=\s{1,3}[$€£¥]?\s?[¦\d])"
)
_LESS: Final = re.compile(r"\b(?:under|below|fewer than|lower than)(?=\s{1,3}[$€£¥]?\s?[¦\d])")


def _lines(table: str) -> Iterable[tuple[str, list[str]]]:
    """What each line reads as, and the other ways to say it."""
    for line in re.sub(r",\s*\n\s*", ", ", table.strip()).splitlines():
        one, _, others = line.partition("=")
        yield one.strip(), [other.strip() for other in others.split(",")]


def _by_first_word() -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for one, others in _lines(_PHRASES):
        for other in others:
            words = tuple(other.split())
            table.setdefault(words[0], []).append((words, one))
    for phrases in table.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return table


def _by_first_character() -> Mapping[str, Sequence[tuple[str, str]]]:
    table: dict[str, dict[str, str]] = {}
    for word in _WHOLE_CHINESE.split():
        table.setdefault(word[0], {})[word] = word
    for line in _CHINESE.strip().splitlines():
        one, _, others = line.partition("=")
        one = one.strip()
        table.setdefault(one[0], {})[one] = one
        for other in others.split():
            table.setdefault(other[0], {})[other] = one
    return {
        first: sorted(phrases.items(), key=lambda phrase: -len(phrase[0]))
        for first, phrases in table.items()
    }


_ENGLISH_PHRASES: Final = _by_first_word()
_CHINESE_PHRASES: Final = _by_first_character()


@lru_cache(maxsize=4_096)
def alike(text: str) -> str:
    """``text`` folded, with one wording for what is the same. Linear in its length."""
    folded = normalise(text).replace("’", "'").replace("cannot", "can not")
    folded = folded.replace("can't", "can not").replace("won't", "will not")
    folded = _CONTRACTED.sub(r"\1 not", folded)
    folded = _ORDER.sub(r"\1must not ", folded)
    folded = _LESS.sub("less than", _MORE.sub("more than", folded))
    return _chinese(_english(folded))


def _english(text: str) -> str:
    words = list(_WORD.finditer(text))
    pieces: list[str] = []
    at = done = 0
    while at < len(words):
        for phrase, one in _ENGLISH_PHRASES.get(words[at].group(), ()):
            found = words[at : at + len(phrase)]
            if len(found) == len(phrase) and all(
                match.group() == word for match, word in zip(found, phrase, strict=True)
            ):
                gap = text[found[0].start() : found[-1].end()]
                if gap.count(" ") == len(phrase) - 1:
                    pieces += [text[done : found[0].start()], one]
                    done = found[-1].end()
                    at += len(phrase) - 1
                    break
        at += 1
    return "".join([*pieces, text[done:]])


def _chinese(text: str) -> str:
    if text.isascii():
        return text
    pieces: list[str] = []
    at = 0
    while at < len(text):
        for phrase, one in _CHINESE_PHRASES.get(text[at], ()):
            if text.startswith(phrase, at):
                pieces.append(one)
                at += len(phrase)
                break
        else:
            pieces.append(text[at])
            at += 1
    return "".join(pieces)
