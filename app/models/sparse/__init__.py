"""Sparse embedders: learned weights of tokens."""
