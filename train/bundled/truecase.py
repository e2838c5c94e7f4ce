"""Restores capitals in lower-cased text.

Source: L. V. Lita, A. Ittycheriah, S. Roukos and N. Kambhatla, "tRuEcasIng", ACL 2003; the unigram
baseline: each word in its most frequent form.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?]\s+)$")


class Truecaser:
    """Restores capitals from each word's most frequent form inside the sentences of ``texts``."""

    def __init__(self, texts: Iterable[str]) -> None:
        forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for match in _WORD.finditer(text):
                if not _SENTENCE_START.search(text[max(0, match.start() - 3) : match.start()]):
                    forms[match.group().lower()][match.group()] += 1
        self._form = {word: found.most_common(1)[0][0] for word, found in forms.items()}

    def restore(self, text: str) -> str:
        """Returns ``text`` with capitals restored; its first letter is a capital."""
        cased = _WORD.sub(lambda match: self._form.get(match.group(), match.group()), text)
        return cased[:1].upper() + cased[1:]
