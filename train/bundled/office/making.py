"""Office groups of all kinds, in the shares in which people ask."""

from __future__ import annotations

import random

from train.bundled.office.desk import Desk
from train.bundled.office.devices import Devices
from train.bundled.office.drawing import Drawer
from train.bundled.office.sheets import Sheets
from train.reader.groups import Group


def office_groups(
    count: int, *, seed: int, held_out: bool = False, cross: float = 0.22
) -> list[Group]:
    """``count`` groups; of those that are ``held_out`` the words are others.

    ``cross`` is the share whose question is in the other language than its statements.
    """
    rng = random.Random(seed)  # noqa: S311 - data, not a secret
    drawer = Drawer(rng, held_out=held_out, cross=cross)
    sheets, devices, desk = Sheets(drawer), Devices(drawer), Desk(drawer)
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
