"""Adapters for the `Store` port."""
