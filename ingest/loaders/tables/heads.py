"""Which rows at the top of a table are its heads, where the file does not say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ingest.loaders.tables.grid import GridRow, texts

_MIN_FIGURES: Final = 0.5
"""Share of cells with a digit, from which a first row without any is taken for heads."""
_MIN_KNOWN: Final = 0.5
"""Share of heads that are usual words for a head, from which a row of them is one."""
_MIN_COLUMNS: Final = 3
"""Below, a row of words above a row of figures may as well be two rows of name and value."""
_MAX_HEAD: Final = 60
_MONTHS: Final = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july"
    "|august|september|october|november|december"
)
_PERIOD: Final = re.compile(
    r"(?:fy|cy|h[12]|q[1-4])?[ /-]?(?:19|20)\d\d(?:[ /–-]{1,3}(?:\d\d){1,2})?(?:[ /-]?[hq][1-4])?"
    r"(?:[ ]?[\[(（][^()（）\[\]]{1,12}[\])）])?"
    r"|[hq][1-4](?:[ /-]?(?:19|20)?\d\d)?"
    rf"|(?:{_MONTHS})\.?(?:[ /-](?:19|20)?\d\d)?"
    r"|(?:19|20)\d\d ?年(?:度|[上下]半年|第?[一二三四1-4]季度|\d{1,2}月)?|\d{1,2}月"
    r"|第?[一二三四1-4]季度|[上下]半年"
    r"|(?:mon|tues?|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|rsday|urday)?"
    r"|(?:周|星期)[一二三四五六日天]|week \d{1,2}|day \d{1,2}|year \d{1,2}|第\d{1,2}[年周天]",
    re.IGNORECASE,
)
"""Years, quarters, months and days: figures that name a column."""
_VALUE: Final = re.compile(
    r"[~≈<>≤≥±]?\s?[+−–-]?\s?[$£€¥￥]?\s?\d[\d.,:/ –~-]{0,30}"
    r"(?:%|‰|[A-Za-zµμ°ΩÅ²³/·℃]{1,6}|[\u4e00-\u9fff]{1,3}|[$£€¥])?"
)
"""A quantity with or without a unit: what stands below a head and not in it."""
_UNIT: Final = re.compile(r"[(（\[][^()（）\[\]]{1,12}[)）\]]|[%‰°℃$€£¥]")
_HEAD_WORDS: Final = frozenset(
    "name item description value quantity qty price cost unit units amount total "  # noqa: SIM905 - word lists read best as words
    "type kind category code error id no number nr ref reference date time day year "
    "month model product part version status state role position title department "
    "team person owner contact email phone telephone address location site city "
    "country region parameter property feature specification spec key setting option "
    "default meaning cause causes remedy action solution note notes remark remarks "
    "comment comments range limit minimum maximum min max size weight length level "
    "grade rate fee plan tier duration period term step task result country capital "
    "language component material colour color format symbol signal function purpose "
    "service symptom details what who when where field column metric measure "
    "customer supplier order change author reason example 名称 项目 描述 说明 数值 "
    "值 数量 价格 单价 金额 费用 单位 合计 总计 类型 类别 种类 代码 编号 编码 序号 "
    "错误码 故障码 日期 时间 年份 月份 型号 产品 部件 零件 版本 状态 角色 职位 职务 "
    "标题 部门 团队 姓名 负责人 联系人 邮箱 电话 地址 地点 城市 国家 地区 参数 属性 "
    "特性 规格 配置 设置 选项 默认值 默认 含义 原因 处理 处理方法 解决方法 措施 备注 "
    "范围 限值 最小值 最大值 尺寸 重量 长度 等级 级别 费率 套餐 期限 步骤 任务 结果 "
    "语言 材料 颜色 格式 功能 用途 服务 指标 字段 客户 供应商 内容 标准 要求 条件 "
    "天数 人数 方式 主题 示例".split()
)
"""Words that heads of columns end with, in both languages."""
_WORD: Final = re.compile(r"[^\W\d_]+")


def is_value(text: str) -> bool:
    """Whether ``text`` is a quantity, such as ``250 kg`` or ``14天``, and no period."""
    return _VALUE.fullmatch(text) is not None and _PERIOD.fullmatch(text) is None


def is_period(text: str) -> bool:
    """Whether ``text`` names a stretch of time, such as ``2024``, ``Q1`` or ``3月``."""
    return _PERIOD.fullmatch(text) is not None


def is_head_word(text: str) -> bool:
    """Whether ``text`` is a usual head, such as ``Name``, ``Error code`` or ``数量``."""
    if len(text) > _MAX_HEAD:
        return False
    bare = text.split("(", maxsplit=1)[0].split("（", maxsplit=1)[0].strip(" :：").lower()
    if bare in _HEAD_WORDS:
        return True
    words = _WORD.findall(bare)
    return 0 < len(words) <= 3 and words[-1] in _HEAD_WORDS  # noqa: PLR2004 - "mean time to repair" is a row


def is_unit_row(row: GridRow) -> bool:
    """Whether a row holds nothing but units in brackets, which belong to the heads above it."""
    filled = [text for text in texts(row) if text]
    return bool(filled) and all(_UNIT.fullmatch(text) for text in filled)


def parts_heads(heads: GridRow, row: GridRow) -> bool:
    """Whether ``row`` goes on with ``heads`` of which some are alike: Price, Price; day, night."""
    names, below = [text for text in texts(heads) if text], texts(row)
    return (
        len(set(names)) < len(names)
        and len(below) > 1
        and not below[0]
        and all(below[1:])
        and not any(is_value(text) or len(text) > _MAX_HEAD for text in below)
    )


def guess_header_rows(grid: Sequence[GridRow]) -> int:
    """How many rows at the top of a grid without marks are heads: 0, 1 or 2."""
    if len(grid) < 2:  # noqa: PLR2004 - heads and a row
        return 0
    names = texts(grid[0])
    if len(names) < 2 or any(is_value(name) or len(name) > _MAX_HEAD for name in names):  # noqa: PLR2004 - one column needs no head
        return 0
    if len(grid) > 2 and _are_groups(grid[0]) and _are_heads_of_groups(grid[1], grid[2:]):  # noqa: PLR2004 - two rows of heads and one of values
        return 2
    return int(_are_heads(names, grid[1:]))


def _are_heads(names: list[str], below: Sequence[GridRow]) -> bool:
    if not names[0] and all(names[1:]):  # a blank corner
        labelled = sum(1 for row in below if row and row[0] is not None and row[0].text)
        return 2 * labelled > len(below)
    if not all(names):
        return False
    if len(names) < _MIN_COLUMNS:
        return all(map(is_head_word, names)) or _are_words_above_figures(names, below)
    if all(map(is_period, names[1:])) and not _has_periods(below):
        return True
    if sum(map(is_head_word, names)) >= _MIN_KNOWN * len(names):
        return True
    is_plain = not any(_has_digit(name) and not is_period(name) for name in names)
    return is_plain and _figures(below) >= _MIN_FIGURES


def _are_words_above_figures(names: Sequence[str], below: Sequence[GridRow]) -> bool:
    """Whether every cell of two rows or more has a digit, and the words above them have none."""
    filled = [text for row in below for text in texts(row)]
    return len(below) > 1 and not any(map(_has_digit, names)) and all(map(_has_digit, filled))


def _are_groups(row: GridRow) -> bool:
    """Whether a row names groups of columns: by spans, or by blanks behind each name."""
    filled = [cell for cell in row if cell is not None and cell.text]
    apart = len({id(cell) for cell in filled})
    if apart < 2 and not (row and (row[0] is None or not row[0].text)):  # noqa: PLR2004 - one name is a title
        return False
    spans = any(cell.columns > 1 for cell in filled)
    blanks = sum(1 for cell in row[1:] if cell is None or not cell.text)
    return bool(filled) and (spans or blanks > 0)


def _are_heads_of_groups(row: GridRow, below: Sequence[GridRow]) -> bool:
    names = texts(row)
    return (
        all(names[1:])
        and not any(is_value(name) or len(name) > _MAX_HEAD for name in names)
        and _figures(below) >= _MIN_FIGURES
    )


def _figures(rows: Iterable[GridRow]) -> float:
    filled = [text for row in rows for text in texts(row) if text]
    return sum(map(_has_digit, filled)) / len(filled) if filled else 0.0


def _has_periods(rows: Sequence[GridRow]) -> bool:
    """Whether most of what stands below and right of the first column are periods, too."""
    filled = [text for row in rows for text in texts(row)[1:] if text]
    return 2 * sum(map(is_period, filled)) > len(filled)


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)
