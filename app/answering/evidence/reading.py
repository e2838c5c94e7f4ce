"""What a reader is shown of a question and its statements, and what it says of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from app.answering.asking.asked import Part
from app.answering.asking.forms import LISTED
from app.answering.evidence.candidates import Judged, first_cell
from app.domain.statements import Statement

LIST_CHARACTERS: Final = 300
"""Of a list, that are read at once; the reader learned from lists of that length."""


def readable(judged: Judged, part: Part) -> str:
    """The statement in its setting, below what its document says for all of it.

    That is what is implied of the names of the question, and the version where it is asked for.
    Of a statement that is too short to say what it is about, the one before it stands there, too.
    """
    statement = judged.statement
    setting = " › ".join(filter(None, (statement.setting.text, statement.setting.before)))
    text = " ".join(statement.text.split())
    version = statement.setting.validity.version
    named = [name.text for name in judged.implied]
    named += [
        name.text
        for name in part.names
        if version and version in name.text and name not in judged.missing
    ]
    setting = " › ".join(filter(None, (*dict.fromkeys(named), setting)))
    return f"{setting}\n{text}" if setting else text


def readings(
    part: Part,
    best: Sequence[Judged],
    candidates: Sequence[Statement],
    read: Callable[[str, Sequence[str]], Sequence[float]],
) -> list[float]:
    """What ``read`` says of each of ``best``, of the question as each answers it best.

    Where a list is asked for, an item counts as much as all of its list among ``candidates``.

    Raises:
        RemoteUnavailable: the reader is behind HTTP and does not answer.
    """
    lists = _lists(part, best, candidates) if part.form in LISTED else {}
    texts = [*(readable(judged, part) for judged in best), *lists.values()]
    of_ways = [read(way, texts) for way in part.readings or (part.text,)]
    found = [max(of_one) for of_one in zip(*of_ways, strict=True)]
    of_list = dict(zip(lists, found[len(best) :], strict=True))
    return [
        max(value, of_list.get(_list_of(judged.statement), value))
        for judged, value in zip(best, found[: len(best)], strict=True)
    ]


def _lists(
    part: Part, best: Sequence[Judged], candidates: Sequence[Statement]
) -> dict[tuple[str, int | None], str]:
    """The lists and tables that ``best`` stand in, as far as a reader reads, below headings."""
    wanted = {_list_of(one.statement): one for one in best if one.statement.group is not None}
    items: dict[tuple[str, int | None], list[str]] = {}
    for statement in candidates:
        if _list_of(statement) in wanted:
            items.setdefault(_list_of(statement), []).append(_item(statement))
    found = {}
    for place, of_list in items.items():
        if len(of_list) > 1:
            above = readable(wanted[place], part).rpartition("\n")[0]
            found[place] = f"{above}\n{'; '.join(of_list)[:LIST_CHARACTERS]}"
    return found


def _list_of(statement: Statement) -> tuple[str, int | None]:
    return statement.document_id, statement.group


def _item(statement: Statement) -> str:
    """An item of a list; of a row, what it is for."""
    return first_cell(statement) if statement.cells else " ".join(statement.text.split())
