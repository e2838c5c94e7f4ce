"""One name for an entity, however it was written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.text.normalise import normalise

MOST_CHARACTERS: Final = 60
"""Of a name; what is longer names nothing."""
_SEPARATED: Final = re.compile(r"(?<=[a-z])[\s_-](?=\d)|(?<=\d)[\s_-](?=[a-z]\b)")
"""``T-40``, ``T 40`` and ``T40`` are one."""
_EDGES: Final = re.compile(r"^[\W_]+|(?<![^\w+#])[^\w+#]+$|'s?$")
_SPACE: Final = re.compile(r"[\s_]+")
_ARTICLE: Final = re.compile(r"^(?:the|an?) ")
_PLURAL: Final = re.compile(r"(?<=[a-z]{3}[^aiosu])s$")
"""The ending of ``services``; bus, class, analysis and Laos have none."""


def entity_name(written: str) -> str:
    """The name by which an entity is kept; empty where ``written`` can be none.

    Case, width, script, articles, possessives and the space in ``T 40`` make no difference; the
    plural of a last word makes none where it was written small, for then it is no person's name.
    """
    return _name(written) if len(written) <= MOST_CHARACTERS else ""


@lru_cache(maxsize=65_536)
def _name(written: str) -> str:
    folded = _EDGES.sub("", _SPACE.sub(" ", normalise(written).replace("’", "'")).strip())
    name = _SEPARATED.sub("", _ARTICLE.sub("", folded))
    last = written.rstrip().rpartition(" ")[2]
    if last.islower():
        name = _PLURAL.sub("", name)
    return name if len(name) > 1 and not name.isdigit() else ""
