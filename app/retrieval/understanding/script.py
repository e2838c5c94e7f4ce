"""Chinese typed in the words of one region, and kept in those of another.

Terms fold Traditional characters to Simplified ones and full width to half (`app.text.normalise`),
in passages and queries alike. What is left are words: 軟體 folds to 软体, which is 软件 elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from app.domain.queries import Reading
from app.retrieval.understanding.steps import Draft, Means
from app.text.regional import regional_forms

LONGEST_QUERY: Final = 300
"""Characters of a query that is looked through."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]{2}")


def in_words_held(draft: Draft, means: Means) -> Draft:
    """The draft in the words of which the collection lacks the fewest; as typed where all tie."""
    if len(draft.text) > LONGEST_QUERY or not _HAN.search(draft.text):
        return draft

    def lacking(text: str) -> int:
        terms = list(dict.fromkeys(means.analyzer.query_terms(text)))
        return means.collection.term_frequencies(terms).count(0)

    if not lacking(draft.text):
        return draft
    text = min((draft.text, *regional_forms(draft.text)), key=lacking)
    if text == draft.text:
        return draft
    reading = Reading("script", draft.text, text)
    return replace(draft, text=text, readings=(*draft.readings, reading))
