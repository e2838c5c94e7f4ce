"""How scores are combined, and what that is worth on sets that it was not learned from."""
