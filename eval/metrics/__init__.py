"""Retrieval metrics, one formula per file; `eval.metrics.measure` lists them."""
