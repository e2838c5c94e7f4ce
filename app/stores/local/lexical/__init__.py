"""Terms: Tantivy and rank-bm25."""
