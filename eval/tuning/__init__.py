"""Tuning of retrieval settings on judged questions, with cross-validation.

Begin with `eval.tuning.tune`.
"""
