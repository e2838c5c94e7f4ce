"""Whether a route is of use for a collection."""
