"""Citations on the wire: the domain's, with the parts of a locator beside the rest of a setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Self

from pydantic import BaseModel

from app.domain.answers import Citation
from app.domain.documents import Span
from app.domain.statements import Setting, Validity


class SettingBody(BaseModel):
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
    def of(cls, setting: Setting) -> Self:
        """From the domain."""
        fields = asdict(setting)
        return cls.model_validate(fields | fields["locator"])


class CitationBody(BaseModel):
    """A numbered source; ``quote`` is the text of the document at ``span``, verbatim."""

    n: int
    chunk_id: str
    document_id: str
    title: str
    span: Span
    quote: str
    setting: SettingBody

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """From the domain."""
        return cls(
            n=citation.n,
            chunk_id=citation.chunk_id,
            document_id=citation.document_id,
            title=citation.title,
            span=citation.span,
            quote=citation.quote,
            setting=SettingBody.of(citation.setting),
        )

    @classmethod
    def all_of(cls, citations: Sequence[Citation]) -> tuple[Self, ...]:
        """From the domain, in their order."""
        return tuple(map(cls.of, citations))
