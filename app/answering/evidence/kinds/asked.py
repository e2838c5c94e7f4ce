"""The kind of thing that a question asks for.

A kind is only asked for where the question's words leave no doubt. Questions in both languages are
read with the same list.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.answering.evidence.kinds.kind import Kind
from app.text.normalise import fold_compatibility

_I: Final = re.IGNORECASE
_ASKED: Final = {
    Kind.PERSON: re.compile(
        r"\bwho(?:m|se)?\b|\bwhich (?:person|colleague|employee|manager|engineer)|谁|哪位|何人"
        r"|哪个人|哪一位",
        _I,
    ),
    Kind.HOLDER: re.compile(
        r"\bwho (?:is|was|are|were|'s) (?:currently |now )?(?:the |our |your "
        r"|in )?(?:\w+ ){0,2}?(?:head|manager|director|ceo|cfo|cto|coo|officer|chief|president"
        r"|chair(?:man|woman|person)?|owner|founder|lead(?:er)?|contact|deputy|assistant"
        r"|secretary|supervisor|coordinator|representative|author|engineer|buyer|accountant"
        r"|trainer)\b"
        r"|(?:经理|主管|负责人|总监|主任|组长|厂长|店长|董事长|总裁|总经理|首席\w{1,6}官|联系人"
        r"|副手|助理|作者|创始人)(?:是|叫)?(?:谁|什么名字|哪位)|谁(?:是|担任"
        r"|任)(?!.{0,20}(?:审批|批准))",
        _I,
    ),
    Kind.DURATION: re.compile(
        r"\bhow long\b(?! is the (?:cable|cord|rope|table|pipe|hose|boom|arm|fork))"
        r"|\bhow many (?:\w+ ){0,3}?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?)\b"
        r"|\bfor how (?:long|many)|多久|多长时间|(?:多少|几)个?(?:工作日|自然日|天|周|星期|月"
        r"|年|小时|分钟|秒)(?!级|度|前的|龄)",
        _I,
    ),
    Kind.MONEY: re.compile(
        r"\bhow much (?:is|are|was|were) (?:it|they|one|this|these|those|a|an)\b"
        r"|\bhow much (?:does|do|did|is|are|was|will|would) .{0,60}?\b(?:cost|pay|charged?"
        r"|costs)\b"
        r"|\bwhat (?:does|do|did) .{0,60}?\bcost\b|\b(?:what|which) (?:is|was"
        r"|are) the (?:\w+ ){0,3}?(?:price|cost|fee|fees|rent|deposit|budget)\b"
        r"|多少钱|多少元|什么价|(?:价格|费用|售价|单价|押金|租金|月费|年费|收费)(?:是"
        r"|为)?(?:多少|几)",
        _I,
    ),
    Kind.PERCENT: re.compile(
        r"\bwhat (?:percent|percentage|share|proportion)\b|\bhow many percent\b|百分之几"
        r"|百分之多少|百分比|(?:比例|折扣|税率|利率)(?:是|为)?多少",
        _I,
    ),
    Kind.COLOUR: re.compile(
        r"\b(?:what|which)(?: is| are|'s)?(?: the| its)? colou?rs?\b"
        r"|什么颜色|哪种颜色|何种颜色|颜色是什么",
        _I,
    ),
    Kind.EMAIL: re.compile(
        r"\b(?:what|which)(?:'s| is| are)\b.{0,40}\be-?mail\W*$|\be-?mail address\b"
        r"|(?:邮箱|电子邮件)(?:是|有|号|$|[?？])|(?:邮箱|邮件)地址",
        _I,
    ),
    Kind.PHONE: re.compile(
        r"\b(?:phone|telephone|mobile|hotline|extension)(?: number)?\b.{0,30}\?"
        r"|\bwhat\b.{0,30}\b(?:phone|telephone|hotline|extension|ext\.?)\b"
        r"|电话(?:号码)?是|电话(?:号码)?多少|分机(?:号)?(?:是|多少)|热线(?:是|电话)",
        _I,
    ),
    Kind.TEMPERATURE: re.compile(
        r"\b(?:what|which) temperatures?\b|\bhow (?:hot|cold|warm)\b|温度(?:是|为)?(?:多少|几)"
        r"|多少(?:摄氏)?度|几度",
        _I,
    ),
    Kind.WEIGHT: re.compile(
        r"\bhow (?:heavy|much does .{0,40} weigh)\b|\bwhat .{0,40} weigh\b|多重|重量(?:是"
        r"|为)?多少|多少(?:公斤|千克|克|吨)",
        _I,
    ),
    Kind.LENGTH: re.compile(
        r"\bhow (?:tall|high|wide|deep|far)\b|多高|多宽|多深|多远|多长(?!时间)|(?:高度|宽度"
        r"|长度|深度|距离)(?:是|为)?多少",
        _I,
    ),
    Kind.SPEED: re.compile(r"\bhow fast\b|多快|速度(?:是|为)?多少", _I),
    Kind.NUMBER: re.compile(
        r"\bhow many\b|\bhow (?:much|large|big|old|often|loud)\b|\bwhat (?:number|amount) of\b"
        r"|多少|几(?=个|名|位|次|台|条|种|套|份|间|层|项|级|人|张|把|辆|家|岁|楼|号|点)",
        _I,
    ),
    Kind.TIME: re.compile(
        r"\b(?:on |by |until |since )?(?:what|which) (?:date|day|time|month|year|hour)s?\b"
        r"|\bwhen\b(?= (?:is|are|was|were|did|does|do|will|must|should|can|has|have|may)\b)"
        r"|\b(?:deadline|opening hours|due date)\b.{0,20}\?|何时|什么时候|什么时间|哪天|哪一天"
        r"|几号|哪年|哪一年|几月|几点|哪个月|截止(?:日期|时间)",
        _I,
    ),
    Kind.LOUDNESS: re.compile(r"\bhow (?:loud|noisy)\b|多响|多吵|噪音(?:是|有)?多少|多少分贝", _I),
    Kind.VERSION: re.compile(
        r"\b(?:what|which) (?:version|release|revision)\b|哪个版本|什么版本|版本(?:号)?是", _I
    ),
}


@lru_cache(maxsize=512)
def kinds_asked(question: str) -> frozenset[Kind]:
    """What it surely asks for; empty for most questions."""
    text = fold_compatibility(question)
    found = {kind for kind, asked in _ASKED.items() if asked.search(text)}
    if len(found) > 1:  # "how many days": a duration, and not any number
        found.discard(Kind.NUMBER)
    if Kind.HOLDER in found:
        found.discard(Kind.PERSON)
    return frozenset(found)
