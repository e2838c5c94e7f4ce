"""Training of a dual encoder (embedder) on another machine; all of it is in one module."""
