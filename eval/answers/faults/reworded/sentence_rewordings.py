"""True rewordings that apply to any sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import opencc

from eval.answers.faults.rules import Edit, Rule, Scene, choose

_LOWERED: Final = (
    "The ",
    "A ",
    "An ",
    "It ",
    "This ",
    "These ",
    "They ",
    "There ",
    "In ",
    "Some ",
    "Most ",
    "Many ",
)
_PREFIXES: Final = (
    "According to the document, ",
    "According to the text, ",
    "The document says that ",
    "As the document states, ",
)
_PREFIXES_ZH: Final = ("据文件，", "根据文件，", "文件指出，", "根据资料，")
_NEGATIVE: Final = re.compile(r"\b(?:not|cannot|no longer|never|forbidden)\b|n't\b|n’t\b")
_NEGATIVE_ZH: Final = re.compile(r"不(?:是|能|会|得|可|需|再|属于|包括|允许)|禁止|尚未|无法|没有")
_DENIES_ZH: Final = re.compile(
    r"(?!.{0,12}(?:如果|倘若|由于|虽然|可能|只要|若|当|因|说|不得已|不得不|除|对|但|"
    r"而|此|这|也|为了|即使|无论|没有想到))[^，。：]{2,12}?(?:"
    r"(?<!是)不(?:是|能|会|得|可|需|再|属于|包括|允许)|禁止|尚未|无法|没有)[^？]{3,40}。$"
)
_DEPENDENT_ZH: Final = re.compile(
    r"^(?:但|而|因此|所以|并|同时|此外|另外|然而|不过|例如|其中|于是|然后|最后|此|这)"
)

_TRAILING: Final = re.compile(
    r"^(?P<main>[^,;:()]{30,160}), (?:which|where|including|although|while|whereas|"
    r"so|because|especially|particularly|with) [^,;:]{8,140}\.$"
)
_CONDITION: Final = re.compile(
    r"^(?:If|When|While|Although|Unless|Since|As|Though|Because|Not|Neither|Either|"
    r"Both|Rather|Despite|Whether|Until|Once|To)\b"
    r"|\bBecause\b|\b(?:not|no|only|never|between|nor|neither|than|either|rather|so|such|too|"
    r"same|because)\b|\bfrom\b.{0,40}$"
)
_TRAILING_ZH: Final = re.compile(
    r"^(?P<main>[^，；：、。]{8,50})，(?:并(?!非)|而(?!是)|其中|因此|所以|同时|以及|"
    r"此后|后来|随后|从而|并且|因而)[^；：。]{4,60}。$"
)
_CONDITION_ZH: Final = re.compile(
    r"如果|若|虽然|尽管|不仅|不但|除|随着|由于|为了|当|因为|即使|只有|只要|无论|不是|"
    r"并非|不只|既|一方面|认为|表示|说$|指出|据|对于|关于|经|^在|为$|以$|后$|时$|的$|"
    r"之$|中$|上$|下$|前$|是$|来$|间$|起$|自"
)

_CONJUNCTS: Final = re.compile(
    r"(?<=\b(?:of|in|by|to|as|at|on) )(?P<a>[a-z]{3,14}s|[A-Z][a-z]{2,14}) and "
    r"(?P<b>[a-z]{3,14}s|[A-Z][a-z]{2,14})(?=[.,;])"
)
_CONJUNCTS_ZH: Final = re.compile(
    r"(?<=[、是有为由与在])(?P<a>[\u4e00-\u9fff]{2})(?P<and>和|与|"
    r"及)(?P<b>[\u4e00-\u9fff]{2})(?=[，。等])"
)
_BAD_CONJUNCT_ZH: Final = re.compile(r"[的了是在其他她它]|^[不可会能将又也都被向]")
_IN_ORDER: Final = re.compile(
    r"\b(?:respectively|former|latter|order|first|then)\b|分别|前者|后者|依次|先后"
)
_QUOTES: Final = re.compile(r"[“”\"「『]")
_PRONOUN: Final = re.compile(
    r"^(?:It)(?= (?:is|was|has|can|consists|contains|lies|stands|covers|includes|"
    r"provides|features|became|were|may|usually|also|will)\b)"
)
_PRONOUN_ZH: Final = re.compile(
    r"^(?:它|该片|该书|该剧|该站|该校|本站|本片|本剧|本作|该线|该机|该岛|该公司|"
    r"其)(?=(?:是|位于|由|于|在|有|的|拥有|成立|包括|曾|以|共|主要|全长))"
)


def _verbatim(scene: Scene) -> str | None:
    return scene.sentence


def lowered(sentence: str) -> str | None:
    """Lower-cases the first word; ``None`` if it may be a name."""
    if sentence.startswith(_LOWERED):
        return sentence[0].lower() + sentence[1:]
    return None


def _prefixed(scene: Scene) -> str | None:
    if scene.passage.lang == "zh":
        if _DEPENDENT_ZH.match(scene.sentence) or scene.sentence.startswith(("据", "根据", "按")):
            return None
        return scene.chance.choice(_PREFIXES_ZH) + scene.sentence
    low = lowered(scene.sentence)
    return None if low is None else scene.chance.choice(_PREFIXES) + low


def _yes(scene: Scene) -> str | None:
    if scene.passage.lang == "zh":
        if _NEGATIVE_ZH.search(scene.sentence) or _DEPENDENT_ZH.match(scene.sentence):
            return None
        return scene.chance.choice(("是的，", "对，")) + scene.sentence
    low = lowered(scene.sentence)
    if low is None or _NEGATIVE.search(low):
        return None
    return scene.chance.choice(("Yes, ", "Yes: ")) + low


def _no(scene: Scene) -> str | None:
    """Adds "No," to a sentence whose main verb, the first one, is negated."""
    if scene.passage.lang == "zh":
        if not _DENIES_ZH.match(scene.sentence):
            return None
        return "不，" + scene.sentence
    low = lowered(scene.sentence)
    if low is None or not re.match(
        r"(?:[\w-]+ ){1,5}(?:is not|are not|was not|were not|cannot|does not|do not|did not) ", low
    ):
        return None
    return "No, " + low


def _shortened(scene: Scene) -> str | None:
    if scene.passage.lang == "zh":
        found = _TRAILING_ZH.match(scene.sentence)
        if (
            found is None
            or _CONDITION_ZH.search(found["main"])
            or _DEPENDENT_ZH.match(scene.sentence)
        ):
            return None
        return found["main"] + "。"
    found = _TRAILING.match(scene.sentence)
    if found is None or _CONDITION.search(found["main"]):
        return None
    return found["main"] + "."


def _conjuncts(scene: Scene) -> str | None:
    han = scene.passage.lang == "zh"
    if _IN_ORDER.search(scene.sentence) or _QUOTES.search(scene.sentence):
        return None  # what is quoted keeps its order
    pattern = _CONJUNCTS_ZH if han else _CONJUNCTS

    def edits() -> Iterator[Edit]:
        for found in pattern.finditer(scene.sentence):
            if han and (_BAD_CONJUNCT_ZH.search(found["a"]) or _BAD_CONJUNCT_ZH.search(found["b"])):
                continue
            if not han and found["a"][0].isupper() != found["b"][0].isupper():
                continue
            between = scene.sentence[found.end("a") : found.start("b")]
            yield Edit(found.start("a"), found.end("b"), found["b"] + between + found["a"])

    return choose(scene, edits())


def _named(scene: Scene) -> str | None:
    """Replaces a pronoun by the title, where the sentence before begins with the title."""
    title = scene.passage.title
    at = (
        scene.passage.sentences.index(scene.sentence)
        if scene.sentence in scene.passage.sentences
        else 0
    )
    if at == 0 or not title or "(" in title:
        return None
    before = scene.passage.sentences[at - 1]
    if (
        f"{before} {scene.sentence}" not in scene.passage.text
        and before + scene.sentence not in scene.passage.text
    ):
        return None
    if scene.passage.lang == "zh":
        found = _PRONOUN_ZH.match(scene.sentence)
        if found is None or not before.startswith((title, f"《{title}》", f"“{title}”")):
            return None
        behind = scene.sentence[found.end() :]
        return (
            title + ("的" if found.group() == "其" and not behind.startswith("的") else "") + behind
        )
    opening = before.removeprefix("The ").removeprefix("A ").removeprefix("An ")
    if not _PRONOUN.match(scene.sentence) or not opening.lower().startswith(title.lower()):
        return None
    article = before[: len(before) - len(opening)]
    return _PRONOUN.sub(
        lambda _: article + before[len(article) : len(article) + len(title)], scene.sentence
    )


@lru_cache(maxsize=1)
def _converter() -> Any:
    return opencc.OpenCC("s2t")


def _traditional(scene: Scene) -> str | None:
    converted = str(_converter().convert(scene.sentence))
    return converted if converted != scene.sentence else None


RULES: Final = (
    *(Rule("verbatim", lang, _verbatim, true=True) for lang in ("en", "zh")),
    *(Rule("prefixed with its source", lang, _prefixed, true=True) for lang in ("en", "zh")),
    *(Rule("yes before it", lang, _yes, true=True) for lang in ("en", "zh")),
    *(Rule("no before it", lang, _no, true=True) for lang in ("en", "zh")),
    *(Rule("trailing clause dropped", lang, _shortened, true=True) for lang in ("en", "zh")),
    *(Rule("conjuncts exchanged", lang, _conjuncts, true=True) for lang in ("en", "zh")),
    *(Rule("pronoun named", lang, _named, true=True) for lang in ("en", "zh")),
    Rule("traditional characters", "zh", _traditional, true=True),
)
