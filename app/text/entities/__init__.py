"""What a passage and a question name, found by rules in English and Chinese."""
