"""Routes: ways to recall candidates, one file each, and the list of them."""
