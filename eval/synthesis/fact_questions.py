"""Questions from sentences that state a fact.

Only sentence forms are used whose question is grammatical with any content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from eval.synthesis.question import DraftQuestion, Language
from eval.synthesis.subjects import is_proper, names_something, names_something_chinese

_SUBJECT: Final = (
    r"(?P<subject>(?:The\s|A\s|An\s)?[^\s,.;:()][^,.;:()?!]{1,70}?)(?:\s\([^()]{1,60}\))?"
)
_DATE: Final = (
    r"(?:in|on|during)\s(?:(?:early|late|mid)\s)?(?:\d{1,2}\s)?(?:the\s)?"
    r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s(?:\d{1,2},?\s)?)?(?:1\d{3}|20\d{2})s?\b"
)
_HAPPENED: Final = (
    "founded|established|born|built|released|published|discovered|launched|created|introduced|"
    "opened|formed|completed|invented|incorporated|abolished|elected|assassinated|demolished|"
    "dissolved|adopted|signed|ratified|inaugurated|commissioned|renamed|acquired|approved"
)
_MAKERS: Final = (
    "founded|established|developed|invented|discovered|directed|designed|created|composed|"
    "published|produced|introduced|painted|proposed|built|hosted|recorded|written|sung"
)
"""Participles of verbs for which one asks who did it."""
_PAST: Final = {"written": "wrote", "sung": "sang"}
"""Their past tense, where it differs from the participle."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence form; ``question`` has the names of its groups as slots."""

    pattern: re.Pattern[str]
    question: str


def _form(pattern: str, question: str) -> _Form:
    return _Form(re.compile(pattern), question)


_BE: Final = r"(?P<be>is|are|was|were)\s(?:\w+ly\s)?"
_IS: Final = r"(?P<be>is|are)\s(?:\w+ly\s)?"
_ENGLISH: Final = (
    _form(
        rf"{_SUBJECT}\s(?P<be>was|were)\s(?:\w+ly\s)?(?P<verb>{_HAPPENED})\s"
        rf"(?:[^,.;]{{1,60}}\s)?{_DATE}",
        "When {be} {subject} {verb}?",
    ),
    _form(rf"{_SUBJECT}\sdied\s(?:[^,.;]{{1,40}}\s)?{_DATE}", "When did {subject} die?"),
    _form(
        rf"{_SUBJECT}\s{_BE}(?P<verb>{_MAKERS})\sby\s(?:the\s)?[A-Z]",
        "Who {past} {subject}?",
    ),
    _form(
        rf"{_SUBJECT}\s{_BE}(?P<verb>(?:located|situated)"
        r"(?=\s(?:in|at|on|near|about|within|between)\s)|(?:based|headquartered)(?=\sin\s[A-Z]))",
        "Where {be} {subject} {verb}?",
    ),
    _form(
        r"(?:The\s)?(?P<subject>default(?:\svalue)?\s(?:of|for)\s[^,.;:()]{2,60}?)\sis\s\S",
        "What is the {subject}?",
    ),
    _form(rf"{_SUBJECT}\sdefaults?\sto\s\S", "What does {subject} default to?"),
    _form(rf"{_SUBJECT}\s{_IS}caused\sby\s\S", "What causes {subject}?"),
    _form(rf"{_SUBJECT}\s{_IS}used\s(?:to|for|in|as)\s\S", "What {be} {subject} used for?"),
    _form(rf"{_SUBJECT}\s{_IS}known\sfor\s\S", "What {be} {subject} known for?"),
    _form(
        rf"{_SUBJECT}\s{_IS}(?P<verb>composed|made up)\sof\s\S",
        "What {be} {subject} {verb} of?",
    ),
    _form(rf"{_SUBJECT}(?:\s\w+ly)?\sconsists\sof\s\S", "What does {subject} consist of?"),
    _form(rf"{_SUBJECT}(?:\s\w+ly)?\sconsist\sof\s\S", "What do {subject} consist of?"),
    _form(rf"{_SUBJECT}\s{_IS}associated\swith\s\S", "What {be} {subject} associated with?"),
    _form(
        rf"{_SUBJECT}\s{_IS}(?P<verb>required|essential|necessary)\sfor\s\S",
        "What {be} {subject} {verb} for?",
    ),
    _form(rf"{_SUBJECT}\shas a population of\s\S", "What is the population of {subject}?"),
)

