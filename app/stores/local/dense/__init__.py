"""Vectors: exact and as a graph."""
