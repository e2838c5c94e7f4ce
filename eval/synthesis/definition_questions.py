"""Questions from sentences that define something."""

from __future__ import annotations

import re
from typing import Final

from eval.synthesis.question import DraftQuestion, Language
from eval.synthesis.subjects import is_proper, names_something, names_something_chinese

MIN_PREDICATE_WORDS: Final = 3
"""Fewest words behind the verb of an English definition."""
MIN_PREDICATE_HAN: Final = 6
"""Fewest characters behind the verb of a Chinese definition."""

MAX_JOINING: Final = 3
"""Longest word that titles write in lower case."""

_SUBJECT: Final = r"(?P<article>(?:The|A|An)\s)?(?P<subject>[^\s,.;:()][^,.;:()?!]{0,80}?)"
_ASIDE: Final = r"(?:\s\((?P<aside>[^()]{1,80})\)|,\s(?:or|also (?:known as|called))\s[^,]{1,60},)?"
_IS: Final = re.compile(
    rf"{_SUBJECT}{_ASIDE}\s(?P<verb>is|are|was|were)\s"
    r"(?:(?:a|an|one of the)\s(?P<class>\S.*)|the\s(?P<the>.*?\b(?:of|that|which|who|in|for)\b.*))"
)
_PLURAL: Final = re.compile(
    rf"{_SUBJECT}{_ASIDE}\s(?P<verb>are)\s"
    r"(?P<class>(?:(?!\w+(?:ed|ly)\b|in\b|on\b|to\b|by\b|not\b)\w+\s){0,2}(?!\w+ss\b)\w+s\s"
    r"(?:that|which|of|used)\s.*)"
)
_MEANS: Final = re.compile(
    rf"{_SUBJECT}{_ASIDE}\s"
    r"(?P<verb>refers? to|stands? for|(?:is|are) defined as)\s(?P<class>.*)"
)
_PEOPLE: Final = re.compile(
    r"\b(?:\w+ologist|"
    r"activist|actor|actress|anchor|architect|artist|astronomer|athlete|author|bishop|boy|"
    r"brother|businessman|chef|chemist|coach|comedian|composer|character|cricketer|dancer|daughter|"
    r"detective|director|doctor|economist|emperor|engineer|father|footballer|general|girl|"
    r"goalkeeper|guitarist|historian|host|husband|inventor|journalist|judge|king|lawyer|man|"
    r"mathematician|missionary|model|monk|mother|musician|novelist|nun|nurse|officer|"
    r"painter|pastor|philosopher|photographer|physician|physicist|player|poet|politician|"
    r"pope|president|priest|prince|princess|producer|professor|prostitute|queen|rapper|"
    r"saint|scholar|scientist|sculptor|secretary|seamstress|singer|sister|skier|soldier|son|"
    r"songwriter|swimmer|teacher|theologian|wife|woman|wrestler|writer"
    r")\b"
)
_ADDRESS: Final = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof|Professor|Sir)\b")
_LIFE: Final = re.compile(r"\bborn\b|\d{3,4}\s?[–-]")
_COMPARISON: Final = re.compile(
    r"^(?:\w+\s){0,2}(?:"
    r"bit|lot|few|couple|good|bad|right|wrong|default|better|best|worse|great|big|must|"
    r"problem|mistake|matter|reason|result|consequence|key|main|major|most|only|same|first|"
    r"second|third|last|next|effective|very|quite|priority|winner|champion|large|part|"
    r"aspect|example|case|step|important|common|way|cause|risk|necessary|different|similar|"
    r"sign"
    r")\b"
)
"""Predicates that judge, compare or point, and so define nothing."""

_ZH_SUBJECT: Final = r"(?P<subject>《[^》]{1,40}》|「[^」]{1,30}」|[^，。；：！？（）()]{2,24}?)"
_ZH_ASIDE: Final = r"(?P<aside>[（(][^（）()]{0,80}[）)])?"
_ZH_ALIAS: Final = (
    r"(?:，?(?:又|也|亦|简)(?:被)?(?:称|名|叫|作)[^，。]{1,20}"
    r"|，(?:字|号|原名|本名|英文|日文)[^，。]{1,24})*"
)
_ZH_LINK: Final = r"，?(?:[^，。是]{0,4}年)?是(?!否|不是)"
_ZH_CLASS: Final = (
    r"(?![^，。]{0,60}时[，。])(?:一[种个类款部座所位名条项套家门支只片首本张把台间份届辆艘枚颗对场片]|"
    r"(?!非常|很|十分|相当|这|其|较)[^，。：；]{0,40}[一-鿿]的[一-鿿A-Za-z]{2,})"
)
_ZH_IS: Final = re.compile(
    rf"{_ZH_SUBJECT}{_ZH_ASIDE}{_ZH_ALIAS}{_ZH_LINK}(?P<class>{_ZH_CLASS}.*)"
)
_ZH_NAMED: Final = re.compile(
    rf"{_ZH_SUBJECT}[（(](?P<aside>[^（）()]{{2,80}})[）)]{_ZH_ALIAS}{_ZH_LINK}(?P<class>.{{6,}})"
)
_ZH_SO_CALLED: Final = re.compile(
    r"所谓的?[“「]?(?P<subject>[^，。：”」是]{2,16})[”」]?[，：]?(?:就?是|即|指|，)(?P<class>.{6,})"
)
_ZH_MEANS: Final = re.compile(
    rf"{_ZH_SUBJECT}{_ZH_ASIDE}，?"
    r"(?:指的是|是指|就是指|一般指|泛指|意为|意思是|意指|的意思是|的定义是)(?P<class>.{6,})"
)
_ZH_PEOPLE: Final = re.compile(
    r"[一-鿿]{0,8}(?:"
    r"一位(?!于)|一名|演员|歌手|作家|政治家|运动员|科学家|导演|画家|诗人|音乐家|艺人|将领|学者|"
    r"教授|神父|牧师|角色|选手|医生|律师|主持人|物理学家|数学家|化学家|哲学家|军事家|皇帝|"
    r"国王|总统|声优|漫画家|球员|[^，。]{0,12}员[，。]"
    r")"
)
_ZH_LIFE: Final = re.compile(r"\d{3,4}年.*[－\-—–~～至]|出生|生于|饰$")


