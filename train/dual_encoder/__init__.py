"""Training of a dual encoder (embedder) on another machine."""
