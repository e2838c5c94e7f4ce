"""What was found, as files, pages and words."""
