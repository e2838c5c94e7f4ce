"""What became of each question: right, partly right, wrong, refused, and rightly refused."""
