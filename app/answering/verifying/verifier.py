"""Whether one statement, in its setting, bears the whole of what a sentence claims.

The check can't prove that one entails the other. It refuses whatever could make the sentence false:
a quantity, date, version, identifier, name or word that the statement does not have, an opposite, a
negation too many or too few, words in another order, a value under another head, a subject of one
clause with the value of another. Each check is strict, since a sentence that is refused wrongly
costs a rewording, for which a quotation stands in, and one that is accepted wrongly costs trust.

Words may also come from the setting, as a subject does: "The T40's payload is 250 kg" rests on the
row "Payload: 250 kg" under "T40". But what is claimed must stand in the statement itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from app.answering.verifying.alignment import changed, tokens
from app.answering.verifying.atoms import Atoms, atoms_of, same_date
from app.answering.verifying.claims import (
    comparable,
    denials,
    names,
    quotations,
    surroundings,
    titles,
    words,
)
from app.answering.verifying.poles import turned
from app.answering.verifying.quantities import Quantity
from app.answering.verifying.wording import Words, alike, foreign_word
from app.domain import Cell, Statement
from app.text.normalise import normalise

LEAST_OWN: Final = 0.4
"""Share of a sentence's words and values that the statement itself must hold, not its setting."""
LEAST_IN_ORDER: Final = 0.55
"""Share of a sentence's words that must come in the order of the statement."""
LONGEST_CLAIM: Final = 2_000
"""Characters; a longer sentence is none."""
LONGEST_SOURCE: Final = 5_000
"""Characters of a statement; what is longer bears nothing but its own words, since comparing takes
time that grows with both."""

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
    r"^(?:yes|no|correct|right|indeed|是的|是|对|对的|不是|不|否|不行|没有"
    r"|可以)\s*[,，.。;；:：!！]\s*(?=\S)",
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
_CLAUSE: Final = re.compile(
    r"[,;，；、:：()（）|]|\b(?:and|but|while|whereas|or)\b|(?<=[\u4e00-\u9fff])(?:而且|而|但是"
    r"|但|以及|并且"
    r"|和)(?=[\u4e00-\u9fff\d])",
    re.IGNORECASE,
)
_MEANS_NOTHING: Final = frozenset("answer question follow correct true fals 答 案".split())  # noqa: SIM905 - a list of words reads as words
_PASSIVE: Final = re.compile(r"\bby\b|被|由|受|为.{0,12}所")


@dataclass(frozen=True, slots=True)
class _Source:
    """A statement as sentences are compared with it.

    ``own`` is its text with its lead-in and question, which it completes or answers; ``around`` the
    rest of its setting.
    """

    text: str
    own: str
    around: str

    @classmethod
    def of(cls, statement: Statement) -> _Source:
        setting = statement.setting
        own = "\n".join(
            filter(None, (setting.lead_in, setting.question, statement.text, *setting.heads))
        )
        around = "\n".join(
            filter(
                None,
                (
                    setting.title,
                    *setting.headings,
                    setting.row,
                    setting.antecedent,
                    setting.validity.date,
                ),
            )
        )
        return cls(statement.text, own, around)


