"""Whether one statement, in its setting, bears all that a sentence claims."""
