"""What a question names, and whether a text holds it."""
