"""Collections that live in the memory of one process and end with it."""
