"""From a file to its parts: what is one document stays whole, what holds many is opened."""
