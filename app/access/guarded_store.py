"""The one way from a principal to a collection."""

from __future__ import annotations

from collections.abc import Callable

from app.access.principal import Principal, Verb
from app.errors import AttestError, Forbidden, NoSuchCollection
from app.ports.store import Collection, Store


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
    """Collections of a store, for those who have a right to them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def names(self, principal: Principal) -> list[str]:
        """The collections that the principal may search, ascending."""
        return [name for name in self._store.names() if principal.may("search", name)]

    def open(self, principal: Principal, verb: Verb, name: str) -> Collection:
        """See `Store.open`. Raises what `require` raises, too."""
        require(principal, verb, name)
        return self._store.open(name)

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

    def close(self) -> None:
        """See `Store.close`."""
        self._store.close()
