"""Faults that use an opposite: bounds, order, degree, direction; or weaken a duty."""

from __future__ import annotations

from typing import Final

from eval.answers.faults.rules import Rule
from eval.answers.faults.word_swaps import both_ways, one_way, swap

_BOUNDS: Final = both_ways("""
    at least = at most
    no more than = no less than
    higher than = lower than
    greater than = less than
    exceeds = falls below
    minimum = maximum
    older than = younger than
    longer than = shorter than
    larger than = smaller than
    at the latest = at the earliest
""")
_BOUNDS_BEFORE_NUMBERS: Final = both_ways("""
    more than = fewer than
    above = below
    over = under
    exceeding = below
""") | {"up to": "at least"}
_BOUNDS_ZH: Final = both_ways("""
    至少 = 至多
    超过 = 低于
    高于 = 低于
    大于 = 小于
    多于 = 少于
    最多 = 最少
    最高 = 最低
    不少于 = 不多于
    最长 = 最短
""") | {"不超过": "不少于", "高达": "低至", "多达": "只有"}
_ORDER: Final = both_ways("""
    before = after
    first = last
    earlier = later
    previously = subsequently
    beginning = end
    oldest = youngest
    early = late
    followed by = preceded by
    predecessor = successor
""")
_ORDER_ZH: Final = both_ways("""
    之前 = 之后
    此前 = 此后
    第一个 = 最后一个
    首次 = 最后一次
    以前 = 以后
    早于 = 晚于
    前任 = 继任
    最早 = 最晚
    初期 = 末期
""")
_DEGREE: Final = both_ways("""
    more = less
    higher = lower
    highest = lowest
    larger = smaller
    largest = smallest
    most common = least common
    most important = least important
    most often = least often
    better = worse
    best = worst
    greater = lesser
    faster = slower
    high = low
    strong = weak
    longer = shorter
    common = rare
    rich = poor
    wide = narrow
    positive = negative
    major = minor
    majority = minority
    similar = different
    similarly = differently
    northern = southern
    eastern = western
    north = south
    east = west
    upper = lower
    internal = external
    easy = difficult
    safe = dangerous
    early = late
    inside = outside
    male = female
    maternal = paternal
    public = private
    young = old
""") | {"important": "unimportant", "significant": "insignificant", "effective": "ineffective"}
_DEGREE_ZH: Final = both_ways("""
    较高 = 较低
    较大 = 较小
    较多 = 较少
    更高 = 更低
    更多 = 更少
    更大 = 更小
    最大 = 最小
    最高 = 最低
    最好 = 最差
    北部 = 南部
    东部 = 西部
    东南 = 西北
    东北 = 西南
    相同 = 不同
    优于 = 劣于
    领先 = 落后
    积极 = 消极
    大量 = 少量
    多数 = 少数
    容易 = 困难
    左侧 = 右侧
    上游 = 下游
    正面 = 负面
    强大 = 弱小
    主要 = 次要
    国内 = 国外
    男性 = 女性
    父亲 = 母亲
    哥哥 = 弟弟
    成功 = 失败
""")
_DIRECTION: Final = both_ways("""
    increase = decrease
    increases = decreases
    increased = decreased
    increasing = decreasing
    rise = fall
    rises = falls
    rose = fell
    grew = shrank
    enhanced = impaired
    enhances = impairs
    improved = worsened
    improves = worsens
    improve = worsen
    reduced = raised
    reduces = raises
    reduce = raise
    expanded = shrank
    accelerates = slows
    strengthened = weakened
    gained = lost
    upregulated = downregulated
    up-regulated = down-regulated
""")
_DIRECTION_ZH: Final = both_ways("""
    增加 = 减少
    上升 = 下降
    提高 = 降低
    增长 = 下降
    上涨 = 下跌
    扩大 = 缩小
    增强 = 减弱
    加强 = 削弱
    提升 = 降低
    升高 = 降低
    改善 = 恶化
    加快 = 放缓
    延长 = 缩短
""") | {"增至": "减至", "升至": "降至", "降至": "升至"}
_WEAKER: Final = one_way("""
    must > may
    have to > may
    has to > may
    all of the > some of the
    always > sometimes
    shall > may
""")
_WEAKER_ZH: Final = one_way("""
    必须 > 可以
    全部 > 部分
    所有的 > 部分
    所有 > 部分
    务必 > 可以
    应当 > 可以
    始终 > 有时
    总是 > 有时
    必需 > 可选
    都必须 > 都可以
    一律 > 有时
""")
RULES: Final = (
    Rule("pole: bound", "en", swap(_BOUNDS, behind=r"(?!\s(?:all|time|again))")),
    Rule(
        "pole: bound",
        "en",
        swap(
            _BOUNDS_BEFORE_NUMBERS,
            behind=r"(?=\s[$£€]?(?:\d|half\b|two\b|three\b|five\b|ten\b|twenty\b|thirty\b|"
            r"normal\b|average\b))",
        ),
    ),
    Rule(
        "pole: bound",
        "zh",
        swap(
            {"以上": "以下", "以下": "以上"},
            han=True,
            before=r"(?<=[\d岁年万元人级度米％%个名亿克天里])",
        ),
    ),
    Rule(
        "pole: bound",
        "zh",
        swap(
            _BOUNDS_ZH,
            han=True,
            before=r"(?<![不数可三])",
            behind=r"(?![各法检领院权拉]|人民|[^，。]{0,2}(?:级|限))",
        ),
    ),
    Rule("pole: order", "en", swap(_ORDER, behind=r"(?!\s(?:name|line|up)|-)", before=r"(?<!-)")),
    Rule("pole: order", "zh", swap(_ORDER_ZH, han=True)),
    Rule(
        "pole: degree",
        "en",
        swap(
            _DEGREE,
            behind=r"(?!\s(?:than\b|information\b|details\b|about\b|or\b|likely\b|School|"
            r"America|of\b)|-)",
            before=r"(?<![-–])",
        ),
    ),
    Rule("pole: degree", "zh", swap(_DEGREE_ZH, han=True, behind=r"(?![亚非美外内])")),
    Rule("pole: direction", "en", swap(_DIRECTION, behind=r"(?!\s(?:or|to\sthe|in\slove)\b)")),
    Rule("pole: direction", "zh", swap(_DIRECTION_ZH, han=True)),
    Rule(
        "weaker: duty or quantifier",
        "en",
        swap(
            _WEAKER,
            before=r"(?<!n't )(?<!not )(?<!will )(?<!would )(?<!may )(?<!might )(?<!almost "
            r")(?<!can )(?<!nearly )(?<!longer )(?<!n’t )(?<!not the )",
            behind=r"(?!\s(?:not|be\sable)\b|,)",
        ),
    ),
    Rule("weaker: duty or quantifier", "zh", swap(_WEAKER_ZH, han=True, behind=r"(?!权|制|人都)")),
)
