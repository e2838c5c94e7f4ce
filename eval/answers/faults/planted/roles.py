"""Faults that swap agent and object, or the sides of a comparison, with the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from eval.answers.faults.nouns_zh import is_noun
from eval.answers.faults.rules import Edit, Rule, Scene, choose

_NAME: Final = r"(?:(?:the|The) )?[A-Z][A-Za-z]{1,15}(?: (?:of )?[A-Z][A-Za-z]{1,15}){0,2}"
_ACTS: Final = (
    r"(?:(?:was|were|is|are) (?:founded|written|directed|produced|acquired|defeated|"
    r"succeeded|preceded|followed|"
    r"replaced|killed|influenced|controlled|inhibited|regulated|activated|caused|"
    r"played|voiced|owned|led) by"
    r"|defeated|succeeded|preceded|replaced|killed|influenced|controls|inhibits|"
    r"regulates|activates|"
    r"inhibited|activated|follows|portrays|portrayed|led|leads to|results from|"
    r"founded|invaded|conquered|causes)"
)
_DOES: Final = re.compile(
    rf"(?P<a>(?<![\w-])(?<![A-Z][a-z] ){_NAME}) {_ACTS} (?P<b>{_NAME})(?![\w-])(?<!-)"
)
_THAN: Final = re.compile(
    r"\b(?:higher|lower|greater|larger|smaller|more|less|better|worse|longer|shorter|"
    r"faster|stronger|fewer) "
    r"(?:[a-z]{2,14} ){0,2}(?P<preposition>in|for|with|among|of) (?P<a>(?:[\w-]{2,16} "
    r"){0,3}[\w-]{2,16}) than (?P<p2>in|for|with|among|of) "
    r"(?P<b>(?:[\w-]{2,16} ){0,3}[\w-]{2,16})(?=[.,;])"
)
_FROM_TO: Final = re.compile(
    r"\b(?:increased|decreased|rose|fell|grew|declined|moved|changed|dropped) from "
    r"(?P<a>[\w.$%-]{1,12}(?: [\w%-]{1,12})?) to (?P<b>[\w.$%-]{1,12}(?: "
    r"[\w%-]{1,12})?)(?=[ .,;])"
)
_COPULAS: Final = re.compile(r"\b(?:and|or|was|is)\b")

_OF_ZH: Final = r"[\u4e00-\u9fffA-Za-z0-9·]{2,8}"
_ACTS_ZH: Final = (
    "收购了|收购|击败了|击败|打败|战胜|取代了|取代|接替|起诉|影响了|赞助|高于|低于|"
    "大于|小于|多于|少于|早于|晚于|优于|"
    "隶属于|任命|邀请|逮捕|资助|起源于|导致"
)
_DOES_ZH: Final = re.compile(
    rf"(?:(?<=[，。；：])|^)(?P<a>{_OF_ZH}?)(?P<verb>{_ACTS_ZH})(?P<b>{_OF_ZH}?)(?=[，。；])"
)
_BY_ZH: Final = re.compile(
    rf"(?:(?<=[，。；：])|^)(?P<a>{_OF_ZH}?)(?P<verb>被|由|"
    rf"比)(?P<b>{_OF_ZH}?)(?=(?:收购|击败|取代|更|创立|创办|出版|主办|建造|吞并|占领|"
    rf"任命))"
)
_FROM_TO_ZH: Final = re.compile(
    r"(?<=[从由自])(?P<a>[\u4e00-\u9fffA-Za-z0-9.%]{1,8}?)(?:增加|增长|上升|下降|升|"
    r"降|增|飞|搬|迁|改|提高|提升|减少|上涨|下跌|扩大|缩短|转会|"
    r"移居)[至到往](?P<b>[\u4e00-\u9fffA-Za-z0-9.%]{2,8})(?=[，。；])"
)
_VAGUE: Final = re.compile(
    r"^(?:It|He|She|They|This|That|These|Those|In|The|A|An|We)$|^(?:In|For|Of|By|With|"
    r"To|On|At|From|Since|When|While|Although|Because|As|If|After|Before|Both|Each|"
    r"Many|Some|For) |^(?:他|她|它|其|并|也|而|且|后|曾|将|又|该|这|最后|随后|最终|"
    r"从而|因而|进而)|[的了曾将]$|^[的]"
)


def _exchange(*patterns: re.Pattern[str]) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for pattern in patterns:
                for found in pattern.finditer(scene.sentence):
                    one, other = found["a"], found["b"]
                    if one == other or _VAGUE.search(one) or _VAGUE.search(other):
                        continue
                    if pattern is _THAN and (
                        found["preposition"] != found["p2"] or _COPULAS.search(f"{one} {other}")
                    ):
                        continue
                    if scene.passage.lang == "zh" and not (is_noun(one) and is_noun(other)):
                        continue
                    between = scene.sentence[found.end("a") : found.start("b")]
                    if (
                        found.start("a") == 0
                        and one.startswith("The ")
                        and not other.startswith("the ")
                    ):
                        one = "the" + one[3:]
                    elif found.start("a") == 0 and other.startswith("the "):
                        other = "The" + other[3:]
                        one = "the" + one[3:] if one.startswith("The ") else one
                    yield Edit(found.start("a"), found.end("b"), other + between + one)

        return choose(scene, edits())

    return make


RULES: Final = (
    Rule("roles exchanged", "en", _exchange(_DOES)),
    Rule("roles exchanged", "zh", _exchange(_DOES_ZH, _BY_ZH)),
    Rule("comparison turned", "en", _exchange(_THAN)),
    Rule("from and to exchanged", "en", _exchange(_FROM_TO)),
    Rule("from and to exchanged", "zh", _exchange(_FROM_TO_ZH)),
)
