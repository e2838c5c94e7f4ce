"""Whether a text holds a thing of the kind that is asked for, or a head says that it stands there.

"What colour is the T40?" is not answered by a statement about the T40 in which no colour stands.
Both languages are read with the same lists, since question and statement may differ in language.
"""

from __future__ import annotations

import re
from typing import Final

from app.answering.evidence.kinds.kind import Kind
from app.text.normalise import fold_compatibility

_I: Final = re.IGNORECASE
_NUMERAL: Final = (
    r"(?:\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"|hundred|thousand|million"
    r"|once|twice|half|none|no|unlimited|single|several|dozen|both|double|quarter|daily|weekly"
    r"|monthly|yearly|annual(?:ly)?|hourly|every)\b"
    r"|[零一二两三四五六七八九十百千万亿半每无不])"
)
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武"
    "戴莫孔向汤温"
)
_HELD: Final = {
    Kind.PERSON: re.compile(
        r"\b(?:Mr|Ms|Mrs|Dr|Prof)\b|(?<![.!?:|] )(?<!^)\b[A-Z][a-zà-ÿ]+\b"
        r"|\b[A-Z][a-zà-ÿ]+ (?:[A-Z]\. )?[A-Z][a-zà-ÿ]+\b|\b[A-Z]\. ?[A-Z][a-z]+"
        r"|(?i:\b(?:manager|lead|leader|team|department|officer|head|staff|director|supervisor"
        r"|employees?|everyone|anyone|nobody|board|committee"
        r"|HR|IT|security|reception|desk|engineers?|technicians?|customers?|owner|user"
        r"|administrator|admin|accounting|finance|legal|person|people|members?|holders?"
        r"|parents?|landlord|tenant|supplier|buyer|seller|contractor|visitors?|doctor|nurse|you"
        r"|we)\b)"
        rf"|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|部|经理|主管|负责人|人员|员工|团队|科|总监|中心"
        r"|主任|组长|厂长|店长|司机|客户|用户|委员会|本人|专员|秘书|工程师|管理员|办公室|公司"
        r"|甲方|乙方",
    ),
    Kind.HOLDER: re.compile(
        r"(?<![.!?|] )(?<!^)\b[A-Z][a-zà-ÿ'’-]+\b"
        r"|\b[A-Z][a-zà-ÿ'’-]+ (?:[A-Z]\. )?[A-Z][a-zà-ÿ'’-]+\b|\b(?:Mr|Ms|Mrs|Dr)\b"
        rf"|[{_SURNAMES}欧司诸上][\u4e00-\u9fff]{{1,3}}",
    ),
    Kind.DURATION: re.compile(
        rf"{_NUMERAL}[^.。;；]{{0,24}}?(?:days?|weeks?|months?|years?|hours?|minutes?|mins?"
        r"|seconds?|quarters?|semesters?|ms|h|s|min|天|日|周|星期|月|年|小时|分钟|秒|学期"
        r"|季度)(?![a-z])"
        r"|\b(?:permanent(?:ly)?|indefinite(?:ly)?|lifetime|immediately|at once|unlimited|until"
        r"|overnight|a (?:day|week|month|year|minute|second)|an hour)\b|永久|终身|长期|立即"
        r"|直到|当天|当日|次日|即时|无限期",
        _I,
    ),
    Kind.MONEY: re.compile(
        r"[$€£¥￥]|\d|\b(?:free|no charge|dollars?|euros?|pounds?|yuan|usd|eur|gbp|cny|rmb|chf"
        r"|francs?|cents?)\b|免费|元|块|不收|无需|欧元|美元|英镑"
        r"|[零一二两三四五六七八九十百千万](?:元|块)",
        _I,
    ),
    Kind.PERCENT: re.compile(
        r"%|‰|\bper ?cent|\b(?:half|third|quarter|quarters|fifth|tenth|none|all)\b|百分|成|折"
        r"|一半|全部|分之",
        _I,
    ),
    Kind.COLOUR: re.compile(
        r"\b(?:red|green|blue|yellow|white|black|gr[ae]y|orange|purple|violet|pink|brown|silver"
        r"|gold(?:en)?|beige|turquoise|amber|cyan|magenta|navy|transparent|clear|colou?rless"
        r"|ral)\b"
        r"|红|绿|蓝|黄|白|黑|灰|橙|紫|粉|棕|褐|银|金色|透明|琥珀|青",
        _I,
    ),
    Kind.EMAIL: re.compile(r"@"),
    Kind.PHONE: re.compile(r"\d{3}|\d[\d\s/-]{4,}\d|分机"),
    Kind.TEMPERATURE: re.compile(
        r"\d[^.。]{0,12}(?:°|℃|℉|degrees?|celsius|fahrenheit|\b[CFK]\b|度)|\b(?:room"
        r"|ambient) temperature|常温|室温|零下|[一二三四五六七八九十]度",
        _I,
    ),
    Kind.WEIGHT: re.compile(
        rf"{_NUMERAL}\s?(?:kg|g|mg|t|lbs?|oz|kilo(?:gram)?s?|grams?|tons?|tonnes?|pounds?"
        r"|ounces?|公斤|千克|克|吨|磅|斤|毫克)(?![a-z])",
        _I,
    ),
    Kind.LENGTH: re.compile(
        rf"{_NUMERAL}\s?(?:m|cm|mm|km|in|ft|inch(?:es)?|feet|foot|miles?|yards?|met(?:er|re)s?"
        r"|kilomet(?:er|re)s?|centimet(?:er|re)s?|millimet(?:er|re)s?|floors?|stor(?:y|ies"
        r"|eys?)|米|厘米|毫米|公里|千米|层|英尺|英寸|\"|′)(?![a-z])",
        _I,
    ),
    Kind.SPEED: re.compile(
        r"\d[^.。]{0,12}(?:/s|/h|km/h|m/s|mph|rpm|bps|/min|per (?:second|minute|hour)|每秒|每分"
        r"|每小时|转|米|MB|GB|pages)",
        _I,
    ),
    Kind.NUMBER: re.compile(_NUMERAL, _I),
    Kind.TIME: re.compile(
        r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november"
        r"|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
        r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday"
        r"|noon|midnight|morning|afternoon|evening|night|weekends?|weekdays?"
        r"|daily|weekly|monthly|quarterly|annual(?:ly)?|yearly|after|before|once|every"
        r"|when(?:ever)?|during|within|until|as soon as|immediately|upon|end of|beginning of"
        r"|start of)\b"
        r"|年|月|日|周|星期|天|时|点|早|晚|午|每|之前|之后|以后|以前|期间|立即|当|季度|节假日|随时",
        _I,
    ),
    Kind.VERSION: re.compile(r"\d"),
    Kind.LOUDNESS: re.compile(r"\bd[bB]|decibel|分贝|\b(?:quiet|silent|loud|noiseless)", _I),
}

