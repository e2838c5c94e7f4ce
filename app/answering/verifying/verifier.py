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
from functools import lru_cache
from itertools import chain
from typing import Final

from app.answering.verifying.atoms import DATE, IDENTIFIER, Atoms, atoms_of, same_date, written
from app.answering.verifying.claims import (
    comparable,
    denials,
    names,
    quotations,
    surroundings,
    titles,
    words,
)
from app.answering.verifying.comparisons import told_from_the_other_end
from app.answering.verifying.poles import turned
from app.answering.verifying.quantities import Quantity
from app.answering.verifying.rows import Row, also_said, misread, names_itself, row_of
from app.answering.verifying.units import PER
from app.answering.verifying.words.alignment import misplaced
from app.answering.verifying.words.sayings import alike
from app.answering.verifying.words.stems import Stems
from app.answering.verifying.words.tokens import tokens_of
from app.answering.verifying.words.wording import Words, foreign_word
from app.domain.statements import Statement
from app.text.normalise import in_simplified, normalise

LEAST_OWN: Final = 0.4
"""Share of a sentence's words and values that the statement itself must hold, not its setting."""
LONGEST_SUBJECT: Final = 6
"""Words, or pairs of Chinese characters, that the sentence before may lend as a subject."""
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
_CLAUSE: Final = re.compile(
    r"[,;，；、:：()（）|]|\b(?:and|but|while|whereas|or)\b|(?<=[\u4e00-\u9fff])(?:而且|而|但是"
    r"|但|以及|并且"
    r"|和)(?=[\u4e00-\u9fff\d])",
    re.IGNORECASE,
)
_MEANS_NOTHING: Final = frozenset("answer question follow correct true fals 答 案".split())  # noqa: SIM905 - a list of words reads as words


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
        self._stems = Stems(terms)
        self._held = lru_cache(maxsize=1_024)(self._read)

    def refuse(self, sentence: str, statement: Statement) -> str | None:
        """Why ``statement`` does not bear ``sentence``; ``None`` where it does."""
        if (reason := _no_sentence(sentence)) is not None:
            return reason
        claim = plain_claim(sentence)
        if not any(map(str.isalnum, claim)):
            return "it says nothing that could be supported"
        if _stands_in(claim, statement.text):
            cut = _cut_short(claim, statement.text)
            return "it leaves out what restricts it" if cut else None
        refused = self._refuse_reworded(claim, statement)
        if refused is None or statement.cells or len(statement.text) > LONGEST_SOURCE:
            return refused
        for text in told_from_the_other_end(statement.text):
            if self._refuse_reworded(claim, replace(statement, text=text)) is None:
                return None
        return refused

    def _refuse_reworded(self, claim: str, statement: Statement) -> str | None:
        """What no part of the statement says word for word."""
        if len(statement.text) > LONGEST_SOURCE:
            return "the statement it rests on is too long to be compared with it"
        source = _Source.of(statement)
        whole = f"{source.own}\n{source.around}"
        said = atoms_of(claim, every_numeral=False)
        if not self._says_something(claim, said):
            return "it says nothing that could be supported"
        # The sentence before lends a subject, and no number.
        lending = replace(statement, setting=replace(statement.setting, antecedent=""))
        known = atoms_of(f"{source.own}\n{_Source.of(lending).around}", every_numeral=True)
        own = atoms_of(source.own, every_numeral=True)
        refused = _invented_quotation(claim, statement.text) or _invented_atom(said, known, own)
        if refused:
            return refused
        said = _as_written(said, known, own)
        row = row_of(statement)
        also = also_said(row, whole) if row else ""
        return (
            self._invented_name(said.rest, claim, f"{whole}\n{also}")
            or self._invented_word(said, known, f"{whole}\n{also}")
            or self._has_what_is_not_said(claim, said, source, row)
            or _opposite(claim, said, source)
            or self._of_its_setting(said, source, row)
            or self._of_its_aside(said, statement)
            or self._of_another_clause(said, statement, row)
            or self._misplaced(said, source, statement, row)
            or self._of_another_cell(claim, said, row)
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

    def _read(self, text: str) -> frozenset[str]:
        """The words and values of ``text``."""
        atoms = atoms_of(text, every_numeral=True)
        own = Words(atoms.rest, self._stems)
        return frozenset((*own.sequence(), *_written(atoms)))

    # --- the checks -----------------------------------------------------------------------------

    def _invented_name(self, rest: str, claim: str, whole: str) -> str | None:
        known = words(whole)
        stems = frozenset(self._stems(whole))
        for name in names(rest):
            if name.isalpha() and name.isascii() and rest.lstrip().startswith(name):
                continue  # the capital of a sentence; the word is looked for like any other
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

    def _of_its_setting(self, said: Atoms, source: _Source, row: Row | None) -> str | None:
        claimed = [*Words(said.rest, self._stems).sequence(), *_written(said)]
        if not claimed:
            return None
        own = self._held(source.own) | frozenset(Words(source.own, self._stems).sequence())
        share = sum(word in own for word in claimed) / len(claimed)
        text = row.cells[0][1] if row and names_itself(row, said.quantities) else source.text
        whole = self._held(text)
        said_whole = bool(whole) and whole.issubset(claimed)
        if share < LEAST_OWN and not said_whole:
            return "what it says stands in the setting of the statement and not in it"
        return None

    def _has_what_is_not_said(
        self, claim: str, said: Atoms, source: _Source, row: Row | None
    ) -> str | None:
        """Whether its predicate is a light word that the statement does not have.

        "You have the flu" is made of words of "The flu is a disease", but for what it says.
        """
        own = alike(source.own)
        few = len(self._sequence(said.rest)) < LEAST_WORDS and not _written(said)
        if few and _MODAL.search(alike(claim)) and not _MODAL.search(own):
            return "it says what may or must be, and the statement does not"
        has = _HAS.search(_HAS_OF.sub(" ", alike(claim)))
        having = row is None and has and not _HOLDS.search(own)
        return "it says that something has what the statement does not" if having else None

    def _of_its_aside(self, said: Atoms, statement: Statement) -> str | None:
        """Whether it takes for its subject what the sentence before did not begin with.

        A pronoun stands for what a sentence is about, which it names first.
        """
        before = statement.setting.antecedent
        if not before:
            return None
        elsewhere = frozenset(
            self._sequence(
                replace(statement, setting=replace(statement.setting, antecedent="")).in_setting
            )
        )
        lent = [word for word in self._sequence(before) if word not in elsewhere]
        used = frozenset(self._sequence(said.rest)).intersection(lent)
        subject = lent[: LONGEST_SUBJECT * (1 + (lent[:1] > ["\u2e80"]))]
        if used and (lent[0] not in used or not used.issubset(subject)):
            return "it speaks of something else than the statement"
        return None

    def _sequence(self, text: str) -> list[str]:
        return Words(text, self._stems).sequence()

    def _of_another_clause(self, said: Atoms, statement: Statement, row: Row | None) -> str | None:
        """Whether it gives one clause's value to what another clause speaks of."""
        values = _written(said)
        if not values or row is not None:
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

    def _misplaced(
        self, said: Atoms, source: _Source, statement: Statement, row: Row | None
    ) -> str | None:
        """Whether its words play other parts than in the statement."""
        if row is not None or statement.cells:
            return None
        own = atoms_of(source.text, every_numeral=False)
        setting = statement.setting
        around = f"{source.around}\n{setting.question}\n{setting.lead_in}"

        def stem(word: str) -> str:
            return next(iter(self._stems(word)), word)

        beside = tokens_of(atoms_of(around, every_numeral=True), stem)
        known = frozenset(token.text for token in beside)
        return misplaced(tokens_of(said, stem), tokens_of(own, stem), known=known)

    def _of_another_cell(self, claim: str, said: Atoms, row: Row | None) -> str | None:
        """Whether it reads a row wrongly."""
        if row is None:
            return None
        claimed = frozenset((*self._sequence(said.rest), *_written(said)))
        return misread(row, claim, claimed, self._held, said.quantities)


def _of_another_subject(values: frozenset[str], clauses: Sequence[frozenset[str]]) -> bool:
    """Whether one of ``values`` stands only in clauses about identifiers that the claim lacks."""
    subjects = frozenset(value for value in values if value.startswith(IDENTIFIER))
    if not subjects:
        return False
    for value in values - subjects:
        about = [[v for v in own if v.startswith(IDENTIFIER)] for own in clauses if value in own]
        if about and all(own and subjects.isdisjoint(own) for own in about):
            return True
    return False


def _no_sentence(sentence: str) -> str | None:
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


def _written(atoms: Atoms) -> frozenset[str]:
    """Everything that must be met exactly, as text."""
    return frozenset(
        [
            *(f"{DATE}{date}" for date in atoms.dates),
            *(f"time {time}" for time in atoms.times),
            *(f"dotted {number}" for number in atoms.dotted),
            *(f"{IDENTIFIER}{identifier}" for identifier in atoms.identifiers),
            *(written(quantity) for quantity in atoms.quantities),
        ]
    )


def _invented_quotation(claim: str, text: str) -> str | None:
    source = comparable(in_simplified(text))
    for quoted in quotations(claim):
        if comparable(in_simplified(quoted)) not in source:
            return f"“{quoted}” is not a quotation from the statement it rests on"
    return None


def _invented_atom(said: Atoms, known: Atoms, own: Atoms) -> str | None:
    """The first date, time, number or identifier that the statement does not have."""
    for date in said.dates:
        a_year = date[1:] == (None, None) and any(q.value == date[0] for q in known.quantities)
        if not a_year and not any(same_date(date, other) for other in known.dates):
            return "a date in it is not in the statement it rests on"
    if not set(said.times) <= set(known.times):
        return "a time in it is not in the statement it rests on"
    plain = {written(quantity) for quantity in known.quantities}
    missing = next(
        chain(
            (d for d in _DIGITS.findall(said.rest) if d not in _DIGITS.findall(known.rest)),
            (n for n in said.dotted if n not in known.dotted and n not in plain),
            (i for i in said.identifiers if i not in known.identifiers),
            (
                str(quantity)
                for quantity in said.quantities
                if _borne(quantity, said, own) is None and not _set_around(quantity, known)
            ),
        ),
        None,
    )
    return None if missing is None else f"{missing} is not in the statement it rests on"


_DIGITS: Final = re.compile(r"\d+")


def _borne(quantity: Quantity, said: Atoms, own: Atoms) -> Quantity | None:
    """The quantity of the statement that bears one of the sentence.

    What one of them measures by the month the other may say by a word: 月费, "monthly".
    """
    found = quantity.found_in(own.quantities)
    if found is not None:
        return found
    for other in own.quantities:
        measured, per, by = quantity.unit.partition(PER)
        if per and (other.value, other.unit) == (quantity.value, measured) and by in own.periods:
            return other
        measured, per, by = other.unit.partition(PER)
        if (
            per
            and (quantity.value, quantity.unit) == (other.value, measured)
            and by in said.periods
        ):
            return other
    return None


def _as_written(said: Atoms, known: Atoms, own: Atoms) -> Atoms:
    """The sentence with its quantities and dates as the statement writes them."""
    table: dict[str, str] = {}
    quantities = []
    for quantity in said.quantities:
        other = _borne(quantity, said, own) or quantity
        quantities.append(other)
        table[written(quantity)] = written(other)
    for date in said.dates:
        other_date = next((d for d in known.dates if same_date(date, d)), date)
        table[f"{DATE}{date}"] = f"{DATE}{other_date}"
    marks = tuple(table.get(mark, mark) for mark in said.marks)
    return replace(said, quantities=tuple(quantities), marks=marks)


def _set_around(quantity: Quantity, known: Atoms) -> bool:
    """Whether the setting may lend a quantity: a year, or a number without a unit."""
    year = int(quantity.value) in _YEARS and quantity.value == int(quantity.value)
    if (year or not quantity.unit) and quantity.supported_by(known.quantities):
        return True
    if year and any(date[0] == int(quantity.value) for date in known.dates):
        return True
    return f"{quantity.value:f}" in known.dotted


_YEARS: Final = range(1_900, 2_100)


def _opposite(claim: str, said: Atoms, source: _Source) -> str | None:
    """Whether it stands on another side than its statement, or denies what that affirms."""
    texts = (atoms_of(text, every_numeral=False) for text in (source.own, source.around))
    if pole := turned(*(_blanked(atoms) for atoms in (said, *texts))):
        return f"it turns the {pole} of the statement around"
    claimed = denials(alike(claim))
    relevant = _relevant_clauses(claim, source.text)
    known = denials(alike(relevant))
    if claimed and not known and not denials(alike(source.own)):
        return "the statement affirms it"
    if known and not claimed:
        return "the statement denies it"
    return None


def _blanked(atoms: Atoms) -> str:
    """What is no value, which is one sign, so that a pole can look whether one stands beside it."""
    return " ".join(_MARK.sub(" ¦ ", alike(atoms.rest)).split())


_MARK: Final = re.compile(r"¦[\ue000-\uf8ff]?")


def _relevant_clauses(claim: str, text: str) -> str:
    """The clauses of ``text`` that share words with the claim; all, where none does."""
    wanted = frozenset(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", normalise(claim)))
    kept = []
    for part in re.split(r"[,;，；:：。.]", text):
        held = frozenset(re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", normalise(part)))
        if held and len(held & wanted) >= 0.5 * len(held):
            kept.append(part)
    return "，".join(kept) if kept else text


LEAST_WORDS: Final = 2
"""Words that a sentence must have besides "may" and "must", where the statement has neither."""
_MODAL: Final = re.compile(r"\b(?:may|must|can|need)\b|[可须]|不得|不必")
_HAS: Final = re.compile(
    r"\b(?:has|have|had)\b (?!(?:been|not|to|also|already|never|just)\b)"
    r"(?![a-z]{2,14}(?:ed|en|wn|un)\b)(?=[a-z\d¦])"
)
_HAS_OF: Final = re.compile(r"\bha(?:s|ve) (?:an? |the )?(?:[a-z]{1,20} ){1,3}of (?=[\d$£€-])")
"""It "has a payload of 250 kg" where the payload is 250 kg."""
_HOLDS: Final = re.compile(
    r"\b(?:has|have|had|having|with|includ|contain|gets?|offer|provid|there (?:is|are|was|were)"
    r"|owns?|own|receiv|entitled|given|come|weigh|cost|last|reach|measure)"
    r"|(?:'s|s') "
)
_CONDITION_BEFORE: Final = re.compile(
    r"(?:^|[.;。；!?！？]\s?)(?:if|unless|when|whenever|except|provided|as long as|in case"
    r"|only if)\b[^.;。；!?！？]{2,200},\s*$"
    r"|(?:^|[。；，])(?:除|如果|若|倘若|假如|只有|只要|当)[^。；]{2,100}[，,]\s*$|[^。；，]{1,60}(?:时|的话|以外|之外|除外)[，,]\s*$",
    re.IGNORECASE,
)
_CONDITION_BEHIND: Final = re.compile(
    r"\s{0,3}[,，]?\s{0,3}(?:if|when|whenever|unless|except|only|but not|provided|as long as"
    r"|in case)\b|\s{0,3}[,，]?\s{0,3}(?:除非|除|但|前提)",
    re.IGNORECASE,
)
_LOOKED_BACK: Final = 240
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


def _stands_in(claim: str, text: str) -> bool:
    """Whether ``claim`` is a part of ``text``, but for the capital that begins a sentence."""
    spelled, source = comparable(claim).strip(".。"), comparable(text)
    return spelled in source or source.startswith(f"{spelled[:1].swapcase()}{spelled[1:]}")


def _cut_short(claim: str, text: str) -> bool:
    """Whether ``claim``, a part of ``text``, leaves out a word beside it that changes it."""
    part = claim.strip(" .。")
    around = surroundings(part, text) or surroundings(f"{part[:1].swapcase()}{part[1:]}", text)
    if around is None:
        return False
    before, after = around
    digit = before[-1:].isdigit() or after[:1].isdigit() or re.match(r"[.,]\d", after) is not None
    head = re.search(_RESTRICTS, before[-16:])
    tail = _CONDITION_BEHIND.match(after) or _CONDITION_BEFORE.search(before[-_LOOKED_BACK:])
    inside = before[-1:].isalnum() and before[-1:].isascii() and claim.strip()[:1].isalnum()
    return bool(digit or (head and head.end() == len(before[-16:])) or tail or inside)
