"""A statement and its setting as the texts with which sentences are compared."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.statements import Statement


@dataclass(frozen=True, slots=True)
class Source:
    """A statement as sentences are compared with it.

    ``own`` is its text with its lead-in and question, which it completes or answers; ``around`` the
    rest of its setting.
    """

    text: str
    own: str
    around: str

    @classmethod
    def of(cls, statement: Statement) -> Source:
        """The texts of ``statement``."""
        setting = statement.setting
        own = "\n".join(
            filter(None, (setting.lead_in, setting.question, statement.text, *setting.heads))
        )
        around = "\n".join(
            filter(
                None,
                (
                    setting.title,
                    *setting.headings,
                    setting.row,
                    setting.antecedent,
                    setting.validity.date,
                ),
            )
        )
        return cls(statement.text, own, around)
