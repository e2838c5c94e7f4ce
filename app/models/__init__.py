"""Adapters for models: bundled, local and behind HTTP."""