class Verifier:
    """Verifies sentences. ``terms`` is the analyzer's; it is asked for single words."""

    def __init__(self, terms: Callable[[str], list[str]]) -> None:
        self._stems = terms

    def refuse(self, sentence: str, statement: Statement) -> str | None:
        """Why ``statement`` does not bear ``sentence``; ``None`` where it does."""
        if len(sentence) > LONGEST_CLAIM:
            return "it is too long for a sentence"
        if _ECHO.search(sentence.strip()):
            return "it repeats the prompt, or asks"
        if _ORDERS.search(sentence):
            return "it gives orders"
        claim = plain_claim(sentence)
        if not any(map(str.isalnum, claim)):
            return "it says nothing that could be supported"
        if comparable(claim).strip(".。") in comparable(statement.text):
            cut = _cut_short(claim, statement.text)
            return "it leaves out what restricts it" if cut else None
        return self._refuse_reworded(claim, statement)

    def _refuse_reworded(self, claim: str, statement: Statement) -> str | None:
        """What no part of the statement says word for word."""
        if len(statement.text) > LONGEST_SOURCE:
            return "the statement it rests on is too long to be compared with it"
        source = _Source.of(statement)
        whole = f"{source.own}\n{source.around}"
        said = atoms_of(claim, every_numeral=False)
        if not self._says_something(claim, said):
            return "it says nothing that could be supported"
        known = atoms_of(whole, every_numeral=True)
        return (
            _invented_quotation(claim, statement.text)
            or _invented_atom(said, known, atoms_of(source.own, every_numeral=True))
            or self._invented_name(said.rest, claim, whole)
            or self._invented_word(said, known, whole)
            or _opposite(claim, source)
            or self._of_its_setting(said, source)
            or self._of_another_clause(said, statement)
            or self._changed(said, source, statement)
            or self._out_of_order(said, statement)
            or self._of_another_cell(claim, said, statement)
        )

    def _says_something(self, claim: str, said: Atoms) -> bool:
        """Whether it is more than "The answer is:"."""
        if claim.rstrip().endswith((":", "：")):
            return False
        words = [w for w in Words(said.rest, self._stems).sequence() if w not in _MEANS_NOTHING]
        return bool(_written(said) or words)

    def closest(self, sentence: str, statements: Sequence[Statement]) -> list[Statement]:
        """``statements`` by how much of ``sentence`` they hold in words and values, most first."""
        wanted = self._held(plain_claim(sentence))
        if not wanted:
            return []
        scored = [
            (len(wanted & self._held(statement.in_setting)) / len(wanted), -place, statement)
            for place, statement in enumerate(statements)
        ]
        return [s for share, _, s in sorted(scored, key=lambda x: x[:2], reverse=True) if share > 0]

    def shared(self, sentence: str, statement: Statement) -> float:
        """Share, in [0, 1], of the words and values of ``sentence`` that ``statement`` holds."""
        wanted = self._held(plain_claim(sentence))
        return len(wanted & self._held(statement.in_setting)) / len(wanted) if wanted else 0.0

    def _held(self, text: str) -> frozenset[str]:
        atoms = atoms_of(text, every_numeral=True)
        own = Words(atoms.rest, self._stems)
        return frozenset((*own.sequence(), *_written(atoms)))

    # --- the checks -----------------------------------------------------------------------------

    def _invented_name(self, rest: str, claim: str, whole: str) -> str | None:
        known = words(whole)
        stems = frozenset(self._stems(whole))
        for name in names(rest):
            parts = re.split(r"[-/'’]", name.lower())
            own = self._stems(name)
            if not (
                name.lower() in known or known.issuperset(parts) or (own and stems.issuperset(own))
            ):
                return f"{name!r} is not in the statement it rests on"
        spelled = comparable(whole)
        for title in titles(claim):
            if comparable(title) not in spelled:
                return f"《{title}》 is not in the statement it rests on"
        return None

    def _invented_word(self, said: Atoms, known: Atoms, whole: str) -> str | None:
        # The whole is read with its numbers: "one", "first" and units are words there, too.
        source = Words(f"{known.rest}\n{whole}", self._stems)
        word = foreign_word(Words(said.rest, self._stems), source)
        return None if word is None else f"“{word}” is not in the statement it rests on"

    def _of_its_setting(self, said: Atoms, source: _Source) -> str | None:
        claimed = [*Words(said.rest, self._stems).sequence(), *_written(said)]
        if not claimed:
            return None
        own = self._held(source.own) | frozenset(Words(source.own, self._stems).sequence())
        share = sum(word in own for word in claimed) / len(claimed)
        if share < LEAST_OWN:
            return "what it says stands in the setting of the statement and not in it"
        return None

    def _of_another_clause(self, said: Atoms, statement: Statement) -> str | None:
        """Whether it gives one clause's value to what another clause speaks of."""
        values = _written(said)
        if not values or statement.cells:
            return None
        clauses = [self._clause(part) for part in _CLAUSE.split(statement.text) if part.strip()]
        with_values = [clause for clause in clauses if clause[1]]
        if len(with_values) < 2:  # noqa: PLR2004 - nothing can be mixed up
            return None
        if _of_another_subject(values, [own for _, own in with_values]):
            return "it gives the value of one clause to the subject of another"
        claimed = frozenset(Words(said.rest, self._stems).sequence())
        for held, own_values in with_values:
            if not own_values & values:
                continue
            others = [c for c in with_values if not c[1] & values]
            elsewhere = frozenset(w for c in others for w in c[0]) - held
            here = held - frozenset(w for c in with_values if c[0] is not held for w in c[0])
            if claimed & elsewhere and here and not claimed & here:
                return "it gives the value of one clause to the subject of another"
        return None

    def _clause(self, text: str) -> tuple[frozenset[str], frozenset[str]]:
        atoms = atoms_of(text, every_numeral=False)
        return frozenset(Words(atoms.rest, self._stems).sequence()), _written(atoms)

    def _changed(self, said: Atoms, source: _Source, statement: Statement) -> str | None:
        if statement.cells:
            return None
        own = atoms_of(source.text, every_numeral=False)

        def stem(word: str) -> str:
            return next(iter(self._stems(word)), word)

        around = f"{source.around}\n{statement.setting.question}\n{statement.setting.lead_in}"
        known = frozenset(stem(token) for token in tokens(around))
        return changed(said.rest, own.rest, known=known, stem=stem)

    def _out_of_order(self, said: Atoms, statement: Statement) -> str | None:
        """Whether its words are in another order, as where who acts and who suffers are swapped."""
        if statement.cells:
            return None
        own = atoms_of(statement.text, every_numeral=False)
        claimed = Words(said.rest, self._stems).sequence()
        held = Words(own.rest, self._stems).sequence()
        both = frozenset(held)
        common = [word for word in claimed if word in both]
        if len(common) < 3 or bool(_PASSIVE.search(said.rest)) != bool(_PASSIVE.search(own.rest)):  # noqa: PLR2004 - two words have no order worth it
            return None
        matcher = SequenceMatcher(None, common, held, autojunk=False)
        in_order = sum(block.size for block in matcher.get_matching_blocks())
        if in_order < LEAST_IN_ORDER * len(common):
            return "its words stand in another order than in the statement"
        return None

    def _of_another_cell(self, claim: str, said: Atoms, statement: Statement) -> str | None:
        """Whether it names a value of a row without its head, or a head without its value."""
        statement = _with_cells(statement)
        if not any(cell.head for cell in statement.cells):
            return None
        claimed = self._held(claim) | {q.unit for q in said.quantities if q.unit}
        for place, cell in enumerate(statement.cells):
            value = self._cell_words(cell, statement)
            head = self._held(cell.head)
            others = frozenset(
                w
                for other in statement.cells
                if other is not cell
                for w in self._held(other.head) | self._cell_words(other, statement)
            )
            told = value - others - head
            is_label = place == 0 and len(statement.cells) > 1
            if not is_label and _reversed(claim, statement, cell):
                return f"it takes one for the {cell.head} of the other"
            unnamed = head and not is_label and cell.head.strip().casefold() not in _ANY_VALUE
            if told & claimed and unnamed and not head & claimed:
                return f"it does not say that this is the {cell.head}"
            if head and head <= claimed and value and not value & claimed and not head <= others:
                return f"it names the {cell.head} and gives another value"
        return None

    def _cell_words(self, cell: Cell, statement: Statement) -> frozenset[str]:
        at = statement.span[0]
        return self._held(statement.text[cell.span[0] - at : cell.span[1] - at])