_HAN_SUBJECT: Final = (
    r"(?P<subject>《[^》]{1,40}》|[^，。；：！？（）()、]{2,24}?)(?:[（(][^（）()]{0,80}[）)])?，?"
)
_HAN_OWNER: Final = r"[^，。；：！？（）()、]{2,20}?的"
_HAN_DATE: Final = r"(?:公元)?(?:前)?\d{2,4}年(?:\d{1,2}月)?(?:\d{1,2}日)?"
_HAN_EVENT: Final = (
    r"成立|创立|创建|建立|创办|建成|发行|出版|上映|开业|通车|开通|创刊|始建|启用|问世|播出|发售|"
    r"发布|竣工|落成|首播|公映|设立|动工|逝世|去世|出生|毕业|退役|升格|改名|上市|开播"
)
_HAN_MAKER: Final = (
    r"创立|开发|制作|编写|导演|主演|设计|发行|出版|执导|创作|发明|提出|建造|创办|创建|演唱|改编|"
    r"作曲|作词|撰写|翻译|研发|主持|发现|编剧"
)
_HAN_MEASURE: Final = r"人口|面积|长度|全长|高度|海拔|上限|下限|总面积|总长度"
_HAN_PERSON: Final = r"作者|导演|创始人|首任校长|主角|主唱|原作者|编剧"
_HAN_ASPECT: Final = (
    r"首都|首府|省会|全称|简称|原名|英文名|学名|别名|前身|目的|作用|优点|缺点|坏处|好处|主要功能|"
    r"区别|原因|用途|原理|单位"
)
_CHINESE: Final = (
    _form(
        rf"{_HAN_SUBJECT}(?P<verb>{_HAN_EVENT})(?:于|在){_HAN_DATE}",
        "{subject}是什么时候{verb}的？",
    ),
    _form(
        rf"{_HAN_SUBJECT}(?:正式)?(?:于|在){_HAN_DATE}(?:正式)?(?P<verb>{_HAN_EVENT})(?=[，。；]|$)",
        "{subject}是什么时候{verb}的？",
    ),
    _form(
        rf"{_HAN_SUBJECT}是?由(?!于|此)[^，。；]{{2,24}}?(?:所|共同|联合|负责|合作)?"
        rf"(?P<verb>{_HAN_MAKER})(?=的|，|。|；|$)",
        "{subject}是由谁{verb}的？",
    ),
    _form(rf"{_HAN_SUBJECT}(?:坐落|位)[于在][^，。；]{{2,}}", "{subject}位于哪里？"),
    _form(
        r"(?P<subject>[^，。；：！？（）()、]{2,24}?)的?默认值?(?:是|为|：) ?"
        r"[\d一二三四五六七八九十A-Za-z]",
        "{subject}的默认值是什么？",
    ),
    _form(
        rf"(?P<subject>{_HAN_OWNER}(?:{_HAN_MEASURE}))(?:是|为|约为|约|达|有)[^，。]{{0,4}}\d",
        "{subject}是多少？",
    ),
    _form(rf"(?P<subject>{_HAN_OWNER}(?:{_HAN_PERSON}))(?:是|为)\S", "{subject}是谁？"),
    _form(
        rf"(?P<subject>{_HAN_OWNER}(?:{_HAN_ASPECT}))(?:就?是|为|在于)(?!实在)\S",
        "{subject}是什么？",
    ),
    _form(
        rf"{_HAN_SUBJECT}(?:大致|主要|一般|通常|基本上|共)?可?以?分[为成][^，。；]{{2,}}",
        "{subject}分为哪些？",
    ),
    _form(rf"{_HAN_SUBJECT}(?:主要)?分布[于在][^，。；]{{2,}}", "{subject}分布在哪里？"),
    _form(rf"{_HAN_SUBJECT}原产[于地在][^，。；]{{2,}}", "{subject}原产于哪里？"),
    _form(
        rf"{_HAN_SUBJECT}(?:又|也|亦)(?:被)?(?:称|名|叫)[为作]?[^，。；]{{2,}}",
        "{subject}又叫什么？",
    ),
    _form(rf"{_HAN_SUBJECT}(?:主要|常|一般)?用于[^，。；]{{2,}}", "{subject}有什么用途？"),
)


def ask_fact(sentence: str, lang: Language) -> DraftQuestion | None:
    """Returns the question that a factual sentence answers; ``None`` if no form is safe for it."""
    if lang == "en":
        return _first(sentence, _ENGLISH, _english_subject)
    return _first(sentence, _CHINESE, _chinese_subject)


def _first(
    sentence: str, forms: Sequence[_Form], subject_of: Callable[[str], str | None]
) -> DraftQuestion | None:
    for form in forms:
        match = form.pattern.match(sentence)
        if match is None:
            continue
        subject = subject_of(match["subject"].strip())
        if subject is None:
            return None
        groups = match.groupdict()
        verb = groups.get("verb") or ""
        filled = form.question.format(
            subject=subject,
            verb=verb,
            be=groups.get("be") or "",
            past=_PAST.get(verb, verb),
        )
        return DraftQuestion(filled, subject)
    return None


def _english_subject(subject: str) -> str | None:
    """Accepts names of any length, and common nouns only without an article that refers back."""
    first, _, rest = subject.partition(" ")
    if first in ("The", "A", "An"):
        if not names_something(rest) or (first == "The" and not is_proper(rest)):
            return None
        return f"{first.lower()} {rest}"
    if not names_something(subject):
        return None
    proper = any(is_proper(word) for word in rest.split()) or not rest
    return subject if proper or not first[1:].islower() else f"{first.lower()} {rest}"


def _chinese_subject(subject: str) -> str | None:
    """Accepts a subject or an aspect of one: ``X的作者``."""
    owner, _, attribute = subject.rpartition("的")
    if attribute and owner:
        named = names_something_chinese(owner) and not attribute.endswith("是")
        return subject if named else None
    return subject if names_something_chinese(subject) else None
