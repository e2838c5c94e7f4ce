"""Commands that search a collection and answer from it."""

# ruff: noqa: PLC0415 - libraries load when a command needs them, so that `rag --help` is quick
# ruff: noqa: FBT002 - typer reads flags from boolean defaults

from __future__ import annotations

import json
from typing import Annotated, get_args

import typer

from app.access.principal import LOCAL
from app.cli.application import application
from app.cli.commands.options import CollectionName
from app.cli.terminal import out
from app.domain.queries import ReadingKind
from app.errors import InvalidFilter, InvalidRequest
from app.filters import Filter, parse_filter

FilterJson = Annotated[str, typer.Option("--filter", help='As {"lang": "zh"}.')]
Ignored = Annotated[
    list[str], typer.Option("--ignore", help="A kind of reading to leave alone, such as operator.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what the HTTP API would return.")]

querying = typer.Typer()


@querying.command()
def search(
    query: str,
    collection: CollectionName = "default",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    where: FilterJson = "{}",
    explain: Annotated[bool, typer.Option(help="Show what each route contributed.")] = False,
    ignore: Ignored = [],  # noqa: B006 - typer reads the default and changes nothing
    as_json: AsJson = False,
) -> None:
    """Show the passages that match a query best."""
    from app.cli.render import render_hits
    from app.http.schemas.answers import SearchResponse
    from app.requests import SearchRequest

    request = SearchRequest(
        query, limit, _filter(where), explain=explain, ignore=frozenset(map(_kind, ignore))
    )
    with application() as app:
        generator = app.generator if app.settings.retrieval.writes else None
        service = app.make_service(reader=None, generator=generator)
        result = service.search(LOCAL, collection, request)
    if as_json:
        out.print_json(SearchResponse.from_domain(result).model_dump_json(exclude_none=True))
    else:
        out.print(render_hits(result, explain=explain))


@querying.command()
def ask(
    question: str,
    collection: CollectionName = "default",
    where: FilterJson = "{}",
    explain: Annotated[bool, typer.Option(help="Show the draft and the timings.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the collection, with citations."""
    from app.cli.render import render_answer
    from app.http.schemas.answers import AnswerResponse
    from app.requests import AnswerRequest

    request = AnswerRequest(question, where=_filter(where), explain=explain)
    with application() as app:
        answer = app.make_service(reader=app.reader, generator=app.generator).answer(
            LOCAL, collection, request
        )
    if as_json:
        out.print_json(AnswerResponse.from_domain(answer).model_dump_json(exclude_none=True))
    else:
        out.print(render_answer(answer, explain=explain))


def _kind(name: str) -> ReadingKind:
    kinds: tuple[ReadingKind, ...] = get_args(ReadingKind)
    for kind in kinds:
        if kind == name:
            return kind
    raise InvalidRequest(f"--ignore takes one of {', '.join(kinds)}.")


def _filter(source: str) -> Filter | None:
    try:
        return parse_filter(json.loads(source))
    except (ValueError, RecursionError):
        raise InvalidFilter('--filter takes JSON, such as {"lang": "zh"}.') from None