_ANY_VALUE: Final = frozenset(
    "value values description details specification data content 值 数值 参数值 取值 内容 说明 "  # noqa: SIM905 - a list of words reads as words
    "描述 规格".split()
)
"""Heads that say nothing of what stands below them; the label of the row does."""
_KEY_VALUE: Final = re.compile(
    r"(?:^|[|｜])\s*(?P<head>[^|｜:：]{1,60})[:：]\s*(?P<value>[^|｜]+?)\s*(?=[|｜]|$)"
)


def _with_cells(statement: Statement) -> Statement:
    """The statement with the cells that its text shows, where its loader saw none."""
    if statement.cells or not _KEY_VALUE.match(statement.text):
        return statement
    at = statement.span[0]
    cells = tuple(
        Cell((at + m.start("value"), at + m.end("value")), m["head"].strip())
        for m in _KEY_VALUE.finditer(statement.text)
    )
    return replace(statement, cells=cells) if len(cells) > 1 else statement


def _of_another_subject(values: frozenset[str], clauses: Sequence[frozenset[str]]) -> bool:
    """Whether one of ``values`` stands only in clauses about identifiers that the claim lacks."""
    subjects = frozenset(value for value in values if value.startswith(_IDENTIFIER))
    if not subjects:
        return False
    for value in values - subjects:
        about = [[v for v in own if v.startswith(_IDENTIFIER)] for own in clauses if value in own]
        if about and all(own and subjects.isdisjoint(own) for own in about):
            return True
    return False


