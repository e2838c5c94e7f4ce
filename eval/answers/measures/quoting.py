"""Whether quotations are verbatim."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.answers import Answer, Verdict


def misquotations(answer: Answer, text_of: Callable[[str], str]) -> tuple[str, ...]:
    """Lists what an answer marks as verbatim but is not, for example ``citation 2``.

    A citation's quote must be the text of its document at its span, and a sentence marked as
    verbatim must occur in one of the quotes that it cites.

    Args:
        answer: Any answer.
        text_of: The text of a document by its id, as the collection holds it.
    """
    quotes = {citation.n: citation.quote for citation in answer.citations}
    wrong = [
        f"citation {citation.n}"
        for citation in answer.citations
        if text_of(citation.document_id)[slice(*citation.span)] != citation.quote
    ]
    wrong += [
        f"sentence {place}"
        for place, sentence in enumerate(answer.sentences, start=1)
        if sentence.verdict is Verdict.VERBATIM
        and not any(sentence.text in quotes[n] for n in sentence.citations)
    ]
    return tuple(wrong)
