"""What each part of retrieval is worth: searches with and without it, on the same questions."""
