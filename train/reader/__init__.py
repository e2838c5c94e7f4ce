"""Readers of statements: groups to learn from, the loss, the run, and what is measured."""
