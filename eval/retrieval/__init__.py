"""Evaluation of retrieval at every stage of a search.

Begin with `eval.retrieval.evaluate`, then `eval.retrieval.table`.
"""
