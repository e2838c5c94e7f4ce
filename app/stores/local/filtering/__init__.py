"""Filters as sets of chunk keys."""
