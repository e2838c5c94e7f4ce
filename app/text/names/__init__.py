"""What a text names precisely: identifiers, versions, numbers, names."""
