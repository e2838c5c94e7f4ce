"""Models that need no hub: what carries each, how it is checked, fetched and unpacked."""
