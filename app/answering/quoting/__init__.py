"""Which statements make the answer, and what the answer has to say of itself."""
