"""Embedders that run here."""
