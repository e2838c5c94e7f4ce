"""A question taken apart once: what each part of it asks for, in which form, about what.

Nothing behind this module looks at the words of a question again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from app.answering.evidence.kinds import Kind, kinds_asked
from app.answering.evidence.naming import Named, Sort, named_in
from app.ports import Analyzer
from app.requests import AnswerRequest
from app.text.function_words import is_english_function_word
from app.text.normalise import fold_compatibility

Form: TypeAlias = Literal["fact", "list", "count", "yes-no", "procedure"]

CONTEXT_CHARACTERS: Final = 120
"""Of what stands above a part: more of a story would drown the question."""
MOST_PARTS: Final = 4
"""Of one question; the rest of it is asked with the last of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked.

    ``text`` can be read by itself: a follow-up stands below the question before it. ``shown`` is
    what the user wrote. ``terms`` are the analyzer's, without function words; ``names`` is what has
    to be met precisely; ``kinds`` are what an answer must hold one of.
    """

    text: str
    shown: str
    language: str
    form: Form
    terms: tuple[str, ...]
    names: tuple[Named, ...] = ()
    about: tuple[Named, ...] = ()
    kinds: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole question; ``parts`` is never empty. ``rewritten`` is what to search for."""

    parts: tuple[Part, ...]
    rewritten: str
    language: str

    @property
    def compares(self) -> bool:
        """Whether there is more than one thing to be answered."""
        return len(self.parts) > 1


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
_INTERROGATIVE: Final = (
    r"(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could"
    r"|should|will"
    r"|would|may|must|has|have)"
)
_ASKS: Final = re.compile(
    rf"\b{_INTERROGATIVE}\b|[?？]|什么|谁|哪|何时|如何|为何|为什么|怎么|怎样|多少|多久|多长"
    r"|多大|多高|多重|几|是否|吗|呢|能否|可否|可不可以|能不能|有没有",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[?？!！。])\s*|(?<=[.;；])\s+|\n+")
