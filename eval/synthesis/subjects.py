"""Which subjects a question may have: those that are named and do not refer back.

"It", "this method" and "the problem" depend on earlier sentences, so no passage in particular
answers a question about them.
"""

from __future__ import annotations

import re
from typing import Final

from app.text.normalise import normalise

MAX_WORDS: Final = 6
"""Longest English subject in words; a longer one is seldom a name."""
MAX_ACTIVITY_WORDS: Final = 3
"""Longest subject beginning with a gerund: ``baking blind`` is a term, a longer one a clause."""
MIN_HAN: Final = 2
MAX_HAN: Final = 16
"""Length of a Chinese subject in characters."""


MIN_SIGNIFICANT: Final = 2
"""Fewest significant words of an English heading that needs no title."""
MIN_HEADING_HAN: Final = 4
"""Fewest characters of a Chinese heading that needs no title."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BARRED: Final = _words(
    "it its he she they we you i his her their our your my this that these those there here "
    "such what which who whom whose when where why how if because since although though "
    "while whether as so then thus hence however therefore but or nor yet not no none "
    "nothing all any each every some many most much more less few several both either "
    "neither one another other others same former latter above below following next previous "
    "first second third last is are was were be been being am has have had do does did can "
    "could may might must shall should will would to from with without by on at into than "
    "within between among inside outside near behind beyond upon against about only also "
    "just even now today currently usually often sometimes always never once well etc"
)
"""Words that no English subject contains: pronouns, order, auxiliaries, most prepositions."""
_GENERIC: Final = _words(
    "good abstract acknowledgements advantage aim answer appendix approach article author authors "
    "background basics benefit book case caveat chapter choice conclusion conclusions "
    "content contents data default description detail details difference discussion document "
    "documents example examples worked out one two three four five exception faq feature "
    "features figure file finding future game general goal idea information installation "
    "introduction issue limit limitation limitations list main method methods model name "
    "note notes number objective option options output overview page paper part people point "
    "problem process project purpose question questions quickstart reason reference "
    "references related remark result results rule section setting settings setup side "
    "solution step story study summary syntax system table team term thing things time tip "
    "tips title tool topic type types usage use user users value values version way ways "
    "work world license licence changelog misc miscellaneous other others resources links "
    "credits contributing band song film movie album show character characters city country "
    "season episode community support getting started prerequisites requirements series "
    "patients mechanism effect effects role factor factors analysis test tests"
)
"""Words that name nothing specific alone or behind an article."""
_JOINING: Final = frozenset(("of", "for", "in", "and"))
"""Words within a name that neither begin nor end it."""
_INSIGNIFICANT: Final = _BARRED | _GENERIC | _words("of and the a an for in")

_STRUCTURAL: Final = _words(
    "abstract acknowledgement acknowledgements acknowledgments algorithm appendix background "
    "bibliography chapter "
    "conclusion conclusions contents definition discussion example figure foreword index "
    "introduction further future lemma level links next notes of overview part preface proof "
    "reading references related remark results section see also step summary table theorem "
    "to work and the"
)
"""Words of headings that every document has."""

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_HAN_BARRED: Final = re.compile(
    # Pronouns, conjunctions, prepositions and adverbs at the beginning.
    r"^(?:它|他|她|这|那|该|此|其|本|我|你|您|咱|另|某|各|每|有的|有些|许多|很多|大多|所有|任何"
    r"|因|如|若|但|而|且|并|则|也|又|还|就|都|只|仅|不|没|虽|既|由于|为|于|在|从|对|关于|根据|按照"
    r"|通过|随着|当|之后|之前|后来|目前|现在|同时|此外|例如|比如|以下|以上|上述|下面|上面|前者|后者"
    r"|一般|通常|可能|主要|首先|其次|最|更|据说|尽管|不过|然而|原来|事实上|前身|全线|具体|牠|十分|非常"
    r"|第[一二三四五六七八九十\d]|[一二两三四五六七八九十\d]+[个种次位年月日、])"
    # Verbs, particles and punctuation anywhere: the subject is a clause.
    r"|今年|\d岁|[是的了吗呢把被，。；：！？、,;:!?（）()\s“”\"这]"
    r"|没有|应该|必须|已经|如果|因为|所以|以及|那些|我们|自己|又名|又称|亦称|简称|[于在]\d|(?<!华)为"
    # What can't end a noun.
    r"|[与和及或跟原曾现均时后前中上里就也但却很将被把不于]$|(?<![首成古京])都$"
)
_POINTING: Final = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|their|we|our|he|she|his|her|next|everything)\b"
    r"|它|[他她]们?|该|这|那(?!么)|其(?!他|它)|本[文章节页书]|我们|接下来|下一步|上面|下面",
    re.IGNORECASE,
)
_HAN_COUNTED: Final = re.compile(r"[一二两三四五六七八九十几]+[个种条步点类项][^，]{2,4}$")
"""Counted nouns such as ``三种形式``: only the title says of what."""
_TITLED: Final = re.compile(r"^[《「『“][^》」』”]{1,40}[》」』”]$")
_HAN_GENERIC: Final = _words(
    "概述 简介 介绍 引言 前言 总结 小结 结论 背景 说明 其他 其它 注意 注意事项 示例 例子 "
    "例如 参考 参考文献 附录 目录 常见问题 问题 答案 方法 原因 结果 目的 作用 内容 步骤 用法 "
    "使用 安装 配置 特点 优点 缺点 区别 原理 定义 特性 功能 历史 人物 剧情 故事 剧情简介 "
    "角色 作品 项目 系统 用户 数据 文件 版本 时间 地点 名称 类型 参数 设置 更新 日志 "
    "外部链接 相关 相关链接 资源 许可证 贡献 致谢 快速开始 入门 全书 全剧 影片 本书 游戏 "
    "电影 小说 公司 学校 车站 城市 家族 主角 男主角 女主角 作者 父亲 母亲 妻子 儿子 丈夫 "
    "兄弟 弟弟 哥哥 姐姐 妹妹 成员 球队 比赛 节目 歌曲 专辑 全国 全市 全县 全校 学生 该车站 "
    "车站结构 生平 早年 经历 简历 概况 地理 地理位置 交通 经济 人口 气候 行政区划 影响 评价 "
    "争议 荣誉 奖项 音乐 背景介绍 基本信息 主要 一方 另一方 结局 目标 条件 规则 任务 "
    "校区 校园 总部 行政总部 古庙 情节 主题曲"
)


_HAN_STRUCTURAL: Final = _words(
    "概述 简介 介绍 引言 前言 总结 小结 结论 背景 附录 目录 参考 参考文献 参考资料 外部链接 "
    "相关链接 致谢 摘要 后记 写在最后 正文 更新日志"
)
"""Headings that every Chinese document has."""


def names_something(subject: str) -> bool:
    """Whether an English subject, without its article, is specific in any context."""
    words = subject.split()
    lowered = [word.lower().strip("'\"“”’") for word in words]
    if not 1 <= len(words) <= MAX_WORDS or not _BARRED.isdisjoint(lowered):
        return False
    if not re.fullmatch(r"[\w.\-+#/&'’ ]+", subject) or subject.count("'") > 1:
        return False
    if not any(len(word) > 1 and any(c.isalpha() for c in word) for word in lowered):
        return False
    first, last = lowered[0], lowered[-1]
    if first.endswith("ly") or first in _JOINING or last in _JOINING or last == "the":
        return False
    if first.endswith("ing") and len(words) > MAX_ACTIVITY_WORDS:
        return False
    return not all(word in _GENERIC or word in _JOINING for word in lowered)


def is_proper(subject: str) -> bool:
    """Whether an English subject holds a name: a word with a capital or a digit in it."""
    return any(any(c.isupper() or c.isdigit() for c in word) for word in subject.split())


def names_something_chinese(subject: str) -> bool:
    """Whether a Chinese subject is specific in any context."""
    if _TITLED.match(subject):
        return True
    simplified = normalise(subject)
    if not MIN_HAN <= len(subject) <= MAX_HAN or simplified in _HAN_GENERIC:
        return False
    return _HAN.search(simplified) is not None and _HAN_BARRED.search(simplified) is None


def is_generic_word(title: str) -> bool:
    """Whether a title is generic: ``Overview``, ``User guide``, ``说明``."""
    words = [word.lower() for word in title.split()]
    return title in _HAN_GENERIC or all(word in _GENERIC or word in _BARRED for word in words)


def is_structural(heading: str) -> bool:
    """Whether a heading names a part of a document and no content: ``Introduction``, ``小结``."""
    words = re.findall(r"[^\W\d_]+", heading.lower())
    return heading in _HAN_STRUCTURAL or all(word in _STRUCTURAL for word in words)


def points_back(heading: str) -> bool:
    """Whether a heading contains a pronoun and so depends on its context."""
    return _POINTING.search(heading) is not None


def is_generic_heading(heading: str) -> bool:
    """Whether a heading is meaningless without its title: ``Usage``, ``注意事项``."""
    words = [word.lower().strip(".:") for word in re.findall(r"[\w'’-]+", heading)]
    if _HAN.search(heading):
        return (
            heading in _HAN_GENERIC
            or _HAN_COUNTED.match(heading) is not None
            or len(_HAN.findall(heading)) < MIN_HEADING_HAN
        )
    return len([word for word in words if word not in _INSIGNIFICANT]) < MIN_SIGNIFICANT
