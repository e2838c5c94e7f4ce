"""What a question asks for: its parts, each put so that it can be read by itself."""
