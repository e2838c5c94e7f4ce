"""Generators that run here."""
