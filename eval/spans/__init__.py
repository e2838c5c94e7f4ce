"""Evaluation of chunking by the answer spans that retrieved chunks contain.

Begin with `eval.spans.sweep`.
"""
