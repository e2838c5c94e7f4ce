"""Texts that numeric forms are compared on: both languages, short and long."""

from __future__ import annotations

from typing import Final

QUERY: Final = "query: how does reciprocal rank fusion weigh two rankings?"
PASSAGES: Final = (
    """passage: A retrieval system answers a question by finding passages first and reading them
    afterwards. What it does not find it cannot cite, so recall bounds everything that follows.""",
    "passage: Water boils at 100 °C at sea level and at 72 °C on the summit of Mount Everest.",
    """passage: The lighthouse keeper wrote down the weather every morning for thirty-one years:
    wind, cloud, the height of the waves against the third rock, and whether ships were in sight.
    His notebooks were found in a biscuit tin under the stairs, dry, complete, and written in three
    languages. Climatologists later compared them with readings taken on the mainland and found that
    the two agreed to within half a degree in nine years out of ten.""",
    "passage: def mean(values): return sum(values) / len(values)  # raises when empty",
    """passage: 检索系统先找到相关的段落，再根据段落回答问题。
    找不到的内容就无法引用，因此召回率决定了后面每一步的上限。""",
    "passage: 海平面上水在一百摄氏度沸腾，而在珠穆朗玛峰顶，大约七十二度就会沸腾。",
    """passage: 守塔人三十一年来每天早晨都记录天气：
    风向、云量、第三块礁石旁的浪高，以及海面上有没有船只。
    人们后来在楼梯下的饼干盒里发现了他的笔记本，干燥、完整，而且用三种语言写成。
    气候学家把这些记录与陆地观测站的数据作了比较，发现十年里有九年两者相差不到半度。""",
    "passage: 更新于2024年3月18日：版本2.3.1修复了索引重放时的错误，建议所有用户升级。",
)
