"""Every route of a request at the same time, for the query and for each of its variants."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace

from app.domain.hits import Candidate
from app.domain.queries import Query, Variant
from app.errors import AttestError, OperatorError, RequestError, StoreCorrupted
from app.filters import Filter
from app.observing.stages import Stages
from app.retrieval.fusion.fuse import Rankings
from app.retrieval.recall.route import Route

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecallResult:
    """A query as it was understood, and what each route that answered returned for it.

    ``rankings`` are called by `ranking_name`, so by their route where a query has no variants;
    ``sources`` tells the route and the variant, ``None`` for the query itself, of each.
    """

    query: Query
    rankings: Rankings
    sources: Mapping[str, Source]

    @classmethod
    def of_routes(cls, query: Query, rankings: Rankings) -> RecallResult:
        """Of a query without variants, whose rankings are called by their routes."""
        return cls(query, rankings, {route: Source(route) for route in rankings})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a ranking comes from."""

    route: str
    variant: Variant | None = None


def ranking_name(source: Source) -> str:
    """What traces, contributions and weights call a ranking: ``bm25``, ``dense: hypothesis 1``."""
    return f"{source.route}: {source.variant.name}" if source.variant else source.route


def recall(
    query: Query,
    routes: Mapping[str, Route],
    *,
    depth: int,
    where: Filter | None,
    executor: Executor,
    stages: Stages,
    degraded: list[str],
    on_damage: Callable[[], None],
) -> RecallResult:
    """Rankings in the order of ``routes``, those of the query before those of its variants.

    Args:
        query: What was asked.
        routes: Those that are asked.
        depth: How many candidates each ranking has at most.
        where: What they fulfil.
        executor: Runs all rankings but one.
        stages: Told of each ranking by its name.
        degraded: Told of each that failed.
        on_damage: Called where one found the collection damaged.

    Raises:
        RequestError: what a route says of the request itself.
        AttestError: every ranking failed; the error of the first.
    """
    sources = {ranking_name(source): source for source in _sources(query, routes)}

    def run(name: str) -> list[Candidate]:
        source = sources[name]
        with stages.stage(name):
            return routes[source.route].recall(_asked(query, source), limit=depth, where=where)

    *others, last = sources
    pending = {name: executor.submit(run, name) for name in others}
    # Here, since to wake another thread and wait for it takes as long as a route does.
    pending[last] = _done(lambda: run(last))
    rankings: dict[str, Sequence[Candidate]] = {}
    failures: list[AttestError] = []
    for name, future in pending.items():
        try:
            rankings[name] = future.result()
        except RequestError:
            raise
        except AttestError as error:
            if isinstance(error, StoreCorrupted):
                on_damage()
            failures.append(error)
            degraded.append(f"{name}: {error.public_message}")
            logger.warning("route %s failed: %s", name, error)
        except Exception:
            failures.append(OperatorError(f"route {name} failed; see the log"))
            degraded.append(f"{name}: {AttestError.public_message}")
            logger.exception("route %s failed", name)
    if not rankings:
        raise failures[0]
    return RecallResult(query, rankings, {name: sources[name] for name in rankings})


def _sources(query: Query, routes: Iterable[str]) -> Iterable[Source]:
    names = tuple(routes)
    yield from map(Source, names)
    for variant in query.variants:
        for name in names:
            if variant.routes is None or name in variant.routes:
                yield Source(name, variant)


def _asked(query: Query, source: Source) -> Query:
    """What a route is asked."""
    variant = source.variant
    return query if variant is None else replace(query, text=variant.text, terms=variant.terms)


def _done(work: Callable[[], list[Candidate]]) -> Future[list[Candidate]]:
    """What ``work`` gives or raises, as if another thread had done it."""
    future: Future[list[Candidate]] = Future()
    try:
        future.set_result(work())
    except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
        future.set_exception(error)
    return future
