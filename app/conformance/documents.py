"""Small documents with vectors made by hand, and a collection of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.domain.collections import Fingerprint
from app.domain.documents import (
    Chunk,
    Document,
    IndexedDocument,
    Metadata,
    SparseVector,
    Vector,
)
from app.domain.hits import Candidate
from app.ports.store import Collection, Store

DIMENSION = 4
FINGERPRINT = Fingerprint("fake-embedder", DIMENSION, "fake-analyzer", "none")
SPARSE_FINGERPRINT = replace(FINGERPRINT, sparse="fake-sparse")


def unit(*values: float) -> Vector:
    """The vector in this direction whose length is 1."""
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def document(
    id_: str, texts: Sequence[str], vectors: Sequence[Vector], metadata: Metadata | None = None
) -> IndexedDocument:
    """A document whose chunks are ``texts``, ``<id>#0`` and on, each with its vector."""
    text = "\n\n".join(texts)
    chunks, start = [], 0
    for position, part in enumerate(texts):
        chunks.append(
            Chunk(
                id=f"{id_}#{position}",
                document_id=id_,
                position=position,
                text=part,
                span=(start, start + len(part)),
                title="",
                heading_path=(),
                metadata=metadata or {},
            )
        )
        start += len(part) + 2
    source = Document(id_, text, "", f"test:{id_}", metadata or {})
    return IndexedDocument(source, tuple(chunks), np.stack(vectors), content_hash=f"hash of {text}")


def weighted(
    id_: str, weights: Sequence[SparseVector], metadata: Metadata | None = None
) -> IndexedDocument:
    """A document with a chunk for each of the sparse vectors; all words and dense vectors alike."""
    made = document(id_, ["same words"] * len(weights), [X] * len(weights), metadata)
    return replace(made, sparse=tuple(weights))


X, Y, Z = unit(1, 0, 0, 0), unit(0, 1, 0, 0), unit(0, 0, 1, 0)


def ids(candidates: Sequence[Candidate]) -> list[str]:
    """The chunks that were found, best first."""
    return [candidate.chunk_id for candidate in candidates]


class Animals:
    """Gives the fixture `collection`: three documents of four chunks, in the fixture `store`."""

    @pytest.fixture
    def collection(self, store: Store) -> Collection:
        collection = store.create("animals", FINGERPRINT)
        collection.put(
            [
                document(
                    "cat",
                    ["cats purr at night", "cats sleep"],
                    [X, unit(1, 0.5, 0, 0)],
                    {"lang": "en", "year": 2020, "tags": ("pet", "small")},
                ),
                document("dog", ["dogs bark at night"], [Y], {"lang": "en", "year": 2022.5}),
                document(
                    "mao",
                    ["猫 夜里 叫"],
                    [unit(1, 0.1, 0, 0)],
                    {"lang": "zh", "date": "2024-03-01", "public": True},
                ),
            ]
        )
        return collection
