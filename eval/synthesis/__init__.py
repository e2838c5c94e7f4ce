"""Questions for users who have none, written from a collection's own passages."""
