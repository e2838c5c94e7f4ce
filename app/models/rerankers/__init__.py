"""Rerankers that run here: of whole passages, and of tokens."""
