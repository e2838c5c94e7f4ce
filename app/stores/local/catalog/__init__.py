"""The truth: SQLite."""
