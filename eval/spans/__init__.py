"""Chunking judged by what it retrieves: character spans, and chunks that hold them."""
