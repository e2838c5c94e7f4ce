"""Words that the collection does not hold, put right by those that it does.

They are taken for slips: of the keyboard in words of letters, of the input method in Chinese, which
offers characters that sound alike. Codes, numbers and words with capitals inside are never touched.

Source: candidates one edit away, by how often they occur: P. Norvig, "How to Write a Spelling
Corrector", 2007; the collection's own vocabulary is the model of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from string import ascii_lowercase
from typing import Final

from app.domain.queries import Reading
from app.ports.analyzer import Analyzer
from app.ports.store import CollectionReader
from app.retrieval.understanding.steps import Draft, Means
from app.text.edits import one_edit_away, within_edits
from app.text.function_words import is_english_function_word
from app.text.homophones import homophones
from app.text.normalise import in_simplified

LONGEST_QUERY: Final = 300
"""Characters of a query that is looked through."""
MOST_UNKNOWN: Final = 5
"""Words, and as many characters, that are put right; a text with more is in other words
altogether, and each costs a look into the vocabulary."""
TWO_SLIPS_LETTERS: Final = 8
"""Letters from which two slips are forgiven, and not one."""
MOST_TERMS: Final = 50_000
"""Of those with the same first letter, that an unknown one with two slips is compared with."""
_READ: Final = 3
"""Passages in which the written form of a term is looked for."""
_TRIED: Final = 5
"""Words of which it is looked for, the likeliest first."""
_REPLACED: Final = 0.04
"""Chance that a letter was replaced by this one of 25, beside those of other slips."""
_VOWELS: Final = frozenset("aeiouy")
"""They are taken for one another as often as letters slip: M. D. Kernighan, K. W. Church and W. A.
Gale, "A Spelling Correction Program Based on a Noisy Channel Model", COLING 1990."""
_WORD: Final = re.compile(
    r"(?<![^\W\u3400-\u9fff])(?<![@/+:#.'’&-])(?:[A-Za-z][a-z]{3,29}|[A-Z]{4,30})"
    r"(?![^\W\u3400-\u9fff]|[@/+:#&-]|[.'’]\w)"
)
"""A word by itself, no part of an address, a path, a code or a name in camel case."""
_WRITTEN: Final = re.compile(r"[^\W\d_]{4,30}")
_HAN_RUN: Final = re.compile(r"[\u3400-\u9fff]{2,}")
_FUNCTION: Final = frozenset(
    "的了是在有和与及将被把给让我你您他她它们这那几个多少吗呢吧啊呀哪谁什么怎能可要会不没对就都也还又何啥为以于由"
)
"""Characters that stand between words: a pair with one of them is hardly a word."""
_SHORT_FORMS: Final = frozenset(
    "cant dont doesnt didnt isnt arent wasnt wont couldnt shouldnt wouldnt havent hasnt whats"  # noqa: SIM905 - a list of words reads as words
    " whos wheres hows".split()
)
"""As they are typed without their apostrophes."""
_ASKING: Final = ("多少钱", "什么时候", "怎么样", "怎么办", "为什么", "有没有", "能不能")
"""Words of questions, which documents need not hold."""
_LONGEST_ASKING: Final = max(map(len, _ASKING))


def put_right(draft: Draft, means: Means) -> Draft:
    """The draft with its unknown words as the collection spells them; one reading tells of all."""
    if len(draft.text) > LONGEST_QUERY:
        return draft
    text = _letters_right(draft.text, means.collection, means.analyzer)
    text = _sounds_right(text, means.collection, means.analyzer)
    if text == draft.text:
        return draft
    reading = Reading("spelling", draft.text, text)
    return replace(draft, text=text, readings=(*draft.readings, reading))


def _letters_right(text: str, collection: CollectionReader, analyzer: Analyzer) -> str:
    words = {
        word: analyzer.terms(word)[0]
        for word in dict.fromkeys(_WORD.findall(text))
        if not is_english_function_word(word.lower())
        and word.lower() not in _SHORT_FORMS
        and not _is_name(word, text)
    }
    held = collection.term_frequencies(list(words.values()))
    unknown = [word for word, count in zip(words, held, strict=True) if not count]
    if not 0 < len(unknown) <= MOST_UNKNOWN:
        return text
    right = {word: _spelt(word, words[word], collection, analyzer) for word in unknown}
    return _WORD.sub(lambda found: right.get(found.group(), found.group()), text)


def _is_name(word: str, text: str) -> bool:
    """Whether it is capitalised within a sentence: Austria is no slip for Australia."""
    at = text.find(word)
    return word[0].isupper() and not word.isupper() and bool(text[:at].strip())


def _spelt(word: str, term: str, collection: CollectionReader, analyzer: Analyzer) -> str:
    """The likeliest word of the collection as it is written there; the same where none is near."""
    folded = word.lower()
    right = _one_slip(folded, collection, analyzer, capitals=word.isupper())
    if not right and len(folded) >= TWO_SLIPS_LETTERS:
        right = _two_slips(folded, term, collection, analyzer)
    if not right or (word.isupper() and not right.isupper()):
        return word  # capitals are an abbreviation, which is written so in the passages, or a code
    return right.capitalize() if word[0].isupper() and right.islower() else right


def _one_slip(
    word: str, collection: CollectionReader, analyzer: Analyzer, *, capitals: bool
) -> str:
    near = {
        other: analyzer.terms(other)[0]
        for other in one_edit_away(word, ascii_lowercase)
        if _begins_alike(other, word) and not is_english_function_word(other)
    }
    held = dict(zip(near, collection.term_frequencies(list(near.values())), strict=True))
    likely = sorted(
        (other for other, count in held.items() if count),
        key=lambda other: (-held[other] * _chance(other, word), other),
    )
    for other in likely[:_TRIED]:
        for written in _written(near[other], collection):
            if written.lower() == other and (written.isupper() or not capitals):
                return written
    return ""


def _two_slips(word: str, term: str, collection: CollectionReader, analyzer: Analyzer) -> str:
    near = [
        other
        for other, _ in collection.terms_beginning(term[:1], limit=MOST_TERMS)
        if abs(len(other) - len(term)) <= 2  # noqa: PLR2004 - two slips
        and len(set(other) ^ set(term)) <= 2 * 2
        and within_edits(term, other, 2)
    ]
    for other in near[:_TRIED]:
        for written in _written(other, collection):
            if within_edits(word, written.lower(), 2) and other in analyzer.terms(written):
                return written
    return ""


def _begins_alike(other: str, word: str) -> bool:
    """Whether it has the same first letter, or has the first two swapped.

    Slips in the first letter are rare: E. J. Yannakoudakis and D. Fawthrop, "The Rules of Spelling
    Errors", Information Processing & Management 19, 1983.
    """
    return other[:1] == word[:1] or other[:2] == word[1::-1]


def _chance(other: str, word: str) -> float:
    """How likely ``word`` is to be typed for ``other``: one letter may be taken for many others."""
    replaced = [pair for pair in zip(other, word, strict=False) if pair[0] != pair[1]]
    if len(other) != len(word) or len(replaced) != 1 or _VOWELS.issuperset(replaced[0]):
        return 1.0
    return _REPLACED


def _written(term: str, collection: CollectionReader) -> Iterable[str]:
    """The words of the passages that are best for a term, each once."""
    found = collection.search_lexical([term], limit=_READ)
    texts = [chunk.indexed_text for chunk in collection.chunks([hit.chunk_id for hit in found])]
    return dict.fromkeys(chain.from_iterable(map(_WRITTEN.findall, texts)))


def _sounds_right(text: str, collection: CollectionReader, analyzer: Analyzer) -> str:
    simplified = in_simplified(text)
    if len(simplified) != len(text):  # a character of it stands for several
        return text
    for run in list(_HAN_RUN.finditer(simplified)):
        right = _sounded(run.group(), collection, analyzer)
        if right != run.group():
            changed = [
                new if new != old else typed
                for new, old, typed in zip(right, run.group(), text[run.start() :], strict=False)
            ]
            text = f"{text[: run.start()]}{''.join(changed)}{text[run.end() :]}"
    return text


def _sounded(run: str, collection: CollectionReader, analyzer: Analyzer) -> str:
    """A run of characters in which those that make no known pair are what sounds like them."""
    run = _asked(run)
    if not _doubtful(run, collection):
        return run
    for _ in range(MOST_UNKNOWN):
        found = [
            (pairs, count, -at, other)
            for at in _doubtful(run, collection)
            for pairs, count, other in _alike(run, at, collection, analyzer)
        ]
        if not found:
            break
        _, _, at, other = max(found)
        run = f"{run[:-at]}{other}{run[1 - at :]}"
    return run


def _doubtful(run: str, collection: CollectionReader) -> list[int]:
    """Where characters stand that the collection has beside neither neighbour; the first few."""
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    known = [count > 0 for count in collection.term_frequencies(pairs)]
    found = [
        at
        for at, character in enumerate(run)
        if character not in _FUNCTION and not any(known[max(0, at - 1) : at + 1])
    ]
    asks = [at for word in _ASKING if (at := run.find(word)) >= 0]
    return [at for at in found if not any(0 <= at - start < _LONGEST_ASKING for start in asks)][
        :MOST_UNKNOWN
    ]


def _alike(
    run: str, at: int, collection: CollectionReader, analyzer: Analyzer
) -> list[tuple[int, int, str]]:
    """The character that makes known pairs with both neighbours, or a known word with one.

    With the number of its pairs and how often they occur; empty where there is none.
    """
    before = run[at - 1 : at] if at and run[at - 1] not in _FUNCTION else ""
    after = run[at + 1 : at + 2] if run[at + 1 : at + 2] not in _FUNCTION else ""
    others = [other for other in homophones(run[at]) if other not in _FUNCTION]
    counts = [
        collection.term_frequencies([f"{left}{other}{right}" for other in others])
        for left, right in ((before, ""), ("", after))
        if left or right
    ]
    found = sorted(
        (
            (sum(map(bool, of_other)), sum(of_other), other)
            for other, *of_other in zip(others, *counts, strict=True)
            if any(of_other)
        ),
        reverse=True,
    )
    for pairs, count, other in found:
        makes = (f"{before}{other}", f"{other}{after}")
        # A pair that is a word stands twice among its terms: as the word, and as a pair.
        if (
            pairs > 1
            or count > 1
            or any(analyzer.terms(p).count(p) > 1 for p in makes if len(p) > 1)
        ):
            return [(pairs, count, other)]
    return []


def _asked(run: str) -> str:
    """With characters that sound like a word that asks put right."""
    for asking in _ASKING:
        for at in range(len(run) - len(asking) + 1):
            window = run[at : at + len(asking)]
            differs = [i for i, c in enumerate(window) if c != asking[i]]
            if len(differs) != 1 or window[differs[0]] in _FUNCTION:
                continue
            if asking[differs[0]] in homophones(window[differs[0]]):
                run = f"{run[:at]}{asking}{run[at + len(asking) :]}"
    return run
