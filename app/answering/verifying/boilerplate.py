"""What a drafted sentence has around its claim, and what is no sentence of an answer at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

LONGEST_CLAIM: Final = 2_000
"""Characters; a longer sentence is none."""
_WRAPPING: Final = re.compile(
    r"^(?:as (?:the|this|our|your) (?:document|passage|source|text|manual|policy|handbook"
    r"|page) (?:states?|says?|mentions?|notes?|shows?|describes?), |(?:according to"
    r"|as (?:stated|described|mentioned|noted|shown) in|based on|per) (?:the|this|these|its?"
    r"|our|your)? ?(?:\w+ )?(?:documents?|passages?|sources?|text|context|information"
    r"|statements?|manual|policy|handbook|faq|guide)(?: \[?\d+\]?)?\s*[,:]\s*"
    r"|(?:the (?:document|passage|source|text|manual|policy)s? (?:says?|states?|mentions?"
    r"|notes?|indicates?) that )"
    r"|(?:根据|据|按照?|依据|如)(?:该|本|此|上述|所给|提供的)?(?:文件|文档|资料|手册|规定|制度"
    r"|段落|文中|原文|文本|说明|内容)(?:中?(?:所述"
    r"|记载|所示|规定|显示|说明))?[，,：:]\s*"
    r"|(?:文件|文档|资料|文中|手册|原文|制度|该文|文章)(?:中)?(?:指出|提到|写道|说明|规定|显示"
    r"|表明|称|说|中说)[，,：:]?\s*)",
    re.IGNORECASE,
)
_REPLY: Final = re.compile(
    r"^(?:yes|no|correct|right|indeed|sure|certainly|of course|absolutely|ok(?:ay)?"
    r"|(?:good|great) question|thanks?(?: you)?(?: for (?:asking|your question))?|hello|hi"
    r"|please note(?: that)?|note(?: that)?|in (?:short|summary|other words|fact)|specifically"
    r"|是的|是|对|对的|不是|不|否|不行|没有|可以|好的|当然|当然可以|没问题|您好|你好|请注意|谢谢"
    r"|感谢您的提问|总之|简而言之|也就是说|具体来说|具体而言)\s*[,，.。;；:：!！]\s*(?=\S)"
    r"|^(?:please note that|note that)\s+(?=\S)",
    re.IGNORECASE,
)
_ECHO: Final = re.compile(
    r"^\W*(?:\d{1,3}\]\W*)?(?:question|answer the question|context|passages?|user|assistant"
    r"|system|instructions?|问题|用户|助手|系统|提问)\s*\d{0,3}\s*[:：]|[?？][\"'”’」』）)\]*_\s]*$"
    r"|<\/?\s?passage",
    re.IGNORECASE,
)
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|all"
    r"|earlier)\b.{0,20}\b(?:instructions?|prompts?|rules|messages?)\b"
    r"|\byou (?:are|must act as) (?:now )?(?:an?|the) (?:ai|assistant|language model)\b"
    r"|\bsystem prompt\b|(?:忽略|无视|忘记).{0,12}(?:之前|以上|先前|所有|上述).{0,8}(?:指令"
    r"|指示|提示|要求)|你现在是",
    re.IGNORECASE,
)


def no_sentence(sentence: str) -> str | None:
    """Why a sentence can't be said whatever it rests on; ``None`` where it can."""
    if len(sentence) > LONGEST_CLAIM:
        return "it is too long for a sentence"
    if _ECHO.search(sentence.strip()):
        return "it repeats the prompt, or asks"
    return "it gives orders" if _ORDERS.search(sentence) else None


@lru_cache(maxsize=1_024)
def plain_claim(sentence: str) -> str:
    """What a sentence claims, without "According to the manual," and "Yes," before it."""
    text = " ".join(sentence.split())
    for _ in range(2):
        text = _WRAPPING.sub("", text)
        text = _REPLY.sub("", text)
    return text
