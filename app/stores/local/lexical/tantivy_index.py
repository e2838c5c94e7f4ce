"""The default lexical index: Tantivy's BM25 (Lucene's formula, k1 = 1.2, b = 0.75), on disk."""

from __future__ import annotations

import math
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import tantivy

from app.durability.files import read_json, write_json
from app.stores.analysed import Analysed
from app.stores.local.filtering.key_set import Keys, KeySet
from app.stores.local.lexical.engine import LexicalDamaged, Scored
from app.stores.local.lexical.tantivy_checksums import damaged_files
from app.stores.local.lexical.tantivy_errors import (
    ReadingFailed,
    errors_translated,
    reading_errors_apart,
)

WRITER_HEAP_BYTES: Final = 64_000_000
"""Memory in which a commit's terms are gathered before they are written."""
HITS_PER_KEY: Final = 8
"""How many results can be read and sifted while Tantivy looks for one more allowed key.

Among 100,000 chunks: 1.3 and 10 µs.
"""
SLACK: Final = 1.25
"""So much deeper than the share of allowed chunks asks for is searched at first."""
DEEPER: Final = 4
"""The least factor by which a search goes deeper when too few allowed chunks came up."""

CHECKED_ON_OPENING: Final = 16_000_000
"""Files of up to so many bytes are compared with their checksums whenever an index is opened."""
APPLIED: Final = "applied.json"
"""The file that tells the last change of the catalog's log that was committed."""


