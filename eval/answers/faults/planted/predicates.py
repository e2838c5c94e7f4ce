"""Faults that replace the predicate by its contrary or by a related verb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eval.answers.faults.rules import Edit, Rule, Scene, choose
from eval.answers.faults.word_swaps import both_ways, one_way, swap

_CONTRARY: Final = both_ways("""
    opened = closed
    began = ended
    begins = ends
    started = stopped
    starts = stops
    won = lost
    accepted = rejected
    bought = sold
    joined = left
    arrived = departed
    causes = prevents
    cause = prevent
    caused = prevented
    activates = inhibits
    activated = inhibited
    promotes = suppresses
    promoted = suppressed
    promote = suppress
    supports = contradicts
    supported = opposed
    built = demolished
    founded = dissolved
    appointed = dismissed
    allows = forbids
    allow = forbid
    allowed = forbidden
    includes = excludes
    include = exclude
    included = excluded
    induced = abolished
    induces = abolishes
    induce = abolish
    kept = deleted
    created = destroyed
    attached = detached
    inserted = removed
    contains = lacks
    contain = lack
    confirmed = refuted
    revealed = concealed
    discovered = forgotten
    protects = harms
    treated = neglected
    enter = leave
    entered = left
    succeeded = failed
    approved = rejected
    gives = takes
    adopted = abandoned
    remained = vanished
""") | one_way("""
    requires > precludes
    born > buried
    published > withdrawn
    used > avoided
    developed > abandoned
    produced > consumed
    produces > consumes
    required > unnecessary
    released > recalled
    announced > denied
    known > unknown
""")
_CONTRARY_ZH: Final = both_ways("""
    开放 = 关闭
    成立 = 解散
    加入 = 退出
    批准 = 否决
    支持 = 反对
    获得 = 失去
    开始 = 停止
    赢得 = 输掉
    购买 = 出售
    促进 = 抑制
    进入 = 离开
    上任 = 卸任
    同意 = 拒绝
    接受 = 拒绝
    启用 = 停用
    承认 = 否认
    建立 = 废除
    出现 = 消失
    击败 = 输给
    当选 = 落选
    到达 = 离开
    恢复 = 中断
    保留 = 删除
    允许 = 禁止
    打开 = 关上
    保护 = 破坏
    任命 = 罢免
""") | one_way("""
    出生于 > 病逝于
    建成 > 拆除
    发布 > 撤回
    推出 > 停产
    创办 > 关停
    发现 > 忽略
    证实 > 否认
    参加 > 缺席
    启动 > 终止
    举行 > 取消
    完成 > 放弃
    通过 > 否决
    宣布 > 否认
    采用 > 弃用
    毕业于 > 被开除于
    落户 > 撤离
""")
_KIN: Final = (
    ("written", "directed", "translated", "edited", "composed"),
    ("founded", "acquired", "sued", "sponsored"),
    ("built", "renovated", "damaged", "insured"),
    ("measured", "ignored", "doubled"),
    ("estimated", "disputed", "forbidden"),
    ("married", "met", "sued", "divorced"),
    ("located", "registered", "insured"),
    ("recommended", "banned", "patented"),
    ("detected", "removed", "duplicated"),
    ("observed", "ruled out"),
    ("diagnosed", "cured", "vaccinated"),
    ("identified", "destroyed", "renamed"),
    ("infected", "immunized", "bred"),
)
_KIN_ZH: Final = (
    ("创作", "翻译", "抄袭", "朗诵"),
    ("执导", "主演", "投资", "翻拍"),
    ("收购", "赞助", "拆分"),
    ("毕业于", "任教于", "捐款给"),
    ("担任", "辞去"),
    ("建造", "翻修", "捐赠", "租用"),
    ("出版", "查禁", "翻译"),
    ("研发", "购入", "仿制"),
    ("主办", "抵制", "资助"),
    ("报道", "否认", "误传"),
    ("位于", "迁出", "毗邻"),
    ("饰演", "配音", "编写"),
    ("击败", "签下", "输给"),
)
_PASSIVE: Final = re.compile(
    r"(?<=\b(?:is|as|re|en)\s)(?:[a-z]{3,12})(?=\s(?:by|in|on|at|with|to)\b)"
)


def _kin(groups: tuple[tuple[str, ...], ...], *, han: bool) -> Rule:
    of = {verb: group for group in groups for verb in group}
    every = "|".join(sorted(of, key=len, reverse=True))
    words = re.compile(f"(?<!据)(?:{every})") if han else _PASSIVE

    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for found in words.finditer(scene.sentence):
                others = [
                    verb for verb in of.get(found.group(), ()) if verb not in scene.passage.text
                ]
                if others:
                    yield Edit(found.start(), found.end(), scene.chance.choice(others))

        return choose(scene, edits())

    return Rule("predicate: of kin", "zh" if han else "en", make)


RULES: Final = (
    Rule(
        "predicate: contrary",
        "en",
        swap(
            _CONTRARY,
            behind=r"(?!\s(?:to be|as|a role|the way)\b|-)",
            before=r"(?<!-)(?<!the )(?<!common )(?<!a )(?<!main )(?<!leading )(?<!The "
            r")(?<!known )(?<!rare )",
        ),
    ),
    Rule(
        "predicate: contrary",
        "zh",
        swap(_CONTRARY_ZH, han=True, before=r"(?<![不未没非])", behind=r"(?![者权率性会日])"),
    ),
    _kin(_KIN, han=False),
    _kin(_KIN_ZH, han=True),
)
