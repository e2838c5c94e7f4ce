"""The one way from a principal to a collection."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.access.audit import note_use
from app.access.filtered_collection import FilteredCollection, Sizes
from app.access.principal import Principal, Verb
from app.errors import (
    AttestError,
    Forbidden,
    NoSuchCollection,
    NotFound,
    StoreCorrupted,
)
from app.ports.store import Collection, Store

logger = logging.getLogger(__name__)


def require(principal: Principal, verb: Verb, collection: str) -> None:
    """The check of rights; it never looks at whether the collection exists. It is noted for audit.

    Raises:
        NoSuchCollection: the principal may not search the collection, which therefore does not
            exist as far as the principal is told.
        Forbidden: the principal may search the collection, but not do this to it.
    """
    note_use(verb, collection)
    if principal.may(verb, collection):
        return
    if principal.may("search", collection):
        raise Forbidden(f'You have no right to {verb} in collection "{collection}".')
    raise NoSuchCollection(collection)


@dataclass(frozen=True, slots=True)
class _Damaged:
    """What was open when its damage was found, and how often it had been rebuilt by then.

    Each is none where that can't be told.
    """

    opened: Collection | None
    rebuilds: int | None

    def is_over(self, opened: Collection) -> bool:
        if opened is not self.opened:
            return True
        now = _rebuilds(opened)
        return self.rebuilds is not None and now is not None and now != self.rebuilds


def _rebuilds(opened: Collection) -> int | None:
    try:
        return opened.rebuilds()
    except (AttestError, OSError, sqlite3.Error):
        return None


class GuardedStore:
    """Collections of a store, for those who have a right to them.

    Every use case of the service and every ingestion job comes by here, so it also knows which
    collections they have found damaged. One that was is taken to be so, whatever else can still be
    read in it, until it was rebuilt or the store opens it anew.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._damaged: dict[str, _Damaged] = {}
        self._sizes = Sizes()

    @property
    def damaged(self) -> int:
        """How many collections are known to be damaged; nothing is read for it."""
        return len(self._damaged)

    def look_over(self) -> None:
        """Opens every collection, so that those that can't be opened are known."""
        for name in self._store.names():
            try:
                self.opened(name, self._store.open)
            except NotFound:
                continue  # it was dropped since
            except (AttestError, OSError, sqlite3.Error) as error:
                logger.error("collection %s can't be opened: %s", name, error)  # noqa: TRY400 - the message says what to do

    def names(self, principal: Principal) -> list[str]:
        """The collections that the principal may search, ascending."""
        names = self._store.names()
        for gone in self._damaged.keys() - names:
            self._damaged.pop(gone, None)
        return [name for name in names if principal.may("search", name)]

    @contextmanager
    def using(self, principal: Principal, verb: Verb, name: str) -> Iterator[Collection]:
        """See `Store.open`; what its use shows of its damage is noted.

        It has no document that the principal may not see. Raises what `require` raises, too.
        """
        require(principal, verb, name)
        with self.working(name, self._store.open) as opened:
            where = principal.where
            yield opened if where is None else FilteredCollection(opened, where, self._sizes)

    @contextmanager
    def working(self, name: str, open_: Callable[[str], Collection]) -> Iterator[Collection]:
        """As `using`, for work that was accepted from somebody who has the right to it."""
        opened = self.opened(name, open_)
        with self.noting_damage(opened):
            yield opened

    def opened(self, name: str, open_: Callable[[str], Collection]) -> Collection:
        """As `working`, where it is only opened."""
        try:
            opened = open_(name)
        except StoreCorrupted:
            self._damaged.setdefault(name, _Damaged(None, None))
            raise
        except NoSuchCollection:
            self._damaged.pop(name, None)
            raise
        damaged = self._damaged.get(name)
        if damaged is not None and damaged.is_over(opened):
            self._damaged.pop(name, None)
        return opened

    @contextmanager
    def noting_damage(self, opened: Collection) -> Iterator[None]:
        """What happens within is a use of this collection."""
        try:
            yield
        except StoreCorrupted:
            self.note_damage(opened)
            raise

    def note_damage(self, opened: Collection) -> None:
        """A use has found this collection damaged."""
        if isinstance(opened, FilteredCollection):
            opened = opened.whole
        self._damaged[opened.name] = _Damaged(opened, _rebuilds(opened))

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
                self._damaged.pop(name, None)

    def close(self) -> None:
        """See `Store.close`."""
        self._store.close()