def _reversed(claim: str, statement: Statement, cell: Cell) -> bool:
    """Whether the label is said to be what its value is: "QX3 is the supplier of Aldus"."""
    at = statement.span[0]
    label, value = (
        re.escape(alike(statement.text[c.span[0] - at : c.span[1] - at]))
        for c in (statement.cells[0], cell)
    )
    head = re.escape(alike(cell.head))
    wrong = re.compile(
        rf"{label}[^,，]{{0,6}}是[^,，]{{0,4}}{value}[^,，]{{0,2}}的[^,，]{{0,4}}{head}"
        rf"|{label} (?:is|are|was) (?:the|a|an) {head}s? (?:of|for|to) (?:the )?{value}"
    )
    return bool(cell.head) and wrong.search(alike(claim)) is not None


@lru_cache(maxsize=1_024)
def plain_claim(sentence: str) -> str:
    """What a sentence claims, without "According to the manual," and "Yes," before it."""
    text = " ".join(sentence.split())
    for _ in range(2):
        text = _WRAPPING.sub("", text)
        text = _REPLY.sub("", text)
    return text


_IDENTIFIER: Final = "id "


def _written(atoms: Atoms) -> frozenset[str]:
    """Everything that must be met exactly, as text."""
    return frozenset(
        [
            *(f"date {date}" for date in atoms.dates),
            *(f"time {time}" for time in atoms.times),
            *(f"dotted {number}" for number in atoms.dotted),
            *(f"{_IDENTIFIER}{identifier}" for identifier in atoms.identifiers),
            *(f"{quantity.value:f}" for quantity in atoms.quantities),
        ]
    )


def _invented_quotation(claim: str, text: str) -> str | None:
    source = comparable(text)
    for quoted in quotations(claim):
        if comparable(quoted) not in source:
            return f"“{quoted}” is not a quotation from the statement it rests on"
    return None