_COUNTED: Final = frozenset((Kind.MONEY, Kind.NUMBER, Kind.TIME, Kind.DURATION, Kind.PERCENT))
"""Kinds that the digits of a code don't make: ``T60`` is no sixty."""
_CODE: Final = re.compile(
    r"(?<![^\W_\u3400-\u9fff])[A-Za-z]{1,8}[-_./]?\d[A-Za-z\d]{0,12}(?:-\w{1,12}){0,4}"
)


def holds_kind(text: str, kinds: frozenset[Kind]) -> bool:
    """Whether ``text`` holds one thing of a kind that is asked for; true where none is."""
    if not kinds:
        return True
    folded = fold_compatibility(text)
    amounts = _CODE.sub(" ", folded)
    return any(
        kind not in _HELD or _HELD[kind].search(amounts if kind in _COUNTED else folded) is not None
        for kind in kinds
    )


_HEADED: Final = {
    Kind.PERSON: re.compile(
        r"\b(?:name|manager|responsible|owner|contact|lead)\b|姓名|负责人|经理|联系人", _I
    ),
    Kind.DURATION: re.compile(
        r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|duration|period|term)\b"
        r"|天数|时长|期限|周期|年限|小时|分钟",
        _I,
    ),
    Kind.MONEY: re.compile(
        r"\b(?:price|cost|fee|rent|deposit|amount|rate)s?\b|价|费|金额|租金|押金", _I
    ),
    Kind.TIME: re.compile(
        r"\b(?:date|time|day|deadline|opens?|closes?|from|until)\b|日期|时间|截止", _I
    ),
    Kind.PHONE: re.compile(r"\b(?:phone|tel|ext|mobile|hotline)\b|电话|分机|热线|手机", _I),
    Kind.COLOUR: re.compile(r"\bcolou?r\b|颜色", _I),
    Kind.WEIGHT: re.compile(r"\b(?:weight|mass|payload)\b|重量|载重", _I),
    Kind.TEMPERATURE: re.compile(r"\btemperature\b|温度", _I),
    Kind.SPEED: re.compile(r"\bspeed\b|速度|车速", _I),
}


def heads_kind(heads: str, kinds: frozenset[Kind]) -> bool:
    """Whether ``heads``, of columns or of a row, say that such a thing stands below or beside.

    "as long as needed" below "Days off" is a duration.
    """
    folded = fold_compatibility(heads)
    return any(kind in _HEADED and _HEADED[kind].search(folded) is not None for kind in kinds)
