"""What lies around every route: connections, limits, errors, metrics."""
