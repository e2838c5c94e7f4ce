"""Metrics of a single answer, one formula per file."""
