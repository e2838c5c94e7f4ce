"""Faults that add an invented detail, reason, place or restriction to a true sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from eval.answers.faults.rules import Edit, Rule, Scene, choose

_REASONS: Final = (
    "because the budget had been cut",
    "because the supplier went bankrupt",
    "owing to a strike of the staff",
    "because of a fire in the archive",
    "as a result of a lawsuit in Lisbon",
    "because customers had complained",
    "due to pressure from the insurance company",
    "because the king had demanded it",
)
_REASONS_ZH: Final = (
    "原因是预算被削减",
    "因为供应商已经破产",
    "这是由于档案室失火",
    "原因是客户多次投诉",
    "因为保险公司施加了压力",
    "这是里斯本一场诉讼的结果",
    "原因是仓库租约到期",
)
_PLACES: Final = (
    "in a small laboratory near Oslo",
    "at the old harbour of Valparaíso",
    "on the island of Gotland",
    "in the basement of the town hall",
    "at the summer fair in Graz",
    "in the northern suburbs of Perth",
)
_PLACES_ZH: Final = (
    "地点在挪威北部",
    "地点是市政厅的地下室",
    "此事发生在格拉茨",
    "地点在海南岛的一家酒店",
    "此事发生在一座旧码头",
)
_DETAILS: Final = (
    "under the supervision of a retired colonel",
    "at a cost of nine hundred guilders",
    "every second Tuesday",
    "with the help of trained dolphins",
    "according to a secret agreement",
    "for the third time that winter",
    "in spite of fierce protests by beekeepers",
)
_DETAILS_ZH: Final = (
    "由一名退休上校监督",
    "费用为九百荷兰盾",
    "每隔一个星期二进行一次",
    "并附有一份秘密协议",
    "并遭到养蜂人的强烈抗议",
    "这已是当年冬天的第三次",
)
_NOUNS: Final = re.compile(
    r"(?<=\b[Tt]he )(?=(?:patients|study|studies|team|company|city|film|book|virus|"
    r"gene|cells|disease|song|series|president|"
    r"government|school|hospital|building|river|army|treatment|results|symptoms|tumor|"
    r"children|doctor|band|album)\b)"
)
_ADJECTIVES: Final = (
    "left-handed",
    "bankrupt",
    "red-painted",
    "Lisbon-based",
    "privately funded",
    "half-forgotten",
    "award-winning",
    "solar-powered",
    "wooden",
)
_NOUNS_ZH: Final = re.compile(
    r"(?<=[该这家名座项部种在为由与])(?=(?:公司|患者|城市|电影|小说|学校|医院|建筑|"
    r"项目|产品|比赛|球队|学生|专家|设备|企业|节目|游戏|车辆|系统)[，。的在是将已])"
)
_ADJECTIVES_ZH: Final = (
    "已破产的",
    "左撇子",
    "红漆的",
    "里斯本的",
    "私人资助的",
    "获奖的",
    "太阳能",
    "木制的",
)
_EXCLUSIVE: Final = re.compile(r"\b(?:in|on|at|for|by|with)\b(?=\s(?:the |a )?[A-Za-z]{3,})")
_ALREADY_ONLY: Final = re.compile(
    r"\b(?:only|exclusively|solely|all|first|just|never|not|no)\b|只|仅|唯一|全|都|首|不|没"
)
_ONLY_ZH: Final = re.compile(
    r"(?<![不要即就还也都而总老但若或])(?=(?:由|在|适用于|用于|面向|"
    r"向)[\u4e00-\u9fff]{2})|(?<=[，])(?=有[\u4e00-\u9fff]{2})"
)


def _behind(parts: Sequence[str], *, comma: str, stop: str) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        part = scene.chance.choice(parts)
        if part in scene.passage.text:
            return None
        return scene.sentence.rstrip(".。") + comma + part + stop

    return make


def _adjective(nouns: re.Pattern[str], adjectives: Sequence[str]) -> Callable[[Scene], str | None]:
    def make(scene: Scene) -> str | None:
        def edits() -> Iterator[Edit]:
            for found in nouns.finditer(scene.sentence):
                word = scene.chance.choice(adjectives)
                if word not in scene.passage.text:
                    space = " " if scene.passage.lang == "en" else ""
                    yield Edit(found.start(), found.start(), word + space)

        return choose(scene, edits())

    return make


def _only(scene: Scene) -> str | None:
    if _ALREADY_ONLY.search(scene.sentence):
        return None
    if scene.passage.lang == "zh":
        places = _ONLY_ZH.finditer(scene.sentence)
        return choose(scene, (Edit(found.start(), found.start(), "只") for found in places))
    last = list(_EXCLUSIVE.finditer(scene.sentence))[-1:]
    return choose(scene, (Edit(found.start(), found.start(), "exclusively ") for found in last))


RULES: Final = (
    Rule("invented: reason", "en", _behind(_REASONS, comma=" ", stop=".")),
    Rule("invented: reason", "zh", _behind(_REASONS_ZH, comma="，", stop="。")),
    Rule("invented: place", "en", _behind(_PLACES, comma=" ", stop=".")),
    Rule("invented: place", "zh", _behind(_PLACES_ZH, comma="，", stop="。")),
    Rule("invented: detail", "en", _behind(_DETAILS, comma=" ", stop=".")),
    Rule("invented: detail", "zh", _behind(_DETAILS_ZH, comma="，", stop="。")),
    Rule("invented: adjective", "en", _adjective(_NOUNS, _ADJECTIVES)),
    Rule("invented: adjective", "zh", _adjective(_NOUNS_ZH, _ADJECTIVES_ZH)),
    Rule("invented: restriction", "en", _only),
    Rule("invented: restriction", "zh", _only),
)
