"""The HTTP edge. It knows schemas and limits, and nothing of how retrieval works."""
