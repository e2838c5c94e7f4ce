"""Questions with the passages that recall found for them."""
