"""The service: everything that answering a question needs."""
