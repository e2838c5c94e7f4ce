"""Sparse weights: postings by token, in segments."""
