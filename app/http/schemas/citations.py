"""Citations on the wire: the domain's, with the parts of a locator beside the rest of a setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Self

from pydantic import BaseModel

from app.domain.answers import Citation
from app.domain.documents import Span
from app.domain.statements import Setting, Validity


class CitationSetting(BaseModel):
    """What stands around a quote; see `app.domain.statements.Setting` and `Locator`."""

    title: str
    headings: tuple[str, ...]
    question: str
    lead_in: str
    row: str
    heads: tuple[str, ...]
    antecedent: str
    before: str
    page: int | None
    slide: int | None
    sheet: str | None
    cell: str | None
    symbol: str | None
    validity: Validity

    @classmethod
    def from_domain(cls, setting: Setting) -> Self:
        """Converts the domain object."""
        fields = asdict(setting)
        return cls.model_validate(fields | fields["locator"])


class AnswerCitation(BaseModel):
    """A numbered source; ``quote`` is the text of the document at ``span``, verbatim."""

    n: int
    chunk_id: str
    document_id: str
    title: str
    span: Span
    quote: str
    setting: CitationSetting

    @classmethod
    def from_domain(cls, citation: Citation) -> Self:
        """Converts the domain object."""
        return cls(
            n=citation.n,
            chunk_id=citation.chunk_id,
            document_id=citation.document_id,
            title=citation.title,
            span=citation.span,
            quote=citation.quote,
            setting=CitationSetting.from_domain(citation.setting),
        )

    @classmethod
    def all_from_domain(cls, citations: Sequence[Citation]) -> tuple[Self, ...]:
        """Converts the domain objects, in their order."""
        return tuple(map(cls.from_domain, citations))
