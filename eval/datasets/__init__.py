"""Judged questions: read, checked, described."""