_CONJOINED: Final = re.compile(
    r"(?:,|;|，|；)?\s{1,3}(?:and|&|or also|plus)\s{1,3}(?:also\s{1,3})?"
    r"(?=(?:(?:at|by|in|to|for|on|from|until|since|with) )?(?:what|who|whom|whose|which|when"
    r"|where|why|how)\b|(?:is|are|does|do|can|may|must|did|was|were|will) (?:the|it|they|there"
    r"|i|we|you|he|she|an?)\b)"
    r"|[，,；;]\s*+(?:and\s++)?(?=(?:what|who|whom|when|where|why|how)\b)"
    r"|[，,；;]\s*+(?:以及|还有|并且|而且|另外|同时|那么|那)?\s*+(?=[^，,；;？?]{0,20}(?:什么|谁"
    r"|哪|何时|如何|为什么|怎么|怎样|多少|几|吗|多久|多长|多大))"
    r"|(?<=[什么谁哪少几久时])(?:以及|和)(?=[^，,；;？?]{2})",
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
    r"|列出|列举|罗列|有哪些|哪些|哪几|都有什么|包括什么|包含什么|包括哪|包含哪|所有的?|全部|清单",
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
_ELLIPTIC: Final = re.compile(
    r"^\W*(?:and|but|or|what about|how about|what if|also|then|so|same|for|in|on|with)\b"
    r"|^\W*(?:那|那么|还有|另外|换成|如果是|至于|再|而)"
    r"|^[^，。？?]{0,14}呢[？?]?$|^\W*(?:why|how so|really|when|where|who|how much|how many"
    r"|how long|为什么|多久|多少钱|谁|什么时候)\W*$",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|his|her|him|there|one|ones|same"
    r"|former|latter|other)\b|它|他|她|这个?|那个?|其中|该|上述|前者|后者|此",
    re.IGNORECASE,
)
_JOINED: Final = (
    r"(?:\s*(?:,|，|、|/|;)\s*(?:and|or|和|与|及|以及|还是|或)?\s*|\s+(?:and|or|vs\.?|versus"
    r"|than|to|compared (?:to|with))\s+(?:the\s+|in\s+|of\s+|for\s+|that of (?:the )?)?"
    r"|\s*(?:和|与|跟|及|以及|还是|或者?|比|同|对比)\s*)"
)
_COMPARING: Final = re.compile(
    r"^(?:(?:please |can you |could you )?compare\s+|(?:what(?:'s"
    r"| is) the )?differences? (?:between|in)\s+|(?:which|what"
    r"|who) (?:one )?(?:of (?:the )?\w+ )?(?:is|has|are|have|can|takes?|needs?|costs?|weighs?"
    r"|uses?|gets?|gives?|runs?)\s+|is it\s+(?:the )?|(?:请)?(?:比较|对比)(?:一下)?)"
    r"|\b(?:the )?(?:longer|shorter|heavier|lighter|bigger|larger|smaller|higher|lower|faster"
    r"|slower|cheaper|more expensive|better|louder|quieter|more|less|most|least)\b(?: (?=\w))?"
    r"|有(?:什么|何|哪些)?(?:区别|不同|差别|差异)|(?:哪个|哪款|哪种|谁)(?:更|比较)?|各是|各有"
    r"|分别是?|相差多少|更(?=[大小长短高低重轻快慢多少贵便])",
    re.IGNORECASE,
)
"""What only makes a comparison of a question: each thing is asked for by itself."""
_SHORT_FOLLOW_UP: Final = 60
_CHINESE_TOPIC: Final = re.compile(
    r"^(?:那么?|还有|至于|换成)?(?P<topic>[\u3400-\u9fff]{2,8}?)的?呢[？?]?$"
)
_HAN_ONLY: Final = re.compile(r"[\u3400-\u9fff]+")
_APART: Final = re.compile(
    r"\A(?P<one>[^，,的、]{1,14}?)(?:和|与|跟|、)(?P<other>[^，,的、]{1,14}?)"
    r"(?P<rest>[的，,].*(?:各|分别|区别|不同|差).*)\Z",
    re.DOTALL,
)
"""Two things that Chinese names side by side, asked for the same."""
_SHORT_PART: Final = 40
"""Characters below which a question leans on what is said around it."""
_FEW_TERMS: Final = 2
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_CHINESE_ASKING: Final = re.compile(
    r"请问|请|告诉我|我想知道|想问一下|问一下|帮我|一下|为什么|是什么|什么时候|什么|谁|哪些"
    r"|哪个|哪里|哪位|哪一|哪|何时|何地|如何|为何|怎么样|怎么办|怎么|怎样"
    r"|分别是|分别|多少|多久|多长时间|多长|多大|多高|多重"
    r"|几(?=[个天名位次台条种套份间层项级人张])|是不是|是否|能不能|能否|可不可以|可否|有没有"
    r"|有哪|吗|呢|吧|啊"
    r"|(?<=[\u3400-\u9fff])[的是了有在和与及将被把给让]|[？?，。！、；：]"
)


def is_greeting(text: str) -> bool:
    """Whether it is said to be polite, and asks nothing."""
    rest = _FILLER.sub(" ", _GREETING.sub(" ", fold_compatibility(text)[:200]))
    return len(text) <= 200 and not any(map(str.isalnum, rest))  # noqa: PLR2004 - longer ones say more


def take_apart(request: AnswerRequest, analyzer: Analyzer, *, turns: int) -> Asked:
    """The question of ``request`` and the user's last ``turns`` questions before it, as parts."""
    query = " ".join(request.query.split())
    language = analyzer.language(query)
    before = [turn.content for turn in request.history if turn.role == "user"]
    earlier = " ".join(before[max(0, len(before) - turns) :]) if turns and before else ""
    follows = bool(earlier) and _leans_on_before(query, analyzer)
    if follows and (put := _put_into(query, earlier)):
        # "And in Germany?" is the question before it, asked of Germany.
        query, follows = put, False
    rewritten = f"{earlier}\n{query}" if follows else query
    focus, around = _focus(query)
    parts: list[tuple[str, bool]] = []
    for piece in _pieces(focus)[:MOST_PARTS]:
        compared = _compared(piece)
        parts += [(part, len(compared) > 1) for part in compared]
    before_it = earlier if follows else ""
    made = [
        _part(
            part,
            analyzer,
            language=language,
            context=""
            if whole
            else _context(part, at, parts[0][0], around=around, earlier=before_it),
            follows=follows,
        )
        for at, (part, whole) in enumerate(parts[:MOST_PARTS])
    ]
    return Asked(tuple(made), rewritten, language)


def _put_into(query: str, earlier: str) -> str | None:
    """The question before, with what the follow-up names in the place of its like.

    ``None`` where it names nothing, or nothing that the question before has something like.
    """
    if not _ELLIPTIC.search(query) or len(query) > _SHORT_FOLLOW_UP:
        return None
    before = _phrases([n.text for n in named_in(earlier) if n.text in earlier], earlier)
    now = _phrases([n.text for n in named_in(query) if n.text in query], query)
    if len(now) == 1 and before:
        alike = [name for name in before if _sort_of(name) == _sort_of(now[0])]
        if len(alike) == 1:
            return earlier.replace(alike[0], now[0])
    if found := _CHINESE_TOPIC.match(query):
        topic = found["topic"]
        for length in (len(topic), *range(len(topic) - 1, 1, -1)):
            for start in range(len(earlier) - length + 1):
                old = earlier[start : start + length]
                same_end = old[-1] == topic[-1] and length == len(topic) and old != topic
                if same_end and _HAN_ONLY.fullmatch(old):
                    return earlier.replace(old, topic)
    return None


def _sort_of(name: str) -> str:
    """What a name looks like: a code, a year, a word."""
    return (
        "code"
        if any(map(str.isdigit, name)) and not name.isdigit()
        else "year"
        if name.isdigit()
        else "word"
    )


def _leans_on_before(query: str, analyzer: Analyzer) -> bool:
    """Whether a question means little without the one before it."""
    if _ELLIPTIC.search(query) or _PRONOUN.search(query):
        return True
    return len(set(analyzer.query_terms(query))) <= _FEW_TERMS


def _focus(query: str) -> tuple[str, str]:
    """The sentences of it that ask, and the others."""
    sentences = [s for s in _SENTENCE.split(query) if s and s.strip()]
    asking = [s for s in sentences if s.rstrip().endswith(("?", "？"))]
    if not asking:
        asking = [s for s in sentences if _ASKS.search(s)] if len(sentences) > 1 else []
    if not asking:
        return query, ""
    rest = [s for s in sentences if s not in asking]
    return " ".join(asking), " ".join(rest)


def _pieces(focus: str) -> list[str]:
    """What is asked one after the other; a piece that asks nothing belongs to the one before it."""
    pieces: list[str] = []
    for sentence in _SENTENCE.split(focus):
        for piece in _CONJOINED.split(sentence or ""):
            if not piece or not piece.strip():
                continue
            if pieces and not (_ASKS.search(piece) and _ASKS.search(pieces[-1])):
                pieces[-1] = f"{pieces[-1]} {piece.strip()}"
            else:
                pieces.append(piece.strip())
    return pieces or [focus]


def _compared(piece: str) -> list[str]:
    """A piece for each of the things that it names side by side: "T40 and T60"."""
    names = [n.text for n in named_in(piece) if n.sort is not Sort.NUMBER or len(n.text) == 4]  # noqa: PLR2004 - a year
    names = _phrases([name for name in names if name in piece], piece)
    for first in range(len(names)):
        run = [names[first]]
        for name in names[first + 1 :]:
            joined = re.compile(
                re.escape(run[-1]) + r"(?:\s?年)?" + _JOINED + re.escape(name), re.IGNORECASE
            )
            if not joined.search(piece):
                break
            run.append(name)
        if len(run) > 1:
            start = piece.index(run[0])
            end = piece.index(run[-1], start) + len(run[-1])
            alone = [f"{piece[:start]}{name}{piece[end:]}" for name in run]
            return [_COMPARING.sub("", text).strip(" ,，") or text for text in alone]
    if apart := _APART.match(piece):
        rest = _COMPARING.sub("", apart["rest"])
        return [f"{apart['one']}{rest}", f"{apart['other']}{rest}"]
    return [piece]


def _phrases(names: Sequence[str], piece: str) -> list[str]:
    """Names in the order of ``piece``; words of one name, such as United Kingdom, together."""
    found: list[str] = []
    for name in sorted(names, key=piece.index):
        if found and f"{found[-1]} {name}" in piece:
            found[-1] = f"{found[-1]} {name}"
        else:
            found.append(name)
    return found


def _context(part: str, at: int, first: str, *, around: str, earlier: str) -> str:
    """What has to stand above a part so that it can be read by itself."""
    above: list[str] = [earlier[-CONTEXT_CHARACTERS:]] if earlier else []
    leans = _PRONOUN.search(part) is not None
    if around and (leans or len(part) < _SHORT_PART):
        above.append(around[-CONTEXT_CHARACTERS:])
    if at and (leans or not named_in(part)):
        above.append(first)
    return "\n".join(above)


def _part(text: str, analyzer: Analyzer, *, language: str, context: str, follows: bool) -> Part:
    own = named_in(text)
    # "And in Germany?" asks no more of Austria: what it names takes the place of its sort.
    sorts = {name.sort for name in own}
    others = [name for name in named_in(context) if name.sort not in sorts and name not in own]
    terms = content_terms(text, analyzer)
    if follows and all(map(is_english_function_word, re.findall(r"\w+", text))):
        terms = []  # "How much is it?" is about nothing by itself
    if follows:
        inherited = set(content_terms(context, analyzer))
        replaced = [n for n in named_in(context) if n not in others and n not in own]
        inherited -= {term for name in replaced for term in analyzer.terms(name.text)}
        terms = [*terms, *sorted(inherited - set(terms))]
    return Part(
        text=f"{context}\n{text}" if context else text,
        shown=text,
        language=language,
        form=_form(text),
        terms=tuple(dict.fromkeys(terms)),
        names=tuple(dict.fromkeys((*own, *others) if follows else own)),
        about=()
        if follows
        else tuple(n for n in dict.fromkeys(others) if n.sort is Sort.IDENTIFIER),
        kinds=kinds_asked(text),
    )


def content_terms(text: str, analyzer: Analyzer) -> list[str]:
    """The analyzer's terms of what a question is about, without what only makes it one.

    Chinese is cut at the words that ask before it is analysed: pairs of characters that lie half in
    a word that asks say nothing.
    """
    said = _CHINESE_ASKING.sub(" ", text) if _HAN.search(text) else text
    return analyzer.query_terms(said if said.strip(" ?？。，,") else text)


def _form(text: str) -> Form:
    if _COUNT.search(text):
        return "count"
    if _YES_NO.search(text.strip()):
        return "yes-no"
    if _PROCEDURE.search(text):
        return "procedure"
    if _LIST.search(text):
        return "list"
    return "fact"
