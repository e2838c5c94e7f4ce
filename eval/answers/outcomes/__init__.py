"""Outcomes of questions: right, partly right, wrong, refused, or rightly refused.

Begin with `eval.answers.outcomes.outcome`.
"""
