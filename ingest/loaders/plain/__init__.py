"""Plain text, and the structure that can be seen in it."""
