"""The default lexical index: Tantivy's BM25 (Lucene's formula, k1 = 1.2, b = 0.75), on disk."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import tantivy

from app.errors import StoreCorrupted
from app.stores.local.catalog import Keys
from app.stores.local.files import read_json, write_json
from app.stores.local.lexical import Scored

WRITER_HEAP_BYTES: Final = 64_000_000
"""Memory in which a commit's terms are gathered before they are written."""
SELECTIVE_FILTER: Final = 2_000
"""Up to so many allowed chunks the filter goes into the query; above, results are sifted."""


class TantivyIndex:
    """Implements `LexicalIndex`. Terms come analysed; Tantivy only splits them at spaces."""

    def __init__(self, folder: Path) -> None:
        """Opens the index in ``folder``.

        Raises:
            StoreCorrupted: there is none, or it can't be read; `make` puts an empty one there.
        """
        self._folder = folder
        self._schema = _schema()
        self._open()

    @classmethod
    def make(cls, folder: Path) -> TantivyIndex:
        """Puts an empty index in the place of whatever is there, for the holder of the lock."""
        for left_by_a_crash in folder.parent.glob(f"{folder.name}.*"):
            shutil.rmtree(left_by_a_crash)
        unfinished = folder.with_name(f"{folder.name}.new")
        unfinished.mkdir(parents=True)
        tantivy.Index(_schema(), path=str(unfinished))
        if folder.exists():
            discarded = folder.with_name(f"{folder.name}.old")
            folder.rename(discarded)
            shutil.rmtree(discarded)
        unfinished.rename(folder)
        return cls(folder)

    def _open(self) -> None:
        try:
            self._index = tantivy.Index.open(str(self._folder))
            self._index.register_tokenizer(
                "whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            )
            self._index.config_reader(reload_policy="manual")
            self._seen = self._written()  # before the searcher, which may only be newer
            self._index.reload()
        except ValueError as error:
            raise self._unreadable(error) from None
        self._searcher = self._index.searcher()

    def _unreadable(self, error: ValueError) -> StoreCorrupted:
        return StoreCorrupted(
            f"the lexical index in {self._folder} can't be read ({error}). "
            f"Run `rag rebuild {self._folder.parent.name}`."
        )

    @property
    def shared(self) -> bool:
        """See `LexicalIndex.shared`."""
        return True

    @property
    def _state_file(self) -> Path:
        return self._folder / "applied.json"

    def applied(self) -> int:
        """See `LexicalIndex.applied`; follows what other processes have written."""
        self._reload()
        return self._seen

    def _written(self) -> int:
        state = read_json(self._state_file)
        return state if isinstance(state, int) else 0

    def _reload(self) -> None:
        """Follows the file; while another process makes the index anew, the old one serves on."""
        applied = self._written()
        if applied > self._seen:
            self._refresh(applied)

    def _refresh(self, applied: int) -> None:
        try:
            self._index.reload()
        except ValueError as error:
            raise self._unreadable(error) from None
        self._searcher = self._index.searcher()
        self._seen = applied

    def apply(
        self, added: Iterable[tuple[int, list[str]]], deleted: Keys, *, sequence: int
    ) -> None:
        """See `LexicalIndex.apply`.

        The file that tells the point reached is written after the commit: a crash between them
        makes the next opening apply the same changes again, over themselves.
        """
        with self._index.writer(heap_size=WRITER_HEAP_BYTES, num_threads=1) as writer:
            # A commit that a crash cut short leaves files whose names the next one would take.
            writer.garbage_collect_files()
            for key in deleted.tolist():
                writer.delete_documents_by_query(self._of(key))
            for key, terms in added:
                writer.delete_documents_by_query(self._of(key))  # there already after a crash
                document = tantivy.Document()
                document.add_unsigned("key", key)
                document.add_text("terms", " ".join(terms))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        write_json(self._state_file, sequence)
        self._refresh(sequence)

    def search(self, terms: Sequence[str], *, limit: int, allowed: Keys | None) -> Scored:
        """See `LexicalIndex.search`."""
        if not terms or (allowed is not None and not len(allowed)):
            return []
        query = self._query(terms)
        if allowed is None:
            return self._search(query, limit)
        if len(allowed) <= SELECTIVE_FILTER:
            only = tantivy.Query.term_set_query(self._schema, "key", allowed.tolist())
            filtered = [
                (tantivy.Occur.Must, query),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(only, 0.0)),
            ]
            return self._search(tantivy.Query.boolean_query(filtered), limit)
        return self._sifted(query, limit, allowed)

    def _of(self, key: int) -> tantivy.Query:
        # Not `delete_documents_by_term`: it looks an unsigned key up as a signed one, in vain.
        return tantivy.Query.term_query(self._schema, "key", key)

    def _query(self, terms: Sequence[str]) -> tantivy.Query:
        clauses = []
        for term, count in Counter(terms).items():
            clause = tantivy.Query.term_query(self._schema, "terms", term, index_option="freq")
            clauses.append(
                (
                    tantivy.Occur.Should,
                    clause if count == 1 else tantivy.Query.boost_query(clause, float(count)),
                )
            )
        return tantivy.Query.boolean_query(clauses)

    def _search(self, query: tantivy.Query, limit: int) -> Scored:
        """The best ``limit``, and all that tie with the last of them."""
        searcher = self._searcher
        depth = limit + 1
        while True:
            hits = searcher.search(query, limit=depth, count=False).hits
            if len(hits) < depth or hits[-1][0] < hits[limit - 1][0]:
                break
            depth *= 2
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return [(int(key or 0), float(score)) for key, (score, _) in zip(keys, hits, strict=True)]

    def _sifted(self, query: tantivy.Query, limit: int, allowed: Keys) -> Scored:
        """Searches ever deeper until enough allowed chunks have come up."""
        depth = 2 * limit
        while True:
            found = self._search(query, depth)
            keys = np.fromiter((key for key, _ in found), dtype=np.int64, count=len(found))
            passed = [hit for hit, ok in zip(found, np.isin(keys, allowed), strict=True) if ok]
            if len(passed) > limit or len(found) < depth:
                return passed
            depth *= 4

    def keys(self) -> Keys:
        """See `LexicalIndex.keys`."""
        self._reload()
        searcher = self._searcher
        if searcher.num_docs == 0:
            return np.empty(0, dtype=np.int64)
        everything = tantivy.Query.all_query()
        hits = searcher.search(everything, limit=searcher.num_docs, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        return np.sort(np.array(keys, dtype=np.int64))

    def clear(self) -> None:
        """See `LexicalIndex.clear`."""
        self.make(self._folder)
        self._open()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
