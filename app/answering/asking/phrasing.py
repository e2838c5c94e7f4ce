"""How a part of a question is put so that a reader, which knows nothing else, understands it.

People tell a story, type key words, or say "it". A reader finds the answer to "What time does the
canteen serve lunch?" and not to the five lines in which that question stands.
"""

from __future__ import annotations

import re
from typing import Final

from app.text.asking_words import ASKS

STORY: Final = 100
"""Characters from which a question is a story; a Chinese one has a third of them."""
LONGEST_KEYWORDS: Final = 80
"""Characters of what is read as key words; what is longer is a text."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_HAN_WEIGHS: Final = 3
"""Letters that a Chinese character says as much as."""
_BETWEEN_CLAUSES: Final = re.compile(
    r"(?<=[,;:，；：、])\s*|\s(?:[-–—])\s|\s(?=(?:so|but|because|and so)\s)", re.IGNORECASE
)
_LEADS_UP: Final = re.compile(
    r"^\W*(?:(?:and|so|but|ok(?:ay)?|well|now|then|also|please|hi|hello|anyway|quick question)\W+)*"
    r"(?:(?:what|all|the thing) (?:i|we)(?:'d| would)? (?:really )?(?:like|want|need)(?:ed)? to"
    r" know is\W+"
    r"|(?:can|could|would) (?:you|anyone|somebody|someone) (?:please )?(?:tell|explain to|remind)"
    r" (?:me|us)\W+"
    r"|(?:i|we)(?:'d| would)? (?:just )?(?:like|want|need)(?:ed)? to know\W+"
    r"|(?:i|we)(?:'m| am| was|'re| are| were) (?:just )?(?:wondering|not sure)\W+"
    r"|do you (?:happen to )?know\W+|(?:my|the) question is\W+|tell me\W+|any idea\W+"
    r"|does anyone know\W+)?(?:if\s|whether\s)?",
    re.IGNORECASE,
)
_LEADS_UP_ZH: Final = re.compile(
    r"^\W*(?:那个|那么?|所以|就是|然后|不过|但是?|我们?(?:就是|只是)?(?:想|要)"
    r"(?:问|知道|了解|请教|确认|咨询)(?:一?下)?"
    r"|想(?:问|知道|了解|请教|确认|咨询)(?:一?下)?|请问(?:一?下)?|(?:麻烦)?问一?下|不知道|\W)+"
)
_BEGINS_ASKING: Final = re.compile(
    r"^(?:(?:at|by|in|to|for|on|from|until|since|with|of|about) )?"
    r"(?:what|who|whom|whose|which|when|where|why|how)\b"
    r"|^(?:is|are|was|were|do|does|did|can|could|should|will|would|may|must|has|have)"
    r"(?:n't)? \w+",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"^\W*(?:if|when|in case|for|in|at|on|with|after|before)\b|^\W*(?:如果|要是|假如|对于|在|当)",
    re.IGNORECASE,
)
_LONG_DAY: Final = re.compile(r"(?:星期|礼拜)(?=[一二三四五六日天])")
_NOW: Final = re.compile(
    r"[,(]\s?(?:the )?current version\b\)?|,?\s?\b(?:right now|at the moment|at present"
    r"|these days|nowadays|as of (?:now|today)"
    r"|(?:under|according to|by|in) (?:the |our )?(?:current|present|latest) (?:\w+ ){0,2}?"
    r"(?:rules?|polic(?:y|ies)|version|edition|regulations?|terms))\b,?"
    r"|\b(?:currently|presently)\b"
    r"|(?:按照?|根据|依据)(?:现在|目前|现行|当前|最新)的?(?:规定|制度|政策|版本|规则|标准)[，,]?"
    r"|[，,]?(?:现行|当前|最新)(?:版本?|规定)[，,]?$|(?<![表出体实发呈])现在|(?<![项题数])目前|眼下|现如今|如今",
    re.IGNORECASE,
)
"""What asks for the rule that is in force: that is told by what supersedes what, not by words."""
_REASON: Final = re.compile(
    r"^\W*(?:because|since|as|so|but|i|we|my|our|he|she|they|it'?s|thanks?|thank you)\b"
    r"|^\W*(?:因为|所以|不然|但是?|我|我们|谢谢)",
    re.IGNORECASE,
)
_ORDERS: Final = re.compile(
    r"^\W*(?:please |kindly )?(?:list|show|tell|explain|compare|give|find|describe|summari[sz]e"
    r"|name|define|look|search|help|need|want|looking|i|we|my|our|is|are|yes|no)\b"
    r"|^\W*(?:请|列出|列举|告诉|解释|比较|对比|介绍|说明|查|找|帮|我|给)",
    re.IGNORECASE,
)
_IN_WHAT: Final = re.compile(r"\Ain (?:the |terms of )?(?P<what>[\w -]{1,80})\Z")
_CHINESE_SUBJECT: Final = re.compile(r"^(?P<subject>[^的，,？?：:\s]{2,12})的")


def asking_clause(sentence: str) -> str:
    """The clause of a sentence that asks, with what conditions it; else the sentence."""
    clauses = [c for c in _BETWEEN_CLAUSES.split(sentence) if c and c.strip()]
    chinese = _HAN.search(sentence) is not None
    bare = [_without_lead(clause, chinese=chinese) for clause in clauses]
    asks = [at for at, text in enumerate(bare) if _asks(text, chinese=chinese)]
    if not asks:
        return sentence
    first = last = asks[-1]
    while last + 1 < len(clauses) and not _REASON.match(clauses[last + 1]):
        last += 1
    kept = [bare[first], *clauses[first + 1 : last + 1]]
    if first and _CONDITION.match(clauses[first - 1]):
        kept.insert(0, clauses[first - 1])
    joined = ("" if chinese else " ").join(text.strip() for text in kept)
    return joined.rstrip(" ,;:，；：、")


def asks(sentence: str) -> bool:
    """Whether a clause of it asks."""
    chinese = _HAN.search(sentence) is not None
    clauses = (c for c in _BETWEEN_CLAUSES.split(sentence) if c)
    return any(_asks(_without_lead(clause, chinese=chinese), chinese=chinese) for clause in clauses)


def is_story(text: str) -> bool:
    """Whether it is longer than a question is by itself."""
    return len(text) + (_HAN_WEIGHS - 1) * len(_HAN.findall(text)) > STORY


def _without_lead(clause: str, *, chinese: bool) -> str:
    lead = (_LEADS_UP_ZH if chinese else _LEADS_UP).match(clause)
    return clause[lead.end() :] if lead else clause


def _asks(clause: str, *, chinese: bool) -> bool:
    if chinese:
        return ASKS.search(clause) is not None
    return _BEGINS_ASKING.match(clause) is not None


def as_question(keywords: str) -> str:
    """Key words as the question that they stand for; what is a sentence stays as it is."""
    text = keywords.strip()
    if len(text) > LONGEST_KEYWORDS or ASKS.search(text) or _ORDERS.match(text):
        return keywords
    if any(mark in text for mark in "\n.!?。！？;；"):
        return keywords
    if _HAN.search(text):
        return f"{text}是什么？"
    article = "" if re.match(r"(?:the|an?)\b", text, re.IGNORECASE) else "the "
    return f"What is {article}{text.rstrip(':')}?"


def with_short_days(text: str) -> str:
    """Chinese days of the week as they are written short: 星期一 and 礼拜一 as 周一."""
    return _LONG_DAY.sub("周", text)


def without_now(text: str) -> str:
    """A question without the words that ask for what is in force; itself where only they are left.

    "How long do I currently have?" is "How long do I have?".
    """
    left = " ".join(_NOW.sub(" ", text).split())
    if _HAN.search(left):
        left = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", left)
    return left if any(map(str.isalnum, left)) else text


def asked_of(name: str, part: str) -> str:
    """What is left of a comparison as a question: "the M30 in weight" asks for its weight."""
    text = part.strip(" ?？")
    if ASKS.search(text) or name not in text:
        return part
    before, after = (side.strip() for side in text.split(name, 1))
    article = "the " if before.lower().endswith("the") else ""
    before = re.sub(r"\bthe\Z", "", before, flags=re.IGNORECASE).strip()
    if not before and (found := _IN_WHAT.match(after)):
        return f"What is the {found['what']} of {article}{name}?"
    if before[1:2].islower():  # it only began the sentence
        before = f"{before[0].lower()}{before[1:]}"
    if not after and before.endswith(","):
        return f"What is the {before.rstrip(', ')} of {article}{name}?"
    return as_question(" ".join(filter(None, (f"{before} {article}{name}".strip(), after))))


def chinese_subject(question: str) -> str:
    """What a Chinese question is about, where it says so first: 昆山仓 in 昆山仓的经理是谁."""
    found = _CHINESE_SUBJECT.match(question)
    return found["subject"] if found and not ASKS.search(found["subject"]) else ""
