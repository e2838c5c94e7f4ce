"""Operators of a query: what stands for a condition, and what is text."""
