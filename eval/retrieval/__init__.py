"""Every stage of a search, measured."""
