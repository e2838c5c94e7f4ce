"""From what was typed to a query that every route can run."""
