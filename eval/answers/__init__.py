"""Evaluation of answers: correctness, citations, and abstention on unanswerable questions.

Begin with `eval.answers.evaluate`.
"""
