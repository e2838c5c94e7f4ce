"""Readers: how likely a statement answers a question."""