def _invented_atom(said: Atoms, known: Atoms, own: Atoms) -> str | None:  # noqa: C901 - a rule for each sort
    for date in said.dates:
        if not any(same_date(date, other) for other in known.dates):
            if date[1:] == (None, None) and any(q.value == date[0] for q in known.quantities):
                continue  # a year
            return "a date in it is not in the statement it rests on"
    for time in said.times:
        if time not in known.times:
            return "a time in it is not in the statement it rests on"
    for number in said.dotted:
        if number not in known.dotted and not any(
            f"{q.value:f}" == number for q in known.quantities
        ):
            return f"{number} is not in the statement it rests on"
    for identifier in said.identifiers:
        if identifier not in known.identifiers:
            return f"{identifier!r} is not in the statement it rests on"
    for quantity in said.quantities:
        if quantity.supported_by(own.quantities):
            continue
        if not _set_around(quantity, known):
            return f"{quantity} is not in the statement it rests on"
    return None


def _set_around(quantity: Quantity, known: Atoms) -> bool:
    """Whether the setting may lend a quantity: a year, or a number without a unit."""
    year = int(quantity.value) in _YEARS and quantity.value == int(quantity.value)
    if (year or not quantity.unit) and quantity.supported_by(known.quantities):
        return True
    if year and any(date[0] == int(quantity.value) for date in known.dates):
        return True
    return f"{quantity.value:f}" in known.dotted


_YEARS: Final = range(1_900, 2_100)


def _opposite(claim: str, source: _Source) -> str | None:
    """Whether it stands on another side than its statement, or denies what that affirms."""
    one, other, around = (normalise(text) for text in (claim, source.own, source.around))
    for_poles = [_blanked(alike(text)) for text in (one, other, around)]
    if pole := turned(*for_poles):
        return f"it turns the {pole} of the statement around"
    claimed = denials(alike(claim))
    relevant = _relevant_clauses(claim, source.text)
    known = denials(alike(relevant))
    if claimed and not known and not denials(alike(source.own)):
        return "the statement affirms it"
    if known and not claimed:
        return "the statement denies it"
    return None


def _blanked(text: str) -> str:
    """Numbers become one sign, so that a pole can look whether one stands beside it."""
    return re.sub(r"\d+(?:[.,]\d+)*", "¦", text)


def _relevant_clauses(claim: str, text: str) -> str:
    """The clauses of ``text`` that share words with the claim; all, where none does."""
    wanted = frozenset(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", normalise(claim)))
    kept = []
    for part in re.split(r"[,;，；:：。.]", text):
        held = frozenset(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", normalise(part)))
        if held and len(held & wanted) >= 0.5 * len(held):
            kept.append(part)
    return "，".join(kept) if kept else text


_RESTRICTS: Final = re.compile(
    r"^\s*+[,，]?\s*+(?:unless|except|if|only|but not|provided|when|where|除非|除|但|仅|如果"
    r"|只有)|(?:not"
    r"|never|no longer|not yet|hardly|don't|doesn't|cannot|n't|without|unable to|forbidden to"
    r"|不(?:得|可|能|应|要|会|许|准|必|需|该|允许|可以)?|无(?:需|须|法)|未(?:能|曾)?|没有|非|禁止|严禁"
    r"|勿|至少|至多"
    r"|最多|最少|不超过|超过"
    r"|约|at least|at most|up to|more than|less than|under|over|about|only|nearly|minus|零下"
    r"|[-−–])\s*$",
    re.IGNORECASE,
)


def _cut_short(claim: str, text: str) -> bool:
    """Whether ``claim``, a part of ``text``, leaves out a word beside it that changes it."""
    around = surroundings(claim.strip(" .。"), text)
    if around is None:
        return False
    before, after = around
    digit = before[-1:].isdigit() or after[:1].isdigit() or re.match(r"[.,]\d", after) is not None
    head = re.search(_RESTRICTS, before[-16:])
    tail = re.match(
        r"\s*+[,，]?\s*+(?:unless|except|only|but not|provided|除非|除)", after, re.IGNORECASE
    )
    inside = before[-1:].isalnum() and before[-1:].isascii() and claim.strip()[:1].isalnum()
    return bool(digit or (head and head.end() == len(before[-16:])) or tail or inside)
