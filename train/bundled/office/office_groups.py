"""Office groups of all kinds, mixed in realistic shares."""

from __future__ import annotations

import random

from train.bundled.office.attributes import AttributeQuestions
from train.bundled.office.devices import DeviceQuestions
from train.bundled.office.people import PeopleQuestions
from train.bundled.office.sampling import Sampler
from train.reader.statement_groups import StatementGroup


def office_groups(
    count: int, *, seed: int, held_out: bool = False, cross: float = 0.22
) -> list[StatementGroup]:
    """Makes ``count`` groups; ``held_out`` groups use words that training groups never use.

    ``cross`` is the share of groups whose question and statements are in different languages.
    """
    rng = random.Random(seed)  # noqa: S311 - data, not a secret
    drawer = Sampler(rng, held_out=held_out, cross=cross)
    sheets, devices, desk = (
        AttributeQuestions(drawer),
        DeviceQuestions(drawer),
        PeopleQuestions(drawer),
    )
    kinds = {
        sheets.sheet: 5.0,
        sheets.years: 0.9,
        sheets.versions: 0.7,
        devices.codes: 1.0,
        devices.permit: 1.0,
        desk.faq: 1.4,
        desk.role: 1.0,
        desk.action: 0.6,
    }
    return [make() for make in rng.choices(list(kinds), list(kinds.values()), k=count)]