def ask_definition(sentence: str, lang: Language) -> DraftQuestion | None:
    """Returns the question that a defining sentence answers; ``None`` for any other sentence."""
    return _ask_english(sentence) if lang == "en" else _ask_chinese(sentence)


def _ask_english(sentence: str) -> DraftQuestion | None:
    if match := _MEANS.match(sentence):
        subject = _english_subject(match)
        return _ask_meaning(match["verb"], subject) if subject else None
    match = _IS.match(sentence) or _PLURAL.match(sentence)
    subject = _english_subject(match) if match else None
    if match is None or subject is None:
        return None
    groups = match.groupdict()
    predicate = groups["class"] or groups.get("the") or ""
    if len(predicate.split()) < MIN_PREDICATE_WORDS or _COMPARISON.match(predicate):
        return None
    who = "Who" if _is_person(subject, predicate, match["aside"] or "") else "What"
    return DraftQuestion(f"{who} {match['verb']} {subject}?", subject)


def _ask_meaning(verb: str, subject: str) -> DraftQuestion:
    """The question for ``refers to``, ``stand for``, ``is defined as`` …."""
    first, _, rest = verb.partition(" ")
    if rest == "defined as":
        return DraftQuestion(f"How {first} {subject} defined?", subject)
    auxiliary = "does" if first.endswith("s") else "do"
    return DraftQuestion(f"What {auxiliary} {subject} {first.removesuffix('s')} {rest}?", subject)


def _english_subject(match: re.Match[str]) -> str | None:
    """The subject as a question has it; ``None`` if it refers to an earlier sentence."""
    subject, article = match["subject"].strip(), (match["article"] or "").strip()
    if not names_something(subject) or _is_phrase(subject):
        return None
    if article == "The":
        return f"the {subject}" if is_proper(subject) or " of " in subject else None
    if article:
        titled = " " in subject and all(
            word[0].isupper() for word in subject.split() if len(word) > MAX_JOINING
        )
        return f"{article} {subject}" if titled else f"{article.lower()} {subject}"
    return _without_sentence_capital(subject)


def _is_phrase(subject: str) -> bool:
    """Whether it is a phrase of place or purpose, like ``name in the file``, and no title."""
    words = subject.split()
    joined = any(word in ("in", "for") for word in words)
    return joined and not all(word[0].isupper() for word in words if len(word) > MAX_JOINING)


def _without_sentence_capital(subject: str) -> str:
    """Keeps the capital of a name; whether a single word has one can't be told, so it stays."""
    first, *rest = subject.split(" ")
    plain = first[:1].isupper() and first[1:].islower() and first.isalpha()
    if plain and rest and not any(is_proper(word) for word in rest):
        return " ".join([first.lower(), *rest])
    return subject


def _is_person(subject: str, predicate: str, aside: str) -> bool:
    if not all(word[:1].isupper() for word in subject.split()):
        return False
    head = re.split(r"\b(?:of|for|that|which|who|in|at|from|by)\b|,", predicate)[0]
    if _ADDRESS.match(subject):
        return True
    return _LIFE.search(aside) is not None or _PEOPLE.search(head) is not None


def _ask_chinese(sentence: str) -> DraftQuestion | None:
    if match := _ZH_SO_CALLED.match(sentence):
        subject = match["subject"]
        return (
            DraftQuestion(f"什么是{subject}？", subject)
            if names_something_chinese(subject)
            else None
        )
    if match := _ZH_MEANS.match(sentence):
        subject = _unquoted(match["subject"])
        return (
            DraftQuestion(f"{subject}是什么意思？", subject)
            if names_something_chinese(subject)
            else None
        )
    match = _ZH_NAMED.match(sentence) or _ZH_IS.match(sentence)
    if match is None or len(match["class"]) < MIN_PREDICATE_HAN:
        return None
    subject = match["subject"]
    if not names_something_chinese(subject):
        return None
    person = _ZH_LIFE.search(match["aside"] or "") or _ZH_PEOPLE.match(match["class"])
    if person and not subject.startswith("《"):
        return DraftQuestion(f"{subject}是谁？", subject)
    return DraftQuestion(f"{subject}是什么？", subject)


def _unquoted(subject: str) -> str:
    return subject.strip("“”「」")
