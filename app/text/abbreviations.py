"""Dots that shorten a word and end no sentence, in English and in what goes with it.

Whether a dot ends a sentence is told by the word before it and by what follows: "Document no."
wants a number, "5 kg." wants nothing, "Dr." always goes on.
"""

from __future__ import annotations

import re
from typing import Final

_WINDOW: Final = 24
"""Characters before a dot in which its word is looked for; no abbreviation is longer."""
_LONGEST_IDENTIFIER: Final = 80
_LAST_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[.&'’-]){0,24}$")
_NEXT_WORD: Final = re.compile(r"[\"'“‘(\[「『]*([^\W\d_]*)")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_LAST: Final = _words(
    "dr mr mrs ms mx prof capt lt sgt gov messrs mme mlle e.g i.e eg ie cf vs viz approx ca resp "
    "esp incl excl figs eq eqs thm lem"
)
"""Abbreviations that something must follow."""
_BEFORE_NUMBERS: Final = _words(
    "no nos nr nrs fig sec sect tab ref refs ch chap vol vols pp p art arts ex def prop cor "
    "ed est al ser rev ver v ext tel fax mob dept doc cat cl para paras app appx std pt pos "
    "acc acct bldg rm apt qty max min avg temp"
)
"""Abbreviations that are words too, or end sentences: only a number, a bracket or an identifier
such as ``TM-20-EN`` binds them."""
_MONTHS: Final = _words("jan feb mar apr jun jul aug sep sept oct nov dec")
_BEFORE_NAMES: Final = _words("gen col rev hon rep sen pres st mt max min avg v")
"""Abbreviations that also bind a capitalised name."""
_BEFORE_NO: Final = _words("is was be are say says said or answered replied means mean than not a")
"""Words behind which ``no`` is an answer."""
_FORMS: Final = _words("ltd inc llc plc kg corp")
"""Legal forms that follow another abbreviation, as in ``Co. Ltd.``"""
_UNITS: Final = _words(
    "ns µs μs ms s sec secs min mins h hr hrs d wk wks mo yr yrs nm µm μm mm cm dm m km in ft "
    "yd mi µg μg mg g kg t lb lbs oz ml cl dl l gal mv v kv ma a w kw mw wh kwh mwh hz khz "
    "mhz ghz n pa kpa mpa hpa bar mbar psi j kj mj cal kcal k c f rpm rps db lx lm px pt dpi "
    "kb mb gb tb kib mib gib kbps mbps gbps pcs pc doz pts mol ppm ppb ohm ha eur usd gbp cny "
    "rmb"
)
"""Units of measure: behind a figure they end a sentence as any word does."""
_GO_ON: Final = _words("h hr hrs min mins sec secs ft in lb lbs")
"""Units that a smaller one may follow, as in ``5 min. 30 s``."""
_HALVES_OF_DAY: Final = frozenset({"a.m", "p.m"})
_BEHIND_TIMES: Final = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april "
    "may june july august september october november december est edt cst cdt mst mdt pst pdt "
    "gmt utc cet cest bst ist jst hkt"
)
"""What goes on behind ``5 p.m.``: a day, a month, a time zone."""
_YEAR: Final = re.compile(r"(?:1[5-9]|20)\d\d")
_IDENTIFIER: Final = re.compile(r"(?=[A-Z])[A-Za-z0-9]{1,16}(?:[-_/.][A-Za-z0-9]{1,16}){0,4}")
_OPENERS: Final = _words(
    "a after all although also an and another as at because before both but by each finally first "
    "for from he hence her here his how however if in it its many most no not now of on one or our "
    "she since so some such that the their then there therefore these they this those thus to we "
    "what when where whether which while who why with yes yet you your"
)
"""Words that, capitalised behind an abbreviation, begin a sentence; others go on with a name."""


def abbreviates(text: str, start: int, dot: int, after: int) -> bool:
    """Whether the dot shortens the word before it and the sentence goes on ``after`` it.

    The sentence began at ``start``. Only a bounded window around the dot is looked at.
    """
    word_match = _LAST_WORD.search(text, max(start, dot - _WINDOW), dot)
    if word_match is None:
        return False
    word, at = word_match.group(), word_match.start()
    if word.replace(".", "").isdigit():
        return at == start  # "1. First", a number that counts and does not end
    if _is_unit(text, start, at, word):
        return text[after : after + 1].isdigit() and word.lower() in _GO_ON
    return _binds(text, start, at, word, after)


def _binds(text: str, start: int, at: int, word: str, after: int) -> bool:
    """Whether a word that is no unit needs what follows it."""
    lowered, next_word = word.lower(), _next_word(text, after).lower()
    if lowered in _NEVER_LAST:
        return True
    if lowered in _HALVES_OF_DAY:
        return next_word in _BEHIND_TIMES
    if lowered in _MONTHS:
        return text[after : after + 1].isdigit()
    if lowered in _BEFORE_NUMBERS:
        if _names_something(text, after):
            return word != "no" or _previous_word(text, start, at) not in _BEFORE_NO
        if lowered not in _BEFORE_NAMES:
            return False
    goes_on = next_word != "" and next_word not in _OPENERS
    is_form = next_word in _FORMS and word[0].isupper()
    return is_form or (
        goes_on and (lowered in _BEFORE_NAMES or _INITIALS.fullmatch(word) is not None)
    )


def _is_unit(text: str, start: int, at: int, word: str) -> bool:
    """Whether the word at ``at`` is the unit of a figure before it, as in ``210 ms``."""
    if at > start and text[at - 1] in "°/·":
        return True  # °C, m/s
    if word.lower() not in _UNITS:
        return False
    end = at - 1 if at > start and text[at - 1] in " \u00a0\u202f\u2009" else at
    if end <= start or not text[end - 1].isdigit():
        return False
    # "In 2019 J. Smith": an initial.
    is_initial = len(word) == 1 and word.isupper()
    return not (is_initial and _YEAR.fullmatch(text, max(start, end - 4), end))


def _names_something(text: str, after: int) -> bool:
    """Whether a number, a bracket or an identifier follows."""
    if text[after : after + 1].isdigit() or text[after : after + 1] in ("(", "[", "+", "#", "№"):
        return True
    match = _IDENTIFIER.match(text, after, after + _LONGEST_IDENTIFIER)
    if match is None:
        return False
    name = match.group()
    if any(sign.isdigit() for sign in name):
        return True
    return len(name) > 1 and name.isupper()


def _previous_word(text: str, start: int, at: int) -> str:
    before = text[max(start, at - _WINDOW) : at].split()
    return before[-1].lower() if before else ""


def _next_word(text: str, after: int) -> str:
    match = _NEXT_WORD.match(text, after, after + _WINDOW)
    return match.group(1) if match else ""
