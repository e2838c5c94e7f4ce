"""How the bundled reranker was made."""
