"""Datasets of judged questions, read from folders and validated.

Begin with `eval.datasets.dataset` for the types and `eval.datasets.beir` for the file format.
"""
