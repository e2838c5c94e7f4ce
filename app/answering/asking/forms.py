"""In which form a question asks, and whether it asks anything at all."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from app.text.normalise import fold_compatibility

Form: TypeAlias = Literal["fact", "list", "count", "yes-no", "procedure"]
LISTED: Final = frozenset[Form](("list", "count", "procedure"))
"""Forms of questions that a whole list answers."""

_GREETING: Final = re.compile(
    r"(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening|night)|greetings|thanks?"
    r"|thank you|thx|cheers|bye|goodbye"
    r"|ok|okay|great|nice|cool|perfect|awesome|got it|i see|you'?re welcome|well done"
    r"|how are you|what'?s up|test|testing"
    r"|你好|您好|大家好|嗨|哈喽|早上好|下午好|晚上好|早|谢谢|多谢|感谢|辛苦了|再见|拜拜|好的|好"
    r"|明白了|知道了|收到|在吗|测试)",
    re.IGNORECASE,
)
_FILLER: Final = re.compile(
    r"(?:there|so much|very much|a lot|you|again|all|everyone|for (?:your|the) (?:help|answer)"
    r"|that helps?|really|then|啊|呀|哦|了|你|您|非常|很|帮助|的|大家)",
    re.IGNORECASE,
)
_LIST: Final = re.compile(
    r"\b(?:list|enumerate|name|give me|show(?: me)?|tell me)\b.{0,12}\b(?:all|every|the|each)\b"
    r"|\b(?:what|which) (?:are|were) (?:all |the )"
    r"|\b(?:which|what) (?:(?!(?:do|does|did|is|are|was|were|has|have|can|the|a|an|of"
    r"|to)\b)\w+[ -]){0,2}?(?!(?:is|was|does|has|its|this|happens|makes|takes|comes|gets|goes"
    r"|causes|means|needs|costs|counts|applies|helps|changes|starts|becomes|remains|follows"
    r"|belongs|status|address|process|access|business|class|bonus|basis|bus|gas|lens"
    r"|plus)\b)\w+[^s\W]s\b(?! (?:is|was|the)\b)|\ball (?:the|of the)\b|\bwhat (?:does"
    r"|do) .{0,60}?(?:include|contain|consist|cover|comprise|need|require)s?\b"
    r"|\bwhat (?:else )?(?:is|comes|are) (?:included|in the (?:box|package|kit|scope)|needed"
    r"|required|covered)\b|\boverview of\b"
    r"|\bwhat(?:'s| is| was| has been| has)? (?:changed|new)\b|\bto-?dos?\b"
    r"|列出|列举|罗列|有哪些|哪些|哪几|都有什么|包括什么|包含什么|包括哪|包含哪|所有的?|全部|清单"
    r"|有什么变化|改了什么|变了什么|更新了什么|有什么新",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"\bhow many\b|\bnumber of\b|\bcount\b|多少(?:个|名|位|次|台|条|种|套|份|间|项|级|人|张|家"
    r"|款)|几(?:个|名|位|次|台|条|种|套|份|间|项|级|人|张|家|款|类)|共有多少|总数",
    re.IGNORECASE,
)
_PROCEDURE: Final = re.compile(
    r"\bhow (?:do|can|should|would|must|to|does one)\b|\bwhat (?:are|is) the (?:steps?"
    r"|procedure|process)\b|\bsteps? (?:to|for|of)\b|\bprocedure\b|\binstructions\b"
    r"|\bwhat (?:should|must|do) (?:i|we|you) do\b"
    r"|\bhow (?:is|are) [^?]{1,60}\b(?:installed|set up|done|made|reset|replaced|changed|cleaned"
    r"|connected|configured|submitted|requested|booked|started|charged|removed|mounted|updated"
    r"|registered)\b|怎么(?!样|说|回事|算|还|会|没|不)|如何|怎样|步骤|流程|操作方法|一步一步",
    re.IGNORECASE,
)
_YES_NO: Final = re.compile(
    r"^(?:\W*+(?:and|so|but|also|ok|hi|hello)\W++)*(?:is|are|was|were|do|does|did|can|could"
    r"|should|will|would|may|must|has|have|am|need)\b"
    r"|吗[？?。\s]*$|是否|能否|可否|能不能|可不可以|是不是|有没有|要不要|需不需要"
    r"|可以.{0,20}[吗么]",
    re.IGNORECASE,
)


def is_greeting(text: str) -> bool:
    """Whether it is said to be polite, and asks nothing."""
    rest = _FILLER.sub(" ", _GREETING.sub(" ", fold_compatibility(text)[:200]))
    return len(text) <= 200 and not any(map(str.isalnum, rest))  # noqa: PLR2004 - longer ones say more


def form_of(text: str) -> Form:
    """What a question wants: a list, a count, yes or no, how to do something, or one fact."""
    if _COUNT.search(text):
        return "count"
    if _YES_NO.search(text.strip()):
        return "yes-no"
    if _PROCEDURE.search(text):
        return "procedure"
    if _LIST.search(text):
        return "list"
    return "fact"
