"""Who asks, and what each may do: one check that every path to a collection goes through."""
