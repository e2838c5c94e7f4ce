"""Stems that read the forms and the synonyms of an English word as one.

Two tables, of words in general use and of no subject: "rose" and "increased" are one, and
"purchases" are "buys".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

_SAME_WORDS: Final = """
    employee staff personnel worker
    buy purchase acquire
    begin start commence
    end finish
    enough sufficient
    many numerous
    often frequently commonly
    usually generally typically normally
    mainly primarily mostly chiefly
    each every
    whole entire
    use utilize utilise
    help assist
    quickly rapidly fast
    need require
    colour color
    annual annually yearly
    daily day
    weekly week
    monthly month
    get receive obtain
    show display
    keep retain store
    contain include comprise
    increase rise grow climb
    decrease fall decline drop
    repair fix mend
    delete erase
    price cost
    fee charge
    weigh weight
    last duration
    explain describe
    approve authorise authorize
    create establish
    send dispatch
    car automobile
    photo photograph picture
    problem issue
    error mistake
    important significant
    big large
    mandatory compulsory obligatory
    possible feasible
    ill sick
    firm company
    customer client
    immediately promptly
    inform notify
    choose select
    build construct
    answer reply
    correct right
    manufacture produce make
    holiday vacation
    lorry truck
    lift elevator
    flat apartment
    mobile cellphone
    centre center
    metre meter
    litre liter
    tyre tire
    programme program
    organisation organization
    cool cold
    live reside
    stop halt
    close shut
    travel journey trip
    job occupation
"""
_IRREGULAR: Final = """
    be was were been; begin began begun; become became; break broke broken; bring brought;
    build built; buy bought; catch caught; choose chose chosen; come came; cost; cut; deal dealt;
    do did done; draw drew drawn; drink drank drunk; drive drove driven; eat ate eaten;
    fall fell fallen; feel felt; fight fought; find found; fly flew flown;
    forget forgot forgotten; freeze froze frozen; get got gotten; give gave given;
    forbid forbade forbidden; go goes went gone;
    grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept; know knew known;
    lay laid; lead led; leave left; lend lent; lose lost; make made; mean meant; meet met; pay paid;
    ride rode ridden; ring rang rung; rise rose risen; run ran; say said; see saw seen; sell sold;
    send sent; shake shook shaken; shine shone; shoot shot; show showed shown; sing sang sung;
    sink sank sunk; sit sat; sleep slept; speak spoke spoken; spend spent; stand stood;
    steal stole stolen; stick stuck; swim swam swum; take took taken; teach taught; tell told;
    think thought; throw threw thrown; understand understood; wear wore worn; win won; write wrote
    written; child children; foot feet; man men; woman women; mouse mice; tooth teeth;
    person people;
    heavy heavier heaviest; light lighter lightest; cold colder coldest; warm warmer warmest;
    cool cooler coolest; die died dies dying; lie lay lain; supply supplies supplied
"""
LONGEST_KEPT: Final = 5_000
"""Characters of a text of which it is kept what was read."""


class Stems:
    """The analyzer's terms, with one stem for the forms and the synonyms of an English word."""

    def __init__(self, terms: Callable[[str], list[str]]) -> None:
        """``terms`` is the analyzer's."""
        self._terms = terms
        self._known = lru_cache(maxsize=4_096)(self._read)
        self._base = {
            form: forms[0]
            for forms in (part.split() for part in _IRREGULAR.replace("\n", " ").split(";"))
            for form in forms[1:]
        }
        self._one: dict[str, str] = {}
        for line in _SAME_WORDS.strip().splitlines():
            group = [self._stem(word) for word in line.split()]
            for stem in group:
                self._one.setdefault(stem, self._one.get(group[0], group[0]))

    def __call__(self, text: str) -> Sequence[str]:
        """The terms of ``text``; of a single word, the one stem of all that means the same."""
        return self._known(text) if len(text) <= LONGEST_KEPT else self._read(text)

    def _read(self, text: str) -> Sequence[str]:
        if text.isascii() and text.isalpha():
            stem = self._stem(text)
            return (self._one.get(stem, stem),)
        return tuple(self._terms(text))

    def _stem(self, word: str) -> str:
        base = self._base.get(word, word)
        return next(iter(self._terms(base)), base)
