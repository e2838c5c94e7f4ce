"""Metrics of retrieved characters, one formula per file."""
