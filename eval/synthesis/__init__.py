"""Synthetic questions for a collection without user questions, made from its own passages.

Begin with `eval.synthesis.synthesize`.
"""