class TantivyIndex:
    """Implements `LexicalIndex`. Terms come analysed; Tantivy only splits them at spaces.

    Whatever Tantivy finds wrong with its files, panics included, is `LexicalDamaged`; what the
    machine refuses is `StoreUnwritable`.
    """

    def __init__(self, folder: Path | None) -> None:
        """Opens the index in ``folder``, or makes one in memory.

        Raises:
            LexicalDamaged: there is none, or it can't be read; `make` puts an empty one there.
            StoreUnwritable: it can't be locked, which reading takes as well.
        """
        self._folder = folder
        self._schema = _schema()
        self._lock = threading.Lock()
        self._open()

    @classmethod
    def make(cls, folder: Path) -> TantivyIndex:
        """Puts an empty index in the place of whatever is there, for the holder of the lock.

        What is there is not read, whatever it is.

        Raises:
            StoreUnwritable: it can't be made there.
        """
        with errors_translated(folder):
            for left_by_a_crash in folder.parent.glob(f"{folder.name}.*"):
                _remove(left_by_a_crash)
            unfinished = folder.with_name(f"{folder.name}.new")
            unfinished.mkdir(parents=True)
            tantivy.Index(_schema(), path=str(unfinished))
            if folder.exists():
                discarded = folder.with_name(f"{folder.name}.old")
                folder.rename(discarded)
                _remove(discarded)
            unfinished.rename(folder)
        return cls(folder)

    def _open(self) -> None:
        folder = self._folder
        if folder is not None and (damaged := damaged_files(folder, upto=CHECKED_ON_OPENING)):
            raise LexicalDamaged(
                f"the lexical index in {folder} is damaged ({damaged[0]}). "
                f"Run `rag rebuild {folder.parent.name}`."
            )
        with errors_translated(folder):
            self._index = (
                tantivy.Index(self._schema) if folder is None else tantivy.Index.open(str(folder))
            )
            if self._index.schema != self._schema:
                raise ValueError("it has other fields")
            self._index.register_tokenizer(
                "whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            )
            self._index.config_reader(reload_policy="manual")
            self._seen = self._written()  # before the searcher, which may only be newer
            self._index.reload()
            self._searcher = self._index.searcher()

    @property
    def shared(self) -> bool:
        """See `LexicalIndex.shared`."""
        return self._folder is not None

    def applied(self) -> int:
        """See `LexicalIndex.applied`; follows what other processes have written."""
        self._reload()
        return self._seen

    def _written(self) -> int:
        state = read_json(self._folder / APPLIED) if self._folder else None
        return state if isinstance(state, int) else 0

    def _reload(self) -> None:
        """Follows the file; while another process makes the index anew, the old one serves on."""
        applied = self._written()
        if applied > self._seen:
            self._refresh(applied)

    def _refresh(self, applied: int) -> None:
        with errors_translated(self._folder):
            self._index.reload()
            self._searcher = self._index.searcher()
        self._seen = applied

    def apply(self, added: Iterable[tuple[int, Analysed]], deleted: Keys, *, sequence: int) -> None:
        """See `LexicalIndex.apply`.

        The file that tells the point reached is written after the commit: a crash between them
        makes the next opening apply the same changes again, over themselves.
        """
        try:
            with self._lock, errors_translated(self._folder):
                self._write(reading_errors_apart(added), deleted)
                if self._folder:
                    write_json(self._folder / APPLIED, sequence)
        except ReadingFailed as failed:
            raise failed.error from None
        self._refresh(sequence)

    def _write(self, added: Iterable[tuple[int, Analysed]], deleted: Keys) -> None:
        with self._index.writer(heap_size=WRITER_HEAP_BYTES, num_threads=1) as writer:
            # A commit that a crash cut short leaves files whose names the next one would take.
            writer.garbage_collect_files()
            for key in deleted.tolist():
                writer.delete_documents_by_query(self._of(key))
            for key, text in added:
                writer.delete_documents_by_query(self._of(key))  # there already after a crash
                document = tantivy.Document()
                document.add_unsigned("key", key)
                document.add_text("terms", " ".join(text.terms))
                document.add_text("sequence", " ".join(text.sequence))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()

    def search(self, terms: Sequence[str], *, limit: int, allowed: KeySet | None) -> Scored:
        """See `LexicalIndex.search`."""
        if not terms:
            return []
        query = self._query(terms)
        if allowed is None:
            return self._search(query, limit)
        most = len(allowed)
        if not most:
            return []
        searcher = self._searcher
        share = min(1.0, most / max(1, searcher.num_docs))
        depth = math.ceil(SLACK * limit / share)
        with errors_translated(self._folder):
            matching = sum(searcher.doc_freq("terms", term) for term in set(terms))
        if most * HITS_PER_KEY < min(depth, matching):
            return self._search(self._only(query, allowed), limit)
        return self._sifted(query, limit, allowed, depth=depth)

    def _only(self, query: tantivy.Query, allowed: KeySet) -> tantivy.Query:
        keys = tantivy.Query.term_set_query(self._schema, "key", allowed.keys().tolist())
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, query),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(keys, 0.0)),
            ]
        )

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
        """The best ``limit``, and all that tie with the last of them; no others."""
        searcher = self._searcher
        depth = limit + 1
        with errors_translated(self._folder):
            while True:
                hits = searcher.search(query, limit=depth, count=False).hits
                if len(hits) < depth or hits[-1][0] < hits[limit - 1][0]:
                    break
                depth *= 2
            worst = hits[:limit][-1][0] if hits else 0.0
            scores = [score for score, _ in hits if score >= worst]
            addresses = [address for _, address in hits[: len(scores)]]
            keys = searcher.fast_field_values("key", addresses)
        return [(int(key or 0), float(score)) for key, score in zip(keys, scores, strict=True)]

    def _sifted(self, query: tantivy.Query, limit: int, allowed: KeySet, *, depth: int) -> Scored:
        """Searches ever deeper until enough allowed chunks have come up.

        The query's best passages may be those that the filter keeps out (another language): how
        deep to go next follows from the share that came up.
        """
        while True:
            found = self._search(query, depth)
            keys = np.fromiter((key for key, _ in found), dtype=np.int64, count=len(found))
            passed = [hit for hit, ok in zip(found, allowed.holds(keys), strict=True) if ok]
            if len(passed) >= limit or len(found) < depth:
                return passed
            needed = SLACK * limit * len(found) / max(1, len(passed))
            depth = max(DEEPER * depth, math.ceil(needed))

    def holding(self, words: Sequence[str]) -> Keys:
        """See `LexicalIndex.holding`."""
        if len(words) > 1:
            query = tantivy.Query.phrase_query(self._schema, "sequence", list(words))
        else:  # Tantivy knows no phrase of one word
            query = tantivy.Query.term_query(self._schema, "sequence", words[0])
        return self._keys(tantivy.Query.const_score_query(query, 0.0))

    def term_frequencies(self, terms: Sequence[str]) -> list[int]:
        """See `LexicalIndex.term_frequencies`."""
        searcher = self._searcher
        with errors_translated(self._folder):
            return [searcher.doc_freq("terms", term) for term in terms]

    def terms_beginning(self, start: str, *, limit: int) -> list[tuple[str, int]]:
        """See `LexicalIndex.terms_beginning`."""
        with errors_translated(self._folder):
            return self._searcher.terms_with_prefix("terms", start, limit=limit)

    def keys(self) -> Keys:
        """See `LexicalIndex.keys`."""
        self._reload()
        return np.sort(self._keys(tantivy.Query.all_query()))

    def _keys(self, query: tantivy.Query) -> Keys:
        """Every chunk that ``query`` finds."""
        searcher = self._searcher
        with errors_translated(self._folder):
            hits = searcher.search(query, limit=max(1, searcher.num_docs), count=False).hits
            keys = searcher.fast_field_values("key", [address for _, address in hits])
        return np.array(keys, dtype=np.int64)

    def clear(self) -> None:
        """See `LexicalIndex.clear`."""
        if self._folder:
            self.make(self._folder)
        self._open()


def _remove(path: Path) -> None:
    """Removes a folder, or what lies in its place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("sequence", tokenizer_name="whitespace", index_option="position")
    return builder.build()
