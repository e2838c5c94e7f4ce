"""Questions and keyword queries from headings and titles."""

from __future__ import annotations

import re
from typing import Final

from eval.synthesis.question import DraftQuestion, Language
from eval.synthesis.subjects import is_generic_heading, is_generic_word, is_structural, points_back

MIN_WORDS: Final = 2
MAX_WORDS: Final = 10
"""Length of an English heading that is used unchanged, in words."""
MIN_HAN: Final = 4
MAX_HAN: Final = 24
"""Length of a Chinese heading that is used unchanged, in characters."""

_NUMBER: Final = re.compile(
    r"^\s*(?:#{1,6}\s+|第[〇零一二三四五六七八九十百\d]{1,5}[章节節篇条]\s*"
    r"|[（(]?[一二三四五六七八九十]{1,3}[)）、.．]\s*|[①-⑳]\s*|[-*•]\s+"
    r"|[（(]?\d{1,3}(?:\.\d{1,3})*[)）、.．]?\s+|\d{1,3}[、.．]\s*"
    r"|[A-Z]\.\d{1,2}\s+|Q\d*\s*[:：.]\s*|Step \d+[:.]\s*)"
)
_ENGLISH_QUESTION: Final = re.compile(
    r"(?:what|which|who|whose|when|where|why|how|is|are|do|does|did|can|could|should|will|would|may)\b",
    re.IGNORECASE,
)
_CHINESE_QUESTION: Final = re.compile(
    r"什么|如何|怎么|怎样|为何|哪[里些个种几一]|多少|是否|能否|可否|能不能|要不要|吗$|呢$|几[个种次]"
)
_NO_TASK: Final = re.compile(
    r"^(?:and|or)\b|[,:;–—]|\b(?:and|or) \w+ing\b"
    r"|^(?:blocks|data|environment|examples?|group|guide|list|notes|set|style|time|tips)$",
    re.IGNORECASE,
)
"""Rest of a heading behind a gerund that is no single task, as in ``Building blocks``."""
_INDIRECT: Final = frozenset(("how", "why", "what", "when"))
"""First words that make a heading with a verb a query: ``When a draft is stopped``."""
_MIN_LETTERS: Final = 0.75
"""Smallest share of letters and spaces; below it a heading is code, a version or a date."""
_STATEMENT: Final = re.compile(
    r"^(?:is|are|do|does|did|can|could|should|will|would|may|which|who|where)\b"
    r"|\s(?:is|are|was|were|has|have|had|can|cannot|must|will|should)\s",
    re.IGNORECASE,
)
"""Headings that are sentences; nobody types one as a query."""
_TASK_VERBS: Final = (
    "add apply build call change check choose clean compile configure connect contribute convert "
    "create customise customize debug define delete deploy disable download edit enable evaluate "
    "export extend filter find fix handle implement import improve index ingest install integrate "
    "load make manage measure migrate monitor move optimise optimize pass prepare prevent protect "
    "read rebuild register remove rename replace restore run save scale search secure select send "
    "serve set share start stop test train troubleshoot tune uninstall update upgrade upload use "
    "validate verify work write"
)
_DOUBLED: Final = frozenset(("run", "set", "stop"))
"""Verbs that double their last letter in the gerund."""


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    return f"{verb.removesuffix('e')}ing"


_GERUNDS: Final = {_gerund(verb): verb for verb in _TASK_VERBS.split()}
"""Maps gerunds that begin instructions to the verb of the question."""

