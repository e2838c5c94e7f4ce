"""Every error the service raises on purpose, split by what the caller should do.

::

    AttestError
    ├── RequestError                 change the request
    │   ├── InvalidRequest           a value is out of its range or malformed
    │   ├── InvalidFilter            the metadata filter can't be read
    │   ├── NotFound                 no such collection, document or job
    │   │   └── NoSuchCollection     or one that the caller must not know of
    │   ├── Forbidden                the caller has no right to do this to a collection
    │   ├── PayloadTooLarge          send less at once
    │   └── DocumentRejected         this document can't be indexed; others can
    ├── OperatorError                run the command or change the setting that the message names
    │   ├── ConfigurationError       settings contradict each other or the machine
    │   ├── ModelMissing             a model is not installed
    │   ├── ModelIncompatible        a model is there but can't do what it is asked
    │   ├── FingerprintMismatch      the collection was built by another model, analyzer or chunking
    │   ├── RepresentationMissing    a route needs what the collection does not keep
    │   └── StoreCorrupted           an index and the catalog disagree
    └── TransientError               try again later
        ├── Overloaded               the work queue is full
        ├── CollectionBusy           another writer holds the collection
        ├── CollectionRebuilt        its vectors were replaced while it was read
        ├── StoreUnwritable          a disk is full, or a folder read-only
        └── RemoteUnavailable        an HTTP model did not answer

``code`` is stable and part of the HTTP contract. The message of a `RequestError` is written for
clients; those of the other two are for logs, and clients see ``public_message``. Offline
evaluation adds its own below `OperatorError`, in ``eval/errors.py``.
"""

from __future__ import annotations


class AttestError(Exception):
    """Root of the tree."""

    code = "internal"
    public_message = "The service could not complete the request."

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RequestError(AttestError):
    """The caller must change the request. The message is safe to show."""

    code = "invalid_request"


class InvalidRequest(RequestError):
    """A value is out of its range or malformed."""


class InvalidFilter(RequestError):
    """The metadata filter can't be read."""

    code = "invalid_filter"


class NotFound(RequestError):
    """No such collection, document or job."""

    code = "not_found"


class NoSuchCollection(NotFound):
    """There is no collection of this name, or the caller must not know that there is."""

    def __init__(self, name: str) -> None:
        super().__init__(f'There is no collection "{name}".')


class Forbidden(RequestError):
    """The caller has no right to do this to a collection that the caller may search."""

    code = "forbidden"


class PayloadTooLarge(RequestError):
    """The request body is over the configured limit."""

    code = "payload_too_large"


class DocumentRejected(RequestError):
    """One document can't be indexed.

    ``code`` is one of ``empty``, ``encrypted``, ``no_text`` (scanned), ``corrupt``,
    ``nested_too_deep``, ``undecodable``, ``unsupported_type``, ``too_large``, ``timeout``,
    ``id_conflict``, ``invalid_record``, ``leads_out``, ``unprocessable`` (it breaks the
    chunker or the embedder), ``superseded`` (it was deleted since, or a later upload has it).
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class OperatorError(AttestError):
    """Whoever runs the service must act. The message names the command or the setting."""

    code = "misconfigured"
    public_message = "The service is not set up for this request; its operator can see why."


class ConfigurationError(OperatorError):
    """Settings contradict each other or the machine."""


class ModelMissing(OperatorError):
    """A model is not installed."""

    code = "model_missing"


class ModelIncompatible(OperatorError):
    """A model is there but can't do what it is asked."""

    code = "model_incompatible"


class FingerprintMismatch(OperatorError):
    """The collection was built by another model, analyzer or chunking."""

    code = "fingerprint_mismatch"
    public_message = "The collection was built with other settings and must be rebuilt."


class RepresentationMissing(OperatorError):
    """A route needs a representation of chunks that the collection, or the settings, lack."""

    code = "representation_missing"
    public_message = (
        "The collection does not keep what this route compares; its operator can set models.sparse "
        "and run `rag rebuild`."
    )


class StoreCorrupted(OperatorError):
    """An index and the catalog disagree."""

    code = "store_corrupted"
    public_message = "The collection must be repaired by its operator."


class TransientError(AttestError):
    """Trying again later may succeed."""

    code = "unavailable"
    public_message = "The service can't take this request right now; try again."


class Overloaded(TransientError):
    """The work queue is full."""

    code = "overloaded"


class CollectionBusy(TransientError):
    """Another writer holds the collection."""

    code = "collection_busy"
    public_message = "Another writer holds the collection; try again."


class CollectionRebuilt(TransientError):
    """The vectors of a collection were replaced while it was read."""

    code = "collection_rebuilt"
    public_message = "The collection was rebuilt meanwhile; ask again."


class StoreUnwritable(TransientError):
    """A disk is full, or a folder read-only."""

    code = "store_unwritable"
    public_message = "The store can't be written right now; its operator can see why."


class RemoteUnavailable(TransientError):
    """An HTTP model did not answer, or not as its protocol says."""

    code = "remote_unavailable"
    public_message = "A remote model did not answer; try again."
