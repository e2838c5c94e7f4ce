"""Choosing retrieval settings from judged questions, and telling whether the choice is sound."""
