"""Texts of an invented office, filled in."""
