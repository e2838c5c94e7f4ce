"""Retrieval metrics, one formula a file."""
