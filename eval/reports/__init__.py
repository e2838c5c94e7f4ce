"""Retrieval reports: as JSON files, tables, Markdown, comparisons, and checks for a build.

Begin with `eval.reports.retrieval_report`.
"""
