"""Tables of any format: heads, labels, cells."""