_TASKS: Final = (
    "配置|安装|部署|使用|升级|设置|删除|备份|恢复|迁移|调用|创建|启动|停止|添加|导入|导出|编译|运行|调试|优化|监控|"
    "更新|重建|评测|接入|选择"
)
_TASK_FIRST: Final = re.compile(rf"(?P<task>{_TASKS})(?P<object>[^，。；：、的与和及\s]{{2,12}})")
_TASK_LAST: Final = re.compile(rf"(?P<object>[^，。；：、与和及]{{2,14}})的(?P<task>{_TASKS})")
_DIFFERENCE: Final = re.compile(
    r"(?P<object>[^，。；：、]{1,14}[与和跟][^，。；：、]{1,14}?)的?(?:区别|差异|不同)"
)
_ASPECT: Final = re.compile(
    r"(?P<object>[^，。；：、与和及]{2,14})的(?P<aspect>优点|缺点|优势|特点|种类|类型|作用|用途|原因|局限|好处|坏处)"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[^\W_][\w.'’+#-]*")


def ask_heading(heading: str, *, title: str, lang: Language) -> DraftQuestion | None:
    """Returns a question or a keyword query for the section below ``heading``.

    A heading that is meaningless alone is combined with the document's ``title``. Returns ``None``
    if that does not help, or if the heading is code, a date or a sentence.
    """
    text = _NUMBER.sub("", heading).strip().rstrip("：:.。¶#").strip()
    if points_back(text) or is_structural(text):
        return None
    return _ask_english(text, title) if lang == "en" else _ask_chinese(text, title)


def _ask_english(heading: str, title: str) -> DraftQuestion | None:
    words = len(_WORD.findall(heading))
    if _looks_like_code(heading) or not 1 <= words <= MAX_WORDS:
        return None
    if heading.endswith("?"):
        asks = _ENGLISH_QUESTION.match(heading) and words > MIN_WORDS
        return DraftQuestion(heading, heading) if asks else None
    first, _, rest = heading.partition(" ")
    if first.lower() == "how" and rest.startswith("to ") and words > MIN_WORDS:
        return DraftQuestion(f"How do I {rest.removeprefix('to ')}?", rest)
    verb = _GERUNDS.get(first.lower())
    if verb and rest and _NO_TASK.search(rest) is None:
        return _task_question(verb, rest, _short(title))
    if _STATEMENT.search(heading) and first.lower() not in _INDIRECT:
        return None
    return _keywords(heading, _short(title))


def _keywords(heading: str, short: str) -> DraftQuestion | None:
    """The heading as a query; a generic one follows the title above it."""
    query = heading
    if is_generic_heading(_short(heading)):
        if not _distinguishes(short):
            return None
        query = f"{short} {heading}"
    query = " ".join(query.replace(":", " ").split())
    if not MIN_WORDS <= len(_WORD.findall(query)) <= MAX_WORDS:
        return None
    return DraftQuestion(query, query)


def _task_question(verb: str, rest: str, title: str) -> DraftQuestion | None:
    """Makes ``How do I install Milvus?``; the title makes a generic object specific."""
    mine = re.sub(r"\byour\b", "my", rest)
    if not is_generic_heading(f"{verb} {rest}"):
        return DraftQuestion(f"How do I {verb} {mine}?", rest)
    return (
        DraftQuestion(f"How do I {verb} {mine} in {title}?", rest)
        if _distinguishes(title)
        else None
    )


def _distinguishes(title: str) -> bool:
    """Whether a title, put before a heading, says what the heading is about."""
    return bool(title) and not _looks_like_code(title) and not is_generic_word(title)


def _short(title: str) -> str:
    """The title without its subtitle and article."""
    name = re.split(r"\s*[:：|–—]\s*|\s-\s", title, maxsplit=1)[0]
    return re.sub(r"^(?:The|A|An)\s", "", name)


def _looks_like_code(text: str) -> bool:
    """Whether the text is a file name, path, call, setting, URL, version or date."""
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return (
        re.search(r"[{}<>=$|\\`\[\]@*^~]|\w\(|://|\w/\w+/|\w_\w", text) is not None
        or letters < _MIN_LETTERS * len(text)
        or re.fullmatch(r"\S+\.\w{1,5}", text) is not None
    )


def _ask_chinese(heading: str, title: str) -> DraftQuestion | None:
    heading = heading.rpartition("：")[2]  # "切块：中文文档怎么切" asks in its second half
    length = len(_HAN.findall(heading))
    if _has_code(heading) or "，" in heading or not MIN_WORDS <= length <= MAX_HAN:
        return None
    asked = heading.rstrip("？?")
    if asked != heading or _CHINESE_QUESTION.search(heading):
        return DraftQuestion(f"{asked}？", asked) if length > MIN_HAN else None
    for form, question in _CHINESE_FORMS:
        if match := form.fullmatch(heading):
            groups = match.groupdict()
            return DraftQuestion(question.format(**groups), groups["object"])
    if not is_generic_heading(heading):
        return DraftQuestion(heading, heading)
    short = _short(title)
    if not title or is_generic_heading(short) or _has_code(short):
        return None
    return DraftQuestion(f"{short} {heading}", f"{short} {heading}")


_CHINESE_FORMS: Final = (
    (_TASK_FIRST, "如何{task}{object}？"),
    (_TASK_LAST, "如何{task}{object}？"),
    (_DIFFERENCE, "{object}有什么区别？"),
    (_ASPECT, "{object}有哪些{aspect}？"),
)


def _has_code(heading: str) -> bool:
    return re.search(r"[{}<>=$|\\`\[\]@*^~]|\w\(|://|[。；！]", heading) is not None
