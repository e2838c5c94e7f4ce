"""What may be wrong with a sentence beside its statement: each file looks for one kind of it."""
