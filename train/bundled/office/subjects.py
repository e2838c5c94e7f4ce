"""Subjects of office statements, each in English and in Chinese."""

from __future__ import annotations

import random
from typing import Final

from train.bundled.office import vocabulary
from train.bundled.office.values import company
from train.bundled.office.vocabulary import Bilingual

_PLACES: Final = (
    ("the {} office", "{}办事处"),
    ("the {} branch", "{}分公司"),
    ("the {} plant", "{}工厂"),
    ("the {} site", "{}基地"),
    ("the {} store", "{}门店"),
    ("the {} clinic", "{}诊所"),
)


def product(rng: random.Random) -> Bilingual:
    """A name of a machine or a version: T40, Heron drill, forklift LX-200, Otter 7, Orca 2.3.1."""
    thing, beast = rng.choice(vocabulary.THINGS), rng.choice(vocabulary.BEASTS)
    letters = rng.choice("ABCDEGHKLMPQRSTVX") + rng.choice(["", rng.choice("ACMTX")])
    model = f"{letters}{rng.choice(['', '-', ' '])}{rng.randint(2, 99) * rng.choice([1, 10])}"
    number = rng.randint(2, 900)
    kind = rng.choices(("model", "named", "both", "numbered", "version"), (7, 5, 4, 4, 3))[0]
    if kind == "model":
        return model, model
    if kind == "named":
        return f"{beast[0]} {thing[0]}", rng.choice(beast) + thing[1]
    if kind == "both":
        return f"{thing[0]} {model}", rng.choice([f"{thing[1]}{model}", f"{model}{thing[1]}"])
    if kind == "version":
        version = f"{rng.randint(1, 12)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}"
        return rng.choice(
            [
                (f"version {version}", f"{version}版"),
                (f"{beast[0]} {version}", f"{beast[0]} {version}"),
                (version, version),
            ]
        )
    name = f"{beast[0]} {number}"
    return name, rng.choice([name, name, f"{beast[1]}{number}"])


def place(rng: random.Random) -> Bilingual:
    """A site, a department, or a department of a site."""
    city, unit = rng.choice(vocabulary.CITIES), rng.choice(vocabulary.UNITS)
    english, chinese = rng.choice(_PLACES)
    kind = rng.choices(("site", "both", "unit"), (5, 2, 3))[0]
    if kind == "site":
        return english.format(city[0]), chinese.format(city[1])
    if kind == "both":
        return f"the {unit[0]} in {city[0]}", f"{city[1]}{unit[1]}"
    return f"the {unit[0]}", unit[1]


def regime(rng: random.Random) -> Bilingual:
    """A scope of a rule: a country, a plan, a contract."""
    kind = rng.choices(("country", "plan", "contract"), (2, 1, 1))[0]
    if kind == "country":
        return rng.choice(vocabulary.COUNTRIES)
    if kind == "plan":
        english, chinese = rng.choice(vocabulary.PLANS)
        return f"the {english}", chinese
    contract, other = rng.choice(vocabulary.CONTRACTS), company(rng)
    return f"the {contract[0]} with {other[0]}", f"与{other[1]}的{contract[1]}"


def sister(subject: Bilingual, rng: random.Random) -> Bilingual | None:
    """The same name with another digit, or ``None`` if it has no digit."""
    places = [i for i, character in enumerate(subject[0]) if character.isdigit()]
    if not places:
        return None
    at = rng.choice(places)
    digit = rng.choice([d for d in "123456789" if d != subject[0][at]])
    changed = subject[0][:at] + digit + subject[0][at + 1 :]
    old, new = ("".join(c for c in name if c.isdigit()) for name in (subject[0], changed))
    return changed, subject[1].replace(old, new)
