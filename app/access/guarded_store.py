"""The one way from a principal to a collection."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.access.principal import Principal, Verb
from app.errors import (
    AttestError,
    Forbidden,
    NoSuchCollection,
    NotFound,
    RequestError,
    StoreCorrupted,
)
from app.ports.store import Collection, Store

logger = logging.getLogger(__name__)


def require(principal: Principal, verb: Verb, collection: str) -> None:
    """The check of rights; it never looks at whether the collection exists.

    Raises:
        NoSuchCollection: the principal may not search the collection, which therefore does not
            exist as far as the principal is told.
        Forbidden: the principal may search the collection, but not do this to it.
    """
    if principal.may(verb, collection):
        return
    if principal.may("search", collection):
        raise Forbidden(f'You have no right to {verb} in collection "{collection}".')
    raise NoSuchCollection(collection)


class GuardedStore:
    """Collections of a store, for those who have a right to them.

    Since every use comes by here, it also knows which collections are damaged: those whose last
    use has failed of it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._damaged: set[str] = set()

    @property
    def damaged(self) -> int:
        """How many collections are known to be damaged; nothing is read for it."""
        return len(self._damaged)

    def look_over(self) -> None:
        """Opens every collection, so that those that can't be opened are known."""
        for name in self._store.names():
            try:
                with self.noting_damage(name):
                    self._store.open(name)
            except NotFound:
                continue  # it was dropped since
            except (AttestError, OSError, sqlite3.Error) as error:
                logger.error("collection %s can't be opened: %s", name, error)  # noqa: TRY400 - the message says what to do

    def names(self, principal: Principal) -> list[str]:
        """The collections that the principal may search, ascending."""
        names = self._store.names()
        self._damaged.intersection_update(names)
        return [name for name in names if principal.may("search", name)]

    def open(self, principal: Principal, verb: Verb, name: str) -> Collection:
        """See `Store.open`. Raises what `require` raises, too."""
        require(principal, verb, name)
        with self.noting_damage(name):
            return self._store.open(name)

    @contextmanager
    def using(self, principal: Principal, verb: Verb, name: str) -> Iterator[Collection]:
        """As `open`, and notes what its use shows of its damage."""
        require(principal, verb, name)
        with self.noting_damage(name):
            yield self._store.open(name)

    @contextmanager
    def noting_damage(self, name: str) -> Iterator[None]:
        """What happens within is a use of this collection."""
        try:
            yield
        except StoreCorrupted:
            self._damaged.add(name)
            raise
        except RequestError:  # it was read as far as that
            self._damaged.discard(name)
            raise
        self._damaged.discard(name)

    def drop(self, principal: Principal, name: str, *, then: Callable[[], None]) -> None:
        """See `Store.drop`. Raises what `require` raises, too."""
        require(principal, "manage", name)
        gone = False

        def and_then() -> None:
            nonlocal gone
            gone = True
            then()

        try:
            self._store.drop(name, then=and_then)
        except (AttestError, OSError):
            if gone or name in self._store.names():
                raise
            # Another process was faster, in the midst of our own attempt.
            raise NoSuchCollection(name) from None
        finally:
            if gone:
                self._damaged.discard(name)

    def close(self) -> None:
        """See `Store.close`."""
        self._store.close()
